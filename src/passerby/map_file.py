"""The tiles of a map in one file (PMTiles, version 3): whether it can be used, by its header.

The header's layout is that of the specification, https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md.
"""

import os
import struct
from pathlib import Path
from typing import Final

HEADER_BYTES: Final = 127
_MAGIC: Final = b"PMTiles"
_VERSION: Final = 3
_VECTOR: Final = 1
_RASTER: Final = {2: "PNG", 3: "JPEG", 4: "WebP", 5: "AVIF"}
_READABLE: Final = {1: "none", 2: "gzip"}
"""Compressions that a browser can undo; of others, Brotli and Zstandard, it cannot."""

_NEEDED: Final = "a PMTiles file of version 3 is needed"


class MapFileError(Exception):
    """A file is no map that a browser could show; the text says what is needed, and what was got."""


def checked_map_file(path: Path) -> os.stat_result:
    """Returns the size and time of a file of tiles that a browser can show, by its header.

    Raises:
        MapFileError: there is no such file, or it is none that can be shown.
    """
    try:
        if not path.is_file():
            raise MapFileError(f"{_NEEDED}, this is a folder" if path.is_dir() else "there is no such file")
        with path.open("rb") as file:
            header, found = file.read(HEADER_BYTES), os.fstat(file.fileno())
    except OSError as error:
        raise MapFileError(f"it cannot be read: {error.strerror}") from None
    if header[:7] != _MAGIC:
        raise MapFileError(f"{_NEEDED}, this file does not begin as one")
    if len(header) < HEADER_BYTES:
        raise MapFileError(f"{_NEEDED}, this one ends within its header, after {len(header)} bytes")
    if header[7] != _VERSION:
        raise MapFileError(f"{_NEEDED}, this one has version {header[7]}: `pmtiles convert` makes one of version 3")
    _check_whole(header, found.st_size)
    _check_tiles(header)
    return found


def _check_whole(header: bytes, size_bytes: int) -> None:
    """Each of the four parts lies within the file: of one that was copied by half, the last ones do not."""
    offsets = struct.unpack_from("<8Q", header, 8)
    end = max(start + length for start, length in zip(offsets[::2], offsets[1::2], strict=True))
    if end > size_bytes:
        raise MapFileError(f"the file is not whole: {end} bytes are needed, it has {size_bytes}; copy it again")


def _check_tiles(header: bytes) -> None:
    inner, tiles, kind = header[97], header[98], header[99]
    if kind != _VECTOR and kind not in _RASTER:
        names = ", ".join(_RASTER.values())
        raise MapFileError(f"its tiles must be vector tiles (MVT) or pictures ({names}), got type {kind}")
    # Pictures are compressed by themselves, and writers of PMTiles differ in what they say of it.
    for what, compression in (("directories", inner), *([("tiles", tiles)] if kind == _VECTOR else [])):
        if compression not in _READABLE:
            raise MapFileError(f"its {what} must be compressed by gzip or not at all, got compression {compression}")
