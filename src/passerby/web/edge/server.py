"""How the application is served: by uvicorn, on one address, quietly, and to no client longer than it needs."""

import asyncio
import ssl
from asyncio.trsock import TransportSocket
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from passerby.access.attempts import network_of

STOPS_WITHIN_S = 5
"""Endless answers end within two; what is still open then is closed."""

UNSENT_BYTES: Final = 1 << 14
"""What the system may buffer for one viewer beyond what is on its way: a slow one would else see older and older
pictures."""

_LARGEST_VIEWER_MESSAGE_BYTES = 4096
"""Viewers have nothing to say."""

_LARGEST_UNREAD_TALK_BYTES = 1 << 16
"""What a viewer may send while it takes nothing: pings, each of which would add an answer to what waits."""


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """What one client may take up, so that another one still gets an answer.

    Attributes:
        head_s: seconds for the head of a request, from its first byte, or from the connection's start.
        body_s: seconds for its body; the longest has 1 MiB.
        idle_s: seconds without a request before a connection that has had one is closed.
        unread_s: seconds in which it has to take `unread_bytes` of an answer, or all that is left of it.
        connections: open at a time from one address; a page takes some six, and one for each live view.
        in_all: open at a time from all addresses: files and the database need descriptors, too.
    """

    head_s: float = 10.0
    body_s: float = 30.0
    idle_s: int = 5
    unread_s: float = 20.0
    unread_bytes: int = 16 << 10
    connections: int = 128
    in_all: int = 512


DEFAULT_LIMITS: Final = ClientLimits()


@dataclass(frozen=True, slots=True)
class Arrived:
    """Where a connection came from that another hub of the site has passed on.

    Attributes:
        client: IP address of who has connected to that hub; of the proxy, where one stands before it.
        tls: that was over TLS.
    """

    client: str
    tls: bool


class Clients:
    """The open connections of each address."""

    def __init__(self, limits: ClientLimits) -> None:
        self._limits = limits
        # Not the transports: one of TLS that was closed twice can be asked nothing any more.
        self._open: dict[str, list[TransportSocket]] = {}

    def admit(self, address: str, transport: asyncio.BaseTransport) -> bool:
        """Counts a connection; returns False, and does not count it, where its address, or all, have too many.

        Whatever becomes of a connection, a WebSocket or an end, it counts until its socket is closed: one that is
        closing still waits for its client to take what was written.
        """
        living = {known: [one for one in links if one.fileno() >= 0] for known, links in self._open.items()}
        self._open = {known: links for known, links in living.items() if links}
        mine = self._open.get(address, [])
        if len(mine) >= self._limits.connections or sum(map(len, self._open.values())) >= self._limits.in_all:
            return False
        link = transport.get_extra_info("socket")
        if link is not None:
            self._open[address] = [*mine, link]
        return True


class UnreadAnswer:
    """What is written to a client that takes nothing, or next to nothing, of it: its connection is ended.

    Its protocol says when writing pauses, which is while anything is left to write, and when it goes on.
    """

    def __init__(self, limits: ClientLimits) -> None:
        self._limits = limits
        self._transport: asyncio.WriteTransport | None = None
        self._next: asyncio.TimerHandle | None = None
        self._left_bytes = 0

    def watch(self, transport: asyncio.BaseTransport) -> None:
        """Begins, with a new connection; its protocol gets every byte that is left to write from here on."""
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport
            keep_nothing(transport)

    def paused(self) -> None:
        """Something is left to write."""
        self.resumed()
        if self._transport is not None:
            self._left_bytes = self._transport.get_write_buffer_size()
            self._next = asyncio.get_running_loop().call_later(self._limits.unread_s, self._look)

    def resumed(self) -> None:
        """Nothing is left to write, or the connection has ended."""
        if self._next is not None:
            self._next.cancel()
        self._next = None

    def _look(self) -> None:
        if self._transport is None or not (left_bytes := self._transport.get_write_buffer_size()):
            return
        if self._left_bytes - left_bytes < self._limits.unread_bytes:
            self._transport.abort()  # closing would wait for the client again
        else:
            self.paused()


def keep_nothing(transport: asyncio.WriteTransport) -> None:
    """Has writing pause while anything is left to write."""
    # TLS pauses at its limit, and not above it: at 0 it would pause with nothing left, and never go on.
    transport.set_write_buffer_limits(high=int(transport.get_extra_info("ssl_object") is not None))
    # What it has encrypted waits one transport further down, for which asyncio has no public name.
    below = getattr(getattr(transport, "_ssl_protocol", None), "_transport", None)
    if isinstance(below, asyncio.WriteTransport):
        below.set_write_buffer_limits(high=0)


