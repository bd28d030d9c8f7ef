"""RTP over UDP: packets put into order within a window, and the receiver reports that some cameras want (RFC 3550)."""

import socket
import struct
import time
from typing import Final, Protocol, runtime_checkable

from passerby.ingest.sources.errors import StreamError, quoted
from passerby.text import whole_number

WINDOW_PACKETS: Final = 256
WINDOW_S: Final = 0.15
"""How long a packet may be late; what is missing then is lost, and costs the pictures that it belongs to."""

REPORT_S: Final = 5.0
MAX_AT_ONCE: Final = 64
LATE_FOR_NEW: Final = 100
"""After so many packets in a row from before the window, the camera has begun to count anew."""

_MAX_DATAGRAM_BYTES: Final = 1 << 16
_HEADER_BYTES: Final = 12


@runtime_checkable
class DatagramConnector(Protocol):
    """What opens UDP ports towards the camera."""

    def bind(self) -> int:
        """Returns the first of two neighbouring ports of this machine that the camera is to send to.

        Raises:
            OSError: there are none.
        """
        ...

    def receive_from(self, port: int) -> socket.socket:
        """Returns a socket that receives what the camera sends from this port; 0 where it announced none.

        Raises:
            OSError: the camera sends nothing from there.
        """
        ...

    def report(self, block: bytes) -> None:
        """Sends one block of a receiver report to the camera."""
        ...


class Reordering:
    """Packets in the order of their numbers, each once; late ones are waited for within a window."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._source = b""
        self._held: dict[int, tuple[float, bytes]] = {}
        self._late = 0

    def add(self, packet: bytes, now_s: float) -> list[bytes]:
        """Adds a packet; returns those whose turn it is now."""
        if len(packet) < _HEADER_BYTES or packet[0] >> 6 != 2:
            return []
        number, source = int.from_bytes(packet[2:4], "big"), packet[8:12]
        begun: list[bytes] = []
        if self._next is None or source != self._source or self._late >= LATE_FOR_NEW:
            begun = self._take_all()
            self._next, self._source, self._late = number, source, 0
        if (number - self._next) & 0xFFFF >= 0x8000:
            self._late += 1
            return begun
        self._late = 0
        self._held.setdefault(number, (now_s, packet))
        return begun + self.due(now_s)

    def due(self, now_s: float) -> list[bytes]:
        """Returns the packets whose turn it is, those behind a gap that was waited for long enough included."""
        ready: list[bytes] = []
        while self._next is not None:
            while self._next in self._held:
                ready.append(self._held.pop(self._next)[1])
                self._next = (self._next + 1) & 0xFFFF
            overdue = self._held and now_s - min(came_s for came_s, _ in self._held.values()) >= WINDOW_S
            if not overdue and len(self._held) <= WINDOW_PACKETS:
                break
            self._next = min(self._held, key=self._ahead)
        return ready

    def _ahead(self, number: int) -> int:
        return (number - (self._next or 0)) & 0xFFFF

    def _take_all(self) -> list[bytes]:
        numbers = sorted(self._held, key=self._ahead)
        return [self._held.pop(number)[1] for number in numbers]


class Reception:
    """What a receiver report says of a stream (RFC 3550, section 6.4.1 and appendix A)."""

    def __init__(self, clock_hz: int) -> None:
        self._clock_hz = clock_hz
        self._begin(b"", 0, 0.0)

    def _begin(self, source: bytes, number: int, transit: float) -> None:
        """Begins with another stream: nothing of the old one counts."""
        self._source, self._first, self._highest, self._transit = source, number, number, transit
        self._received = self._expected_before = self._received_before = 0
        self._jitter = 0.0

    def add(self, packet: bytes, now_s: float) -> None:
        """Counts a packet as it arrived."""
        number, source = int.from_bytes(packet[2:4], "big"), packet[8:12]
        transit = now_s * self._clock_hz - int.from_bytes(packet[4:8], "big")
        if source != self._source:
            self._begin(source, number, transit)
        self._received += 1
        step = (number - self._highest) & 0xFFFF
        self._highest += step if step < 0x8000 else 0
        late = abs(transit - self._transit) % 2**32
        self._transit = transit
        self._jitter += (min(late, 2**32 - late) - self._jitter) / 16

    def block(self) -> bytes:
        """Returns the block on the stream so far; empty before its first packet."""
        if not self._source:
            return b""
        expected = self._highest - self._first + 1
        lost = min(max(0, expected - self._received), 0x7FFFFF)
        new = expected - self._expected_before
        new_lost = max(0, new - (self._received - self._received_before))
        self._expected_before, self._received_before = expected, self._received
        fraction = min(255, 256 * new_lost // new) if new > 0 else 0
        jitter = min(round(self._jitter), 0xFFFFFFFF)
        return self._source + struct.pack("!IIIII", fraction << 24 | lost, self._highest & 0xFFFFFFFF, jitter, 0, 0)


class Datagrams:
    """The packets of a stream over UDP."""

    def __init__(self, link: socket.socket, connector: DatagramConnector, clock_hz: int) -> None:
        self._link, self._connector = link, connector
        self._from = link.getpeername()[:2]
        self._reordering, self._reception = Reordering(), Reception(clock_hz)
        self._report_due_s = time.monotonic() + REPORT_S

    def receive(self, within_s: float) -> list[bytes]:
        """Returns the packets whose turn it is; none where none comes in time."""
        ready: list[bytes] = []
        for _ in range(MAX_AT_ONCE):
            try:
                self._link.settimeout(within_s)
                content, sender = self._link.recvfrom(_MAX_DATAGRAM_BYTES)
            except (TimeoutError, BlockingIOError, ConnectionRefusedError):
                break
            within_s = 0.0
            if sender[:2] == self._from and len(content) >= _HEADER_BYTES and not 192 <= content[1] <= 223:
                now_s = time.monotonic()
                self._reception.add(content, now_s)
                ready += self._reordering.add(content, now_s)
        now_s = time.monotonic()
        if now_s >= self._report_due_s:
            self._report_due_s = now_s + REPORT_S
            self._connector.report(self._reception.block())
        return ready + self._reordering.due(now_s)

    def close(self) -> None:
        """Receives nothing more."""
        self._link.close()


def announced_port(transport: str) -> int:
    """Returns the port that the camera sends its pictures from (RFC 2326, section 12.39); 0 where it names none.

    Raises:
        StreamError: it sends another way.
    """
    keys = {key.strip().lower(): value for key, _, value in (part.partition("=") for part in transport.split(";"))}
    if "TCP" in transport.upper() or "interleaved" in keys or "multicast" in keys:
        raise StreamError(
            f"the camera sends its stream another way than over UDP: {quoted(transport)!r}. "
            "Take `transport: udp` out of the site file."
        )
    port = whole_number(keys.get("server_port", "").strip().partition("-")[0].strip())
    return port if port is not None and port <= 0xFFFF else 0
