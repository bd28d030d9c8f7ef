"""Coded pictures, as a connection gives them to the decoder; the codecs, and the bits of their units."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_PICTURE_BYTES: Final = 32 << 20
"""An 8K key picture has some 5 MB; a picture that never ends must not fill the memory."""

START_CODE: Final = b"\0\0\0\1"
"""What stands before each unit of a stream of H.264 or H.265 (ITU-T H.264, annex B)."""

HEADER_BYTES: Final = 64
"""A slice's header as far as it is read, with emulation prevention."""

INTRA_TYPES: Final = frozenset({2, 4, 7, 9})
MAX_PREFIX: Final = 32


class Codec(StrEnum):
    """The codecs that are decoded. The values are FFmpeg's names."""

    H264 = "h264"
    H265 = "hevc"
    MPEG4 = "mpeg4"
    MJPEG = "mjpeg"


@dataclass(frozen=True, slots=True)
class Track:
    """The camera's description of its pictures, which precedes the first.

    Attributes:
        codec: how they are coded.
        settings: what the decoder must know beforehand (parameter sets); may be empty.
        clock_hz: ticks a second of the pictures' time stamps.
    """

    codec: Codec
    settings: bytes = b""
    clock_hz: int = 90_000


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """One coded picture as it arrived.

    Attributes:
        content: its bytes, as the decoder wants them; empty where nothing of it came.
        ticks: its time in the track's clock, going on beyond 32 bits; None where the camera sends none.
        key: it can be decoded without others.
        damaged: parts are missing.
    """

    content: bytes
    ticks: int | None
    key: bool
    damaged: bool = False


class Bits:
    """Reader of the bits of a unit of H.264, behind its header (ITU-T H.264, 7.2); ValueError behind its end."""

    def __init__(self, unit: bytes) -> None:
        content = unit[1:].replace(b"\0\0\3", b"\0\0")
        self._value, self._left = int.from_bytes(content, "big"), 8 * len(content)

    def read(self, count: int) -> int:
        """Returns the next bits as an unsigned number."""
        if count > self._left:
            raise ValueError("the unit ends too early")
        self._left -= count
        return self._value >> self._left & ((1 << count) - 1)

    def golomb(self) -> int:
        """Returns the next unsigned Exp-Golomb number (9.1)."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > MAX_PREFIX:
                raise ValueError("a number is too long")
        return (1 << zeros) - 1 + self.read(zeros)

    def signed(self) -> int:
        """Returns the next signed Exp-Golomb number (9.1.1)."""
        code = self.golomb()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def is_intra(unit: bytes) -> bool:
    """Returns whether a slice needs no other picture."""
    try:
        bits = Bits(unit[:HEADER_BYTES])
        bits.golomb()
        return bits.golomb() in INTRA_TYPES
    except ValueError:
        return False