_HEAD, _BODY = "IDLE", "SEND_BODY"
_LATE: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_MANY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
)


class PunctualHttp(H11Protocol):
    """HTTP/1.1 with an end to requests that are sent by halves.

    Middleware would come too late: it is called when the head is there, and waits for the body as long as it takes.
    """

    def __init__(
        self,
        *arguments: Any,
        limits: ClientLimits,
        clients: Clients,
        malformed: Callable[[], None],
        arrived: Arrived | None = None,
        **keywords: Any,
    ) -> None:
        super().__init__(*arguments, **keywords)
        self._arrived = arrived
        sockets = cast("Callable[..., asyncio.Protocol]", self.ws_protocol_class)
        self.ws_protocol_class = cast("type[asyncio.Protocol]", partial(sockets, arrived=arrived))
        self._malformed = malformed
        self._limits, self._clients, self._unread = limits, clients, UnreadAnswer(limits)
        self._awaited = ""
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the first request, unless the client has too many connections."""
        super().connection_made(transport)
        if self._arrived is not None:
            self.client, self.scheme = (self._arrived.client, 0), "https" if self._arrived.tls else "http"
        self._unread.watch(transport)
        if not self._clients.admit(network_of(self.client[0]) if self.client else "", transport):
            self._end(TOO_MANY)
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
        self._unread.resumed()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuses what is no HTTP; a request whose body has turned out to be none is not answered a second time."""
        self._malformed()
        begun = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if begun:
            self.transport.close()
        else:
            super().send_400_response(msg)

    def pause_writing(self) -> None:
        """Waits for the client to take what is written."""
        super().pause_writing()
        self._unread.paused()

    def resume_writing(self) -> None:
        """Goes on: the client has taken all of it."""
        self._unread.resumed()
        super().resume_writing()

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

    Slow viewers lose pictures instead of filling the memory; one who takes nothing at all is let go.
    """

    def __init__(self, *arguments: Any, limits: ClientLimits, arrived: Arrived | None = None, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._arrived, self._unread = arrived, UnreadAnswer(limits)
        self._acknowledged_bytes = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keeps nothing in line."""
        super().connection_made(transport)
        if self._arrived is not None:
            self.client, self.scheme = (self._arrived.client, 0), "wss" if self._arrived.tls else "ws"
        self._unread.watch(transport)

    def data_received(self, data: bytes) -> None:
        """Takes in what the viewer sends; one who wants answers to pings and takes none of them is let go."""
        self._acknowledged_bytes = 0 if self.writable.is_set() else self._acknowledged_bytes + len(data)
        if self._acknowledged_bytes > _LARGEST_UNREAD_TALK_BYTES:
            self.transport.abort()
        else:
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits for nothing any more."""
        self._unread.resumed()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Waits for the viewer to take what is written."""
        super().pause_writing()
        self._unread.paused()

    def resume_writing(self) -> None:
        """Goes on: the viewer has taken all of it."""
        self._unread.resumed()
        super().resume_writing()


def server_config(
    app: Starlette,
    host: str,
    port: int,
    limits: ClientLimits = DEFAULT_LIMITS,
    tls: ssl.SSLContext | None = None,
    malformed: Callable[[], None] | None = None,
) -> uvicorn.Config:
    """The settings of the server.

    Args:
        app: the application.
        host: address to listen on.
        port: 0 for any that is free.
        limits: what one client may take up.
        tls: certificate and key, or None for plain HTTP.
        malformed: called with each request that is none; None to count it in the application's own figures.
    """
    count = malformed or app.state.hub.figures.malformed.inc
    http = partial(PunctualHttp, limits=limits, clients=Clients(limits), malformed=count)
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        # Addresses hold the tokens of one-time links and the tickets of live views, which uvicorn logs as information.
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
        # What a proxy says is judged in `edge.addresses`, by the addresses that the site file trusts.
        proxy_headers=False,
        lifespan="off",
        http=cast("type[asyncio.Protocol]", http),
        timeout_keep_alive=limits.idle_s,
        timeout_graceful_shutdown=STOPS_WITHIN_S,
        ws=cast("type[asyncio.Protocol]", partial(Prompt, limits=limits)),
        ws_max_size=_LARGEST_VIEWER_MESSAGE_BYTES,
        # JPEG does not get shorter.
        ws_per_message_deflate=False,
        ssl_context_factory=None if tls is None else lambda _config, _default: tls,
    )
