"""Profiles by hand: who may switch them, until when, and that it is written down."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.event_rules import BY_CALENDAR, EventRule, Profile, ProfileSwitch, RuleKind, WeeklyHours
from testing.web.fakes import NOW_S, NS_PER_S, Service
from tests.unit.web.routes.events.test_place_events import service

UNTIL = "2026-09-28T20:00:00+02:00"
UNTIL_NS = (NOW_S + 8 * 3600) * NS_PER_S
MARKET = Profile("market day", (WeeklyHours(frozenset({0}), 0, 86_400),))
RULE = EventRule("full", RuleKind.OVERCROWDING, "benches", 9, "1", profiles=frozenset({"night"}))


def with_profiles(**more: Any) -> Service:
    made = service(**more)
    plan = made.configurations.plan
    cameras = (replace(plan.cameras[0], rules=(RULE,)), *plan.cameras[1:])
    made.configurations.plan = replace(
        plan, profiles=(MARKET, Profile("night", dates=frozenset({"2026-12-24"}))), cameras=cameras
    )
    return made


def on(answer: Any) -> list[str]:
    return [row["name"] for row in answer.json()["rows"] if row["on"]]


def test_a_hand_switches_profiles_until_a_time_and_back() -> None:
    made = with_profiles()
    first = made.get("/api/v1/profiles")
    assert (on(first), first.json()["by_hand"]) == (["market day"], None)
    switched = made.put("/api/v1/profiles", json={"profiles": ["night"], "until": UNTIL})
    assert on(switched) == ["night"]
    night = {"name": "night", "on": True, "by_calendar": False, "rules": 1, "hours": [], "dates": ["2026-12-24"]}
    assert switched.json()["rows"][1] == night
    assert switched.json()["rows"][0]["hours"] == [{"days": ["mon"], "start_s": 0, "end_s": 86_400}]
    assert switched.json()["by_hand"] == {"profiles": ["night"], "until": UNTIL, "account": "ana"}
    assert made.live.profiles_by_hand == ProfileSwitch(frozenset({"night"}), UNTIL_NS)
    entry = made.store.audit_rows[-1]
    assert (entry.action, entry.actor, entry.subject, entry.detail) == ("profiles.switched", "ana", "night", UNTIL)
    made.clock.now_s = UNTIL_NS // NS_PER_S
    assert on(made.get("/api/v1/profiles")) == ["market day"]


def test_the_calendar_holds_again_when_it_is_asked_for() -> None:
    made = with_profiles()
    assert on(made.put("/api/v1/profiles", json={"profiles": [], "until": UNTIL})) == []
    assert on(asyncio.run(made.ask("DELETE", "/api/v1/profiles"))) == ["market day"]
    assert made.live.profiles_by_hand == BY_CALENDAR
    assert [entry.action for entry in made.store.audit_rows] == ["profiles.switched"] * 2


@pytest.mark.parametrize(
    "body",
    [
        {"profiles": ["fair"], "until": UNTIL},
        {"profiles": ["night"], "until": "2026-09-28T11:59:00+02:00"},
        {"profiles": ["night"], "until": "2026-11-28"},
        {"profiles": ["night"], "until": "tomorrow"},
        {"profiles": ["night"]},
    ],
)
def test_what_is_no_profile_or_no_time_to_come_is_refused(body: dict[str, Any]) -> None:
    made = with_profiles()
    assert made.put("/api/v1/profiles", json=body).status_code == 422
    assert (made.live.profiles_by_hand, made.store.audit_rows) == (BY_CALENDAR, [])


def test_who_sees_some_cameras_alone_does_not_switch_the_rules_of_all() -> None:
    made = with_profiles(group="centre")
    assert made.put("/api/v1/profiles", json={"profiles": [], "until": UNTIL}).status_code == 403
    assert asyncio.run(made.ask("DELETE", "/api/v1/profiles")).status_code == 403


def test_what_cannot_be_written_down_is_not_switched() -> None:
    made = with_profiles()
    made.store.away = True
    assert made.put("/api/v1/profiles", json={"profiles": ["night"], "until": UNTIL}).status_code == 503
    assert made.live.profiles_by_hand == BY_CALENDAR
