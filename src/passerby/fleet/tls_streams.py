"""TLS connections between the machines of a site, as asyncio streams: who is at the other end, and when it is gone."""

import asyncio
import socket
import struct
from asyncio import sslproto
from contextlib import suppress
from typing import Final, TypeAlias

from passerby.fleet.certificates import Machine

Streams: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]

IDLE_S, PROBE_S, PROBES = 15, 5, 3
"""A link that has failed without a word is given up after half a minute."""

# What a connection keeps for reading is 256 KiB otherwise, four times the largest record; a hub has hundreds of them.
sslproto.SSLProtocol.max_size = 1 << 16

NOT_SENT_BYTES: Final = 1 << 16
"""What the system may hold that has not been sent: what is urgent waits behind no more than that."""

_AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: closing resets the connection."""


def machine_at(writer: asyncio.StreamWriter | asyncio.BaseTransport) -> Machine | None:
    """Returns whom the certificate of the other end is for, which TLS has verified; None where it has shown none."""
    names = (writer.get_extra_info("peercert") or {}).get("subjectAltName", ())
    found = [Machine.of_uri(value) for kind, value in names if kind == "URI"]
    return found[0] if len(found) == 1 else None


def watch(writer: asyncio.StreamWriter) -> None:
    """Has the system end the connection where the other end has gone, and keep little that is not sent."""
    keep_alive(writer.transport, NOT_SENT_BYTES)
    writer.transport.set_write_buffer_limits(high=NOT_SENT_BYTES)


def keep_alive(transport: asyncio.BaseTransport, not_sent_bytes: int) -> None:
    """Has the system end a connection where the other end has gone, and keep no more than that which is not sent."""
    link: socket.socket = transport.get_extra_info("socket")
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (
        (socket.TCP_KEEPIDLE, IDLE_S),
        (socket.TCP_KEEPINTVL, PROBE_S),
        (socket.TCP_KEEPCNT, PROBES),
        (socket.TCP_USER_TIMEOUT, 1000 * (IDLE_S + PROBE_S * PROBES)),
        (socket.TCP_NOTSENT_LOWAT, not_sent_bytes),
    ):
        link.setsockopt(socket.IPPROTO_TCP, option, value)


def drop(writer: asyncio.StreamWriter) -> None:
    """Ends a connection at once; nothing of it that is still under way is sent again."""
    link = writer.get_extra_info("socket")
    if link is not None:
        with suppress(OSError):
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    writer.transport.abort()
