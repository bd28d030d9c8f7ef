"""RTP (RFC 3550): whole coded pictures from packets, marked as damaged where packets were lost."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from passerby.ingest.sources.coded_pictures import MAX_PICTURE_BYTES, CodedPicture

HEADER_BYTES: Final = 12


class RtpPacket(NamedTuple):
    """The parts of a packet that are used here (RFC 3550, section 5.1)."""

    payload_type: int
    sequence: int
    timestamp: int
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
    if end <= start:
        return None
    return RtpPacket(
        packet[1] & 0x7F,
        int.from_bytes(packet[2:4], "big"),
        int.from_bytes(packet[4:8], "big"),
        bool(packet[1] & 0x80),
        packet[start:end],
    )


@dataclass(slots=True)
class PartialPicture:
    """A picture of which packets are still expected.

    Attributes:
        content: what came of it.
        key: it can be decoded without others.
        damaged: something does not fit together.
    """

    content: bytearray = field(default_factory=bytearray)
    key: bool = False
    damaged: bool = False


class Payload(Protocol):
    """How one codec's pictures are cut into packets."""

    def add(self, payload: bytes, picture: PartialPicture) -> None:
        """Adds a packet's payload to the picture; marks the picture as damaged where it does not fit."""
        ...


class PictureAssembler:
    """Assembler of packets into pictures."""

    def __init__(self, payload: Payload, payload_type: int) -> None:
        self._payload, self._payload_type = payload, payload_type
        self._picture = PartialPicture()
        self._sequence: int | None = None
        self._timestamp: int | None = None
        self._ticks = 0

    def add(self, packet: bytes) -> Iterator[CodedPicture]:
        """Adds one packet; yields the pictures that it completes, in the order in which they came."""
        parts = rtp_packet(packet)
        if parts is None or parts.payload_type != self._payload_type:
            return
        lost = self._sequence is not None and parts.sequence != (self._sequence + 1) & 0xFFFF
        self._sequence = parts.sequence
        if self._timestamp is not None and parts.timestamp != self._timestamp and self._picture.content:
            self._picture.damaged |= lost
            yield self._whole()
        # What is missing may be this picture's first packets as well as the last one's end.
        self._picture.damaged |= lost
        self._advance(parts.timestamp)
        self._payload.add(parts.payload, self._picture)
        if len(self._picture.content) > MAX_PICTURE_BYTES:
            self._picture.content.clear()
            self._picture.damaged = True
        if parts.marker and (self._picture.content or self._picture.damaged):
            yield self._whole()

    def _advance(self, timestamp: int) -> None:
        step = 0 if self._timestamp is None else (timestamp - self._timestamp) & 0xFFFFFFFF
        self._ticks += step - (1 << 32) if step >= 1 << 31 else step
        self._timestamp = timestamp

    def _whole(self) -> CodedPicture:
        picture, self._picture = self._picture, PartialPicture()
        return CodedPicture(bytes(picture.content), self._ticks, picture.key, picture.damaged)
