"""HEAD: what GET would say, without its body."""

import asyncio
import re

import pytest
from fastapi.routing import APIRoute

from passerby.web.app import ROUTERS
from passerby.web.routes.drawing import place
from testing.web.fakes import NOW_S, Service, health_report, observation

CHANGING = {"/open/{token}", "/log-in/answer"}
PATHS = sorted(
    {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and route.path not in CHANGING
    }
)


def filled(path: str) -> str:
    path = re.sub(r"\{camera\}", "square", re.sub(r"\{\w*_id\}", "0" * 32, path))
    return re.sub(r"\{[^}]*\}", "1", path)


def service() -> Service:
    made = Service()
    made.store.rows = [observation(NOW_S - 3600)]
    made.live.reports = {"square": health_report()}
    return made


@pytest.fixture(scope="module")
def both() -> tuple[Service, Service]:
    return service(), service()


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/api/v1/live"])
def test_the_head_is_that_of_the_get(both: tuple[Service, Service], path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "FIRST_S", 0.0)  # no picture comes, however long it is waited for
    one, other = both
    head, get = one.request("HEAD", filled(path)), other.get(filled(path))
    assert (head.status_code, head.content) == (get.status_code, b"")
    # A log-in page holds a new question each time.
    assert sorted(head.headers) == sorted(get.headers)
    if path not in ("/metrics", "/log-in", "/log-in/again"):
        assert dict(head.headers) == dict(get.headers)


def test_an_answer_without_an_end_ends_after_its_head() -> None:
    async def scene() -> None:
        answer = await asyncio.wait_for(service().ask("HEAD", "/api/v1/live"), 60)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"].startswith("text/event-stream")

    asyncio.run(scene())


def test_a_long_table_is_not_read_for_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.web.routes.measured.observations._TABLE_PAGE", 1)
    made = service()
    made.store.rows = [observation(NOW_S - 60 * minute) for minute in range(1, 500)]
    answer = made.request("HEAD", "/api/v1/observations?bin=minute", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(made.store.asked) < 5


def test_other_methods_are_left_alone() -> None:
    assert service().request("HEAD", "/api/v1/rules/trial").status_code == 405
    metrics = Service()
    metrics.request("HEAD", "/api/v1/version")
    assert (
        'passerby_http_requests_total{method="HEAD",route="/api/v1/version",status="200"} 1.0'
        in metrics.get("/metrics").text
    )
