"""What a camera's process reports of events is believed only where it can be the camera's."""

from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.errors import WorkerError
from passerby.domain.event_rules import EventRule, RuleKind, Severity
from passerby.domain.place_events import EventState, PlaceEvent, Sample, event_id_of
from passerby.engine.plausible.events import BURST_NEW, MAX_WHY, EventCheck
from passerby.engine.plausible.minutes import ShownTimes
from testing.web.made import NOW_S, NS_PER_S, closed, open_event

NOW_NS = NOW_S * NS_PER_S
DAY_NS = 86_400 * NS_PER_S
RULE = EventRule("full", RuleKind.OVERCROWDING, "benches", 2.0, "m-2")
EVENT = open_event("square", "full", NOW_NS - 20 * NS_PER_S)


def times(now_ns: int = NOW_NS) -> ShownTimes:
    return ShownTimes(lambda: now_ns, lambda: 0.0)


def check(*events: PlaceEvent, known: tuple[PlaceEvent, ...] = (), now_ns: int = NOW_NS) -> tuple[PlaceEvent, ...]:
    made = EventCheck("square", [RULE])
    made.begin(known)
    return made.checked(events, times(now_ns), 0.0)


def other(**changes: Any) -> PlaceEvent:
    """The event with other fields, its number made anew as a process would."""
    changed = replace(EVENT, **changes)
    return replace(changed, event_id=event_id_of(changed.camera, changed.rule, changed.start_ns))


def test_an_event_of_the_camera_is_taken_as_it_is() -> None:
    assert check(EVENT, closed(EVENT, 20)) == (EVENT, closed(EVENT, 20))


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (other(camera="gate"), "not its camera's"),
        (replace(EVENT, event_id="0" * 32), "not its camera's"),
        (replace(EVENT, start_ns=EVENT.start_ns + 1), "not its camera's"),
        (other(rule="loitering"), "does not have"),
        (other(kind=RuleKind.MASS_VIEWING), "does not have"),
        (other(place="anywhere"), "does not have"),
        (other(unit="people"), "does not have"),
        (other(threshold=3.0), "other terms"),
        (other(severity=Severity.CRITICAL), "other terms"),
        (other(state=EventState.CLOSED), "contradict"),
        (other(end_ns=NOW_NS), "contradict"),
        (other(raised_ns=EVENT.start_ns - 1), "contradict"),
        (other(updated_ns=EVENT.raised_ns - 1), "contradict"),
        (other(state=EventState.CLOSED, end_ns=EVENT.start_ns - 1), "before it begins"),
        (other(state=EventState.CLOSED, end_ns=EVENT.updated_ns + 1), "later than"),
        (open_event("square", "full", NOW_NS - 2 * DAY_NS), "more than a day"),
        (other(updated_ns=NOW_NS + 2 * DAY_NS), "more than a day"),
        (other(samples=(Sample(NOW_NS - 12 * NS_PER_S, 1.0), Sample(NOW_NS - 13 * NS_PER_S, 1.0))), "order of time"),
        (other(samples=(Sample(EVENT.updated_ns + 1, 1.0),)), "order of time"),
    ],
)
def test_what_cannot_be_the_camera_s_ends_its_process(event: PlaceEvent, why: str) -> None:
    with pytest.raises(WorkerError, match=why):
        check(event)


def test_a_value_of_the_moment_of_the_report_is_taken() -> None:
    check(other(samples=(Sample(EVENT.updated_ns, 1.0),)))


def test_a_rule_has_one_open_event() -> None:
    second = open_event("square", "full", NOW_NS - 15 * NS_PER_S)
    with pytest.raises(WorkerError, match="second event"):
        check(EVENT, second)
    assert len(check(EVENT, closed(EVENT, 20), second)) == 3


def test_what_has_gone_on_for_days_is_still_the_same_event() -> None:
    old = open_event("square", "full", NOW_NS - 9 * DAY_NS)
    report = replace(old, updated_ns=NOW_NS)
    assert check(report, known=(old,)) == (report,)
    for changed in (replace(report, kind=RuleKind.QUEUE), replace(report, raised_ns=report.start_ns)):
        with pytest.raises(WorkerError, match="otherwise than before"):
            check(changed, known=(old,))
    with pytest.raises(WorkerError, match="more than a day"):
        check(replace(report, updated_ns=NOW_NS + 2 * DAY_NS), known=(old,))


def test_an_event_goes_on_by_the_terms_of_a_rule_that_was_changed_or_is_closed_as_it_was() -> None:
    before = replace(EVENT, threshold=1.5, severity=Severity.NOTICE)
    goes_on, ended = replace(EVENT, updated_ns=EVENT.updated_ns + 5), closed(before, 20)
    assert check(goes_on, known=(before,)) == (goes_on,)
    assert check(ended, known=(before,)) == (ended,)
    with pytest.raises(WorkerError, match="other terms"):
        check(replace(goes_on, threshold=9.0), known=(before,))


def test_a_clock_that_was_set_back_by_years_ends_no_process() -> None:
    later = replace(EVENT, updated_ns=EVENT.updated_ns + 1)
    assert check(later, known=(EVENT,), now_ns=NOW_NS - 3000 * DAY_NS) == (later,)


def test_texts_are_made_safe_to_show() -> None:
    (found,) = check(replace(EVENT, why="a\x1b[31m\u202eb" + "x" * 2 * MAX_WHY))
    assert "\x1b" not in found.why
    assert "\u202e" not in found.why
    assert len(found.why) <= MAX_WHY + 1


def test_events_without_end_end_the_process() -> None:
    made, shown = EventCheck("square", [RULE]), times()
    made.begin(())
    reported = 0
    with pytest.raises(WorkerError, match="new events a second"):
        for number in range(1000):
            event = open_event("square", "full", NOW_NS - DAY_NS // 2 + number)
            made.checked([event, closed(event)], shown, 0.0)
            reported += 1
    assert reported <= BURST_NEW
    made.begin(())  # starting anew gives no new burst
    with pytest.raises(WorkerError, match="new events a second"):
        made.checked([EVENT], shown, 0.0)
    assert made.checked([EVENT], shown, 60.0)
