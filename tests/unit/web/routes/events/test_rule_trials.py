"""A draft of a rule over HTTP: tried on stored minutes, and refused where they do not have what it goes by."""

from typing import Any

import pytest

from passerby.domain.health import CameraState
from passerby.domain.observations import Quantity
from testing.web.fakes import NOW_S, NS_PER_S, health_report, observation
from tests.unit.web.routes.events.test_place_events import service

CROWD = {"camera": "square", "kind": "overcrowding", "place": "benches", "threshold": 10}


def test_it_says_when_the_rule_would_have_raised_an_event() -> None:
    made = service()
    begin_s = NOW_S - 3600
    made.store.rows = [
        observation(begin_s + 60 * number, value, series="benches", quantity=quantity, direction=None)
        for quantity in (Quantity.OCCUPANCY_MEAN, Quantity.OCCUPANCY_MAX)
        for number, value in enumerate([5, 12, 5, 12, 5])
    ]
    found = made.post("/api/v1/rules/trial", json=CROWD).json()
    assert (found["times"], found["events"]) == (["2026-09-28T11:01:00+02:00", "2026-09-28T11:03:00+02:00"], 2)
    assert found["coverage"] == pytest.approx(5 / (7 * 1440))
    assert found["sentence"] == (
        "It would have raised 2 events in 7 days, of which 0.00347 were watched, 5.8e+02 a watched day."
    )
    (query,) = made.store.asked
    assert (query.cameras, query.series) == (("square",), ("benches",))
    assert query.end_ns - query.start_ns == 7 * 86_400 * NS_PER_S
    assert made.store.audit_rows == made.store.event_rows == []


def test_the_state_of_a_camera_goes_by_its_health_reports() -> None:
    made = service()
    times = [(NOW_S - 7200, CameraState.DARK), (NOW_S - 3600, CameraState.ONLINE)]
    made.store.health_rows = [health_report(state=state, time_ns=second * NS_PER_S) for second, state in times]
    body = {"camera": "square", "kind": "camera_state", "threshold": 600}
    found = made.post("/api/v1/rules/trial", json=body).json()
    assert found["times"] == ["2026-09-28T10:10:00+02:00"]


@pytest.mark.parametrize(
    ("changes", "status", "part"),
    [
        ({"kind": "queue"}, 409, "silent: true"),
        ({"kind": "near_misses"}, 409, "silent: true"),
        ({"place": "fountain"}, 422, "benches"),
        ({"unit": "km/h"}, 422, "m-2 or 1"),
        ({"kind": "counter_flow", "place": "west gate"}, 422, "allowed_way"),
        ({"start": "2026-08-01"}, 422, "31 days"),
        ({"camera": "nowhere"}, 404, "nowhere"),
        ({"hold_min": -1}, 422, "it must be at least 0"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_what_to_do(changes: dict[str, Any], status: int, part: str) -> None:
    answer = service().post("/api/v1/rules/trial", json=CROWD | changes)
    assert answer.status_code == status
    assert part in answer.text


@pytest.mark.parametrize(("name", "value"), [("start", "soon"), ("end", "soon"), ("start", "2026-08-01")])
def test_a_wrong_time_is_named_where_it_stands_in_the_body(name: str, value: str) -> None:
    faults = service().post("/api/v1/rules/trial", json=CROWD | {name: value}).json()["faults"]
    assert [fault["where"] for fault in faults] == [f"body.{name}"]


def test_who_may_not_see_a_camera_s_counts_tries_no_rule_on_them() -> None:
    assert service(group="station").post("/api/v1/rules/trial", json=CROWD).status_code == 403
