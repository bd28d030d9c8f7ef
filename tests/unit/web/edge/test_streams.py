"""A stream ends within 5 s of its right, however slow the store is, or silent."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import websockets

from passerby.domain.access import Principal, PrincipalKind
from passerby.ports import StoreUnavailableError
from passerby.web.edge import streams
from passerby.web.edge.streams import Rights
from testing.waiting import WITHIN_S, hastened
from testing.web.fakes import Service
from testing.web.serving import served
from tests.unit.web.routes.live.test_view import looking

ANA = Principal("ana", PrincipalKind.ACCOUNT, (), "s1")
STORE_CACHE_S = 1.0
FASTER = 10
"""Where a real server and its client wait in real time."""


@pytest.fixture
def faster(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOOK_S", "HOLDS_S", "_AGAIN_S"):
        monkeypatch.setattr(streams, name, getattr(streams, name) / FASTER)


class SlowAccess:
    """Answers after a time what held when it was asked."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s
        self.ended = False
        self.failing = False
        self.hanging = False
        self.reads = 0

    async def again(self, principal: Principal) -> Principal | None:
        self.reads += 1
        found = None if self.ended else principal
        if self.failing:
            raise StoreUnavailableError("away")
        if self.hanging:
            await asyncio.Event().wait()
        await asyncio.sleep(self.delay_s)
        return found


def over_after(access: Any, spoil: Callable[[], None], at_s: float) -> tuple[float, object]:
    """How long after something is spoilt a stream ends, and what is said of it."""

    async def scene() -> tuple[float, object]:
        loop = asyncio.get_running_loop()
        watch = Rights(access).until_over(ANA, lambda _: True, loop.time())
        over = asyncio.ensure_future(watch)
        await asyncio.sleep(at_s)
        assert not over.done()
        spoil()
        spoilt_s = loop.time()
        fault = await asyncio.wait_for(over, 60)
        return loop.time() - spoilt_s, fault

    return hastened(scene())


@pytest.mark.parametrize("delay_s", [0.0, 0.5, 1.0, 1.5, 1.9])
@pytest.mark.parametrize("at_s", [0.1, 1.6, 2.5, 3.2])
def test_it_ends_in_time_whenever_the_right_ends_and_however_slow_the_store_is(delay_s: float, at_s: float) -> None:
    access = SlowAccess(delay_s)
    took_s, _ = over_after(access, lambda: setattr(access, "ended", True), at_s)
    assert took_s <= 5.0 - STORE_CACHE_S


@pytest.mark.parametrize("how", ["failing", "hanging"])
def test_a_store_that_says_nothing_ends_it_with_the_reason(how: str) -> None:
    access = SlowAccess()
    took_s, fault = over_after(access, lambda: setattr(access, how, True), 2.0)
    assert took_s <= 5.0
    assert isinstance(fault, StoreUnavailableError)


def test_a_moment_without_an_answer_ends_nothing() -> None:
    async def scene() -> None:
        access: Any = SlowAccess()
        loop = asyncio.get_running_loop()
        over = asyncio.ensure_future(Rights(access).until_over(ANA, lambda _: True, loop.time()))
        for _ in range(4):
            access.failing = True
            await asyncio.sleep(1.0)
            access.failing = False
            await asyncio.sleep(2.5)
        assert not over.done()
        assert access.reads < 40
        over.cancel()

    hastened(scene())


def test_many_streams_of_a_session_are_one_read() -> None:
    async def scene() -> None:
        access: Any = SlowAccess(0.5)
        rights, loop = Rights(access), asyncio.get_running_loop()
        watches = [asyncio.ensure_future(rights.until_over(ANA, lambda _: True, loop.time())) for _ in range(50)]
        await asyncio.sleep(5.0)
        assert access.reads <= 5
        for watch in watches:
            watch.cancel()

    hastened(scene())


@asynccontextmanager
async def listening(service: Service) -> AsyncIterator[AsyncIterator[str]]:
    """The lines of the live values, after the first one."""
    async with (
        served(service.app) as port,
        httpx.AsyncClient(headers={"Cookie": service.session()}) as client,
        client.stream("GET", f"http://127.0.0.1:{port}/api/v1/live") as answer,
    ):
        lines = answer.aiter_lines()
        await anext(lines)
        yield lines


async def silent(*_: object) -> None:
    await asyncio.Event().wait()


def stopped(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store of accounts answers nothing any more."""
    monkeypatch.setattr(service.app.state.hub.access._context.store, "session_holder_by_id", silent)


@pytest.mark.usefixtures("faster")
def test_live_values_end_with_the_reason_where_the_store_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> str:
        service = Service()
        async with listening(service) as lines, asyncio.timeout(WITHIN_S):
            stopped(service, monkeypatch)
            return "\n".join([line async for line in lines])

    rest = asyncio.run(scene())
    name, data = rest.strip().splitlines()[-2:]
    assert name == "event: problem"
    assert json.loads(data.removeprefix("data: "))["code"] == "store-unavailable"


@pytest.mark.usefixtures("faster")
def test_live_values_end_while_they_wait_for_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        service = Service()
        async with listening(service) as lines, asyncio.timeout(WITHIN_S):
            monkeypatch.setattr(service.app.state.hub.today, "of", silent)
            service.live.tell()
            principal = await service.access.principal_of(cookie=service.session().partition("=")[2])
            assert principal is not None
            await service.access.sessions.log_out(principal)
            async for _ in lines:
                pass

    asyncio.run(scene())


@pytest.mark.usefixtures("faster")
def test_a_view_ends_with_the_reason_where_the_store_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> Any:
        service = Service()
        async with served(service.app) as port, looking(service, port) as viewer, asyncio.timeout(WITHIN_S):
            stopped(service, monkeypatch)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await viewer.recv()
            return closed.value.rcvd

    received = asyncio.run(scene())
    assert received.code == 1013
    assert "store" in received.reason
