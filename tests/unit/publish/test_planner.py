"""What becomes a notice: for whom, together with what, and when it is kept back."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.decisions import Decision, DecisionKind
from passerby.domain.event_rules import RuleKind, Severity
from passerby.domain.notices import NoticeKind
from passerby.domain.place_events import PlaceEvent
from passerby.domain.register import NOT_REGISTERED
from passerby.units import NS_PER_S
from testing.web.deliveries import Street, recipient
from testing.web.made import closed, open_event, place_event

Make = Callable[..., Street]
RAISED, CLOSED, SUMMARY = NoticeKind.RAISED, NoticeKind.CLOSED, NoticeKind.SUMMARY


def began(
    street: Street, rule: str = "crowded", camera: str = "square", ago_s: float = 2, **changes: Any
) -> PlaceEvent:
    return open_event(camera, rule, round((street.clock.now_s - ago_s) * NS_PER_S), after_s=1, **changes)


def test_an_event_is_notified_of_when_it_is_raised_and_when_it_is_over(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    event = began(here)
    runner.run(here.happens(event))
    assert runner.run(here.passes(6)) == [(RAISED, ["crowded"])]
    assert runner.run(here.passes(60)) == []
    runner.run(here.happens(closed(event)))
    assert runner.run(here.passes(6)) == [(CLOSED, ["crowded"])]
    assert runner.run(here.passes(86_400)) == []


def test_one_cause_is_one_notice_with_what_matters_most_first(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    first = began(here, "crowded")
    dense = began(here, "dense", severity=Severity.CRITICAL, group_id=first.event_id)
    other = began(here, "crowded", "gate")
    runner.run(here.happens(first))
    runner.run(here.planner.look())
    here.clock.now_s += 2
    runner.run(here.happens(dense, other))
    assert sorted(runner.run(here.passes(6))) == [(RAISED, ["crowded"]), (RAISED, ["dense", "crowded"])]


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({}, True),
        ({"cameras": frozenset({"gate"})}, False),
        ({"severity": Severity.WARNING}, True),
        ({"severity": Severity.CRITICAL}, False),
        ({"kinds": frozenset({RuleKind.OVERCROWDING})}, True),
        ({"kinds": frozenset({RuleKind.QUEUE})}, False),
        ({"rules": frozenset({"crowded"})}, True),
        ({"rules": frozenset({"jam"})}, False),
    ],
)
def test_a_recipient_gets_what_it_is_there_for(
    street: Make, runner: asyncio.Runner, changes: dict[str, Any], wanted: bool
) -> None:
    here = street(recipient(**changes))
    runner.run(here.happens(began(here)))
    assert bool(runner.run(here.passes(6))) == wanted


def test_what_may_not_be_delivered_is_not(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    cameras = here.plan.cameras
    here.plan = replace(
        here.plan, cameras=(replace(cameras[0], registration=replace(cameras[0].registration, record=None)), cameras[1])
    )
    viewing = began(here, "mass-viewing", "gate", kind=RuleKind.MASS_VIEWING)
    runner.run(
        here.happens(began(here), viewing, began(here, "tried", "gate", silent=True), began(here, camera="gone"))
    )
    assert runner.run(here.passes(6)) == []


def test_the_end_of_what_was_delivered_comes_also_where_the_camera_is_paused(
    street: Make, runner: asyncio.Runner
) -> None:
    here = street()
    event = began(here)
    runner.run(here.happens(event))
    runner.run(here.passes(6))
    square, gate = here.plan.cameras
    here.plan = replace(here.plan, cameras=(replace(square, registration=NOT_REGISTERED), gate))
    runner.run(here.happens(closed(event), began(here, "other")))
    assert runner.run(here.passes(6)) == [(CLOSED, ["crowded"])]


def test_what_is_snoozed_is_not_delivered(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    event = began(here)
    until_ns = here.now_ns + 3600 * NS_PER_S
    decision = Decision(event.event_id, here.now_ns, "ana", DecisionKind.SNOOZED, until_ns=until_ns)
    runner.run(here.happens(event))
    runner.run(here.store.add_decisions([(decision, AuditEntry(here.now_ns, "ana", "event.snoozed", event.event_id))]))
    assert runner.run(here.passes(6)) == []


def test_no_closings_for_who_wants_none_or_has_no_raising(street: Make, runner: asyncio.Runner) -> None:
    here = street(recipient(closings=False))
    event = began(here)
    runner.run(here.happens(event))
    runner.run(here.passes(6))
    runner.run(here.happens(closed(event)))
    assert runner.run(here.passes(6)) == []
    later = street(recipient("new"))  # was not there when it was raised
    assert runner.run(later.passes(6)) == []


def test_a_flood_comes_as_a_burst_and_one_summary(street: Make, runner: asyncio.Runner) -> None:
    here = street(recipient(burst=3))
    many = [began(here, f"rule {number}", ago_s=20 - number) for number in range(8)]
    runner.run(here.happens(*many))
    assert runner.run(here.passes(6)) == [(RAISED, [f"rule {number}"]) for number in range(3)]
    assert runner.run(here.passes(300)) == []
    here.restart()  # the budget is known to the next process, too
    runner.run(here.happens(closed(many[7])))
    assert runner.run(here.passes(300)) == [(SUMMARY, [f"rule {number}" for number in (3, 4, 5, 6, 7)])]
    assert runner.run(here.passes(1200)) == []


def test_what_is_critical_is_never_kept_back(street: Make, runner: asyncio.Runner) -> None:
    here = street(recipient(burst=1))
    for number in range(4):
        runner.run(here.happens(began(here, f"rule {number}", severity=Severity.CRITICAL)))
        assert runner.run(here.passes(6)) == [(RAISED, [f"rule {number}"])]
    runner.run(here.happens(began(here, "small")))
    assert runner.run(here.passes(6)) == []


def test_what_comes_late_and_is_over_is_one_summary_after_what_goes_on(street: Make, runner: asyncio.Runner) -> None:
    """As after an outage of the service: the workers deliver what they have kept."""
    here = street()
    old = [place_event("square", f"old {number}", here.now_ns - (7200 - number) * NS_PER_S) for number in range(3)]
    goes_on = began(here, "still", "gate", ago_s=7000)
    runner.run(here.happens(*old, goes_on))
    assert runner.run(here.passes(6)) == [(RAISED, ["still"]), (SUMMARY, ["old 0", "old 1", "old 2"])]
    assert runner.run(here.passes(3600)) == []


def test_what_is_over_at_once_is_delivered_as_raised(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    runner.run(here.happens(place_event("square", "wrong way", here.now_ns - 3 * NS_PER_S)))
    assert runner.run(here.passes(6)) == [(RAISED, ["wrong way"])]
    assert runner.run(here.passes(3600)) == []


@pytest.mark.parametrize("when", ["before the look", "after the look", "after the delivery"])
def test_a_kill_loses_nothing_and_doubles_nothing(street: Make, runner: asyncio.Runner, when: str) -> None:
    here = street()
    event = began(here)
    runner.run(here.happens(event))
    runner.run(here.planner.look())
    here.clock.now_s += 6
    if when != "before the look":
        runner.run(here.planner.look())
    if when == "after the delivery":
        runner.run(here.passes(0))
    here.restart()
    runner.run(here.passes(6))
    assert [each.kind for each in here.outlet.taken] == [RAISED]
    assert runner.run(here.passes(60)) == []


def test_a_clock_that_is_set_back_holds_nothing_up(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    runner.run(here.happens(began(here)))
    assert runner.run(here.passes(-3600)) == [(RAISED, ["crowded"])]
