"""One rule's events from beginning to end: hold, cool-down, suspension, hours, profiles, clocks that jump, restarts."""

from dataclasses import replace

import pytest

from passerby.domain.event_rules import RuleKind, WeeklyHours
from passerby.domain.health import CameraState
from passerby.domain.intervals import SiteClock
from passerby.domain.place_events import MAX_SAMPLES, EventState
from passerby.domain.road_user import RoadUser
from passerby.events.event_rules import EventRules, EventSettings

START_NS = 1_700_000_000_000_000_000  # a Tuesday, 22:13:20 UTC
NS_PER_S = 1_000_000_000


def after(second):
    return START_NS + round(second * NS_PER_S)


@pytest.fixture
def film(frame):
    """Frames from values: one each half a second."""

    def make(people, start=0.0, **more):
        return [frame(start + 0.5 * number, people=value, **more) for number, value in enumerate(people)]

    return make


def test_an_event_is_raised_after_the_hold_time_and_closed_after_the_cool_down(rule, film, run, layout):
    events = run(EventRules("cam", [rule()], layout), film([5, 5, *[12] * 8, *[5] * 10]))
    raised, closed = events
    assert raised.state is EventState.OPEN
    assert (raised.start_ns, raised.raised_ns) == (after(1), after(3))
    assert closed.state is EventState.CLOSED
    assert closed.event_id == raised.event_id
    assert closed.end_ns == after(5)
    assert closed.updated_ns == after(8)
    assert (closed.peak, closed.value, closed.threshold) == (12, 5, 10)
    assert (raised.camera, raised.rule, raised.place, raised.kind) == ("cam", "full", "square", RuleKind.OVERCROWDING)


def test_a_break_in_the_hold_begins_it_anew(rule, film, run, layout):
    rules = EventRules("cam", [rule()], layout)
    assert run(rules, film([12, 12, 12, 12, 5, 12, 12, 12, 12])) == []
    assert run(rules, film([12], 4.5))[0].start_ns == after(2.5)


def test_the_threshold_itself_is_kept(rule, film, run, layout):
    assert run(EventRules("cam", [rule()], layout), film([10] * 20)) == []


def test_a_passing_within_the_cool_down_goes_on_with_the_same_event(rule, film, run, layout):
    rules = EventRules("cam", [rule()], layout)
    events = run(rules, film([12] * 6 + [5] * 5 + [14] * 4 + [5] * 8))
    assert len({event.event_id for event in events}) == 1
    assert events[-1].state is EventState.CLOSED
    assert events[-1].end_ns == after(7.5)
    assert events[-1].peak == 14


def test_a_passing_after_the_cool_down_is_another_event(rule, film, run, layout):
    events = run(EventRules("cam", [rule()], layout), film([12] * 6 + [5] * 8 + [12] * 6))
    assert [event.state for event in events] == [EventState.OPEN, EventState.CLOSED, EventState.OPEN]
    assert len({event.event_id for event in events}) == 2


def test_no_hold_and_no_cool_down_raise_and_close_at_once(rule, film, run, layout):
    events = run(EventRules("cam", [rule(hold_s=0, cool_down_s=0)], layout), film([12, 5]))
    assert [(event.state, event.updated_ns) for event in events] == [
        (EventState.OPEN, after(0)),
        (EventState.CLOSED, after(0.5)),
    ]


def test_ids_are_the_same_for_the_same_recording_and_differ_between_cameras_and_rules(rule, film, run, layout):
    def ids(camera, name):
        return {event.event_id for event in run(EventRules(camera, [rule(name=name)], layout), film([12] * 6))}

    assert ids("cam", "full") == ids("cam", "full")
    assert len(ids("cam", "full") | ids("cam2", "full") | ids("cam", "full2")) == 3
    assert all(len(one) == 32 and int(one, 16) >= 0 for one in ids("cam", "full"))


def test_values_and_samples_are_reported_now_and_then_and_never_too_many(rule, film, run, layout):
    rules = EventRules("cam", [rule()], layout, settings=EventSettings(update_s=10))
    events = run(rules, film([12, *[11 + number % 7 for number in range(2000)]]))
    assert len(events) == pytest.approx(100, abs=2)
    assert max(len(event.samples) for event in events) <= MAX_SAMPLES
    times = [sample.time_ns for sample in events[-1].samples]
    assert times == sorted(times)
    assert times[0] == events[-1].start_ns
    assert times[-1] > events[-1].updated_ns - 20 * NS_PER_S
    assert events[-1].peak == 17


