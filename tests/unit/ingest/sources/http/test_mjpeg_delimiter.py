"""The line between two parts of a stream, however it is written and whatever stands around it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.http.mjpeg import Delimiter

PICTURE = b"\xff\xd8 some picture \xff\xd9"


@pytest.mark.parametrize(
    ("boundary", "line"),
    [
        (b"frontier", b"\r\n--frontier\r\n"),
        (b"frontier", b"\n--frontier\n"),
        (b"--frontier", b"\r\nfrontier \t\r\n"),
        (b"frontier", b"--frontier--\r\n"),
        (b"--", b"\r\n--\r\n"),
        (b"--", b"\n----\n"),
        (b"frontier", b"\r\n--another\r\n"),
        (None, b"\r\n\r\n--any name at all\r\n"),
        (None, b"--x\n"),
    ],
)
def test_it_is_found_whole(boundary: bytes | None, line: bytes) -> None:
    found = Delimiter(boundary).search(bytearray(PICTURE + line + b"Content-Type: image/jpeg\r\n"), 0)
    assert found is not None
    assert PICTURE + line == found.string[: found.start()] + found[0]
    assert bool(found["end"]) is (line == b"--frontier--\r\n")


@pytest.mark.parametrize(
    "line", [b"frontier\r\n", b"\r\n--frontiers\r\n", b"\r\n--other\r\n", b"-- a\n", b"\xff\xd9--\xe4\n"]
)
def test_what_is_none_is_left(line: bytes) -> None:
    assert Delimiter(b"frontier").search(bytearray(b"within a picture" + line + b"x"), 0) is None


@given(st.binary(max_size=300), st.lists(st.sampled_from([b"frontier", b"-", b"\r", b"\n", b"\xff\xd9", b"a"])))
def test_it_is_found_behind_any_picture(before: bytes, parts: list[bytes]) -> None:
    stream = bytearray(before + b"".join(parts) + PICTURE + b"\r\n--frontier\r\n")
    place, lines = 0, []
    while (found := Delimiter(b"frontier").search(stream, place)) is not None:
        assert found.start() >= place
        lines.append(found[0])
        place = found.end()
    assert lines[-1:] == [b"\r\n--frontier\r\n"]


@pytest.mark.parametrize("unit", [b"frontier", b"\xff\xd9", b"\xff\xd9--a", b"\n--frontier" + b"-" * 80, b"-frontier"])
def test_no_stream_makes_the_search_slow(unit: bytes) -> None:
    stream = bytearray(unit * ((1 << 18) // len(unit)))
    begun_s = time.process_time()
    Delimiter(b"frontier").search(stream, 0)
    assert time.process_time() - begun_s < 1.0  # it took 1.7 s of each 256 kB
