"""A small map as the bytes of a PMTiles file, made here: one tile of the whole earth, with land, water and a street."""

import json
import struct
from pathlib import Path

ATTRIBUTION = "© The survey of Testland"
_MVT, _UNCOMPRESSED = 1, 1


def varint(number: int) -> bytes:
    """A number as Protocol Buffers and PMTiles write it."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def pmtiles(*, attribution: str = ATTRIBUTION, kind: int = _MVT, tile: bytes | None = None, version: int = 3) -> bytes:
    """A PMTiles file of the one tile 0/0/0, uncompressed.

    Args:
        attribution: whose map it is, as the file says.
        kind: of tiles; 1 is vector tiles, 2 is PNG.
        tile: the tile; None for a vector tile of land, water and a street.
        version: of the format.
    """
    tile = vector_tile() if tile is None else tile
    # One entry: the tile's number, how many it stands for, its length, and its offset plus one.
    directory = b"".join(varint(number) for number in (1, 0, 1, len(tile), 1))
    layers = [{"id": name, "fields": {"kind": "String", "name": "String"}} for name in ("earth", "water", "roads")]
    metadata = json.dumps({"attribution": attribution, "vector_layers": layers}).encode()
    at, parts = 127, list[int]()
    for part in (directory, metadata, b"", tile):
        parts += [at, len(part)]
        at += len(part)
    header = b"PMTiles" + bytes([version]) + struct.pack("<11Q", *parts, 1, 1, 1)
    header += bytes([1, _UNCOMPRESSED, _UNCOMPRESSED, kind, 0, 0])
    header += struct.pack("<4iB2i", -1_800_000_000, -850_000_000, 1_800_000_000, 850_000_000, 0, 0, 0)
    return header + directory + metadata + tile


def write_pmtiles(path: Path, **changes: object) -> Path:
    """Writes one; `changes` as `pmtiles` takes them. Returns the path."""
    path.write_bytes(pmtiles(**changes))  # type: ignore[arg-type]
    return path


_EXTENT = 4096


def vector_tile() -> bytes:
    """A Mapbox vector tile, version 2: land, water in its western half, and a named street from west to east."""
    square, half = (
        ((0, 0), (_EXTENT, 0), (_EXTENT, _EXTENT), (0, _EXTENT)),
        ((0, 0), (2048, 0), (2048, 4096), (0, 4096)),
    )
    street = _commands(((0, 2048), (_EXTENT, 2048)), closed=False)
    return (
        _layer("earth", "earth", "", 3, _commands(square, closed=True))
        + _layer("water", "ocean", "", 3, _commands(half, closed=True))
        + _layer("roads", "major_road", "Main Street", 2, street)
    )


def _field(number: int, value: int | bytes) -> bytes:
    """One field of a Protocol Buffers message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def _layer(name: str, kind: str, title: str, shape: int, commands: bytes) -> bytes:
    values = [kind, title] if title else [kind]
    tags = b"".join(varint(each) for each in ((0, 0, 1, 1) if title else (0, 0)))
    feature = _field(2, tags) + _field(3, shape) + _field(4, commands)
    keys = b"".join(_field(3, key) for key in (b"kind", b"name")[: len(values)])
    texts = b"".join(_field(4, _field(1, value.encode())) for value in values)
    layer = _field(15, 2) + _field(1, name.encode()) + _field(2, feature) + keys + texts + _field(5, _EXTENT)
    return _field(3, layer)


def _commands(points: tuple[tuple[int, int], ...], *, closed: bool) -> bytes:
    """A way or an outline: move to its first point, lines to the others, and back."""
    x, y, steps = 0, 0, list[int]()
    for to_x, to_y in points:
        steps += [(to_x - x) << 1 ^ (to_x - x) >> 63, (to_y - y) << 1 ^ (to_y - y) >> 63]
        x, y = to_x, to_y
    numbers = [1 << 3 | 1, *steps[:2], (len(points) - 1) << 3 | 2, *steps[2:]] + ([1 << 3 | 7] if closed else [])
    return b"".join(varint(each) for each in numbers)
