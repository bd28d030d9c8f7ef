"""A hub that waits lives, is not ready, and answers nothing else."""

import asyncio

import httpx
import pytest

from passerby.web.pages.standby import standby_app


def asked(method: str, path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(standby_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path)

    return asyncio.run(ask())


def test_it_lives_and_is_not_ready() -> None:
    assert asked("GET", "/healthz").json() == {"status": "ok"}
    for path in ("/readyz", "/", "/api/v1/cameras", "/open/secret"):
        answer = asked("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (503, "standby")
        assert answer.headers["Retry-After"] == "5"
        assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_whatever_is_sent_to_it_is_sent_elsewhere(method: str) -> None:
    assert asked(method, "/api/v1/configuration").status_code == 503
