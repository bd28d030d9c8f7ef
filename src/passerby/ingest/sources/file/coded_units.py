"""The units of H.264 and H.265 (NAL units) in an MP4's data: found by their lengths, and checked."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from passerby.ingest.sources.coded_pictures import HEADER_BYTES, INTRA_TYPES, Bits

MAX_UNIT_BYTES: Final = 16 << 20
"""A key picture of 8K has some 5 MB, mostly in several units."""

READ_BYTES: Final = 1 << 20

KEY_PICTURE: Final = 5
SLICE_KINDS: Final = 10
MAX_PARAMETER_SETS: Final = 16
"""More picture parameter sets are possible, and no camera has them."""

MAX_TRIED: Final = 4
"""So many times the file's own size is read in search of units at most: made to be searched for ever, it is not."""

_FORBIDDEN: Final = (b"\0\0\0", b"\0\0\1", b"\0\0\2")
"""No unit holds them within (ITU-T H.264, 7.4.1: emulation prevention); lengths of other units begin like this."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """How units of one codec begin.

    Attributes:
        name: FFmpeg's name of the codec, and of its bare stream.
        header: what a unit's first bytes look like.
        header_bytes: how many they are.
        shift, mask: where in the first byte the type is.
        pictures: types that hold parts of pictures.
        parameters: types without which nothing can be decoded.
    """

    name: str
    header: bytes
    header_bytes: int
    shift: int
    mask: int
    pictures: frozenset[int]
    parameters: frozenset[int]

    def type_of(self, unit: bytes) -> int:
        """Returns the type in a unit's header."""
        return unit[0] >> self.shift & self.mask


def _one_of(numbers: Iterable[int]) -> bytes:
    return b"[" + b"".join(re.escape(bytes([number])) for number in sorted(numbers)) + b"]"


_H265_PICTURES: Final = frozenset({*range(10), *range(16, 22)})

H264: Final = Syntax(
    "h264",
    # Types 1 and 5 to 9, each with the priorities that it may have (7.4.1).
    _one_of((0x01, 0x21, 0x41, 0x61, 0x25, 0x45, 0x65, 0x06, 0x27, 0x47, 0x67, 0x28, 0x48, 0x68, 0x09)),
    1, 0, 0x1F, frozenset({1, 5}), frozenset({7, 8}),
)  # fmt: skip
H265: Final = Syntax(
    "hevc",
    # Base layer only (ITU-T H.265, 7.3.1.2): parts of pictures, parameter sets, delimiters and supplements.
    _one_of(kind << 1 for kind in (*_H265_PICTURES, 32, 33, 34, 35, 39, 40)) + rb"[\x01-\x07]",
    2, 1, 0x3F, _H265_PICTURES, frozenset({32, 33, 34}),
)  # fmt: skip


def is_unit(unit: bytes, syntax: Syntax) -> bool:
    """Returns whether these bytes can be one unit of the codec."""
    return (
        len(unit) > syntax.header_bytes
        and re.match(syntax.header, unit, re.DOTALL) is not None
        and not any(each in unit.rstrip(b"\0") for each in _FORBIDDEN)
    )


def begins_picture(unit: bytes, syntax: Syntax) -> bool:
    """Returns whether a unit begins a picture, with a header that can be one (H.264, 7.3.3; H.265, 7.3.6).

    >>> begins_picture(bytes.fromhex("65888080"), H264), begins_picture(bytes.fromhex("211a8fff"), H264)
    (True, False)
    """
    if not unit[syntax.header_bytes] & 0x80:
        return False
    if syntax is not H264:
        return True
    bits = Bits(unit[:HEADER_BYTES])
    try:
        bits.golomb()
        kind, parameters = bits.golomb(), bits.golomb()
    except ValueError:
        return False
    key = syntax.type_of(unit) == KEY_PICTURE
    return parameters < MAX_PARAMETER_SETS and (kind in INTRA_TYPES if key else kind < SLICE_KINDS)


class UnitReader:
    """Finds units in a stretch of a file, also where sound lies between them and where the last one is cut off."""

    def __init__(self, file: BinaryIO, start: int, end: int, syntax: Syntax, length_bytes: int = 4) -> None:
        """Takes the file and what it holds.

        Args:
            file: read at places of its own.
            start, end: the stretch, in bytes.
            syntax: the codec's.
            length_bytes: so many bytes before each unit state its length.
        """
        self._file, self._end, self._syntax, self._length_bytes = file, end, syntax, length_bytes
        self._place = start
        # Lengths of less than 16 MiB, so that of four bytes the first is 0.
        length = rb"\x00.{3}" if length_bytes == 4 else rb".{%d}" % length_bytes
        self._pattern = re.compile(rb"(?=" + length + syntax.header + rb")", re.DOTALL)
        self._budget = MAX_TRIED * (end - start) + MAX_UNIT_BYTES

    def __iter__(self) -> Iterator[bytes]:
        """Returns every unit, without its length."""
        while self._place < self._end:
            unit = self._unit_at(self._place)
            if unit is None:
                self._place = self._next_place()
                continue
            self._place += self._length_bytes + len(unit)
            yield unit

    def _read(self, place: int, count: int) -> bytes:
        self._file.seek(place)
        return self._file.read(max(0, min(count, self._end - place)))

    def _unit_at(self, place: int) -> bytes | None:
        """The unit that begins here with its length; None where none can."""
        length = int.from_bytes(self._read(place, self._length_bytes), "big")
        begin = place + self._length_bytes
        if not self._syntax.header_bytes < length <= min(MAX_UNIT_BYTES, self._end - begin):
            return None
        if not is_unit(self._read(begin, min(length, 64)).rstrip(b"\0") or b"\0", self._syntax):
            return None  # most bytes that are no unit are known by their first
        unit = self._read(begin, length)
        if is_unit(unit, self._syntax):
            return unit
        self._budget -= length
        return None

    def _next_place(self) -> int:
        """Where behind this place, at which there is none, the next unit begins that is one beyond doubt."""
        place = self._place + 1
        while place < self._end and self._budget > 0:
            window = self._read(place, READ_BYTES)
            for match in self._pattern.finditer(window):
                found = place + match.start()
                unit = self._unit_at(found)
                if unit is not None and self._is_sure(found, unit):
                    return found
            # What begins at the window's end is looked at with the next one.
            place += max(1, len(window) - 8)
        return self._end

    def _is_sure(self, place: int, unit: bytes) -> bool:
        """Whether what was found behind sound is a unit: it begins a picture, or another unit is behind it."""
        if self._syntax.type_of(unit) in self._syntax.pictures:
            return begins_picture(unit, self._syntax)
        behind = place + self._length_bytes + len(unit)
        return behind == self._end or self._unit_at(behind) is not None
