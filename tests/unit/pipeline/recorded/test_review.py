"""The moments of a film: whole, at their time, and without anything that says who is who."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.errors import OutputError
from passerby.domain.events import Direction
from passerby.domain.frames import AnonymousFrame
from passerby.domain.layout import Line
from passerby.domain.review import MARKED_BACKWARD, MARKED_FORWARD, UNMARKED, FilmEnd, FilmMoment, FilmSpan
from passerby.domain.tracks import Tracks
from passerby.ingest.stage import FrameResult
from passerby.measure.camera_measures import CameraMeasures
from passerby.messages.checks import CHECKS
from passerby.pipeline.camera_loop import CameraLoop, Step
from passerby.pipeline.recorded.review import MARKED_S, FilmRecorder, check_span
from passerby.track.tracker import Tracker
from testing.pictures.frames import Parts
from testing.pictures.walks import FPS, detections, walk

MIDDLE = Line("middle", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32))
WHOLE = FilmSpan()
FORTH, BACK = walk((200, 300), (10, 0), 60), walk((600, 400), (-12, 0), 60)


def steps() -> tuple[list[Step], CameraMeasures]:
    """Two who cross the middle, one each way."""
    source = [
        FrameResult(detections(number / FPS, [one, other]))
        for number, (one, other) in enumerate(zip(FORTH, BACK, strict=True))
    ]
    loop = CameraLoop(source, Tracker(), lambda: CameraMeasures("square", (MIDDLE,)), Parts())
    return list(loop), loop.measures


def drawn(tracks: Tracks) -> tuple[AnonymousFrame, str]:
    return AnonymousFrame(tracks.stamp, np.zeros((4, 4, 3), np.uint8), "redrawn"), ""


def recorded(taken: list[Step], measures: CameraMeasures, span: FilmSpan = WHOLE) -> tuple[list[FilmMoment], FilmEnd]:
    got: list[FilmMoment | FilmEnd] = []
    recorder = FilmRecorder(span, 0, got.append, drawn)
    for step in taken:
        recorder.take(step)
    recorder.finish(measures.finish())
    *moments, end = got
    assert isinstance(end, FilmEnd)
    assert all(isinstance(moment, FilmMoment) for moment in moments)
    return moments, end  # type: ignore[return-value]


def test_what_the_film_counts_is_what_the_count_counts() -> None:
    taken, measures = steps()
    moments, end = recorded(taken, measures)
    crossings = [crossing for moment in moments for crossing in moment.crossings] + list(end.crossings)
    (total,) = measures.totals.lines
    counts = {way: sum(users[way] for users in total.counts.values()) for way in Direction}
    assert counts == {Direction.FORWARD: 1, Direction.BACKWARD: 1}
    assert {way: sum(crossing.direction is way for crossing in crossings) for way in Direction} == counts
    assert len(moments) == len(taken)
    for moment in moments:
        CHECKS[FilmMoment](moment)


def test_the_box_of_who_is_counted_is_marked_for_a_moment() -> None:
    moments, _ = recorded(*steps())
    for way, mark in ((Direction.FORWARD, MARKED_FORWARD), (Direction.BACKWARD, MARKED_BACKWARD)):
        marked = [moment for moment in moments if (moment.mark == mark).any()]
        (counted,) = [moment for moment in moments if any(each.direction is way for each in moment.crossings)]
        assert counted.crossings[0].seen
        assert marked[0] is counted
        assert len(marked) == pytest.approx(MARKED_S * FPS, abs=1)
        assert all((moment.mark == mark).sum() == 1 for moment in marked)
    assert {mark for moment in moments[:5] for mark in moment.mark.tolist()} <= {UNMARKED}


def renamed(step: Step) -> Step:
    """The same step with other ids, and its rows in another order."""
    tracks, measured = step.tracks, step.measured
    assert tracks is not None
    assert measured is not None
    rows = len(tracks)
    flipped = Tracks(
        tracks.stamp,
        np.ascontiguousarray(1000 - 7 * tracks.track_id[::-1]),
        np.ascontiguousarray(tracks.xyxy_px[::-1]),
        np.ascontiguousarray(tracks.confidence[::-1]),
        np.ascontiguousarray(tracks.road_user[::-1]),
        np.ascontiguousarray(tracks.confirmed[::-1]),
        tracks.ended,
    )
    crossing_rows = tuple(None if row is None else rows - 1 - row for row in measured.crossing_rows)
    return replace(step, tracks=flipped, measured=replace(measured, crossing_rows=crossing_rows))


def test_other_ids_make_the_same_film() -> None:
    taken, measures = steps()
    moments, _ = recorded(taken, measures)
    others, _ = recorded([renamed(step) for step in taken], measures)
    for one, other in zip(moments, others, strict=True):
        assert one.xyxy.tolist() == other.xyxy.tolist()
        assert (one.road_user.tolist(), one.mark.tolist()) == (other.road_user.tolist(), other.mark.tolist())
        assert one.crossings == other.crossings


def test_a_part_is_filmed_and_its_late_crossings_with_it() -> None:
    taken, measures = steps()
    whole, _ = recorded(taken, measures)
    (counted_s,) = [
        moment.frame.stamp.stream_s
        for moment in whole
        if any(each.direction is Direction.FORWARD for each in moment.crossings)
    ]
    ended, late = recorded(taken, measures, FilmSpan(0.0, counted_s - 0.001))
    assert ended[-1].frame.stamp.stream_s < counted_s
    assert [each.direction for each in late.crossings if each.direction is Direction.FORWARD] == [Direction.FORWARD]
    begun, rest = recorded(taken, measures, FilmSpan(counted_s))
    assert begun[0].frame.stamp.stream_s == counted_s
    # It passed the line before that: it belongs to the time before.
    assert not any(each.direction is Direction.FORWARD for moment in begun for each in moment.crossings)
    assert not any(each.direction is Direction.FORWARD for each in rest.crossings)


def test_the_place_is_learned_for_ten_minutes_before_the_film() -> None:
    recorder = FilmRecorder(FilmSpan(1000.0, 60.0), 0, lambda _: None, drawn)
    learned = [recorder.learns(round(second * 1e9)) for second in (0, 399, 400, 1059, 1060)]
    assert learned == [False, False, True, True, False]


def test_a_film_behind_the_end_is_refused() -> None:
    check_span(FilmSpan(59.0), 60.0)
    check_span(FilmSpan(59.0), 0.0)
    with pytest.raises(OutputError, match="1 min 00 s into the recording, which is 1 min 00 s long"):
        check_span(FilmSpan(60.0), 60.0)
