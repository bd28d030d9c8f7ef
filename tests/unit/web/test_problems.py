"""Failures as problem details: always the same shape, and never a secret or a traceback."""

import asyncio
from typing import Any

import httpx
import pytest

from passerby.ports import StoreError
from passerby.web.problems import Problem, echoed, parameter_of, what_is_needed
from testing.web.fakes import CANARY, Service

BASE = "http://127.0.0.1:8642"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "no-such-page"),
        ("GET", "/api/v1", 404, "no-such-page"),
        ("GET", "/api/v1/nowhere", 404, "no-such-page"),
        ("DELETE", "/api/v1/cameras", 405, "no-such-method"),
        ("GET", "/docs", 404, "no-such-page"),
        ("GET", "/redoc", 404, "no-such-page"),
        ("POST", "/", 405, "no-such-method"),
        ("OPTIONS", "/api/v1/cameras", 405, "no-such-method"),
        ("GET", "/api/v1/cameras/square/view", 404, "no-such-page"),
    ],
)
def test_what_is_not_there(method: str, path: str, status: int, code: str) -> None:
    answer = asyncio.run(Service().ask(method, path))
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate_json(answer.content)
    assert (answer.status_code, problem.status, problem.code) == (status, status, code)
    assert problem.title
    assert problem.detail
    assert problem.do
    assert ("allow" in answer.headers) == (status == 405)


def test_store_that_fails_otherwise() -> None:
    service = Service()

    async def fails(*_: Any) -> None:
        raise StoreError("sqlite:///passerby.db: the disk is full")

    service.store.observations = fails
    answer = service.get("/api/v1/observations")
    assert (answer.status_code, answer.json()["code"]) == (503, "store-failed")
    assert "the disk is full" in answer.json()["detail"]


@pytest.mark.asvs("16.3.4", "16.5.1")
def test_what_nobody_had_foreseen_says_nothing_of_itself() -> None:
    service = Service()

    async def fails(*_: Any) -> None:
        raise RuntimeError(CANARY)

    service.store.observations = fails

    async def scene() -> httpx.Response:
        transport = httpx.ASGITransport(service.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url=BASE, headers={"Cookie": service.session()}
        ) as client:
            return await client.get("/api/v1/observations")

    answer = asyncio.run(scene())
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert CANARY not in answer.text
    figures = service.get("/metrics").text
    assert 'passerby_http_requests_total{method="GET",route="/api/v1/observations",status="500"} 1.0' in figures


def test_many_wrong_values_are_all_reported() -> None:
    answer = Service().get("/api/v1/observations?limit=0&bin=week&quantity=souls")
    faults = {fault["where"]: fault["got"] for fault in answer.json()["faults"]}
    assert faults == {"query.limit": "0", "query.bin": "week", "query.quantity.0": "souls"}


@pytest.mark.parametrize(("text", "shown"), [("a" * 200, "a" * 80 + "…"), ("a\x1b[31m", "a\\x1b[31m"), ("ü", "ü")])
def test_wrong_values_are_shown_short_and_plain(text: str, shown: str) -> None:
    assert echoed(text) == shown


def test_a_key_that_is_missing_in_a_body_is_named_and_one_that_is_too_much_is_not() -> None:
    service = Service()
    faults = service.put("/api/v1/purpose", json={"purpose": "maintenance", CANARY: 1}).json()["faults"]
    assert "body.case" in [fault["where"] for fault in faults]
    assert CANARY not in str(faults)


def test_several_keys_that_are_not_known_are_one_fault_as_none_is_named() -> None:
    body = {"text": "cameras: {}", "base": 1, CANARY: 1, "other": 2}
    faults = Service().put("/api/v1/cameras/square/rules", json=body).json()["faults"]
    assert [fault["what"] for fault in faults if fault["where"] == "body"] == ["this is not known here"]


@pytest.mark.parametrize(
    ("query", "where", "what"),
    [
        ("limit=0", "query.limit", "it must be at least 1"),
        ("limit=many", "query.limit", "a whole number is needed"),
        ("bin=week", "query.bin", "one of minute, quarter, hour, day is needed"),
    ],
)
def test_a_fault_of_a_query_says_what_is_needed(query: str, where: str, what: str) -> None:
    (fault,) = Service().get(f"/api/v1/observations?{query}").json()["faults"]
    assert (fault["where"], fault["what"]) == (where, what)


def test_a_word_that_is_not_known_is_one_fault_without_names_of_types() -> None:
    (fault,) = Service().get("/api/v1/observations?road_user=souls").json()["faults"]
    assert fault["where"] == "query.road_user.0"
    assert fault["what"].startswith("one of ")
    assert "pedestrian" in fault["what"]
    assert fault["got"] == "souls"


@pytest.mark.parametrize(
    ("error", "what"),
    [
        ({"type": "missing", "msg": "Field required"}, "this is needed"),
        ({"type": "string_too_long", "msg": "", "ctx": {"max_length": 8}}, "it must have at most 8 letters"),
        ({"type": "value_error", "msg": "Value error, a day is needed"}, "a day is needed"),
        ({"type": "other", "msg": "Input should be even"}, "it must be even"),
    ],
)
def test_what_is_needed(error: dict[str, Any], what: str) -> None:
    assert what_is_needed(error) == what


def test_the_kind_that_was_tried_is_no_place() -> None:
    assert parameter_of(("query", "road_user", 3, "function-after[x(), str]")) == ["query", "road_user", "3"]
    assert parameter_of(("header", "x-passerby-case")) == ["header", "x-passerby-case"]
