"""Checks a JPEG picture by walking its markers; nothing is decoded, which is done in sandboxes and browsers alone.

Only what our own encoder writes is let through: one baseline scan, its tables, and a JFIF header without a thumbnail. A
comment, EXIF, a second picture or bytes behind the end could carry what no viewer sees.
"""

import re
import struct
from collections.abc import Callable
from typing import Final

MAX_SIDE_PX: Final = 8192
MAX_BYTES: Final = 1 << 24
TABLES_BYTES: Final = 1 << 12
MAX_BYTES_PER_PIXEL: Final = 4
"""Noise at the best quality takes less than three."""

_SOI, _EOI = b"\xff\xd8", b"\xff\xd9"
_APP0, _DQT, _SOF0, _DHT, _SOS, _DRI = 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xDD
_MARKER: Final = re.compile(rb"\xff(?!\x00)")
_MARKER_BUT_RESTART: Final = re.compile(rb"\xff(?![\x00\xd0-\xd7])")


class JpegError(ValueError):
    """A picture that is not as our encoder writes it; says where."""


def check_jpeg(content: bytes, size_px: tuple[int, int]) -> None:
    """Checks a whole picture.

    Args:
        content: the picture.
        size_px: width and height that it has to have.

    Raises:
        JpegError: it is no such picture, or holds something besides.
    """
    width_px, height_px = size_px
    if not (0 < width_px <= MAX_SIDE_PX and 0 < height_px <= MAX_SIDE_PX):
        raise JpegError(f"a picture of {width_px}x{height_px} pixels: 1 to {MAX_SIDE_PX} a side are allowed")
    if len(content) > min(MAX_BYTES, TABLES_BYTES + MAX_BYTES_PER_PIXEL * width_px * height_px):
        raise JpegError(f"{len(content)} bytes are too many for {width_px}x{height_px} pixels")
    if not content.startswith(_SOI):
        raise JpegError("byte 0: a JPEG picture begins with FF D8")
    walk = _Walk(content, size_px)
    while not walk.scanned:
        walk.segment()
    if content[walk.place :] != _EOI:
        raise JpegError(f"byte {walk.place}: the picture has to end here, with FF D9")


class _Walk:
    """The way through a picture's segments; each may come so often as our encoder could need it."""

    def __init__(self, content: bytes, size_px: tuple[int, int]) -> None:
        self._content, self._size_px = content, size_px
        self.place = len(_SOI)
        self.scanned = False
        self._components = 0
        self._restarts = False
        self._left = {_APP0: 1, _DQT: 4, _SOF0: 1, _DHT: 8, _DRI: 1, _SOS: 1}
        self._checks: dict[int, Callable[[bytes], None]] = {
            _APP0: self._jfif, _DQT: self._quantisation, _SOF0: self._frame, _DHT: self._huffman,
            _DRI: self._restart, _SOS: self._scan,
        }  # fmt: skip

    def segment(self) -> None:
        """Checks the next segment, and goes behind it; behind the coded picture, too, where it is the scan."""
        head = self._content[self.place : self.place + 4]
        if len(head) < 4 or head[0] != 0xFF:
            raise self._fault("a segment is needed")
        marker, length = head[1], int.from_bytes(head[2:], "big")
        if self._left.get(marker, 0) == 0:
            raise self._fault(f"a segment FF {marker:02X} may not be here")
        body = self._content[self.place + 4 : self.place + 2 + length]
        if length < 2 or len(body) != length - 2:
            raise self._fault("a segment is cut off")
        self._left[marker] -= 1
        self._checks[marker](body)
        self.place += 2 + length
        if marker == _SOS:
            self._skip_coded()

    def _fault(self, why: str) -> JpegError:
        return JpegError(f"byte {self.place}: {why}")

    def _jfif(self, body: bytes) -> None:
        if len(body) != 14 or not body.startswith(b"JFIF\0\x01") or body[12:] != b"\0\0":
            raise self._fault("a JFIF header without a thumbnail is needed")

    def _quantisation(self, body: bytes) -> None:
        tables = [body[at : at + 65] for at in range(0, len(body), 65)]
        if not tables or any(len(table) != 65 or table[0] > 3 for table in tables):
            raise self._fault("quantisation tables of 8 bits are needed")

    def _frame(self, body: bytes) -> None:
        if len(body) < 6:
            raise self._fault("the frame's header is too short")
        precision, height_px, width_px, components = struct.unpack(">BHHB", body[:6])
        if (width_px, height_px) != self._size_px:
            raise self._fault(f"the picture has {width_px}x{height_px} pixels, {self._size_px} were announced")
        if precision != 8 or components not in {1, 3} or len(body) != 6 + 3 * components:
            raise self._fault("one or three components of 8 bits are needed")
        self._components = components

    def _huffman(self, body: bytes) -> None:
        at = 0
        while at < len(body):
            table = body[at : at + 17]
            codes = sum(table[1:])
            if len(table) != 17 or table[0] & 0xEC or codes > 256 or at + 17 + codes > len(body):
                raise self._fault("Huffman tables are needed")
            at += 17 + codes

    def _restart(self, body: bytes) -> None:
        if len(body) != 2:
            raise self._fault("a restart interval is needed")
        self._restarts = body != b"\0\0"

    def _scan(self, body: bytes) -> None:
        count = self._components
        if not count or len(body) != 4 + 2 * count or body[0] != count or body[-3:] != b"\0\x3f\0":
            raise self._fault("one scan of all components is needed, behind the frame's header")

    def _skip_coded(self) -> None:
        marker = (_MARKER_BUT_RESTART if self._restarts else _MARKER).search(self._content, self.place)
        if marker is None:
            raise self._fault("the picture does not end")
        self.place, self.scanned = marker.start(), True
