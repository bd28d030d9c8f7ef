"""Events of one cause are listed and decided about together, and judged one by one."""

from dataclasses import replace

from passerby.domain.event_rules import RuleKind, Severity
from testing.web.fakes import NS_PER_S
from testing.web.made import open_event
from tests.unit.web.routes.events.test_place_events import NOW_NS, OPEN, service

DENSE = open_event(
    "square", "dense", NOW_NS - 50 * NS_PER_S, kind=RuleKind.DENSEST_AREA, severity=Severity.CRITICAL,
    group_id=OPEN.event_id, why="Crowded on the densest 10 m\u00b2.",
)  # fmt: skip
PATH = f"/api/v1/event-groups/{OPEN.event_id}/decisions"


def test_a_group_names_the_event_that_stands_for_it() -> None:
    rows = service(OPEN, DENSE).get("/api/v1/event-groups").json()["rows"]
    assert [(row["group"], row["main"], row["severity"], row["state"], row["why"]) for row in rows] == [
        (OPEN.event_id, DENSE.event_id, "critical", "open", DENSE.why)
    ]
    assert [(one["id"], one["group"]) for one in rows[0]["events"]] == [
        (OPEN.event_id, OPEN.event_id), (DENSE.event_id, OPEN.event_id),
    ]  # fmt: skip


def test_all_events_of_a_group_are_acknowledged_in_one_call() -> None:
    made = service(OPEN, DENSE)
    answer = made.post(PATH, json={"kind": "acknowledged", "note": "on my way"})
    assert answer.status_code == 201
    assert [one["standing"]["acknowledged_by"] for one in answer.json()["events"]] == ["ana", "ana"]
    acts = [(entry.action, entry.subject) for entry in made.store.audit_rows]
    assert acts == [("event.acknowledged", OPEN.event_id), ("event.acknowledged", DENSE.event_id)]


def test_each_event_is_judged_on_its_own() -> None:
    made = service(OPEN, DENSE)
    answer = made.post(PATH, json={"kind": "judged", "verdict": "false"})
    assert (answer.status_code, made.store.decision_rows) == (422, [])


def test_the_groups_of_other_cameras_are_not_there() -> None:
    made = service(OPEN, group="station")
    assert made.post(PATH, json={"kind": "acknowledged"}).status_code == 404
    assert service().post(PATH, json={"kind": "acknowledged"}).status_code == 404


def test_what_is_tried_out_silently_is_listed_only_where_it_is_asked_for() -> None:
    made = service(OPEN, replace(DENSE, silent=True))
    assert [row["id"] for row in made.get("/api/v1/events").json()["rows"]] == [OPEN.event_id]
    assert [row["id"] for row in made.get("/api/v1/events?silent=true").json()["rows"]] == [DENSE.event_id]
