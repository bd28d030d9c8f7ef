"""Parameters and names that there are not: refused by name, wherever they are asked for."""

import re

import pytest
from fastapi.routing import APIRoute

from passerby.web.app import ROUTERS
from testing.web.fakes import NOW_S, Service, observation
from testing.web.made import camera_plan

DESCRIBED = sorted(
    {
        (method, route.path)
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and route.include_in_schema
        for method in route.methods or ()
    }
)


def test_a_misspelt_parameter_is_named_with_what_was_meant() -> None:
    answer = Service().get("/api/v1/observations?bni=day&road_user=car&zone=x")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "unknown-parameter")
    assert problem["faults"] == [
        {"where": "query.bni", "what": "there is no such parameter; did you mean `bin`?", "got": None},
        {"where": "query.zone", "what": "there is no such parameter", "got": None},
    ]
    assert problem["do"].startswith("The parameters here are: after, bin, bom, camera, direction, end,")


@pytest.fixture(scope="module")
def asked_wrongly() -> Service:
    return Service()


@pytest.mark.parametrize(("method", "path"), DESCRIBED)
def test_no_described_route_takes_an_unknown_parameter(asked_wrongly: Service, method: str, path: str) -> None:
    filled = re.sub(r"\{camera\}", "square", re.sub(r"\{\w*_id\}", "0" * 32, path))
    filled = re.sub(r"\{[^}]*\}", "1", filled)
    answer = asked_wrongly.request(method, f"{filled}?no_such=1")
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-parameter"), answer.text
    assert asked_wrongly.store.audit_rows == []


def test_pages_take_whatever_a_link_brings_along() -> None:
    assert Service().get("/?from=mail").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/observations", "/api/v1/series", "/api/v1/live", "/api/v1/events", "/api/v1/event-groups",
        "/api/v1/rules", "/api/v1/health/history", "/api/v1/hand-overs",
    ],
)  # fmt: skip
def test_an_unknown_camera_in_a_question_is_404(path: str) -> None:
    answer = Service().get(f"{path}?camera=square&camera=sqare")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-camera")
    assert "sqare" in answer.json()["detail"]


def test_a_camera_that_was_taken_down_can_be_asked_about() -> None:
    service = Service()
    service.store.rows = [observation(NOW_S - 60, camera="old", series="old gate")]
    assert len(service.get("/api/v1/observations?camera=old").json()["rows"]) == 1
    assert len(service.get("/api/v1/observations?camera=old&series=old%20gate").json()["rows"]) == 1
    # At a camera that there is, nothing of that name was measured.
    assert service.get("/api/v1/observations?camera=square&series=old%20gate").status_code == 404


@pytest.mark.parametrize("series", ["west gate", "benches", "turn"])
def test_names_of_the_layout_are_known_before_anything_was_measured(series: str) -> None:
    service = Service()
    assert camera_plan().layout.series == {"west gate", "benches", "turn"}
    assert service.get(f"/api/v1/observations?series={series}").json() == {"rows": [], "after": None}
    answer = service.get(f"/api/v1/observations?series={series}s")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-series")
