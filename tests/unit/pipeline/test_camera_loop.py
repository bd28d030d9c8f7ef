"""A camera's stages in their order, one step a frame."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.health import Displacement, ImageQuality
from passerby.domain.layout import Line
from passerby.ingest.stage import FrameResult
from passerby.measure.camera_measures import CameraMeasures
from passerby.pipeline.camera_loop import CLOCK_SET_BACK_S, CameraLoop, Step
from passerby.track.tracker import Tracker
from testing.pictures.frames import Parts
from testing.pictures.walks import FPS, detections, walk

MIDDLE = Line("middle", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32))


def film(frames: int = 60) -> list[FrameResult]:
    return [
        FrameResult(detections(number / FPS, [one])) for number, one in enumerate(walk((200, 300), (10, 0), frames))
    ]


def measures() -> CameraMeasures:
    return CameraMeasures("square", (MIDDLE,))


def steps_of(source: list[FrameResult]) -> tuple[list[Step], CameraMeasures]:
    loop = CameraLoop(source, Tracker(), measures, Parts())
    return list(loop), loop.measures


def test_a_step_for_every_frame_in_order() -> None:
    source = film()
    steps, _ = steps_of(source)
    assert [step.detections for step in steps] == [one.detections for one in source]
    assert [step.tracks.stamp for step in steps if step.tracks] == [
        one.detections.stamp for one in source if one.detections
    ]


def test_who_walks_over_the_line_is_counted_once() -> None:
    steps, measured = steps_of(film())
    crossings = [crossing for step in steps if step.measured for crossing in step.measured.crossings]
    crossings += measured.finish().crossings
    assert [crossing.line for crossing in crossings] == ["middle"]


def test_frames_are_asked_for_one_at_a_time() -> None:
    asked = []

    def source() -> Iterator[FrameResult]:
        for one in film(5):
            asked.append(one.detections.stamp.index if one.detections else -1)
            yield one

    loop = iter(CameraLoop(source(), Tracker(), measures, Parts()))
    next(loop)
    next(loop)
    assert asked == [0, 1]


def test_every_stage_is_named_to_the_stopwatch() -> None:
    parts = Parts()
    list(CameraLoop(film(2), Tracker(), measures, parts))
    assert parts.names == ["track", "measure", "other"] * 2


def test_frames_that_run_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match="went back"):
        steps_of(film(3)[::-1])


def test_a_beat_without_a_frame_gives_an_empty_step() -> None:
    (step,) = CameraLoop([FrameResult(None)], Tracker(), measures, Parts())
    assert (step.detections, step.tracks, step.measured, step.finished) == (None, None, None, None)


@pytest.mark.parametrize(("back_s", "restarts"), [(CLOCK_SET_BACK_S, True), (CLOCK_SET_BACK_S - 0.5, False)])
def test_measuring_begins_anew_where_the_clock_was_set_back(back_s: float, restarts: bool) -> None:
    def later(one: FrameResult, by_s: float) -> FrameResult:
        assert one.detections is not None
        stamp = replace(one.detections.stamp, time_ns=one.detections.stamp.time_ns + round(by_s * 1e9))
        return FrameResult(replace(one.detections, stamp=stamp))

    source = film(3)
    source[2] = later(source[2], -back_s - 1 / FPS)
    loop = CameraLoop([later(one, 3600.0) for one in source], Tracker(), measures, Parts())
    before = loop.measures
    finished = [step.finished for step in loop]
    assert finished == [None, None, before if restarts else None]
    assert (loop.measures is before) is not restarts


def with_stamps(source: list[FrameResult], first: int, **more: object) -> list[FrameResult]:
    """The same frames, from one on with other stamps."""
    changed = []
    for number, one in enumerate(source):
        assert one.detections is not None
        stamp = replace(one.detections.stamp, **(more if number >= first else {}))  # type: ignore[arg-type]
        changed.append(replace(one, detections=replace(one.detections, stamp=stamp)))
    return changed


def ids(source: list[FrameResult]) -> list[int]:
    return [int(step.tracks.track_id[0]) for step in steps_of(source)[0] if step.tracks is not None]


def test_where_time_does_not_go_on_everybody_is_another() -> None:
    assert ids(film(20)) == [1] * 20
    assert ids(with_stamps(film(20), 10, stretch=1)) == [1] * 10 + [2] * 10


def test_where_the_view_does_not_go_on_everybody_is_another() -> None:
    source = film(20)
    for number, right in ((0, 0.0), (10, 0.05)):
        quality = ImageQuality(0, 120.0, recognised=0.9, displacement=Displacement(right, right))
        source[number] = replace(source[number], quality=quality)
    assert ids(source) == [1] * 10 + [2] * 10


@pytest.mark.parametrize(("gap_s", "stretch"), [(0.0, 1), (1.3, 1), (1.6, 0), (5.0, 0), (3600.0, 0)])
def test_a_scene_cut_over_a_line_counts_nobody(gap_s: float, stretch: int) -> None:
    # One stands right of the line until the cut, another left of it after it: nobody walked over.
    right = [detections(number / FPS, walk((540, 300), (0, 0), 1)) for number in range(10)]
    left = [detections(1.0 + gap_s + number / FPS, walk((460, 300), (0, 0), 1)) for number in range(10)]
    left = [replace(one, stamp=replace(one.stamp, stretch=stretch)) for one in left]
    steps, measured = steps_of([FrameResult(one) for one in right + left])
    crossings = [crossing for step in steps if step.measured for crossing in step.measured.crossings]
    crossings += measured.finish().crossings
    assert crossings == []


@pytest.mark.parametrize(("gap_frames", "kept"), [(1, True), (8, True), (13, True), (16, False), (600, False)])
def test_a_reconnection_keeps_tracks_as_long_as_any_may_be_hidden(gap_frames: int, kept: bool) -> None:
    # A live camera's time goes on over a lost connection, and the first frame behind it says that some were lost.
    pace = 10 if gap_frames < 100 else 0  # who stands still is another as well, however long the gap
    ways = [walk((300, 300), (10, 0), 20), walk((510 + pace * gap_frames, 300), (10, 0), 20)]
    source = [FrameResult(detections(number / FPS, [one])) for number, one in enumerate(ways[0])]
    source += [FrameResult(detections((20 + gap_frames + number) / FPS, [one])) for number, one in enumerate(ways[1])]
    source[20:21] = with_stamps(source[20:21], 0, after_loss=True)
    assert ids(source) == [1] * 20 + [1 if kept else 2] * 20
    steps, measured = steps_of(source)
    crossings = [crossing for step in steps if step.measured for crossing in step.measured.crossings]
    assert len([*crossings, *measured.finish().crossings]) == (1 if kept else 0)
