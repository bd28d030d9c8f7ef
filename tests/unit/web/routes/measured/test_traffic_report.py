"""The traffic report over HTTP: the figures of the command's report, its forms, who may have it, and what is not."""

import asyncio
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest

from passerby.domain.access import Purpose
from passerby.domain.road_user import RoadUser
from passerby.report.traffic.kept_reports import KEPT_S
from passerby.web.routes.measured.traffic_report import HTML, PDF, XLSX, TrafficReportDocument
from testing.web.fakes import MIDNIGHT_S, NOW_S, Service, observation
from tests.unit.web.routes.events.test_place_events import service

PATH = "/api/v1/traffic-report"
EIGHT = MIDNIGHT_S + 8 * 3600
CARS = (40.0, 60.0, 90.0, 70.0, 50.0)
"""The busiest hour is the one from the first quarter but one; its PHF is 270 / (4 * 90)."""


def counted(role: str = "engineer", group: str = "*") -> Service:
    made = service(role=role, group=group)
    made.store.rows = [
        observation(EIGHT + 900 * quarter, value, road_user=user, direction=way, length_s=900)
        for quarter, value in enumerate(CARS)
        for user, way in ((RoadUser.CAR, "forward"), (RoadUser.TRUCK, "backward"))
    ]
    return made


def asked(made: Service, **params: Any) -> Any:
    day = {"camera": "square", "start": "2026-09-28T08:00:00+02:00", "end": "2026-09-28T09:15:00+02:00"}
    accept = params.pop("accept", "application/json")
    return made.get(PATH, params={**day, **params}, headers={"Accept": accept})


def tables(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    document = TrafficReportDocument.model_validate(answer.json())
    return {table.key: table for section in document.sections for table in section.tables}


def test_the_figures_are_those_of_the_report() -> None:
    found = tables(asked(counted(), pcu="truck=2.5"))
    peak = next(row for row in found["peak_hours"].rows if row["class_group"] == "motor vehicles")
    assert (peak["start"], peak["volume"], peak["factor"]) == ("2026-09-28T08:15:00+02:00", 270, 0.75)
    units = {(row["line"], row["way"]): row["units"] for row in found["passenger_car_units"].rows}
    assert units["west gate", "both ways"] == 310 + 2.5 * 310
    totals = found["totals"].rows[0]
    assert totals["low"] < totals["all"] < totals["high"]
    assert totals["basis"] == "prior"
    assert {column.key: column.kind for column in found["peak_hours"].columns}["factor"] == "two_decimals"


def test_a_factor_is_null_where_a_quarter_was_watched_too_little() -> None:
    made = counted()
    made.store.rows = [
        replace(row, coverage=0.94) if row.start_ns == (EIGHT + 1800) * 10**9 else row for row in made.store.rows
    ]
    assert all(row["factor"] is None for row in tables(asked(made))["peak_hours"].rows)


def test_two_periods_stand_side_by_side() -> None:
    made = counted()
    made.store.rows += [replace(row, start_ns=row.start_ns - 7 * 86_400 * 10**9, value=10.0) for row in made.store.rows]
    found = tables(asked(made, compare_start="2026-09-21T08:00:00+02:00"))
    total = found["totals"].rows[0]
    assert (total["all_a"], total["all_b"], total["all_change"]) == (310, 50, pytest.approx(50 / 310 - 1, abs=1e-6))


@pytest.mark.parametrize(("kind", "begins"), [(HTML, b"<!DOCTYPE html>"), (PDF, b"%PDF-"), (XLSX, b"PK")])
def test_as_a_file_it_is_an_export_with_a_purpose(kind: str, begins: bytes) -> None:
    made = counted(role="analyst")
    refused = asked(made, accept=kind)
    assert (refused.status_code, refused.json()["code"]) == (403, "purpose-needed")
    stated = {"purpose": Purpose.TRAFFIC_PLANNING.value, "case": "junction study"}
    asyncio.run(made.ask("PUT", "/api/v1/purpose", json=stated))
    answer = asked(made, accept=kind)
    assert answer.status_code == 200, answer.text
    assert answer.content.lower().startswith(begins.lower())
    assert answer.headers["content-disposition"].startswith('attachment; filename="square-report.')
    assert "traffic report" in next(row.detail for row in made.store.audit_rows if "report" in row.detail)


def test_what_was_made_a_moment_ago_is_not_made_again() -> None:
    made = counted()
    asked(made)
    asks = len(made.store.asked)
    asked(made)
    assert len(made.store.asked) == asks
    asked(made, pcu="truck=3")
    assert len(made.store.asked) > asks
    asks = len(made.store.asked)
    made.clock.now_s = NOW_S + KEPT_S
    asked(made)
    assert len(made.store.asked) > asks


def test_after_a_change_of_the_site_it_is_made_anew() -> None:
    made = counted()
    asked(made)
    asks = len(made.store.asked)
    made.configurations.plan = replace(made.configurations.plan)
    asked(made)
    assert len(made.store.asked) > asks


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"camera": "sqare"}, 404, "no-such-camera"),
        ({"start": "2026-09-27", "end": "2026-09-28"}, 404, "nothing-counted"),
        ({"compare_start": "2026-09-01"}, 404, "nothing-counted"),
        ({"compare_start": "then"}, 422, "bad-value"),
        ({"start": "2026-07-01"}, 422, "bad-value"),
        ({"end": "2026-09-28T07:00:00+02:00"}, 422, "bad-value"),
        ({"pcu": "tram=2"}, 422, "bad-value"),
        ({"pcu": "pedestrian=1"}, 422, "bad-value"),
        ({"pcu": "truck=nan"}, 422, "bad-value"),
        ({"pcu": "truck"}, 422, "bad-value"),
        ({"accept": "image/png"}, 406, "no-such-format"),
    ],
)
def test_what_cannot_be_is_refused(params: dict[str, Any], status: int, code: str) -> None:
    refused = asked(counted(), **params)
    assert (refused.status_code, refused.json()["code"]) == (status, code), refused.text


def test_a_camera_without_lines_has_no_report_and_another_group_sees_none() -> None:
    made = counted()
    made.store.rows = [replace(row, series="a line that is gone") for row in made.store.rows]
    assert (asked(made).status_code, asked(made).json()["code"]) == (409, "no-report")
    assert asked(counted(group="station")).status_code == 403


def test_a_form_whose_library_is_missing_is_named() -> None:
    with mock.patch("passerby.web.routes.measured.traffic_report.missing_for", return_value=("openpyxl",)):
        refused = asked(counted(), accept=XLSX)
    assert (refused.status_code, refused.json()["code"]) == (501, "not-installed")
    assert "openpyxl is not installed" in refused.json()["detail"]
