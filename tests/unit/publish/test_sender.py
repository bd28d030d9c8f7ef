"""Attempts at what waits: their order, their waits, and their end."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.audit import AuditEntry
from passerby.domain.decisions import Decision, DecisionKind
from passerby.domain.event_rules import Severity
from passerby.domain.notices import NoticeKind, NoticeState
from passerby.domain.place_events import PlaceEvent
from passerby.domain.queries import EventQuery
from passerby.publish.outlets.outlet import DeliveryError
from passerby.publish.wording import SiteWords
from passerby.units import NS_PER_S
from testing.web.deliveries import AWAY, REFUSED, Street, recipient
from testing.web.made import closed, open_event

Make = Callable[..., Street]
RAISED, CLOSED, SUMMARY = NoticeKind.RAISED, NoticeKind.CLOSED, NoticeKind.SUMMARY
MANY: dict[str, Any] = {"burst": 60, "in_10_min": 60.0}


def began(street: Street, rule: str = "crowded", camera: str = "square", **changes: Any) -> PlaceEvent:
    return open_event(camera, rule, round((street.clock.now_s - 2) * NS_PER_S), after_s=1, **changes)


def attempt(street: Street, runner: asyncio.Runner) -> float:
    return runner.run(street.sender.deliver_due(SiteWords.of(street.plan)))


def states(street: Street, runner: asyncio.Runner) -> list[str]:
    return [each.state.value for each in runner.run(street.store.recent_notices(100))]


def test_a_receiver_that_fails_for_a_day_gets_it_once_it_is_back(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    here.outlet.answers = [AWAY]
    runner.run(here.happens(began(here)))
    runner.run(here.passes(6))
    end_s = here.clock.now_s + 86_400
    while here.clock.now_s < end_s:
        (notice,) = runner.run(here.store.recent_notices(1))
        here.clock.now_s = notice.due_ns // NS_PER_S  # a second too early
        attempt(here, runner)
        before = len(here.outlet.attempts)
        here.clock.now_s += 1
        attempt(here, runner)
        assert len(here.outlet.attempts) == before + 1
    assert 45 < len(here.outlet.attempts) < 110  # every half hour at last, spread by up to a half
    assert len({each.notice_id for each in here.outlet.attempts}) == 1
    assert states(here, runner) == ["waiting"]
    here.outlet.answers = [None]
    assert [kind for kind, _ in runner.run(here.passes(1800))] == [RAISED]
    assert states(here, runner) == ["delivered"]


def test_nobody_is_tried_for_longer_than_72_hours(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    here.outlet.answers = [AWAY]
    runner.run(here.happens(began(here)))
    runner.run(here.passes(6))
    here.clock.now_s += 72 * 3600
    attempts = len(here.outlet.attempts)
    runner.run(here.passes(0))
    assert (len(here.outlet.attempts), states(here, runner)) == (attempts, ["failed"])
    (notice,) = runner.run(here.store.recent_notices(1))
    assert (
        notice.fault == "not delivered within 72 h 00 min; at last: webhook at x.example: it answered with status 500"
    )
    entries = runner.run(here.store.audit(EventQuery(0, 2 * here.now_ns))).rows
    assert [(each.actor, each.action, each.subject) for each in entries] == [("passerby", "notice.failed", "room")]


def test_a_refusal_ends_one_notice_and_no_other(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    here.outlet.answers = [REFUSED, None]
    runner.run(here.happens(began(here), began(here, camera="gate")))
    assert len(runner.run(here.passes(6))) == 1
    assert sorted(states(here, runner)) == ["delivered", "failed"]
    (standing,) = runner.run(here.store.recipient_standings())
    assert (standing.failed, standing.delivered) == (1, 1)


@pytest.mark.parametrize(("asked_s", "wait_s"), [(600.0, 600), (10.0**9, 6 * 3600)])
def test_what_the_receiver_asks_for_is_kept(
    street: Make, runner: asyncio.Runner, asked_s: float, wait_s: float
) -> None:
    here = street()
    here.outlet.answers = [DeliveryError("busy", retry=True, wait_s=asked_s), None]
    runner.run(here.happens(began(here)))
    assert runner.run(here.passes(6)) == []
    assert runner.run(here.passes(wait_s - 1)) == []
    assert len(here.outlet.attempts) == 1
    here.restart()  # what is due is known to the next process
    assert runner.run(here.passes(2)) == [(RAISED, ["crowded"])]


def test_any_failure_of_an_outlet_is_one_to_be_tried_again(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    here.outlet.answers = [RuntimeError("secret"), None]
    runner.run(here.happens(began(here)))
    runner.run(here.passes(6))
    (notice,) = runner.run(here.store.recent_notices(1))
    assert (notice.state, notice.fault) == (NoticeState.WAITING, "it failed with RuntimeError")
    assert runner.run(here.passes(10)) == [(RAISED, ["crowded"])]


def test_one_that_is_never_taken_does_not_keep_the_others(street: Make, runner: asyncio.Runner) -> None:
    here = street(recipient(**MANY))

    async def deliver(notice: Any) -> None:
        here.outlet.attempts.append(notice)
        if notice.events[0].rule == "bad":
            raise AWAY
        here.outlet.taken.append(notice)

    here.outlet.deliver = deliver  # type: ignore[method-assign]
    bad = began(here, "bad")
    runner.run(here.happens(bad))
    runner.run(here.passes(6))
    runner.run(here.happens(began(here, "good", "gate")))
    for _ in range(10):
        runner.run(here.passes(120))
    assert [each.events[0].rule for each in here.outlet.taken] == ["good"]


def test_after_an_outage_what_goes_on_comes_first_and_the_rest_in_one(street: Make, runner: asyncio.Runner) -> None:
    here = street(recipient(**MANY))
    here.outlet.answers = [AWAY]
    start_ns = here.now_ns
    over = [open_event("square", f"rule {number}", start_ns - (9 - number) * NS_PER_S, 1) for number in range(4)]
    runner.run(here.happens(*over))
    runner.run(here.passes(6))
    runner.run(here.happens(*map(closed, over)))
    runner.run(here.passes(3600))
    still = began(here, "still", "gate")
    runner.run(here.happens(still))
    runner.run(here.passes(6))
    here.outlet.answers = [None]
    found = runner.run(here.passes(1800))
    # The first one that is taken shows that the receiver is back.
    assert found[0][0] is RAISED
    assert found[1:] in (
        [(RAISED, ["still"]), (SUMMARY, sorted({f"rule {n}" for n in range(4)} - set(found[0][1])))],
        [(SUMMARY, [f"rule {number}" for number in range(4)])],
    )
    taken = [event.rule for each in here.outlet.taken for event in each.events if each.kind is not CLOSED]
    assert sorted(taken) == ["rule 0", "rule 1", "rule 2", "rule 3", "still"]
    # Whoever was notified of a raising that was not over then is notified of its end.
    rest = [each for each in runner.run(here.passes(3600)) if each[0] is CLOSED]
    assert len(rest) == (1 if found[0][1] != ["still"] else 0)


def test_who_was_not_notified_of_the_raising_gets_no_closing(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    here.outlet.answers = [REFUSED, None]
    event = began(here)
    runner.run(here.happens(event))
    runner.run(here.passes(6))
    runner.run(here.happens(closed(event)))
    assert runner.run(here.passes(600)) == []


def snooze(here: Street, runner: asyncio.Runner, event: PlaceEvent) -> None:
    until_ns = here.now_ns + 3600 * NS_PER_S
    decision = Decision(event.event_id, here.now_ns, "ana", DecisionKind.SNOOZED, until_ns=until_ns)
    entry = AuditEntry(here.now_ns, "ana", "event.snoozed", event.event_id)
    runner.run(here.store.add_decisions([(decision, entry)]))


def test_what_is_snoozed_while_it_waits_is_not_delivered(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    here.outlet.answers = [AWAY]
    events = [began(here), began(here, "jam", group_id=began(here).event_id)]
    runner.run(here.happens(*events))
    runner.run(here.passes(6))
    here.outlet.answers = [None]
    snooze(here, runner, events[0])
    assert runner.run(here.passes(1800)) == [(RAISED, ["jam"])]
    assert sorted(states(here, runner)) == ["delivered", "replaced"]
    assert "crowded" not in here.outlet.taken[0].text


def test_a_notice_of_which_all_is_snoozed_ends(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    here.outlet.answers = [AWAY]
    runner.run(here.happens(event := began(here)))
    runner.run(here.passes(6))
    here.outlet.answers = [None]
    snooze(here, runner, event)
    assert runner.run(here.passes(1800)) == []
    assert states(here, runner) == ["replaced"]


def test_what_waits_of_a_camera_that_it_is_not_named_for_any_more_is_not_delivered(
    street: Make, runner: asyncio.Runner
) -> None:
    here = street(recipient(burst=2))
    here.outlet.answers = [AWAY]
    runner.run(
        here.happens(began(here), began(here, camera="gate"), began(here, "kept back", severity=Severity.NOTICE))
    )
    runner.run(here.passes(6))
    here.plan = replace(here.plan, recipients=(recipient("room", "gate"),))
    here.restart()
    here.outlet.answers = [None]
    assert runner.run(here.passes(7200)) == [(RAISED, ["crowded"])]
    assert {event.camera for notice in here.outlet.taken for event in notice.events} == {"gate"}
    assert sorted(states(here, runner)) == ["delivered", "failed"]
    entries = runner.run(here.store.audit(EventQuery(0, 2 * here.now_ns))).rows
    assert [each.action for each in entries] == ["notice.failed"]


def test_what_waits_when_the_clock_is_set_back_is_delivered(street: Make, runner: asyncio.Runner) -> None:
    here = street()
    runner.run(here.happens(began(here)))
    runner.run(here.planner.look())
    here.clock.now_s += 6
    runner.run(here.planner.look())
    here.clock.now_s -= 86_400  # between being made and the first attempt
    assert runner.run(here.passes(0)) == [(RAISED, ["crowded"])]


def test_what_failed_before_the_clock_was_set_back_is_tried_again_at_once_and_then_as_ever(
    street: Make, runner: asyncio.Runner
) -> None:
    here = street()
    here.outlet.answers = [AWAY]
    runner.run(here.happens(began(here)))
    runner.run(here.passes(6))
    here.outlet.answers = [AWAY, None]
    here.clock.now_s -= 86_400
    before = len(here.outlet.attempts)
    assert runner.run(here.passes(0)) == []
    assert len(here.outlet.attempts) == before + 1
    assert runner.run(here.passes(1800)) == [(RAISED, ["crowded"])]
