"""Ways for a worker to reach the hub: the Unix socket of the hub's own machine, and several of them at a time."""

import asyncio
import socket
import stat
from pathlib import Path

import pytest

from passerby.engine.hub.client import HubClient
from passerby.engine.hub.link import Peer, UnixListener, unix_connection
from passerby.engine.hub.server import HubServer
from passerby.engine.journal import Journal
from passerby.engine.live_state import LiveState
from passerby.store import open_store
from testing.waiting import until_true


def test_a_socket_that_a_killed_hub_left_is_replaced_by_one_for_the_owner_alone(tmp_path: Path) -> None:
    path, peers = tmp_path / "hub.sock", []
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: Peer) -> None:
        peers.append((peer, await reader.readexactly(4)))
        writer.close()

    async def play() -> None:
        listening = asyncio.create_task(UnixListener(path).listen(serve))
        connect = unix_connection(path)
        with pytest.raises(OSError):
            await connect()  # the old socket; nobody listens
        await until_true(lambda: stat.S_IMODE(path.stat().st_mode) == 0o600)
        reader, writer = await connect()
        writer.write(b"here")
        assert await reader.read() == b""
        writer.close()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

    asyncio.run(play())
    assert peers == [(Peer(""), b"here")]


def test_a_hub_serves_workers_over_each_of_its_listeners(tmp_path: Path) -> None:
    async def play() -> None:
        live, store = LiveState(lambda: ["square", "gate"]), await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        paths = {"square": tmp_path / "one.sock", "gate": tmp_path / "other.sock"}
        server = HubServer([UnixListener(path) for path in paths.values()], store, live)
        journals = {camera: Journal(tmp_path / f"{camera}.sqlite") for camera in paths}
        clients = {
            camera: HubClient(camera, unix_connection(path), journals[camera], lambda _asked: None)
            for camera, path in paths.items()
        }
        for camera, client in clients.items():
            client.set_cameras((camera,))
        tasks = [asyncio.create_task(server.run()), *(asyncio.create_task(one.run()) for one in clients.values())]
        await until_true(lambda: live.workers == 2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for journal in journals.values():
            journal.close()
        await store.close()

    asyncio.run(play())
