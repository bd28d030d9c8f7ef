"""How the application is served: by uvicorn, on one address, quietly, and to no client longer than it needs."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast
from weakref import WeakSet

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

STOPS_WITHIN_S = 5
"""Endless answers end within two; what is still open then is closed."""

_LARGEST_VIEWER_MESSAGE_BYTES = 4096
"""Viewers have nothing to say."""


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """What one client may take up, so that another one still gets an answer.

    Attributes:
        head_s: seconds for the head of a request, from its first byte, or from the connection's start.
        body_s: seconds for its body; the longest has 1 MiB.
        idle_s: seconds without a request before a connection that has had one is closed.
        connections: open at a time from one address; a page takes some six, and one for each live view.
    """

    head_s: float = 10.0
    body_s: float = 30.0
    idle_s: int = 5
    connections: int = 128


DEFAULT_LIMITS: Final = ClientLimits()


class Clients:
    """The open connections of each address."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open: dict[str, WeakSet[asyncio.BaseTransport]] = {}

    def admit(self, address: str, transport: asyncio.BaseTransport) -> bool:
        """Counts a connection; returns False, and does not count it, where its address has too many.

        Whatever becomes of a connection, a WebSocket or an end, it counts until it is closed.
        """
        for known, transports in tuple(self._open.items()):
            living = WeakSet(one for one in transports if not one.is_closing())
            self._open[known] = living
            if not living:
                del self._open[known]
        mine = self._open.setdefault(address, WeakSet())
        if len(mine) >= self._limit:
            return False
        mine.add(transport)
        return True


_HEAD, _BODY = "IDLE", "SEND_BODY"
_LATE: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_MANY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
)


class PunctualHttp(H11Protocol):
    """HTTP/1.1 with an end to requests that are sent by halves.

    Middleware would come too late: it is called when the head is there, and waits for the body as long as it takes.
    """

    def __init__(self, *arguments: Any, limits: ClientLimits, clients: Clients, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._limits, self._clients = limits, clients
        self._awaited = ""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the first request, unless the client has too many connections."""
        super().connection_made(transport)
        if not self._clients.admit(self.client[0] if self.client else "", transport):
            self._end(_TOO_MANY)
        else:
            self._wait_for(_HEAD, self._limits.head_s)

    def data_received(self, data: bytes) -> None:
        """Takes in more of a request; how long it may take counts from its first byte."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        state = str(self.conn.their_state)  # h11's own states have no names but these
        if self.transport.get_protocol() is not self or self.transport.is_closing():
            self._wait_for("", 0.0)
        elif state == _BODY:
            self._wait_for(state, self._limits.body_s)
        elif state == _HEAD and self.conn.trailing_data[0]:
            self._wait_for(state, self._limits.head_s)
        elif state != _HEAD:
            self._wait_for("", 0.0)

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing any more."""
        self._wait_for("", 0.0)
        super().connection_lost(exc)

    def _wait_for(self, what: str, within_s: float) -> None:
        """Sets what is waited for; waiting for the same goes on as before."""
        if what == self._awaited:
            return
        if self._deadline is not None:
            self._deadline.cancel()
        self._awaited = what
        self._deadline = self.loop.call_later(within_s, self._give_up) if what else None

    def _give_up(self) -> None:
        begun = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        self._end(b"" if begun else _LATE)

    def _end(self, answer: bytes) -> None:
        self.transport.write(answer)
        self.transport.close()


class Prompt(WebSocketsSansIOProtocol):
    """Takes a picture for a viewer when the one before has left, so that the next one is always the newest.

    Slow viewers lose pictures instead of filling the memory.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps nothing in line."""
        super().connection_made(transport)
        if isinstance(transport, asyncio.WriteTransport):
            transport.set_write_buffer_limits(high=0)


def server_config(app: FastAPI, host: str, port: int, limits: ClientLimits = DEFAULT_LIMITS) -> uvicorn.Config:
    """The settings of the server.

    Args:
        app: the application.
        host: a loopback address.
        port: 0 for any that is free.
        limits: what one client may take up.
    """
    http = partial(PunctualHttp, limits=limits, clients=Clients(limits.connections))
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        # Addresses hold the one-time link's token.
        access_log=False,
        log_config=None,
        server_header=False,
        # No proxy stands in front, so no header counts for where a request comes from.
        proxy_headers=False,
        lifespan="off",
        http=cast("type[asyncio.Protocol]", http),
        timeout_keep_alive=limits.idle_s,
        timeout_graceful_shutdown=STOPS_WITHIN_S,
        ws=Prompt,
        ws_max_size=_LARGEST_VIEWER_MESSAGE_BYTES,
        # JPEG does not get shorter.
        ws_per_message_deflate=False,
    )
