"""The bits of coded units: read in order, refused behind their end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.coded_pictures import Bits, is_intra


def bits_of(digits: str) -> bytes:
    """A unit with a header of one byte, and these bits behind it."""
    padded = digits + "0" * (-len(digits) % 8)
    return b"\x65" + bytes(int(padded[at : at + 8], 2) for at in range(0, len(padded), 8))


def golomb(value: int) -> str:
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits


def test_bits_are_read_and_end() -> None:
    bits = Bits(b"\x67\xa6\x42\x98\xe2\x04")
    assert [bits.golomb() for _ in range(6)] == [0, 1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="too early"):
        bits.read(99)


@given(st.lists(st.integers(0, 2**20), min_size=1, max_size=8))
def test_numbers_come_back_as_they_were_written(values: list[int]) -> None:
    unit = bits_of("".join(map(golomb, values)) + "1")
    written = unit[1:].replace(b"\0\0", b"\0\0\3")  # emulation prevention, wherever two zeros stand
    bits = Bits(unit[:1] + written)
    assert [bits.golomb() for _ in values] == values


def test_signed_numbers_alternate() -> None:
    bits = Bits(bits_of("".join(map(golomb, range(5)))))
    assert [bits.signed() for _ in range(5)] == [0, 1, -1, 2, -2]


def test_a_number_without_end_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        Bits(b"\x65" + b"\0\0\3" * 4).golomb()


@pytest.mark.parametrize(("kind", "intra"), [(0, False), (2, True), (4, True), (5, False), (7, True), (9, True)])
def test_a_slice_says_whether_it_needs_other_pictures(kind: int, intra: bool) -> None:
    assert is_intra(bits_of(golomb(0) + golomb(kind) + "1" * 40)) is intra


@given(st.binary(min_size=1, max_size=60))
def test_no_unit_breaks_it(unit: bytes) -> None:
    assert is_intra(unit) in (True, False)
