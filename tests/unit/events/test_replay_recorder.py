"""What is recorded of an event: boxes before and after it that do not say who is who; and nothing without one."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from passerby.domain.event_rules import RuleKind
from passerby.domain.frames import FrameStamp
from passerby.domain.place_events import PlaceEvent
from passerby.domain.replays import AFTER_S, BEFORE_S, MAX_BOXES_EACH, MAX_MOMENTS
from passerby.domain.tracks import Tracks
from passerby.events.replay_recorder import MAX_AT_ONCE, Recorded, ReplayRecorder
from passerby.messages.sandbox_messages import FROM_SANDBOX
from passerby.units import NS_PER_S
from testing.web.made import open_event
from testing.web.replays import empty_place

START_NS = 1_700_000_000 * NS_PER_S
SIZE_PX = (640, 480)
EVENT = open_event("square", "full", START_NS + 30 * NS_PER_S)


def tracks_at(time_s: float, *left_px: float, confirmed: bool = True, ids: int = 0) -> Tracks:
    count, time_ns = len(left_px), START_NS + round(time_s * NS_PER_S)
    xyxy_px = np.array([(x, 100, x + 40, 200) for x in left_px], np.float32).reshape(-1, 4)
    return Tracks(
        FrameStamp("square", round(time_s * 5), time_ns, time_s, SIZE_PX),
        np.arange(ids, ids + count, dtype=np.int64),
        xyxy_px,
        np.full(count, 0.9, np.float32),
        np.zeros(count, np.int16),
        np.full(count, confirmed),
        np.empty(0, np.int64),
    )


def watched(recorder: ReplayRecorder, begin_s: float, end_s: float, fps: float = 5.0) -> list[Recorded]:
    """A walker from the left to the right, and one who stands."""
    made: list[Recorded] = []
    for frame in range(round(begin_s * fps), round(end_s * fps)):
        time_s = frame / fps
        recorder.see(tracks_at(time_s, 10 * time_s % 600, 300.0))
        made += recorder.finished(START_NS + round(time_s * NS_PER_S))
    return made


def raised_at(time_s: float, rule: str = "full", **changes: Any) -> PlaceEvent:
    raised_ns = START_NS + round(time_s * NS_PER_S)
    event = open_event("square", rule, raised_ns - NS_PER_S)
    return replace(event, raised_ns=raised_ns, updated_ns=raised_ns, **changes)


def test_a_replay_reaches_from_ten_seconds_before_the_raising_to_ten_after_it() -> None:
    recorder, event = ReplayRecorder(), raised_at(20)
    assert watched(recorder, 0, 20) == []
    recorder.begin([event])
    (made,) = watched(recorder, 20, 40)
    assert (made.recording.event_id, made.recording.raised_ns) == (event.event_id, event.raised_ns)
    assert made.time_ms[0] == -1000 * BEFORE_S
    assert made.time_ms[-1] == 1000 * AFTER_S
    assert len(made.time_ms) == 101 <= MAX_MOMENTS
    assert np.bincount(made.boxes.moment).tolist() == [2] * 101
    replay = made.on(empty_place())
    received = FROM_SANDBOX.frame(replay)  # whoever receives it finds nothing wrong
    assert len(received) < 20_000


def test_without_an_event_nothing_is_held_for_longer_than_ten_seconds_and_nothing_is_made() -> None:
    recorder = ReplayRecorder()
    assert watched(recorder, 0, 60, fps=25.0) == []
    assert recorder.held == 50
    assert recorder.finished(START_NS + 75 * NS_PER_S) == ()  # no frame has come since
    assert recorder.held == 0
    assert recorder.rest() == ()


def test_no_number_of_a_track_and_no_order_of_rows_says_who_is_who() -> None:
    walked = [(100.0, 400.0), (110.0, 390.0), (120.0, 380.0)]

    def made(swapped: bool) -> Recorded:
        recorder = ReplayRecorder()
        recorder.begin([raised_at(0.0)])
        for number, (one, other) in enumerate(walked):
            rows = (other, one) if swapped and number else (one, other)
            recorder.see(tracks_at(number / 5, *rows, ids=100 * swapped + number))
        return recorder.rest()[0]

    straight, crossed = made(swapped=False), made(swapped=True)
    assert straight.boxes.xyxy.tolist() == crossed.boxes.xyxy.tolist()
    assert straight.boxes.moment.tolist() == [0, 0, 1, 1, 2, 2]
    assert {name for name in dir(straight.boxes) if "id" in name.split("_")} == set()


def test_those_who_are_not_certain_are_left_out_and_positions_are_as_fine_as_they_are_shown() -> None:
    recorder = ReplayRecorder()
    recorder.begin([raised_at(0.0)])
    recorder.see(tracks_at(0.0, 100.3, confirmed=False))
    recorder.see(tracks_at(0.2, 100.3))
    (made,) = recorder.rest()
    assert made.boxes.moment.tolist() == [1]
    assert made.boxes.xyxy.tolist() == [pytest.approx([0.157, 0.208, 0.219, 0.417])]


def test_events_of_before_and_of_the_camera_s_state_have_none_and_each_other_has_one() -> None:
    before, blind, event = raised_at(5, "before"), raised_at(20, "blind", kind=RuleKind.CAMERA_STATE), raised_at(20)
    recorder = ReplayRecorder([before.event_id])
    watched(recorder, 0, 20)
    recorder.begin([before, blind, event, event])
    made = watched(recorder, 20, 31)
    recorder.begin([replace(event, updated_ns=event.updated_ns + 1)])
    made += watched(recorder, 31, 60)
    assert [one.recording.event_id for one in made] == [event.event_id]


def test_so_many_are_recorded_at_once_and_memory_has_an_end() -> None:
    recorder = ReplayRecorder()
    watched(recorder, 0, 20)
    recorder.begin([raised_at(20, f"rule {number}") for number in range(MAX_AT_ONCE + 5)])
    made = watched(recorder, 20, 32)
    assert len(made) == MAX_AT_ONCE
    crowd = np.linspace(0, 600, MAX_BOXES_EACH + 100)
    recorder.begin([raised_at(60)])
    recorder.see(tracks_at(60, *crowd))
    (made_of_crowd,) = recorder.rest()
    assert len(made_of_crowd.boxes) == MAX_BOXES_EACH


def test_a_clock_that_is_set_back_ends_what_was_recorded() -> None:
    recorder = ReplayRecorder()
    watched(recorder, 100, 120)
    recorder.begin([raised_at(120)])
    recorder.see(tracks_at(10.0, 5.0))
    assert recorder.finished(START_NS + 10 * NS_PER_S) == ()  # of its time nothing is held any more
    assert recorder.held == 1


def test_what_breaks_off_is_replayed_as_far_as_it_goes() -> None:
    recorder, event = ReplayRecorder(), raised_at(20)
    watched(recorder, 0, 20)
    recorder.begin([event])
    assert watched(recorder, 20, 23) == []
    (made,) = recorder.rest()
    assert made.time_ms[-1] == 2800
    assert recorder.held == 0
