"""A camera's stages in their order, one step a frame."""

from collections.abc import Iterator

import numpy as np
import pytest

from passerby.domain.detections import Detections
from passerby.domain.layout import Line
from passerby.measure.camera_measures import CameraMeasures
from passerby.pipeline.camera_loop import CameraLoop, Step
from passerby.track.tracker import Tracker
from testing.frames import Parts
from testing.walks import FPS, detections, walk

MIDDLE = Line("middle", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32))


def film(frames: int = 60) -> list[Detections]:
    return [detections(number / FPS, [one]) for number, one in enumerate(walk((200, 300), (10, 0), frames))]


def steps_of(source: list[Detections]) -> tuple[list[Step], CameraMeasures]:
    measures = CameraMeasures("square", (MIDDLE,))
    return list(CameraLoop(source, Tracker(), measures, Parts())), measures


def test_a_step_for_every_frame_in_order() -> None:
    source = film()
    steps, _ = steps_of(source)
    assert [step.detections for step in steps] == source
    assert [step.tracks.stamp for step in steps] == [one.stamp for one in source]


def test_who_walks_over_the_line_is_counted_once() -> None:
    steps, measures = steps_of(film())
    crossings = [crossing for step in steps for crossing in step.measured.crossings]
    crossings += measures.finish().crossings
    assert [crossing.line for crossing in crossings] == ["middle"]


def test_frames_are_asked_for_one_at_a_time() -> None:
    asked = []

    def source() -> Iterator[Detections]:
        for one in film(5):
            asked.append(one.stamp.index)
            yield one

    loop = iter(CameraLoop(source(), Tracker(), CameraMeasures("square", (MIDDLE,)), Parts()))
    next(loop)
    next(loop)
    assert asked == [0, 1]


def test_every_stage_is_told_to_the_stopwatch() -> None:
    parts = Parts()
    list(CameraLoop(film(2), Tracker(), CameraMeasures("square", (MIDDLE,)), parts))
    assert parts.names == ["track", "measure", "other"] * 2


def test_frames_that_run_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match="went back"):
        steps_of(film(3)[::-1])
