"""A stranger who asks again and again makes the service read and draw once."""

import asyncio
from typing import Any

import httpx
import pytest

from passerby.ports import StoreError
from passerby.web import public_register
from testing.web.fakes import Service

PAGE = "/register/en/cameras/square.html"
MONTH_S = 31 * 86_400


async def _asked(service: Service, paths: tuple[str, ...]) -> list[httpx.Response]:
    configuration = await service.configurations.newest()
    await service.register.publish(service.configurations.plan, configuration)
    async with service.client(known=False) as client:
        return [await client.get(path) for path in paths]


def asked(service: Service, *paths: str) -> list[httpx.Response]:
    return asyncio.run(_asked(service, paths))


def counted(monkeypatch: pytest.MonkeyPatch, service: Service, name: str) -> list[Any]:
    """The calls of a method of the store."""
    calls: list[Any] = []
    method = getattr(service.store, name)

    async def counting(*arguments: Any) -> Any:
        calls.append(arguments)
        return await method(*arguments)

    monkeypatch.setattr(service.store, name, counting)
    return calls


def test_many_requests_read_the_log_and_the_versions_once(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service()
    looks, versions = (counted(monkeypatch, service, name) for name in ("audit", "register_versions"))
    answers = asked(service, *["/register/style.css", PAGE, "/register/en/index.html"] * 4)
    assert {answer.status_code for answer in answers} == {200}
    assert (len(looks), len(versions)) == (1, 1)


def test_each_file_is_made_once_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_register, "MAX_KEPT_FILES", 2)
    service = Service()
    first, *_, again = asked(service, PAGE, "/register/style.css", "/register/en/index.html", PAGE)
    assert first.content == again.content
    assert len(service.app.state.hub.public_pages._made) == 2


def test_what_is_shown_follows_drift_and_the_month() -> None:
    service = Service()
    before = asked(service, PAGE)[0].text
    service.register.drift = "another configuration runs"

    async def scene() -> str:
        async with service.client(known=False) as client:
            return (await client.get(PAGE)).text

    assert "Another configuration runs" in asyncio.run(scene())
    service.clock.now_s += MONTH_S
    assert asked(service, PAGE)[0].text != before


def test_a_log_that_cannot_be_read_hides_no_page_and_is_not_taken_for_no_looks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = Service()
    tries: list[None] = []

    async def fails(*_: Any) -> Any:
        tries.append(None)
        raise StoreError("the log is damaged")

    monkeypatch.setattr(service.store, "audit", fails)
    page, style, _ = asked(service, PAGE, "/register/style.css", PAGE)
    assert (page.status_code, style.status_code, len(tries)) == (200, 200, 1)
    assert "is not known at present" in page.text
    assert "no one looked" not in page.text
    service.clock.now_s += 61
    asked(service, PAGE)
    assert len(tries) == 2
