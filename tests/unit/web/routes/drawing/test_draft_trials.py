"""A draft tried live over HTTP: who may, what is refused and where, what is shown, and that it is written down."""

import asyncio
import math
from dataclasses import replace
from typing import Any

import pytest

from passerby.domain.draft_trial import DraftCount, DraftNumbers, DraftOccupancy, DraftRule
from passerby.domain.events import Direction
from passerby.domain.register import Registration
from passerby.domain.road_user import RoadUser
from testing.trial_service.site_register import registration, registration_with_events
from testing.web.fakes import NOW_S, NS_PER_S, Service
from tests.unit.web.routes.events.test_place_events import service

PATH = "/api/v1/cameras/square/trial"
LINE = {"points": [[0.5, 0.2], [0.5, 0.8]], "count": ["pedestrian"]}
DRAFT = {
    "lines": {"new gate": LINE},
    "rules": {"full": {"kind": "overcrowding", "zone": "benches", "above_people": 5, "hold_s": 2}},
}


def trying(registered: Registration | None = None) -> Service:
    made = service(role="engineer")
    plan = made.configurations.plan
    first = replace(plan.cameras[0], registration=registered or registration_with_events())
    made.configurations.plan = replace(plan, cameras=(first, *plan.cameras[1:]))
    return made


def test_a_draft_is_tried_shown_and_withdrawn() -> None:
    made = trying()
    assert made.get(PATH).status_code == 404
    begun = made.post(PATH, json={**DRAFT, "seconds": 60})
    assert begun.status_code == 200, begun.text
    assert (begun.json()["running"], begun.json()["lines"], begun.json()["zones"]) == (True, ["new gate"], ["benches"])
    assert begun.json()["until"] == "2026-09-28T12:01:00+02:00"
    state = made.live.drafts["square"]
    numbers = DraftNumbers(
        state.draft.draft_id, (NOW_S + 1) * NS_PER_S, 0.9, False,
        (DraftCount("new gate", RoadUser.PEDESTRIAN, Direction.FORWARD, 3),),
        (DraftOccupancy("benches", RoadUser.PEDESTRIAN, 6),), (DraftRule("full", 6.0, True, 1),),
    )  # fmt: skip
    made.live.drafts["square"] = replace(state, numbers=numbers)
    shown = made.get(PATH).json()
    assert shown["counts"] == [{"line": "new gate", "road_user": "pedestrian", "direction": "forward", "count": 3}]
    assert shown["occupancy"] == [{"zone": "benches", "road_user": "pedestrian", "count": 6}]
    assert shown["rules"] == [
        {
            "rule": "full", "kind": "overcrowding", "place": "benches", "value": 6.0, "threshold": 5.0, "unit": "1",
            "passed": True, "events": 1, "why_not": "",
        }
    ]  # fmt: skip
    assert (shown["coverage"], shown["time"]) == (0.9, "2026-09-28T12:00:01+02:00")
    for _ in range(2):
        over = asyncio.run(made.ask("DELETE", PATH)).json()
        assert (over["running"], over["why_over"]) == (False, "It was withdrawn.")
    assert [(one.action, one.subject) for one in made.store.audit_rows] == [
        ("trial.begun", "square"),
        ("trial.withdrawn", "square"),
    ]
    assert made.store.audit_rows[0].detail == (
        "line new gate (0.500 0.200; 0.500 0.800), zone benches (0.300 0.300; 0.700 0.300; 0.700 0.600), "
        "rule full (overcrowding); until 2026-09-28T12:01:00+02:00"
    )


def test_a_trial_is_over_at_its_time() -> None:
    made = trying()
    made.post(PATH, json={**DRAFT, "seconds": 60})
    made.clock.now_s += 60
    assert made.get(PATH).json()["why_over"] == "Its time is over."


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body"),
        ({"lines": {"x": {"points": [[0.5, 0.2]]}}}, "body.lines.x.points"),
        ({"lines": {"benches": LINE}, "rules": DRAFT["rules"]}, "body.rules.full.zone"),
        ({"rules": {"full": {"kind": "overcrowding", "zone": "nowhere", "above_people": 5}}}, "body.rules.full.zone"),
        (
            {"rules": {"thick": {"kind": "overcrowding", "zone": "benches", "above_per_m2": 2}}},
            "body.rules.thick.above_per_m2",
        ),
        ({"rules": {"clear": {"kind": "obstacle", "zone": "benches", "longer_than_s": 60}}}, "body.rules.clear.kind"),
        ({"lines": {str(number): LINE for number in range(4)}}, "body.lines"),
        ({**DRAFT, "seconds": 601}, "body"),
        ({**DRAFT, "face": 1}, "body"),
    ],
    ids=str,
)
def test_what_a_site_file_could_not_have_is_refused_with_where(body: dict[str, Any], where: str) -> None:
    made = trying()
    answer = made.post(PATH, json=body)
    assert answer.status_code == 422, answer.text
    assert where in [fault["where"] for fault in answer.json()["faults"]]
    assert (made.live.drafts, made.store.audit_rows) == ({}, [])


def test_a_camera_that_does_not_run_or_is_away_tries_nothing() -> None:
    made = trying()
    made.live.worker_away = True
    assert made.post(PATH, json=DRAFT).json()["code"] == "worker-away"
    plan = made.configurations.plan
    paused = replace(plan.cameras[0], fault="its password cannot be read")
    made.configurations.plan = replace(plan, cameras=(paused, *plan.cameras[1:]))
    assert made.post(PATH, json=DRAFT).status_code == 409
    assert made.live.drafts == {}


def test_rules_are_tried_where_the_register_allows_events_and_lines_anywhere() -> None:
    made = trying(registration())
    refused = made.post(PATH, json=DRAFT)
    assert (refused.status_code, refused.json()["code"]) == (409, "no-events")
    assert made.post(PATH, json={"lines": DRAFT["lines"]}).status_code == 200


def test_a_zone_of_many_corners_is_noted_by_its_first_ones() -> None:
    made = trying()
    corners = [[0.5 + 0.3 * math.cos(turn / 7), 0.5 + 0.3 * math.sin(turn / 7)] for turn in range(40)]
    answer = made.post(PATH, json={"zones": {"round": {"points": corners}}})
    assert answer.status_code == 200, answer.text
    assert "and 28 more)" in made.store.audit_rows[0].detail


def test_what_cannot_be_written_down_is_not_tried() -> None:
    made = trying()
    made.store.away = True
    assert made.post(PATH, json=DRAFT).status_code == 503
    assert made.live.drafts == {}