def test_a_camera_that_is_not_reliable_suspends_its_events_and_says_why(rule, film, run, layout):
    rules = EventRules("cam", [rule()], layout)
    run(rules, film([12] * 6))
    (moved,) = run(rules, film([0] * 20, 3.0, reliable=False))
    assert moved.state is EventState.SUSPENDED
    assert moved.value is None
    assert "may have moved" in moved.why
    (dark,) = run(rules, film([0] * 20, 13.0, state=CameraState.DARK))
    assert "dark" in dark.why
    (back,) = run(rules, film([12], 23.0))
    assert back.state is EventState.OPEN
    assert back.event_id == moved.event_id
    assert back.coverage == pytest.approx(2.5 / 23, abs=0.03)


def test_unwatched_time_is_neither_hold_nor_cool_down(rule, film, run, layout):
    rules = EventRules("cam", [rule()], layout)
    assert run(rules, film([12] * 4) + film([12] * 4, 30.0)) == []
    run(rules, film([12], 32.0))
    rules = EventRules("cam", [rule()], layout)
    run(rules, film([12] * 6 + [5] * 2))
    states = [event.state for event in run(rules, film([5] * 6, 60.0))]
    assert states == [EventState.OPEN]
    (closed,) = run(rules, film([5], 63.0))
    assert closed.end_ns == after(60)


def test_a_camera_without_pictures_is_suspended_by_the_beats_between(rule, film, run, layout):
    rules = EventRules("cam", [rule()], layout)
    run(rules, film([12] * 6))
    beats = [rules.camera_changed(CameraState.ONLINE, after(2.5 + second)) for second in range(1, 30)]
    reports = [event for events in beats for event in events]
    assert [(event.state, event.updated_ns) for event in reports] == [(EventState.SUSPENDED, after(5.5))]
    assert "pictures are missing" in reports[0].why
    (back,) = run(rules, film([12], 32.0))
    assert (back.state, back.event_id) == (EventState.OPEN, reports[0].event_id)


@pytest.mark.parametrize("jump_s", [3600, -3600])
def test_a_clock_that_is_set_neither_loses_nor_doubles_an_event(jump_s, rule, frame, run, layout):
    def at(second, people):
        return frame(second, people=people, clock_s=second + (jump_s if second >= 4 else 0))

    frames = [at(0.5 * number, 12 if number < 20 else 5) for number in range(40)]
    events = run(EventRules("cam", [rule()], layout, settings=EventSettings(update_s=60)), frames)
    assert len({event.event_id for event in events}) == 1
    assert [event.state for event in events] == [EventState.OPEN, EventState.CLOSED]
    closed = events[-1]
    assert closed.end_ns is not None
    assert closed.start_ns <= closed.raised_ns <= closed.end_ns <= closed.updated_ns
    assert "was passed for 10 s" in closed.why
    assert len({event.updated_ns for event in events}) == 2


def test_hours_are_by_the_sites_clock_and_end_what_is_open(rule, film, run, layout):
    # 22:13:20 UTC is 23:13:20 where the clock is an hour ahead.
    clock = SiteClock((0,), (3600,))
    tuesday_late = rule(hours=(WeeklyHours(frozenset({1}), 23 * 3600, 23 * 3600 + 14 * 60),))
    events = run(EventRules("cam", [tuesday_late], layout, clock=clock), film([12] * 200))
    assert [event.state for event in events if event.state is not EventState.OPEN] == [EventState.CLOSED]
    assert "not watched at this time" in events[-1].why
    assert events[-1].end_ns == after(40)
    assert run(EventRules("cam", [tuesday_late], layout), film([12] * 200)) == []
    night = rule(hours=(WeeklyHours(frozenset({0}), 23 * 3600, 7 * 3600),))
    assert run(EventRules("cam", [night], layout, clock=clock), film([12] * 20)) == []
    night = rule(hours=(WeeklyHours(frozenset({1}), 23 * 3600, 7 * 3600),))
    assert run(EventRules("cam", [night], layout, clock=clock), film([12] * 20))


def test_a_rule_that_comes_back_into_its_hours_begins_anew(rule, frame, run, layout, box):
    until, since = 22 * 3600 + 14 * 60, 22 * 3600 + 15 * 60  # not watched from 40 s to 100 s
    hours = tuple(WeeklyHours(frozenset({1}), *each) for each in ((22 * 3600, until), (since, 23 * 3600)))
    stopped = rule(kind=RuleKind.STOPPED_VEHICLE, unit="s", threshold=90, hold_s=0, hours=hours)
    car = box(1, (20.0, 10.0), RoadUser.CAR, (90.0, 40.0))
    events = run(EventRules("cam", [stopped], layout), [frame(0.5 * number, boxes=[car]) for number in range(400)])
    assert events[0].raised_ns == pytest.approx(after(190), abs=1.5 * NS_PER_S)


