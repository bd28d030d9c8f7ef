"""What share of all that moves steadily the detector does not know."""

import numpy as np
import pytest

from passerby.domain.intervals import Interval
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.measure.coverage import Coverage
from passerby.measure.unexplained_motion import UnexplainedMotion
from passerby.units import NS_PER_S
from testing.pictures.frames import stamp

KEEP, FPS = 0.35, 5.0


class Watch:
    """Motion that was seen, and how long was watched."""

    def __init__(self) -> None:
        self.motion, self.coverage = UnexplainedMotion(KEEP), Coverage()

    def see(
        self, from_s: float, *confidences: float, seconds: float = 30.0, pace_px: float = 10.0, confirmed: bool = True
    ) -> None:
        """So many things pass beside one another."""
        for number in range(int(seconds * FPS)):
            count = len(confidences)
            left = np.full(count, number * pace_px, np.float32)
            top = np.arange(count, dtype=np.float32) * 100
            tracks = Tracks(
                stamp((90_000, 360), from_s + number / FPS),
                round(from_s) * 100 + np.arange(count),
                np.stack([left, top, left + 60, top + 40], axis=1),
                np.array(confidences, np.float32),
                np.full(count, RoadUser.CAR, np.int16),
                np.full(count, confirmed),
                np.empty(0, np.int64),
            )
            self.coverage.update(tracks.stamp)
            self.motion.update(tracks)

    def of(self, start_s: int, end_s: int) -> float:
        """Its share in a stretch of time."""
        return self.motion.of(Interval(start_s, end_s), self.coverage)


def recent(*confidences: float, seconds: float = 30.0, pace_px: float = 10.0, confirmed: bool = True) -> float | None:
    watch = Watch()
    watch.see(0.0, *confidences, seconds=seconds, pace_px=pace_px, confirmed=confirmed)
    return watch.motion.recent


def test_what_is_followed_by_motion_alone_is_the_share() -> None:
    assert recent(0.8, 0.08, 0.2, 0.6) == pytest.approx(0.5)
    assert recent(0.8, 0.6) == 0.0
    assert recent(0.08) == 1.0


def test_nothing_is_said_of_what_stands_is_not_counted_or_is_too_little() -> None:
    assert recent(0.08, 0.8, pace_px=0.0) is None
    assert recent(0.08, 0.8, confirmed=False) is None
    assert recent(0.08, 0.8, seconds=4.0) is None


def test_what_was_long_ago_is_forgotten_and_after_a_step_back_everything() -> None:
    watch = Watch()
    watch.see(0.0, 0.08, seconds=40.0)
    assert watch.motion.recent == 1.0
    watch.see(400.0, 0.8, seconds=40.0)
    assert watch.motion.recent == pytest.approx(0.0, abs=0.02)
    watch.see(0.0, 0.08, seconds=40.0)
    assert watch.motion.recent == 1.0


def test_an_interval_has_the_mean_of_its_minutes_by_how_long_each_was_watched() -> None:
    watch = Watch()
    watch.see(0.0, 0.08, seconds=60.0)
    watch.see(60.0, 0.8, 0.8, seconds=30.0)
    first, second = watch.of(0, 60), watch.of(60, 120)
    assert first == 1.0
    # The five minutes up to then: some 60 s unknown, some 60 s known.
    assert second == pytest.approx(0.5, abs=0.05)
    assert watch.of(0, 900) == pytest.approx((60 * first + 30 * second) / 90, abs=0.01)
    assert watch.of(300, 360) == 0.0
    watch.motion.drop_before(60 * NS_PER_S)
    assert watch.of(0, 60) == 0.0
    assert watch.of(60, 120) == second


def test_of_little_motion_what_is_missing_counts_as_explained() -> None:
    watch = Watch()
    watch.see(0.0, 0.08, seconds=11.0)
    assert watch.of(0, 60) == pytest.approx(0.5, abs=0.06)
