"""Looking at the camera of an event: for the event's own case, at that camera alone, and not long after it."""

from dataclasses import replace

import pytest

from passerby.domain.access import Purpose
from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.web.routes.events.event_purpose import FOLLOW_UP_S, case_of, purpose_of
from testing.web.fakes import NS_PER_S
from tests.unit.web.routes.events.test_place_events import MASS, NOW_NS, OPEN, path_of, service


def closed(ago_s: float) -> PlaceEvent:
    return replace(OPEN, state=EventState.CLOSED, end_ns=NOW_NS - round(ago_s * NS_PER_S))


def test_a_look_takes_over_the_event_as_its_case_and_its_camera_alone() -> None:
    made = service(OPEN)
    made.app.state.hub.purposes.end("test")
    assert made.post("/api/v1/cameras/square/ticket").status_code == 403
    stated = made.put(f"{path_of(OPEN)}/purpose").json()
    assert (stated["purpose"], stated["case"]) == ("event_safety", f"event {OPEN.event_id}: crowded")
    assert stated["end"] == "2026-09-28T12:30:00+02:00"
    assert made.post("/api/v1/cameras/square/ticket").status_code == 200
    other = made.app.state.hub.plan.cameras[1].name
    assert made.post(f"/api/v1/cameras/{other}/ticket").json()["code"] == "purpose-needed"
    acts = [entry for entry in made.store.audit_rows if entry.action == "purpose.stated"]
    assert [(entry.detail, entry.purpose, entry.case) for entry in acts] == [
        ("square", "event_safety", f"event {OPEN.event_id}: crowded")
    ]


@pytest.mark.parametrize(("ago_s", "status"), [(0.0, 200), (FOLLOW_UP_S, 200), (FOLLOW_UP_S + 1, 409)])
def test_an_event_is_a_reason_for_an_hour_after_its_end(ago_s: float, status: int) -> None:
    answer = service(closed(ago_s)).put(f"{path_of(OPEN)}/purpose")
    assert answer.status_code == status
    if status == 409:
        assert answer.json()["code"] == "no-reason-to-look"


def test_what_one_may_not_see_is_no_reason_to_look() -> None:
    assert service(OPEN, group="station").put(f"{path_of(OPEN)}/purpose").status_code == 404
    assert service(OPEN, role="officer").put(f"{path_of(OPEN)}/purpose").status_code == 403
    assert service(MASS).put(f"{path_of(MASS)}/purpose").json()["code"] == "no-reason-to-look"
    assert service().put(f"{path_of(OPEN)}/purpose").status_code == 404


def test_the_purpose_follows_from_the_kind() -> None:
    crowds, vehicles, camera = RuleKind.COUNTER_FLOW, RuleKind.STOPPED_VEHICLE, RuleKind.CAMERA_STATE
    assert [purpose_of(kind) for kind in (crowds, vehicles, camera)] == [
        Purpose.EVENT_SAFETY, Purpose.ROAD_SAFETY, Purpose.MAINTENANCE,
    ]  # fmt: skip


def test_a_long_name_leaves_the_number_of_the_event_whole() -> None:
    case = case_of(replace(OPEN, rule="r" * 300))
    assert len(case) == 200
    assert case.startswith(f"event {OPEN.event_id}: rrr")
