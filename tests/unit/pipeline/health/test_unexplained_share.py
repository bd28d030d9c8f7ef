"""What share of all that moves steadily the detector does not know."""

import math

import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.pipeline.health.unexplained_share import UnexplainedShare
from testing.pictures.frames import stamp

KEEP, FPS = 0.35, 5.0


def share_of(*confidences: float, seconds: float = 30.0, pace_px: float = 10.0, confirmed: bool = True) -> float | None:
    share, result = UnexplainedShare(KEEP), None
    for number in range(int(seconds * FPS)):
        count = len(confidences)
        left = np.full(count, number * pace_px, np.float32)
        top = np.arange(count, dtype=np.float32) * 100
        tracks = Tracks(
            stamp((640, 360), number / FPS),
            np.arange(count),
            np.stack([left, top, left + 60, top + 40], axis=1),
            np.array(confidences, np.float32),
            np.full(count, RoadUser.CAR, np.int16),
            np.full(count, confirmed),
            np.empty(0, np.int64),
        )
        result = share.update(tracks)
    return result


def test_what_is_followed_by_motion_alone_is_the_share() -> None:
    assert share_of(0.8, 0.08, 0.2, 0.6) == pytest.approx(0.5)
    assert share_of(0.8, 0.6) == 0.0
    assert share_of(0.08) == 1.0


def test_nothing_is_said_of_what_stands_is_not_counted_or_is_too_little() -> None:
    assert share_of(0.08, 0.8, pace_px=0.0) is None
    assert share_of(0.08, 0.8, confirmed=False) is None
    assert share_of(0.08, 0.8, seconds=4.0) is None


@pytest.mark.parametrize(("window_s", "second"), [(300.0, 0.0), (math.inf, 0.5)])
def test_what_was_long_ago_is_forgotten_but_not_of_a_recording(window_s: float, second: float) -> None:
    share = UnexplainedShare(KEEP, window_s)

    def see(from_s: float, confidence: float) -> float | None:
        for number in range(200):
            left = np.float32(number * 10)
            tracks = Tracks(
                stamp((9000, 360), from_s + number / FPS),
                np.array([round(from_s)]),
                np.array([[left, 0, left + 60, 40]], np.float32),
                np.array([confidence], np.float32),
                np.array([RoadUser.CAR], np.int16),
                np.array([True]),
                np.empty(0, np.int64),
            )
            result = share.update(tracks)
        return result

    assert see(0.0, 0.08) == 1.0
    assert see(400.0, 0.8) == pytest.approx(second, abs=0.02)
    assert see(0.0, 0.08) == 1.0
