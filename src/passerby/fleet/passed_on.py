"""Connections of browsers that a hub which waits passes on to the active one.

Over TLS, both ends with the hub's own certificate, on the port at which nodes are served. First comes one message that
says where the connection came from; all that follows is passed on as it is, and read by the active hub alone.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from cryptography import x509

from passerby.domain.fleet import host_and_port
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.certificates import Machine
from passerby.fleet.hub_connection import opened_first
from passerby.fleet.membership import client_context
from passerby.fleet.tls_streams import Streams, drop, keep_alive, machine_at
from passerby.messages.channel import Channel, Size
from passerby.messages.codec import Codec, CodecError
from passerby.telemetry.logs import get_log
from passerby.web.edge.server import UNSENT_BYTES, Arrived

PROTOCOL: Final = "passerby-passed-on/1"
"""Name in TLS (ALPN, RFC 7301). A hub of an earlier release does not know it, and nothing is passed on to it."""

FIRST_MESSAGE_S: Final = 10.0
OPENS_WITHIN_S: Final = 3.0
"""A hub that stands still takes connections and answers nothing; a proxy's own check waits no longer."""
CONTEXT_S: Final = 3600.0
RECEIVED_BYTES: Final = 1 << 16
"""What the system may hold that was received: a slow viewer would else see older and older pictures."""


def _check(message: Arrived) -> None:
    ipaddress.ip_address(message.client)


_FIRST: Final[Channel[Arrived]] = Channel(
    (Arrived,), Codec(Arrived, checks={Arrived: _check}), 1, sizes={Arrived: Size(512)}
)

Take: TypeAlias = Callable[[Arrived], asyncio.Protocol | None]
"""Returns what serves a connection that came from there; None where it is not to be served."""


class ToActiveHub:
    """The way of a hub that waits to the active one.

    Args:
        authority: the site's.
        addresses: host and port of each hub; only the active one listens there.
    """

    def __init__(self, authority: SiteAuthority, addresses: tuple[str, ...]) -> None:
        self._authority, self._addresses, self._at = authority, addresses, ""
        self._context: ssl.SSLContext | None = None
        self._until_s = 0.0

    async def opened(self, arrived: Arrived) -> Streams:
        """Returns a connection to the active hub, at which that of a browser goes on.

        Raises:
            OSError: no hub of the site answers, or the one that does is of an earlier release.
            OutputError: the certificate cannot be written.
        """
        context = await self._current()
        known_first = tuple(sorted(self._addresses, key=lambda address: address != self._at))
        async with asyncio.timeout(OPENS_WITHIN_S):
            (reader, writer), self._at = await opened_first(known_first, context, self._authority.site)
        if writer.get_extra_info("ssl_object").selected_alpn_protocol() != PROTOCOL:
            drop(writer)
            raise ConnectionError(f"{self._at}: the hub there is of an earlier release, which takes nothing passed on")
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
        writer.write(_FIRST.frame(arrived))
        return reader, writer

    async def _current(self) -> ssl.SSLContext:
        """Returns what this hub shows, and whom it trusts; made anew each hour, as its certificate renews."""
        now_s = asyncio.get_running_loop().time()
        if self._context is None or now_s >= self._until_s:
            self._context = await asyncio.to_thread(self._made)
            self._until_s = now_s + CONTEXT_S
        return self._context

    def _made(self) -> ssl.SSLContext:
        context = client_context(x509.load_pem_x509_certificate(self._authority.certificate_pem.encode("ascii")))
        # The same name as where this hub listens once it is the active one, so that both use one certificate.
        context.load_cert_chain(self._authority.hub_certificate(host_and_port(self._addresses[0])[0]))
        context.set_alpn_protocols([PROTOCOL])
        return context


@dataclass(frozen=True, slots=True)
class PassedOn:
    """The active hub's side: takes what hubs of its site pass on.

    Attributes:
        site: the site's name.
        take: see `Take`.
    """

    site: str
    take: Take

    def begin(self, transport: asyncio.Transport) -> None:
        """Serves a connection over TLS that is to be passed on; ends it where that is no hub of the site."""
        if machine_at(transport) != Machine(self.site):
            get_log().warning("a machine that is no hub of this site wanted to pass on a connection")
            transport.abort()
            return
        end = _Beginning(self.take)
        transport.set_protocol(end)
        end.connection_made(transport)


def is_passed_on(transport: asyncio.BaseTransport) -> bool:
    """Returns whether a connection over TLS is to be passed on, as its other end has named."""
    return bool(transport.get_extra_info("ssl_object").selected_alpn_protocol() == PROTOCOL)


class _Beginning(asyncio.Protocol):
    """Reads where a connection came from, and hands it over."""

    def __init__(self, take: Take) -> None:
        self._take, self._buffer = take, bytearray()
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        keep_alive(transport, UNSENT_BYTES)
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            self._deadline = asyncio.get_running_loop().call_later(FIRST_MESSAGE_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._buffer += data
        try:
            arrived = next(_FIRST.take_whole(self._buffer), None)
        except CodecError as fault:
            get_log().warning("a hub passed on what is no connection", why=str(fault))
            self._transport.abort()
            return
        if arrived is not None:
            self._hand_over(self._transport, arrived)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._deadline is not None:
            self._deadline.cancel()

    def _hand_over(self, transport: asyncio.Transport, arrived: Arrived) -> None:
        self.connection_lost(None)
        served = self._take(arrived)
        if served is None:
            transport.abort()
            return
        transport.set_protocol(served)
        served.connection_made(transport)
        if self._buffer:
            served.data_received(bytes(self._buffer))
