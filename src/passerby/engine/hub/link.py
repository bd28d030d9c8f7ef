"""Both ends of the link between workers and the hub, whatever it runs over: how to connect, and how to listen."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

Connect: TypeAlias = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
"""Returns the two directions of a new connection to the hub; raises OSError where there is none now."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end of a connection.

    Attributes:
        node: the machine's name, as its certificate says it; empty for the hub's own machine.
    """

    node: str = ""


THIS_MACHINE = Peer()

Serve: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter, Peer], Awaitable[None]]
"""Serves one connection until it ends."""


class Listener(Protocol):
    """Takes connections of workers in one way, and knows whom each is from."""

    async def listen(self, serve: Serve) -> None:
        """Serves each connection, until cancelled."""
        ...


def unix_connection(path: Path) -> Connect:
    """Returns a function that connects to the hub of the same machine over its Unix socket."""

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_unix_connection(str(path))

    return connect


class UnixListener:
    """Listens on a Unix socket that only the service's own user can open."""

    def __init__(self, path: Path) -> None:
        """Takes the socket's file; one that a killed hub left is replaced."""
        self._path = path

    async def listen(self, serve: Serve) -> None:
        """Serves each connection of this machine, until cancelled."""

        async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await serve(reader, writer, THIS_MACHINE)

        with suppress(FileNotFoundError):
            self._path.unlink()
        server = await asyncio.start_unix_server(serve_one, str(self._path))
        self._path.chmod(0o600)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            server.close()  # its connections are the hub's to close
