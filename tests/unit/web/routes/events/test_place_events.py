"""Events over HTTP: what is seen of them by whom, and what people decide about them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.access import Grant, Principal, PrincipalKind, Role
from passerby.domain.accounts import Account
from passerby.domain.audit import AuditEntry
from passerby.domain.decisions import Decision, DecisionKind
from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import PlaceEvent
from passerby.ports import TooManyDecisionsError
from passerby.web.edge.identities import Credentials
from testing.web.fakes import NOW_S, NS_PER_S, Service, site_plan
from testing.web.made import open_event, place_event

NOW_NS = NOW_S * NS_PER_S
OPEN = open_event("square", "crowded", NOW_NS - 60 * NS_PER_S)
MASS = place_event("square", "mass-viewing", NOW_NS - 5, kind=RuleKind.MASS_VIEWING, place="")
ROLES = {
    "engineer": Role.ENGINEER,
    "operator": Role.OPERATOR,
    "officer": Role.PRIVACY_OFFICER,
    "auditor": Role.AUDITOR,
    "analyst": Role.ANALYST,
}


class Known:
    """Every request is made by one account with one role on one group of cameras."""

    def __init__(self, role: str, group: str) -> None:
        grant = Grant(1, "ana", ROLES[role], group, 0, NOW_NS + 3600 * NS_PER_S, "eva", "ben")
        self._principal = Principal("ana", PrincipalKind.ACCOUNT, (grant,), "test")

    async def principal(self, _: Credentials) -> Principal | None:
        return self._principal


def service(*events: PlaceEvent, role: str = "operator", group: str = "*") -> Service:
    made = Service(identities=Known(role, group))
    north, south = site_plan().cameras
    cameras = (replace(north, groups=("centre",)), replace(south, groups=("station",)))
    made.configurations.plan = replace(made.configurations.plan, cameras=cameras)
    made.store.event_rows = list(events)
    return made


def path_of(event: PlaceEvent) -> str:
    return f"/api/v1/events/{event.event_id}"


def decide(made: Service, event: PlaceEvent, **body: Any) -> Any:
    return made.post(f"{path_of(event)}/decisions", json=body)


def test_an_event_says_what_was_measured_where_and_why() -> None:
    made = service(OPEN)
    row = made.get("/api/v1/events").json()["rows"][0]
    assert row == {
        "id": OPEN.event_id,
        "camera": "square",
        "rule": "crowded",
        "kind": "overcrowding",
        "place": "benches",
        "severity": "warning",
        "state": "open",
        "start": "2026-09-28T11:59:00+02:00",
        "raised": "2026-09-28T11:59:01+02:00",
        "updated": "2026-09-28T11:59:10+02:00",
        "end": None,
        "value": 2.5,
        "peak": 2.5,
        "threshold": 2.0,
        "unit": "m-2",
        "at_least": False,
        "service_levels": {"walkway": "F", "queue": "D"},
        "confidence": None,
        "coverage": 1.0,
        "group": OPEN.event_id,
        "silent": False,
        "why": "2.5 persons/m² in benches, 2 are the limit.",
        "standing": {
            "acknowledged_by": None, "assigned_to": None, "snoozed_until": None, "verdict": None, "reviewed_by": [],
        },
        "replay_until": None,
    }  # fmt: skip
    detail = made.get(path_of(OPEN)).json()
    assert detail == row | {"samples": [{"time": "2026-09-28T11:59:00+02:00", "value": 2.5}], "decisions": []}


def test_what_is_asked_for_is_what_the_store_is_asked() -> None:
    made = service()
    query = "camera=square&rule=crowded&kind=queue&kind=speeds&state=open&severity=critical&limit=7"
    after = f"5.{'a' * 32}"
    made.store.event_rows = []
    assert made.get(f"/api/v1/events?{query}&start=2026-09-28&after={after}").status_code == 422  # no such page
    asked = made.store.asked_events[0]
    assert (asked.cameras, asked.rules, asked.kinds) == (("square",), ("crowded",), (RuleKind.QUEUE, RuleKind.SPEEDS))
    assert (asked.states, asked.severities, asked.limit, asked.after) == (("open",), ("critical",), 7, after)


@pytest.mark.parametrize(
    "query", ["kind=loitering", "state=1", "severity=high", "rule=a%00", "after=1", "after=1.x", "camera=a%20b"]
)
def test_bad_questions(query: str) -> None:
    answer = service().get(f"/api/v1/events?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-value")


@pytest.mark.asvs("8.2.2")
def test_an_event_of_a_camera_of_another_group_is_not_there() -> None:
    inside, outside = service(OPEN, group="centre"), service(OPEN, group="station")
    assert len(inside.get("/api/v1/events").json()["rows"]) == 1
    assert outside.get("/api/v1/events").json()["rows"] == []
    assert outside.get("/api/v1/events?camera=square").status_code == 403
    refused, missing = outside.get(path_of(OPEN)), outside.get(f"/api/v1/events/{'0' * 32}")
    assert (refused.status_code, refused.json()["code"]) == (404, "no-such-event")
    assert refused.json()["detail"].replace(OPEN.event_id, "0" * 32) == missing.json()["detail"]
    assert decide(outside, OPEN, kind="acknowledged").status_code == 404
    assert outside.store.decision_rows == []


@pytest.mark.parametrize("role", ["officer", "auditor"])
@pytest.mark.asvs("8.2.2")
def test_officers_and_auditors_see_mass_viewing_and_nothing_of_the_place(role: str) -> None:
    made = service(OPEN, MASS, role=role)
    assert [row["id"] for row in made.get("/api/v1/events").json()["rows"]] == [MASS.event_id]
    assert made.get("/api/v1/events?kind=overcrowding").json()["rows"] == []
    assert made.get(path_of(MASS)).status_code == 200
    assert made.get(path_of(OPEN)).status_code == 404
    assert decide(made, MASS, kind="acknowledged").status_code == 403
    assert service(OPEN, role="analyst").get("/api/v1/events").status_code == 403


def test_decisions_are_stored_with_their_entries() -> None:
    made = service(OPEN)
    assert decide(made, OPEN, kind="acknowledged").status_code == 201
    assert decide(made, OPEN, kind="snoozed", until="2026-09-28T13:00:00+02:00").status_code == 201
    answer = decide(made, OPEN, kind="judged", verdict="false", note="  a market stall ")
    assert decide(made, OPEN, kind="reviewed").status_code == 201
    standing = made.get("/api/v1/events").json()["rows"][0]["standing"]
    assert standing == {
        "acknowledged_by": "ana",
        "assigned_to": None,
        "snoozed_until": "2026-09-28T13:00:00+02:00",
        "verdict": "false",
        "reviewed_by": ["ana"],
    }
    assert answer.json()["decisions"][2] == {
        "time": "2026-09-28T12:00:00+02:00", "account": "ana", "kind": "judged", "to": None, "until": None,
        "verdict": "false", "of": None, "note": "a market stall",
    }  # fmt: skip
    assert [(entry.actor, entry.action, entry.subject, entry.detail) for entry in made.store.audit_rows] == [
        ("ana", "event.acknowledged", OPEN.event_id, ""),
        ("ana", "event.snoozed", OPEN.event_id, "2026-09-28T13:00:00+02:00"),
        ("ana", "event.judged", OPEN.event_id, "false"),
        ("ana", "event.reviewed", OPEN.event_id, ""),
    ]


def test_a_slip_is_taken_back_and_both_stay_in_the_list() -> None:
    made = service(OPEN)
    decide(made, OPEN, kind="judged", verdict="true")
    decide(made, OPEN, kind="judged", verdict="false")
    answer = decide(made, OPEN, kind="taken_back", of="judged")
    assert (answer.status_code, answer.json()["standing"]["verdict"]) == (201, "true")
    newest = answer.json()["decisions"][-1]
    assert (newest["kind"], newest["of"], newest["verdict"]) == ("taken_back", "judged", "true")
    assert decide(made, OPEN, kind="taken_back", of="judged").json()["standing"]["verdict"] is None
    refused = decide(made, OPEN, kind="taken_back", of="judged")
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-to-take-back")
    assert [entry.detail for entry in made.store.audit_rows] == ["true", "false", "judged", "judged"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"kind": "judged"}, "body.verdict"),
        ({"kind": "taken_back"}, "body.of"),
        ({"kind": "reviewed", "of": "judged"}, "body.of"),
        ({"kind": "handed_over"}, "body.to"),
        ({"kind": "snoozed"}, "body.until"),
        ({"kind": "acknowledged", "verdict": "true"}, "body.verdict"),
        ({"kind": "reviewed", "until": "2026-09-29"}, "body.until"),
        ({"kind": "snoozed", "until": "2026-09-27"}, "body.until"),
        ({"kind": "snoozed", "until": "2027-09-27"}, "body.until"),
        ({"kind": "snoozed", "until": "soon"}, "body.until"),
        ({"kind": "handed_over", "to": "no-such-account"}, "body.to"),
        ({"kind": "forgotten"}, "body"),
        ({"kind": "reviewed", "note": "a\nb"}, "body"),
        ({"kind": "reviewed", "note": "a" * 501}, "body"),
    ],
)
def test_a_decision_that_is_none_changes_nothing(body: dict[str, str], where: str) -> None:
    made = service(OPEN)
    answer = decide(made, OPEN, **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-value")
    assert answer.json()["faults"][0]["where"].startswith(where)
    assert made.store.decision_rows == made.store.audit_rows == []


def test_an_event_is_handed_over_to_one_who_may_decide_about_it() -> None:
    made = service(OPEN)

    async def add(name: str, role: Role) -> None:
        store, entry = made.access._context.store, AuditEntry(0, "eva", "account.added", name)
        await store.add_account(Account(name, name, name, 0), entry)
        grant = Grant(0, name, role, "centre", 0, NOW_NS + 1, "eva", "pia")
        await store.propose_grant(grant, entry)

    asyncio.run(add("ben", Role.OPERATOR))
    asyncio.run(add("una", Role.ANALYST))
    assert decide(made, OPEN, kind="handed_over", to="una").status_code == 422
    answer = decide(made, OPEN, kind="handed_over", to="ben")
    assert answer.status_code == 201, answer.text
    assert answer.json()["standing"]["assigned_to"] == "ben"
    assert made.store.audit_rows[-1].detail == "ben"


def test_who_looks_too_much_does_not_decide_about_it() -> None:
    made = service(MASS)
    answer = decide(made, MASS, kind="judged", verdict="false")
    assert (answer.status_code, answer.json()["code"]) == (409, "not-to-be-decided")


def test_what_is_deleted_between_looking_and_deciding_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    made = service(OPEN)

    async def gone(_: Sequence[tuple[Decision, AuditEntry]]) -> bool:
        return False

    monkeypatch.setattr(made.store, "add_decisions", gone)
    assert decide(made, OPEN, kind=DecisionKind.REVIEWED.value).status_code == 404


def test_more_decisions_than_an_event_can_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    made = service(OPEN)

    async def full(_: Sequence[tuple[Decision, AuditEntry]]) -> bool:
        raise TooManyDecisionsError("500 decisions about one event are enough")

    monkeypatch.setattr(made.store, "add_decisions", full)
    answer = decide(made, OPEN, kind="reviewed")
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-decisions")


def test_without_the_store_there_is_no_event() -> None:
    made = service(OPEN)
    made.store.away = True
    for path in ("/api/v1/events", path_of(OPEN), "/api/v1/rules"):
        assert made.get(path).status_code == 503
    assert decide(made, OPEN, kind="reviewed").status_code == 503
