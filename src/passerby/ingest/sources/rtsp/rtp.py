"""RTP (RFC 3550): whole coded pictures from packets, marked as damaged where packets were lost.

A picture ends where the next one begins, by its time stamp or in the codec's own words. Cameras set the marker on every
slice, on parameter sets or not at all, so that it only lets a picture be given at once where it has proved right.
"""

import struct
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final, NamedTuple, Protocol

from passerby.ingest.sources.coded_pictures import MAX_PICTURE_BYTES, CodedPicture

HEADER_BYTES: Final = 12
_PAIR: Final = struct.Struct("!H")
_BYTE: Final = tuple(bytes([number]) for number in range(256))
_SOME: Final = b"\0"
"""In place of a payload that was taken: there was one."""

RECENT_PACKETS: Final = 16
SENDER_REPORT: Final = 200
SENDER_REPORT_BYTES: Final = 28

MAX_HEAD_BYTES: Final = 1 << 20
"""Parameter sets and messages before a picture have some hundred bytes."""

NEW_SOURCE_TICKS: Final = 1 << 40
"""Twelve days at least: a leap of the stamps that no clock takes for time that passed."""


class RtpPacket(NamedTuple):
    """The parts of a packet that are used here (RFC 3550, section 5.1)."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int
    marker: bool
    payload: bytes


def rtp_packet(packet: bytes) -> RtpPacket | None:
    """Returns the parsed packet; None where it is none (RTCP, version, lengths that do not fit)."""
    if len(packet) < HEADER_BYTES or packet[0] >> 6 != 2:
        return None
    start = HEADER_BYTES + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        if len(packet) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
    end = len(packet) - (packet[-1] if packet[0] & 0x20 else 0)
    if end < start:
        return None
    return RtpPacket(
        packet[1] & 0x7F,
        int.from_bytes(packet[2:4], "big"),
        int.from_bytes(packet[4:8], "big"),
        int.from_bytes(packet[8:12], "big"),
        bool(packet[1] & 0x80),
        packet[start:end],
    )


class ClockPair(NamedTuple):
    """The pair of times in a sender report: the camera's wall clock in seconds, and the stamp of the same moment."""

    sent_s: float
    ticks: int


def sender_times(packet: bytes) -> tuple[int, float, int] | None:
    """Returns source, wall clock (s, NTP's) and time stamp of a sender report (RFC 3550, 6.4.1); None: it is none."""
    if len(packet) < SENDER_REPORT_BYTES or packet[0] >> 6 != 2 or packet[1] != SENDER_REPORT:
        return None
    source, seconds, fraction, stamp = struct.unpack_from("!IIII", packet, 4)
    return (source, seconds + fraction / (1 << 32), stamp) if seconds or fraction else None


class Place(Enum):
    """Where a part of a packet stands among the coded pictures.

    Attributes:
        HEAD: before a picture: delimiters, parameter sets, messages to the decoder.
        FIRST: the first coded part of a picture, with which the picture begins.
        SLICE: a further coded part of a picture.
        REST: goes on with what came last.
        TAIL: behind a picture: filling, ends of sequences.
        BROKEN: it does not fit.
    """

    HEAD = auto()
    FIRST = auto()
    SLICE = auto()
    REST = auto()
    TAIL = auto()
    BROKEN = auto()


class Part(NamedTuple):
    """What one packet holds of a picture, or of its head.

    Attributes:
        place: where it stands.
        content: its bytes, as the decoder wants them.
        key: it can be decoded without other pictures.
        gap: the stream's own numbers show that a picture before it is missing.
        more: the unit goes on in the next packet, and that is known to be noted.
        address: where in its picture a slice begins; None where that is not known.
    """

    place: Place
    content: bytes = b""
    key: bool = False
    gap: bool = False
    more: bool = False
    address: int | None = None


class Payload(Protocol):
    """How one codec's pictures are cut into packets.

    Attributes:
        end: what a whole picture ends with, though no packet may carry it; empty where there is no such thing.
    """

    end: bytes

    @property
    def ends_marked(self) -> bool:
        """The camera marks the last fragment of a unit, so that any other one has something behind it."""
        ...

    def middle_bytes(self, packet: bytes, at: int) -> int:
        """Returns how long the head of a fragment is that neither begins nor ends a unit; 0 where it is another.

        Args:
            packet: with at least three bytes from there on.
            at: where the payload begins.
        """
        ...

    def parts(self, payload: bytes) -> list[Part]:
        """Returns the parts that a packet's payload holds, in their order."""
        ...

    def complete(self, addresses: Sequence[int | None], /) -> bool:
        """Returns whether a picture whose slices begin there has all that it should have, as far as can be known."""
        ...