def test_what_costs_more_is_looked_at_once_a_second_for_all_rules_together(rule, frame, run, layout, box):
    rules = [
        rule(name="dense", kind=RuleKind.DENSEST_AREA, unit="m-2", threshold=2, hold_s=0),
        rule(name="full", kind=RuleKind.SATURATED, threshold=0.1, hold_s=0),
        rule(name="many", threshold=20, hold_s=0),
    ]
    crowd = [box(number, (20.0 + 0.1 * number, 10 + 0.01 * number), box_wh_px=(60.0, 300.0)) for number in range(30)]
    film = [frame(0.1 * number, people=30, boxes=crowd) if number >= 3 else frame(0.1 * number) for number in range(15)]
    raised = {event.rule: event.raised_ns for event in run(EventRules("cam", rules, layout), film)}
    assert raised == {"many": after(0.3), "dense": after(1.0), "full": after(1.0)}


def test_profiles_switch_rules(rule, film, run, layout):
    rules = EventRules("cam", [rule(profiles=frozenset({"market"})), rule(name="always")], layout)
    assert {event.rule for event in run(rules, film([12] * 6))} == {"always"}
    rules.use_profiles(frozenset({"market"}))
    assert {event.rule for event in run(rules, film([12] * 6, 3.0))} == {"full"}
    rules.use_profiles(frozenset())
    (ended,) = run(rules, film([12], 6.0))
    assert (ended.rule, ended.state) == ("full", EventState.CLOSED)


def test_an_event_goes_on_in_the_process_after_this_one(rule, film, run, layout):
    before = run(EventRules("cam", [rule()], layout), film([12] * 30))[-1]
    rules = EventRules("cam", [rule()], layout, open_events=[before])
    again = run(rules, film([13] * 4, 60.0))
    assert {event.event_id for event in again} == {before.event_id}
    assert again[-1].state is EventState.OPEN
    closed = run(rules, film([5] * 8, 62.0))[-1]
    assert (closed.event_id, closed.start_ns, closed.state) == (before.event_id, before.start_ns, EventState.CLOSED)
    assert closed.coverage < 0.5


def test_an_open_event_of_a_rule_that_is_gone_is_closed(rule, film, run, layout):
    before = run(EventRules("cam", [rule()], layout), film([12] * 6))[-1]
    (ended,) = run(EventRules("cam", [rule(name="other")], layout, open_events=[before]), film([5], 10.0))
    assert (ended.event_id, ended.state, ended.end_ns) == (before.event_id, EventState.CLOSED, before.updated_ns)


def test_finish_reports_what_is_still_open(rule, film, run, layout):
    rules = EventRules("cam", [rule()], layout)
    (raised,) = run(rules, film([12] * 8))
    (last,) = rules.finish()
    assert (last.event_id, last.state) == (raised.event_id, EventState.OPEN)
    assert last.updated_ns > raised.updated_ns
    assert EventRules("cam", [rule()], layout).finish() == ()


def test_a_rule_that_lacks_what_it_needs_says_so_and_does_not_run(rule, film, run, layout):
    flat = replace(layout, ground=None)
    rules = EventRules("cam", [rule(unit="m-2", threshold=0.01), rule(name="ok")], flat)
    (unwatched,) = rules.unwatched
    assert unwatched.rule == "full"
    assert "calibrated ground" in unwatched.reasons[0]
    assert {event.rule for event in run(rules, film([12] * 6))} == {"ok"}


def test_confidence_is_the_mean_of_those_it_rests_on(rule, frame, run, layout, box):
    boxes = [box(1, (25.0, 12.0), confidence=0.8), box(2, (26.0, 12.0), confidence=0.6), box(3, (1.0, 1.0))]
    frames = [frame(0.5 * number, people=12, boxes=boxes) for number in range(6)]
    (event,) = run(EventRules("cam", [rule()], layout), frames)
    assert event.confidence == pytest.approx(0.7)
    assert event.coverage == 1


def test_the_camera_itself_raises_an_event_when_it_does_not_watch(rule, frame, run, layout):
    trouble = rule(kind=RuleKind.CAMERA_STATE, place="", threshold=20, unit="s")
    rules = EventRules("cam", [trouble], layout)
    run(rules, [frame(0), frame(0.5)])
    beats = [rules.camera_changed(CameraState.OFFLINE, after(1 + second)) for second in range(40)]
    reports = [event for events in beats for event in events]
    assert reports[0].updated_ns == after(22)
    assert all(event.state is EventState.OPEN for event in reports)
    back = run(rules, [frame(41 + 0.5 * number) for number in range(10)])
    assert back[-1].state is EventState.CLOSED
    assert back[-1].end_ns == after(41)


def test_a_paused_camera_is_not_in_trouble(rule, layout):
    rules = EventRules("cam", [rule(kind=RuleKind.CAMERA_STATE, place="", threshold=20, unit="s")], layout)
    assert [event for second in range(99) for event in rules.camera_changed(CameraState.PAUSED, after(second))] == []
