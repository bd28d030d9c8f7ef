"""A recording is played as a live camera by its own time alone, and chance is told from what is worse."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.counting.tune.count import Counted
from benchmarks.counting.tune.live_path import PathScore, PlayedCamera, worse_by
from benchmarks.counting.tune.place import ON_FOOT, VEHICLES, WHOLE, Place
from passerby.domain.frames import FrameStamp
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.ingest.raw import RawFrame
from testing.films import film, number_of

MIDDLE = Line("middle", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32), frozenset(RoadUser))
PLACE = Place("lane", WHOLE, Path("lane.mp4"), (), (MIDDLE,), {("middle", "forward", VEHICLES): 2})


@pytest.fixture(scope="module")
def lane(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A second of 20 frames."""
    video = film(tmp_path_factory.mktemp("lane") / "lane.mp4", times_s=[n / 20 for n in range(20)], rate_fps=20)
    return replace(PLACE, video=video, last_s=0.9)


def test_a_phase_begins_with_its_frame_and_time_begins_with_it(lane: Place) -> None:
    frames = list(PlayedCamera(lane, phase=3))
    assert all(isinstance(frame, RawFrame) for frame in frames)
    numbers = [round(number_of(frame.luma)) for frame in frames if isinstance(frame, RawFrame)]
    assert numbers == [3, 5, 7, 9, 11, 13, 15, 17]
    assert [frame.stamp.stream_s for frame in frames if isinstance(frame, RawFrame)] == pytest.approx(
        [n / 10 for n in range(8)]
    )


def test_of_what_is_left_out_the_stamp_alone_is_given(lane: Place) -> None:
    camera = PlayedCamera(lane, phase=0)
    camera.leave_out(0, (64, 48), 0.35)
    kinds = [type(frame) for frame in camera]
    assert kinds == [FrameStamp] * 4 + [RawFrame] * 6


def test_what_was_counted_is_scored_in_the_groups_of_its_place_and_shown_by_class() -> None:
    counted = Counted(
        {
            ("middle", "forward", RoadUser.CAR): 1,
            ("middle", "forward", RoadUser.TRUCK): 1,
            ("middle", "backward", RoadUser.PEDESTRIAN): 3,
            ("middle", "backward", RoadUser.BUS): 0,
        }
    )
    assert counted.passages(PLACE)["middle", "forward", VEHICLES] == 2
    assert counted.passages(PLACE)["middle", "backward", ON_FOOT] == 3
    assert counted.classes == {"car": 1, "truck": 1, "pedestrian": 3}


def test_live_is_worse_by_the_mean_and_chance_is_what_the_phases_differ_by() -> None:
    scores = [PathScore(live, whole, 5.0, {}, {}) for live, whole in ((3, 1), (3, 1), (1, 1))]
    more, error = worse_by(scores)
    assert more == pytest.approx(4 / 3)
    assert error == pytest.approx(2 / 3)