@dataclass(slots=True)
class PartialPicture:
    """A picture of which packets are still expected.

    Attributes:
        content: what came of it.
        ticks: its time.
        begun: a coded part of it came.
        key: it can be decoded without others.
        damaged: something is missing, or does not fit together.
        marks: its packets with a marker.
        marked: the last one had a marker.
        more: the end of its last unit has not come.
        addresses: where its slices begin.
    """

    content: bytearray = field(default_factory=bytearray)
    ticks: int = 0
    begun: bool = False
    key: bool = False
    damaged: bool = False
    marks: int = 0
    marked: bool = False
    more: bool = False
    addresses: list[int | None] = field(default_factory=list)


class MarkerTrust:
    """Whether the marker stands on the last packet of each picture and nowhere else, as RFC 3550's profiles want it.

    Some cameras mark every slice, parameter sets, or nothing. So the marker is believed once several pictures in a row
    have ended with it, one of them a key picture, which has the most slices; and never again on this connection after
    a picture went on behind it.
    """

    PICTURES = 4

    def __init__(self) -> None:
        self._good = 0
        self._key = False
        self._broken = False

    @property
    def believed(self) -> bool:
        """A picture may be given at its marker, without waiting for the next one to begin."""
        return self._good >= self.PICTURES and self._key and not self._broken

    def learn(self, picture: PartialPicture) -> None:
        """Takes in a picture whose end was found without its marker."""
        if picture.damaged or self.believed:
            return
        good = picture.marks == 1 and picture.marked
        self._good = self._good + 1 if good else 0
        self._key = good and (self._key or picture.key)

    def refute(self) -> None:
        """A picture went on behind its marker."""
        self._broken = True


