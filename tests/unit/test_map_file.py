"""Files of map tiles: what is taken, and what is said of the others."""

import struct
from pathlib import Path

import pytest

from passerby.map_file import MapFileError, checked_map_file
from testing.pictures.map_tiles import pmtiles

WHOLE = pmtiles()


def changed(at: int, *values: int) -> bytes:
    """The file with other bytes at a place of its header."""
    return WHOLE[:at] + bytes(values) + WHOLE[at + len(values) :]


def test_vector_and_raster_tiles_are_taken(tmp_path: Path) -> None:
    for content in (WHOLE, pmtiles(kind=2, tile=b"png")):
        (tmp_path / "map").write_bytes(content)
        assert checked_map_file(tmp_path / "map").st_size == len(content)


def test_pictures_are_taken_whatever_is_said_of_their_compression(tmp_path: Path) -> None:
    picture = pmtiles(kind=2, tile=b"png")
    (tmp_path / "map").write_bytes(picture[:98] + b"\0" + picture[99:])
    assert checked_map_file(tmp_path / "map").st_size == len(picture)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "a PMTiles file of version 3 is needed, this file does not begin as one"),
        (b"SQLite format 3\0" * 20, "a PMTiles file of version 3 is needed, this file does not begin as one"),
        (WHOLE[:50], "a PMTiles file of version 3 is needed, this one ends within its header, after 50 bytes"),
        (changed(7, 2), "a PMTiles file of version 3 is needed, this one has version 2: `pmtiles convert`"),
        (WHOLE[:-1], f"the file is not whole: {len(WHOLE)} bytes are needed, it has {len(WHOLE) - 1}; copy it again"),
        (changed(99, 9), "its tiles must be vector tiles (MVT) or pictures (PNG, JPEG, WebP, AVIF), got type 9"),
        (changed(97, 3), "its directories must be compressed by gzip or not at all, got compression 3"),
        (changed(98, 4), "its tiles must be compressed by gzip or not at all, got compression 4"),
    ],
)
def test_what_cannot_be_shown_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "map").write_bytes(content)
    with pytest.raises(MapFileError) as refused:
        checked_map_file(tmp_path / "map")
    assert str(refused.value).startswith(said)


def test_a_part_that_lies_beyond_the_end_of_the_numbers_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "map").write_bytes(changed(8, *struct.pack("<2Q", 2**64 - 1, 2**64 - 1)))
    with pytest.raises(MapFileError, match="the file is not whole"):
        checked_map_file(tmp_path / "map")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MapFileError, match="there is no such file"):
        checked_map_file(tmp_path / "gone")
    with pytest.raises(MapFileError, match="this is a folder"):
        checked_map_file(tmp_path)
