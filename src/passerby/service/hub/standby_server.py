"""What a hub that waits does with connections: each goes on to the active hub, as it came.

No HTTP is read here, so that there is one reader of it, and nothing a client sends can pass for what a hub says of it.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import Final, cast

from uvicorn.server import ServerState

from passerby.access.attempts import network_of
from passerby.domain.errors import OutputError
from passerby.fleet.passed_on import ToActiveHub
from passerby.fleet.tls_streams import Streams
from passerby.telemetry.logs import get_log
from passerby.web.edge.server import TOO_MANY, Arrived, ClientLimits, Clients, keep_nothing, server_config
from passerby.web.pages.standby import standby_app

_PIECE_BYTES: Final = 1 << 14


class StandbyServer:
    """Serves the clients of a hub that waits.

    Args:
        onward: the way to the active hub; None where there is none, and everything is answered here.
        limits: what one client may take up.
    """

    def __init__(self, onward: ToActiveHub | None, limits: ClientLimits) -> None:
        self._active, self._limits, self._clients = onward, limits, Clients(limits)
        # What it answers itself comes over a pair of sockets, which tells no addresses.
        every = ClientLimits(connections=limits.in_all, in_all=limits.in_all)
        self._own = server_config(standby_app(), "", 0, every, malformed=lambda: None)
        self._own.load()
        self._state = ServerState()
        self._fault, self._log = "", get_log()

    async def serve(self, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
        """Serves until cancelled, and ends all connections then.

        Args:
            listening: takes the connections.
            tls: certificate and key, or None for plain HTTP.
        """
        open_now: set[asyncio.Task[None]] = set()

        def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.create_task(self._serve_one(reader, writer, tls is not None))
            open_now.add(task)
            task.add_done_callback(open_now.discard)

        server = await asyncio.start_server(begin, sock=listening, ssl=tls, limit=_PIECE_BYTES)
        try:
            await asyncio.Event().wait()
        finally:
            server.close()
            for task in open_now:
                task.cancel()
            await asyncio.gather(*open_now, return_exceptions=True)

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, over_tls: bool) -> None:
        try:
            peer = writer.get_extra_info("peername")
            address = str(peer[0]) if peer else ""
            if not self._clients.admit(network_of(address), writer.transport):
                writer.write(TOO_MANY)
            else:
                keep_nothing(writer.transport)
                await self._joined((reader, writer), await self._onward(Arrived(address, over_tls)))
            writer.close()
            async with asyncio.timeout(self._limits.unread_s):
                await writer.wait_closed()
        except (OSError, TimeoutError):
            pass  # the client has gone, or takes nothing
        finally:
            writer.transport.abort()

    async def _onward(self, arrived: Arrived) -> Streams:
        """Returns a connection to the active hub, or to what answers here where that cannot be reached."""
        if self._active is not None:
            try:
                streams = await self._active.opened(arrived)
            except (OSError, TimeoutError, OutputError) as fault:
                self._report(str(fault) or "it does not answer")
            else:
                self._report("")
                return streams
        here, there = socket.socketpair()
        await asyncio.get_running_loop().connect_accepted_socket(self._answering, there)
        return await asyncio.open_unix_connection(sock=here)

    def _answering(self) -> asyncio.Protocol:
        made = cast("Callable[..., asyncio.Protocol]", self._own.http_protocol_class)
        return made(config=self._own, server_state=self._state, app_state={})

    async def _joined(self, client: Streams, onward: Streams) -> None:
        """Carries both directions until either has ended."""
        (reader, writer), (from_hub, to_hub) = client, onward
        tasks = [
            asyncio.create_task(_carried(reader, to_hub, None)),
            asyncio.create_task(_carried(from_hub, writer, self._limits.unread_s)),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            to_hub.close()

    def _report(self, fault: str) -> None:
        if fault and fault != self._fault:
            self._log.warning("nothing is passed on to the active hub; requests are answered with 503", why=fault)
        elif self._fault and not fault:
            self._log.info("requests are passed on to the active hub")
        self._fault = fault


async def _carried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, within_s: float | None) -> None:
    """Carries what comes until it ends; raises TimeoutError where a piece is not taken in time."""
    while piece := await reader.read(_PIECE_BYTES):
        writer.write(piece)
        async with asyncio.timeout(within_s):
            await writer.drain()
