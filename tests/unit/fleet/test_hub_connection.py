"""A worker's results over TLS to the hub's store, through outages of the hub, with every minute there once."""

import asyncio
import time
from pathlib import Path

import pytest

from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.queries import ObservationQuery
from passerby.engine.hub.client import HubClient
from passerby.engine.hub.link import Peer
from passerby.engine.hub.server import HubServer
from passerby.engine.journal import Journal
from passerby.engine.live_state import LiveState
from passerby.fleet import hub_connection
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.enrolment import Enrolment
from passerby.fleet.hub_connection import NEXT_S, HubConnection, opened, opened_first
from passerby.fleet.joining import join
from passerby.fleet.listener import FleetListener
from passerby.fleet.membership import Membership
from passerby.messages.columns import columns_of
from passerby.messages.hub_messages import ToWorker
from passerby.messages.live_requests import PreviewWanted
from passerby.messages.sandbox_messages import Minutes
from passerby.store import open_store
from testing.ports import free_port
from testing.servers.fleet_hub import running_hub, said
from testing.waiting import until_true
from tests.unit.engine.hub.test_client_to_server import MINUTE_NS, START_NS, flow


def finish(journal: Journal, *minutes: int) -> None:
    run = journal.begin_run("square")
    rows = columns_of([flow(minute) for minute in minutes])
    journal.store_minutes("square", run, Minutes(columns_of(()), rows, START_NS + 1000 * MINUTE_NS))
    journal.end_run("square", run)
    journal.finish_minutes(START_NS + 1000 * MINUTE_NS)


def test_minutes_wait_on_the_node_and_arrive_once_over_tls(tmp_path: Path) -> None:
    """Two listeners one after the other, as of a hub that was restarted, on one address."""
    place = f"127.0.0.1:{free_port()}"

    async def play() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        authority = SiteAuthority.make(tmp_path / "hub", "Market square")
        live, asked = LiveState(lambda: ["square"]), list[ToWorker]()

        def served() -> asyncio.Task[None]:
            listener = FleetListener(place, place, store.fleet, authority)
            return asyncio.create_task(HubServer([listener], store, live).run())

        hub = served()
        token = await Enrolment(store.fleet, authority).invite("pole-7", "", 1, (place,), "root")
        await joined_when_up(token, tmp_path / "node")
        journal = Journal(tmp_path / "worker.sqlite")
        journal.end_all_runs()
        connection = HubConnection(tmp_path / "node")
        client = HubClient("worker-1", connection.connect, journal, asked.append)
        client.set_cameras(("square",))
        finish(journal, 0, 1)
        working = asyncio.create_task(client.run())
        await until_true(lambda: not journal.outbox_rows)
        client.send_health(CameraHealth("square", START_NS, CameraState.ONLINE, START_NS, "it answers"))
        await until_true(live.health)
        async with live.previews("square"):
            await until_true(lambda: PreviewWanted("square", True) in asked)
        await ended(hub)
        finish(journal, 2, 3)
        client.outbox_grew()
        assert journal.outbox_rows
        hub = served()
        await until_true(lambda: not journal.outbox_rows)
        rows = (await store.observations(ObservationQuery(START_NS, START_NS + 1000 * MINUTE_NS))).rows
        assert [(row.start_ns - START_NS) // MINUTE_NS for row in rows] == [0, 1, 2, 3]
        await ended(working)
        await ended(hub)
        journal.close()
        await store.close()

    asyncio.run(play())


async def joined_when_up(token: str, folder: Path) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await join(token, folder)
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)
            else:
                return


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_a_hub_that_does_not_answer_is_an_error_of_the_network(tmp_path: Path) -> None:
    async def play() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        place = f"127.0.0.1:{free_port()}"
        authority = SiteAuthority.make(tmp_path / "hub", "Market square")
        listener = FleetListener(place, place, store.fleet, authority)

        async def silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _peer: Peer) -> None:
            return

        listening = asyncio.create_task(listener.listen(silent))
        token = await Enrolment(store.fleet, authority).invite("pole-7", "", 1, (place,), "root")
        await joined_when_up(token, tmp_path / "node")
        await ended(listening)
        await store.close()
        connection = HubConnection(tmp_path / "node")
        with pytest.raises(ConnectionRefusedError):
            await connection.connect()
        plain = await asyncio.start_server(lambda _reader, writer: writer.close(), *place.split(":"))
        with pytest.raises(OSError):
            await connection.connect()
        plain.close()
        with pytest.raises(OSError):
            await opened("host.invalid:8443", Membership.read(tmp_path / "node").tls(), "Market square")

    asyncio.run(play())


async def stand_still(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await asyncio.sleep(60)
    finally:
        writer.transport.abort()


def test_a_hub_that_takes_over_is_found_beside_one_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that waits refuses, until it takes over; the one that has died answers nothing for a quarter minute."""
    monkeypatch.setattr(hub_connection, "NEXT_S", 0.05)
    monkeypatch.setattr(hub_connection, "CONNECT_S", 60.0)

    async def run() -> None:
        silent = await asyncio.start_server(stand_still, "127.0.0.1", 0)
        still = f"127.0.0.1:{silent.sockets[0].getsockname()[1]}"
        async with running_hub(tmp_path / "hub") as hub:
            member = await hub.joined("pole-7", tmp_path / "node")
            second = f"127.0.0.1:{free_port()}"
            trial = asyncio.create_task(opened_first((still, second), member.tls(), member.site))
            await asyncio.sleep(0.3)
            assert not trial.done()
            listener = FleetListener(second, second, hub.store.fleet, hub.authority)
            listening = asyncio.create_task(listener.listen(lambda *_: asyncio.sleep(0)))
            (_, writer), found = await asyncio.wait_for(trial, 30)
            writer.transport.abort()
            assert found == second
            await ended(listening)
        silent.close()

    asyncio.run(run())


def test_of_two_hubs_the_one_that_answers_is_found_though_the_other_takes_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system takes connections for a process that stands still."""

    async def run() -> None:
        silent = await asyncio.start_server(stand_still, "127.0.0.1", 0)
        still = f"127.0.0.1:{silent.sockets[0].getsockname()[1]}"
        away = f"127.0.0.1:{free_port()}"
        async with running_hub(tmp_path / "hub") as hub:
            addresses = (away, still, hub.address)
            enrolment = Enrolment(hub.store.fleet, hub.authority)
            member = await join(await enrolment.invite("pole-7", "", 1, addresses, "root"), tmp_path / "node")
            assert member.addresses == addresses
            connection = HubConnection(tmp_path / "node")
            assert await said(connection, b"hello") == b"hello"
            # The one that is connected, and those that do not answer, are none that has taken over.
            assert await connection.elsewhere() == ""
            connection._at = still
            assert await connection.elsewhere() == hub.address
            begun_s = time.monotonic()
            assert await said(connection, b"hello") == b"hello"
            assert time.monotonic() - begun_s < NEXT_S, "it goes there first"
        monkeypatch.setattr(hub_connection, "CONNECT_S", 0.5)
        with pytest.raises(OSError, match=r"no answer within 0.5 s"):
            await asyncio.wait_for(connection.connect(), 30)
        silent.close()

    asyncio.run(run())
