"""Units found in data in which other things lie too, and in data that mean no good."""

import io
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.file.coded_units import H264, H265, UnitReader, is_unit

PICTURE = b"\x65\x88\x84" + bytes(range(1, 256)) * 3
SHORT = b"\x41\x9a\x24\x6c\x41"


def lengths(*units: bytes, count: int = 4) -> bytes:
    return b"".join(len(unit).to_bytes(count, "big") + unit for unit in units)


def found(content: bytes, *, count: int = 4) -> list[bytes]:
    return list(UnitReader(io.BytesIO(content), 0, len(content), H264, count))


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_units_one_after_the_other(count: int) -> None:
    units = [PICTURE[:200], SHORT, PICTURE[:150]] if count == 1 else [PICTURE, SHORT, PICTURE]
    assert found(lengths(*units, count=count), count=count) == units


def test_sound_between_them_is_passed_over() -> None:
    chance = np.random.default_rng(3)
    noise = chance.integers(0, 256, 700, dtype=np.uint8).tobytes()
    sound = [
        noise,
        bytes(300),
        noise[:50] + b"\0\0\0\xe0\x21\x1a\x8f\xff" + noise,  # as AAC frames end and begin
        b"\x21\x10\x04" * 90,
    ]
    content = b"".join(lengths(PICTURE, SHORT, PICTURE) + each for each in sound)
    assert found(content) == [PICTURE, SHORT, PICTURE] * len(sound)


def test_a_unit_that_is_cut_off_is_left_out() -> None:
    content = lengths(PICTURE, PICTURE)
    for end in range(len(lengths(PICTURE)), len(content)):
        assert found(content[:end]) == [PICTURE]


@pytest.mark.parametrize(
    ("unit", "is_one"),
    [
        (PICTURE, True),
        (b"\x67\x64\0\x1f\xac", True),
        (b"\x65", False),
        (b"\xe5\x88\x84", False),  # the first bit is forbidden
        (b"\x05\x88\x84", False),  # a key picture without priority
        (b"\x65\x88\0\0\1\x41", False),  # a start code within
        (b"\x65\x88\0\0\0", True),  # zeros that fill up
    ],
)
def test_what_can_be_a_unit_of_h264(unit: bytes, is_one: bool) -> None:
    assert is_unit(unit, H264) == is_one


@pytest.mark.parametrize(
    ("unit", "is_one"),
    [(b"\x40\x01\x0c", True), (b"\x26\x01\xaf", True), (b"\x40\x00\x0c", False), (b"\x41\x01\x0c", False)],
)
def test_what_can_be_a_unit_of_h265(unit: bytes, is_one: bool) -> None:
    assert is_unit(unit, H265) == is_one


@given(st.binary(max_size=400), st.integers(1, 4))
def test_any_bytes_end(content: bytes, count: int) -> None:
    assert all(is_unit(unit, H264) for unit in found(content, count=count))


def test_data_made_to_be_searched_for_ever_is_not() -> None:
    # Each place looks like the begin of a long unit, which proves to be none only at its very end.
    content = b"\0\x03\xff\xff\x65\x88" * 40_000 + bytes(1 << 20)
    before_s = time.process_time()
    found(content)
    assert time.process_time() - before_s < 20
