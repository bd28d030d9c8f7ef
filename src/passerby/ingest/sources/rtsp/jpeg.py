"""JPEG pictures in RTP packets (RFC 2435), whose headers are left out and are written anew here."""

import struct
from collections.abc import Sequence
from typing import Final

import av
import av.error
import numpy as np
import numpy.typing as npt

from passerby.ingest.sources.errors import StreamError
from passerby.ingest.sources.rtsp.rtp import Part, Place

_LUMA = bytes.fromhex(
    "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933383740485c4e404457453738506d51575f626768673e4d71"
    "797064785c656763"
)
_CHROMA = bytes.fromhex("1112121815182f1a1a2f634238426363636363") + b"\x63" * 45
"""Annex K's tables for quality 50, in zigzag order (RFC 2435, appendix A)."""


TOO_LARGE: Final = (
    "the camera's JPEG pictures are larger than RTP can state (RFC 2435: 2040x2040 px). "
    "Set the camera to H.264 or H.265, to smaller pictures, or to MJPEG over HTTP."
)

_NEEDED_SHARE: Final = 0.75
"""Share of a scan that is decoded in its place: what a picture is made of reaches to its end, while that of a wrapped
width of 3840 px uses 47 %."""


class JpegPayload:
    """RFC 2435, types 0, 1, 64 and 65: 4:2:2 and 4:2:0, with or without restart markers."""

    end = b"\xff\xd9"

    def __init__(self) -> None:
        self._tables: dict[int, bytes] = {}
        self._next_offset = 0

    def parts(self, payload: bytes) -> list[Part]:
        """Returns the part of a picture's scan that a packet's payload holds.

        Raises:
            StreamError: the header leaves the size open.
        """
        if len(payload) < 8:
            return [Part(Place.BROKEN)]
        offset = int.from_bytes(payload[1:4], "big")
        kind, quality, width_px, height_px = payload[4], payload[5], 8 * payload[6], 8 * payload[7]
        at, restart = 8, 0
        if kind >= 64:
            restart = int.from_bytes(payload[8:10], "big")
            at += 4
        if offset:
            fits, self._next_offset = offset == self._next_offset, offset + len(payload) - at
            return [Part(Place.REST if fits else Place.BROKEN, payload[at:])]
        tables, at = self._tables_of(payload, quality, at)
        self._next_offset = len(payload) - at
        begin = Part(Place.FIRST, b"", key=True)
        if len(tables) not in (64, 128) or kind & 0x3F > 1:
            return [begin, Part(Place.BROKEN)]
        if not (width_px and height_px):
            raise StreamError(TOO_LARGE)
        return [begin._replace(content=_head(kind & 1, width_px, height_px, tables, restart) + payload[at:])]

    ends_marked = False

    def middle_bytes(self, _packet: bytes, _at: int, /) -> int:
        """Returns 0: each packet has an offset that has to be looked at."""
        return 0

    def complete(self, _addresses: Sequence[int | None], /) -> bool:
        """Returns True: offsets show what is missing."""
        return True

    def _tables_of(self, payload: bytes, quality: int, at: int) -> tuple[bytes, int]:
        """Quantisation tables in the packet, or made from the quality; and where the scan begins."""
        if quality < 128:
            return _scaled_tables(quality), at
        wide, length = any(payload[at + 1 : at + 2]), int.from_bytes(payload[at + 2 : at + 4], "big")
        at += 4
        tables = _narrow(payload[at : at + length]) if wide else payload[at : at + length]
        if tables:
            self._tables[quality] = tables
        return tables or self._tables.get(quality, b""), at + length


def _narrow(tables: bytes) -> bytes:
    """Returns tables of two bytes a value as those of one; empty where a value needs both."""
    return b"" if any(tables[::2]) else tables[1::2]


def _scaled_tables(quality: int) -> bytes:
    chosen = min(max(quality, 1), 99)
    factor = 5000 // chosen if chosen < 50 else 200 - 2 * chosen
    return bytes(min(max((value * factor + 50) // 100, 1), 255) for value in _LUMA + _CHROMA)


def _head(subsampling: int, width_px: int, height_px: int, tables: bytes, restart: int) -> bytes:
    """What stands before the scan. Huffman tables are left out: decoders know the standard's own."""
    head = b"\xff\xd8"
    for number in range(len(tables) // 64):
        head += b"\xff\xdb" + struct.pack(">HB", 67, number) + tables[64 * number : 64 * number + 64]
    chroma = 1 if len(tables) > 64 else 0
    head += b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height_px, width_px, 3)
    head += bytes([1, 0x22 if subsampling else 0x21, 0, 2, 0x11, chroma, 3, 0x11, chroma])
    if restart:
        head += b"\xff\xdd" + struct.pack(">HH", 4, restart)
    return head + b"\xff\xda" + struct.pack(">HB", 12, 3) + bytes([1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0])


class StatedSize:
    """Holds the size that a camera states for its JPEG pictures against what they hold.

    The size has a byte for each side, in units of 8 px. Cameras write the remainder of a larger one there: 2304 px as
    256. Such a picture decodes without an error, into noise, and leaves most of its scan unread.
    """

    def __init__(self) -> None:
        self._checked = b""

    def check(self, picture: bytes) -> None:
        """Checks the first picture of each head.

        Args:
            picture: whole, as `JpegPayload` makes it.

        Raises:
            StreamError: most of it lies beyond the size that is stated.
        """
        at = picture.find(b"\xff\xda")
        head = picture[:at]
        if at < 0 or head == self._checked:
            return
        self._checked = head
        whole, part = (
            _decoded(picture),
            _decoded(picture[: at + round((len(picture) - at) * _NEEDED_SHARE)] + b"\xff\xd9"),
        )
        if whole is not None and part is not None and np.array_equal(whole, part):
            raise StreamError(TOO_LARGE)


def _decoded(picture: bytes) -> npt.NDArray[np.uint8] | None:
    """uint8 (H, W): the luma of a JPEG picture; None where it cannot be decoded."""
    context = av.CodecContext.create("mjpeg", "r")
    packet = av.Packet(len(picture))
    packet.update(picture)
    try:
        frames = [frame for frame in context.decode(packet) if isinstance(frame, av.VideoFrame)]
    except (av.error.FFmpegError, ValueError):
        return None
    if not frames:
        return None
    plane = frames[0].planes[0]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width].copy()