class PictureAssembler:
    """Assembler of packets into pictures."""

    def __init__(self, payload: Payload, payload_type: int) -> None:
        self._payload, self._payload_type = payload, payload_type
        self._picture = PartialPicture()
        self._head = bytearray()
        self._open: bytearray | None = None
        self._lost, self._missing = True, False
        self._trust = MarkerTrust()
        self._last: RtpPacket | None = None
        self._last_head = b""
        self._recent: deque[int] = deque(maxlen=RECENT_PACKETS)
        self._ticks = 0

    def add(self, packet: bytes) -> Iterator[CodedPicture]:
        """Adds one packet; yields the pictures that it completes, in the order in which they came."""
        if self._took_middle(packet):
            return
        now = rtp_packet(packet)
        if now is None or now.payload_type != self._payload_type or self._sent_before(packet):
            return
        last = self._last
        # Some cameras keep a stream going with packets of padding. They have numbers, but neither stamp nor source of a
        # picture: a new source begins with its first picture.
        if not now.payload and (last is None or now.source != last.source):
            return
        if last is not None and now.sequence != (last.sequence + 1) & 0xFFFF and not self._begins_anew(last, now):
            self._lose()
        self._last = now if now.payload or last is None else last._replace(sequence=now.sequence)
        self._last_head = packet[4:HEADER_BYTES] if now.payload else b"no packet begins like this"
        if not now.payload:
            return
        if last is not None and now.timestamp != last.timestamp and self._picture.begun:
            yield self._ended()
        self._advance(last, now)
        for part in self._payload.parts(now.payload):
            if part.place is Place.FIRST:
                yield from self._begin(part)
            else:
                self._take(part)
        self._limit()
        if now.marker and self._mark() and self._trust.believed:
            yield self._whole()

    def _took_middle(self, packet: bytes) -> bool:
        """Takes a packet that only goes on with a unit, as most do; returns whether it was one.

        It has the plain head of the one before it but for its number, which follows, and no marker.
        """
        last, unit = self._last, self._open
        if last is None or unit is None or self._lost or not self._picture.begun or len(packet) <= HEADER_BYTES + 3:
            return False
        sequence = (last.sequence + 1) & 0xFFFF
        head = b"\x80" + _BYTE[last.payload_type] + _PAIR.pack(sequence) + self._last_head
        if not packet.startswith(head):
            return False
        skipped = self._payload.middle_bytes(packet, HEADER_BYTES)
        if not skipped:
            return False
        self._recent.append(hash(packet))
        self._picture.marked = False
        unit += memoryview(packet)[HEADER_BYTES + skipped :]
        self._picture.more &= self._payload.ends_marked
        self._last = RtpPacket(last.payload_type, sequence, last.timestamp, last.source, False, _SOME)
        self._limit()
        return True

    def _begins_anew(self, last: RtpPacket, now: RtpPacket) -> bool:
        """Returns whether a new source begins behind a picture; its numbers have nothing to do with those before.

        A picture that is missing all the same shows in the pictures' own numbers.
        """
        return now.source != last.source and now.timestamp != last.timestamp and not self._picture.more

    def _sent_before(self, packet: bytes) -> bool:
        """Returns whether the same packet came a moment ago: what relays a stream may send some of it twice."""
        number = hash(packet)
        twice = number in self._recent
        self._recent.append(number)
        return twice

    def clock_pair(self, packet: bytes) -> ClockPair | None:
        """Returns the times in a sender report on these pictures; None where it is none, or of another source."""
        last, times = self._last, sender_times(packet)
        if last is None or times is None or times[0] != last.source:
            return None
        step = (times[2] - last.timestamp) & 0xFFFFFFFF
        return ClockPair(times[1], self._ticks + (step - (1 << 32) if step >= 1 << 31 else step))

    def _lose(self) -> None:
        """Notes that packets are missing: of this picture, or else before the next one."""
        self._lost, self._open = True, None
        if self._picture.begun:
            self._picture.damaged = True
        else:
            self._missing = True

    def _advance(self, last: RtpPacket | None, now: RtpPacket) -> None:
        step = 0 if last is None else (now.timestamp - last.timestamp) & 0xFFFFFFFF
        self._ticks += step - (1 << 32) if step >= 1 << 31 else step
        if last is not None and now.source != last.source:
            self._ticks += NEW_SOURCE_TICKS
        self._picture.marked = False

    def _begin(self, part: Part) -> Iterator[CodedPicture]:
        """Begins a picture with its first part, behind what stands before it; yields the one that this ends."""
        if self._picture.begun:
            yield self._ended()
        if self._missing or part.gap:
            # A whole picture may be missing, so that those which build on it cannot be shown.
            yield CodedPicture(b"", self._ticks, key=False, damaged=True)
        self._lost = self._missing = False
        self._picture = PartialPicture(ticks=self._ticks, begun=True, key=part.key)
        self._append(part)

    def _take(self, part: Part) -> None:
        """Adds a part that begins no picture."""
        if part.place is Place.HEAD:
            self._head += part.content
            self._open = self._head
        elif part.place is Place.SLICE:
            self._go_on()
            self._picture.key &= part.key
            self._append(part)
        elif part.place is Place.TAIL:
            self._open = self._picture.content if self._picture.begun else bytearray()
            self._open += part.content
        elif part.place is Place.REST and self._open is not None:
            self._open += part.content
            self._picture.more &= part.more
        else:
            self._go_on(refutes=part.place is Place.REST)
            self._picture.damaged = True

    def _go_on(self, *, refutes: bool = True) -> None:
        """Begins a damaged picture where none is under way: packets were lost, or one went on behind its marker."""
        if self._picture.begun:
            return
        if refutes and not self._lost:
            self._trust.refute()
        self._lost = self._missing = False
        self._picture = PartialPicture(ticks=self._ticks, begun=True, damaged=True)

    def _append(self, part: Part) -> None:
        self._picture.damaged |= self._picture.more
        self._picture.more = part.more
        self._picture.addresses.append(part.address)
        self._picture.content += self._head
        self._picture.content += part.content
        self._head.clear()
        self._open = self._picture.content

    def _limit(self) -> None:
        if len(self._picture.content) > MAX_PICTURE_BYTES:
            self._picture.content.clear()
            self._picture.damaged = True
        if len(self._head) > MAX_HEAD_BYTES:
            self._head.clear()

    def _mark(self) -> bool:
        """Notes a marker; returns whether it may be the end of a picture: not behind what stands before one."""
        picture = self._picture
        if not picture.begun or self._open is self._head:
            return False
        picture.marks, picture.marked = picture.marks + 1, True
        return True

    def _ended(self) -> CodedPicture:
        """Returns the picture, which ended because another begins."""
        if self._payload.end and self._trust.believed and not self._picture.marks:
            self._picture.damaged = True  # nothing else shows that the end of a JPEG is missing
        self._trust.learn(self._picture)
        return self._whole()

    def _whole(self) -> CodedPicture:
        picture, self._picture, self._open = self._picture, PartialPicture(), None
        complete = picture.damaged or self._payload.complete(picture.addresses)
        picture.damaged |= picture.more or not complete
        if self._payload.end and picture.content and not picture.content.endswith(self._payload.end):
            picture.content += self._payload.end
        return CodedPicture(bytes(picture.content), picture.ticks, picture.key, picture.damaged)
