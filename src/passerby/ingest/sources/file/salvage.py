"""A recording without its index (an MP4 that broke off before its `moov`), as the bare stream of its pictures."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO, RawIOBase
from pathlib import Path
from typing import BinaryIO, Final

import av

from passerby.ingest.sources.coded_pictures import START_CODE
from passerby.ingest.sources.file.coded_units import H264, H265, Syntax, UnitReader

SEARCHED_UNITS: Final = 3000
"""A camera that repeats its parameter sets does so with each key picture, every few seconds; half a minute of units."""

MAX_BOXES: Final = 1_000_000
_FIRST: Final = frozenset({b"ftyp", b"mdat", b"free", b"skip", b"wide", b"styp", b"sidx", b"moof"})
"""The last three begin a segment of a fragmented MP4, whose index is in another file."""

_KIND: Final = re.compile(rb"[A-Za-z0-9 _-]{4}")


@dataclass(frozen=True, slots=True)
class Headers:
    """What a whole recording of the same camera says of how its pictures are coded.

    Attributes:
        syntax: H.264's or H.265's.
        length_bytes: so many bytes before each unit state its length.
        units: the parameter sets.
    """

    syntax: Syntax
    length_bytes: int
    units: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Box:
    """A part of an MP4: its kind, where it and its content begin, where it ends, and whether the file ends before."""

    kind: bytes
    start: int
    content: int
    end: int
    cut: bool


def _boxes(path: Path) -> list[_Box]:
    """The parts of an MP4 (ISO/IEC 14496-12, 4.2), up to where the file is none any more; empty for other files."""
    size = path.stat().st_size
    boxes: list[_Box] = []
    with path.open("rb") as file:
        place = 0
        while place < size and len(boxes) < MAX_BOXES:
            file.seek(place)
            head = file.read(16)
            kind, length = head[4:8], int.from_bytes(head[:4], "big")
            if len(head) >= 8 and (not _KIND.fullmatch(kind) or (not boxes and kind not in _FIRST)):
                break
            content = place + (16 if length == 1 else 8)
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            # A camera writes the length when it is done: until then it is 0, or that of the head alone.
            open_end = length == 0 or (kind == b"mdat" and place + length <= content)
            end = size if open_end else place + max(length, 8)
            boxes.append(_Box(kind, place, content, min(end, size), end > size or len(head) < 8))
            place = end
    return boxes


def stretches_of_data(path: Path) -> list[tuple[int, int]]:
    """Returns where in an MP4 without a whole index its media data lie; empty where it is no such file."""
    boxes = _boxes(path)
    if any(box.kind == b"moov" and not box.cut for box in boxes):
        return []
    return [(box.content, box.end) for box in boxes if box.kind == b"mdat"]


def end_of_whole_parts(path: Path) -> int | None:
    """Returns where the last part of an MP4 with an index begins that broke off in a part without pictures.

    FFmpeg refuses such a file, whatever comes before. None where it is no such file.
    """
    boxes = _boxes(path)
    if not boxes or not boxes[-1].cut or boxes[-1].kind == b"mdat" or stretches_of_data(path):
        return None
    return boxes[-1].start


def headers_of(stream: "av.video.stream.VideoStream") -> Headers | None:
    """Returns how a whole recording's pictures are coded; None where it is not in H.264 or H.265 with lengths."""
    extra = stream.codec_context.extradata or b""
    if stream.codec_context.name == "h264" and extra[:1] == b"\1" and len(extra) > 6:
        return Headers(H264, (extra[4] & 3) + 1, tuple(_avc_units(extra)))
    if stream.codec_context.name == "hevc" and extra[:1] == b"\1" and len(extra) > 22:
        return Headers(H265, (extra[21] & 3) + 1, tuple(_hevc_units(extra)))
    return None


def _avc_units(extra: bytes) -> Iterator[bytes]:
    """Parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1)."""
    place = 5
    for mask in (0x1F, 0xFF):
        count, place = extra[place] & mask if place < len(extra) else 0, place + 1
        for _ in range(count):
            length = int.from_bytes(extra[place : place + 2], "big")
            yield extra[place + 2 : place + 2 + length]
            place += 2 + length


def _hevc_units(extra: bytes) -> Iterator[bytes]:
    """Parameter sets of an HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1)."""
    place = 23
    for _ in range(extra[22]):
        count, place = int.from_bytes(extra[place + 1 : place + 3], "big"), place + 3
        for _ in range(count):
            length = int.from_bytes(extra[place : place + 2], "big")
            yield extra[place + 2 : place + 2 + length]
            place += 2 + length
            if place >= len(extra):
                return


def headers_within(path: Path, stretches: list[tuple[int, int]]) -> Headers | None:
    """Returns how the pictures are coded as the stream itself says; None where it does not."""
    with path.open("rb") as file:
        for syntax in (H264, H265):
            kept: dict[int, bytes] = {}
            pictures = 0
            for number, unit in enumerate(_units(file, stretches, syntax, 4)):
                kind = syntax.type_of(unit)
                pictures += kind in syntax.pictures
                if kind in syntax.parameters:
                    kept.setdefault(kind, unit)
                if (len(kept) == len(syntax.parameters) and pictures) or number > SEARCHED_UNITS:
                    break
            if len(kept) == len(syntax.parameters) and pictures:
                return Headers(syntax, 4, tuple(kept[kind] for kind in sorted(kept)))
    return None


def _units(
    file: BinaryIO | FileIO, stretches: list[tuple[int, int]], syntax: Syntax, length_bytes: int
) -> Iterator[bytes]:
    for start, end in stretches:
        yield from UnitReader(file, start, end, syntax, length_bytes)


class SalvagedStream(RawIOBase):
    """The pictures of a recording without an index, as a bare stream that FFmpeg reads from start to end."""

    def __init__(self, path: Path, stretches: list[tuple[int, int]], headers: Headers) -> None:
        super().__init__()
        self._file = FileIO(path)
        self.name = f"recording.{headers.syntax.name}"
        self._parts = self._pieces(stretches, headers)
        self._rest = b""

    def _pieces(self, stretches: list[tuple[int, int]], headers: Headers) -> Iterator[bytes]:
        for unit in headers.units:
            yield START_CODE + unit
        for unit in _units(self._file, stretches, headers.syntax, headers.length_bytes):
            yield START_CODE + unit

    def readable(self) -> bool:
        """Returns True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Returns the next bytes, at most `size`; none at the end."""
        if not self._rest:
            self._rest = next(self._parts, b"")
        size = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:size], self._rest[size:]
        return given

    def close(self) -> None:
        """Closes the file."""
        self._file.close()
        super().close()
