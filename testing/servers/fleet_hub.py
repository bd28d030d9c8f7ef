"""A hub's listener for nodes and a node that has joined, on loopback, in the test's own loop."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from passerby.engine.hub.link import Peer
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.enrolment import Enrolment
from passerby.fleet.hub_connection import HubConnection
from passerby.fleet.joining import join
from passerby.fleet.listener import FleetListener
from passerby.fleet.membership import Membership
from passerby.ports import Store
from passerby.store import open_store
from testing.ports import free_port
from testing.waiting import until_true

SITE = "Market square"
HOST = "127.0.0.1"


@dataclass
class Clock:
    """The time, which a test sets ahead or back."""

    off_ns: int = 0

    def __call__(self) -> int:
        return time.time_ns() + self.off_ns


@dataclass
class Hub:
    """A hub's listener, with what it serves."""

    folder: Path
    store: Store
    authority: SiteAuthority
    listener: FleetListener
    clock: Clock
    address: str
    peers: list[Peer] = field(default_factory=list)

    async def invite(self, node: str, *, hours: int = 24, pool: str = "") -> str:
        enrolment = Enrolment(self.store.fleet, self.authority, clock=self.clock)
        return await enrolment.invite(node, pool, hours, (self.address,), "root")

    async def joined(self, node: str, folder: Path) -> Membership:
        return await join(await self.invite(node), folder)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends back what comes, as a stand-in for the hub's server."""
    while received := await reader.read(1 << 16):
        writer.write(received)
        await writer.drain()


@asynccontextmanager
async def running_hub(
    folder: Path,
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]] = echo,
    *,
    bytes_per_s: int = 0,
    site: str = SITE,
) -> AsyncIterator[Hub]:
    """A hub with a new authority and a store of its own, which listens until the block ends."""
    folder.mkdir(exist_ok=True)
    clock = Clock()
    authority = SiteAuthority.make(folder, site, clock)
    store = await open_store(f"sqlite:///{folder / 'store.sqlite'}")
    address = f"{HOST}:{free_port()}"
    listener = FleetListener(address, address, store.fleet, authority, bytes_per_s=bytes_per_s, clock=clock)
    hub = Hub(folder, store, authority, listener, clock, address)

    async def serve_peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: Peer) -> None:
        hub.peers.append(peer)
        await serve(reader, writer)

    listening = asyncio.create_task(listener.listen(serve_peer))
    try:
        await until_true(lambda: listener.listening)
        yield hub
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await store.close()


async def said(connection: HubConnection, words: bytes) -> bytes:
    """Connects, and returns what comes back of some words."""
    reader, writer = await connection.connect()
    try:
        writer.write(words)
        return await reader.readexactly(len(words))
    finally:
        writer.transport.abort()
