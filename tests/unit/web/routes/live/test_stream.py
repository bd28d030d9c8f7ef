"""Events, from a real server: at once, when something is new, not too often, and only as long as somebody listens."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from passerby.domain.health import CameraState
from passerby.web.routes.live.stream import MIN_INTERVAL_S, Values
from testing.waiting import until_true
from testing.web.fakes import MIDNIGHT_S, NOW_S, NS_PER_S, Service, health_report, observation
from testing.web.made import closed, open_event
from testing.web.serving import served


async def events(answer: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    """Name and data of each event."""
    name = ""
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def listening(service: Service, port: int, query: str = "") -> Any:
    client = httpx.AsyncClient(headers={"Cookie": service.session()}, timeout=30)
    return client, client.stream("GET", f"http://127.0.0.1:{port}/api/v1/live{query}")


async def first(service: Service, port: int, count: int, query: str = "") -> list[tuple[str, Any]]:
    client, stream = listening(service, port, query)
    found: list[tuple[str, Any]] = []
    async with client, stream as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async for event in events(answer):
            found.append(event)
            if len(found) == count:
                break
    return found


def test_what_is_known_comes_at_once() -> None:
    async def scene() -> list[tuple[str, Any]]:
        service = Service()
        service.store.rows = [observation(MIDNIGHT_S, 5.0, length_s=86_400, coverage=0.25)]
        service.live.open = {"square": (observation(NOW_S - 60, 2.0, coverage=0.5),)}
        service.live.reports = {"square": health_report()}
        async with served(service.app) as port:
            return await first(service, port, 3)

    (name, health), (_, values), (_, gate) = asyncio.run(scene())
    assert name == "health"
    assert (health["camera"], health["state"], health["reliable"]) == ("square", "online", True)
    reported = Values.model_validate(values)
    assert reported.camera == "square"
    (row,) = reported.today
    # It is noon: of twelve hours, six and half a minute were watched.
    assert row.value == 7.0
    assert row.coverage == round((0.25 * 86_400 + 30) / (12 * 3600), 4)
    assert gate == {"camera": "gate", "time": values["time"], "today": []}


def test_events_come_at_once_and_are_followed_until_they_are_closed() -> None:
    going_on = open_event("square", "full", NOW_S * NS_PER_S)

    async def scene() -> list[tuple[str, Any]]:
        service = Service()
        over = closed(open_event("square", "jam", NOW_S * NS_PER_S))
        service.live.place_events = [going_on, over, open_event("square", "full", 5)]
        found: list[tuple[str, Any]] = []
        async with served(service.app) as port:
            client, stream = listening(service, port)
            async with client, stream as answer:
                async for event in events(answer):
                    found += [event] if event[0] == "event" else []
                    if len(found) == 2:
                        service.live.place_events = [closed(going_on), over]
                        service.live.tell()
                    if len(found) == 3:
                        return found
        return found

    found = asyncio.run(scene())
    assert [(name, row["rule"], row["state"]) for name, row in found] == [
        ("event", "full", "open"), ("event", "full", "open"), ("event", "full", "closed"),
    ]  # fmt: skip
    assert found[0][1]["id"] == found[2][1]["id"] == going_on.event_id
    assert "standing" not in found[0][1]


def test_what_ended_while_the_hub_was_away_comes_as_one_summary() -> None:
    start_ns = NOW_S * NS_PER_S
    old = closed(open_event("square", "jam", start_ns))
    late = [closed(open_event("square", "full", start_ns + number)) for number in range(30)]
    silent = closed(open_event("square", "tried", start_ns, silent=True))

    async def scene() -> list[tuple[str, Any]]:
        service = Service()
        service.live.place_events = [old]
        found: list[tuple[str, Any]] = []
        async with served(service.app) as port:
            client, stream = listening(service, port)
            async with client, stream as answer:
                async for event in events(answer):
                    found += [event] if "event" in event[0] else []
                    if event[0] == "values":
                        service.live.place_events = [
                            old,
                            *late,
                            silent,
                            closed(open_event("square", "jam", start_ns + 1)),
                        ]
                        service.live.tell()
                    if found:
                        return found
        return found

    ((name, summary),) = asyncio.run(scene())
    assert (name, summary["events"]) == ("closed_events", 31)
    assert [(row["rule"], row["events"]) for row in summary["rules"]] == [("full", 30), ("jam", 1)]
    assert (summary["start"], summary["end"]) == ("2026-09-28T12:00:00+02:00", "2026-09-28T12:01:00+02:00")


def test_something_new_is_reported_and_nothing_else() -> None:
    async def scene() -> list[tuple[str, Any]]:
        service = Service()
        service.live.reports = {"square": health_report()}
        found: list[tuple[str, Any]] = []
        async with served(service.app) as port:
            client, stream = listening(service, port, "?camera=square")
            async with client, stream as answer:
                async for event in events(answer):
                    found.append(event)
                    if len(found) == 2:
                        service.live.reports["square"] = health_report(state=CameraState.MOVED)
                        service.live.reports["gate"] = health_report("gate")
                        service.live.tell()
                    if len(found) == 3:
                        service.live.open["square"] = (observation(NOW_S - 60),)
                        service.live.tell()
                    if len(found) == 4:
                        break
        return found

    reported = asyncio.run(scene())
    assert [name for name, _ in reported] == ["health", "values", "health", "values"]
    assert reported[2][1]["reliable"] is False
    assert [row["value"] for row in reported[3][1]["today"]] == [1.0]


def test_events_have_their_least_time_between_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.web.routes.live.stream.MIN_INTERVAL_S", 0.1)

    async def scene() -> tuple[int, float]:
        service = Service()
        loop = asyncio.get_running_loop()

        async def hurry() -> None:
            value = 0.0
            while True:
                value += 1
                service.live.open["square"] = (observation(NOW_S - 60, value),)
                service.live.tell()
                await asyncio.sleep(0.02)

        hurrying = asyncio.create_task(hurry())
        async with served(service.app) as port:
            begin_s = loop.time()
            reported = await first(service, port, 4, "?camera=square")
            took_s = loop.time() - begin_s
        hurrying.cancel()
        return len(reported), took_s

    count, took_s = asyncio.run(scene())
    assert took_s >= (count - 1) * 0.1
    assert MIN_INTERVAL_S == 0.5


def test_listening_ends_with_the_client() -> None:
    async def scene() -> None:
        service = Service()
        before = asyncio.all_tasks()
        async with served(service.app) as port:
            await first(service, port, 1)
            # What is left runs the server itself, and this test.
            await until_true(lambda: len(asyncio.all_tasks() - before) <= 1)

    asyncio.run(scene())


def test_listening_ends_with_the_service() -> None:
    async def scene() -> int:
        service = Service()
        count = 0
        async with httpx.AsyncClient(headers={"Cookie": service.session()}, timeout=30) as client:
            async with served(service.app) as port:
                request = client.build_request("GET", f"http://127.0.0.1:{port}/api/v1/live")
                answer = await client.send(request, stream=True)
            # The server has ended without cutting anybody off: the stream has an end of its own.
            async for _ in answer.aiter_lines():
                count += 1
        return count

    assert asyncio.run(scene()) > 0


def test_store_that_is_away_is_reported_once_and_no_sum_is_made_up() -> None:
    async def scene() -> list[tuple[str, Any]]:
        service = Service()
        service.store.away = True
        service.live.open["square"] = (observation(NOW_S - 60),)
        found: list[tuple[str, Any]] = []
        async with served(service.app) as port:
            client, stream = listening(service, port, "?camera=square")
            async with client, stream as answer:
                async for event in events(answer):
                    found.append(event)
                    if len(found) == 1:
                        service.store.refusals = 0
                        service.live.tell()
                        await until_true(lambda: service.store.refusals)
                        service.store.away = False
                        service.live.tell()
                    if len(found) == 2:
                        break
        return found

    (problem, reported), (name, _) = asyncio.run(scene())
    assert (problem, reported["code"], name) == ("problem", "store-unavailable", "values")


def test_quiet_hours_are_reported_from_a_lost_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerby.web.routes.live.stream.HEARTBEAT_S", 0.1)

    async def scene() -> str:
        service = Service()
        async with served(service.app) as port:
            client, stream = listening(service, port)
            async with client, stream as answer:
                async for line in answer.aiter_lines():
                    if line.startswith(":"):
                        return str(line)
        return ""

    assert asyncio.run(scene()) == ": still here"
