"""Pictures that a camera left out show in the numbers of those that came."""

from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.rtsp.h264_numbers import PictureNumbers

SPS = bytes.fromhex("6742c01ed90141fb0110000003001000000303c0f183e480")
PPS = bytes.fromhex("68cb83cb20")
NUMBERS = 16
"""How many numbers this parameter set has: log2_max_frame_num is 4."""


def golomb(value: int) -> str:
    digits = f"{value + 1:b}"
    return "0" * (len(digits) - 1) + digits


def slice_of(number: int, *, kind: int = 1, referred: bool = True, intra: bool = False) -> bytes:
    bits = golomb(0) + golomb(7 if intra else 5) + golomb(0) + f"{number % NUMBERS:04b}" + "1" * 40
    bits += "0" * (-len(bits) % 8)
    return bytes([kind | (0x60 if referred else 0)]) + int(bits, 2).to_bytes(len(bits) // 8, "big")


def numbers() -> PictureNumbers:
    known = PictureNumbers()
    known.learn(SPS)
    known.learn(PPS)
    return known


def skipped(known: PictureNumbers, *found: int) -> list[bool]:
    return [known.skipped(slice_of(number, kind=1 if number else 5), key=not number) for number in found]


def test_numbers_follow_one_another_and_wrap() -> None:
    assert not any(skipped(numbers(), 0, *range(1, NUMBERS), NUMBERS, NUMBERS + 1))


def test_a_missing_reference_shows() -> None:
    assert skipped(numbers(), 0, 1, 2, 4, 5) == [False, False, False, True, False]


def test_pictures_that_no_other_builds_on_may_be_missing() -> None:
    known = numbers()
    skipped(known, 0, 1)
    assert not known.skipped(slice_of(2, referred=False), key=False)
    assert not known.skipped(slice_of(2, referred=False), key=False)
    assert not known.skipped(slice_of(2), key=False)
    assert not known.skipped(slice_of(3), key=False)


def test_without_parameter_sets_nothing_is_said() -> None:
    assert not any(skipped(PictureNumbers(), 0, 3, 9))


def test_a_camera_that_always_numbers_wrongly_is_no_longer_believed() -> None:
    known = numbers()
    groups = [skipped(known, 0, 9)[1] for _ in range(6)]
    assert groups == [True, True, False, False, False, False]


@given(st.binary(min_size=1, max_size=60), st.booleans())
def test_no_unit_breaks_it(unit: bytes, key: bool) -> None:
    known = numbers()
    known.learn(unit)
    assert known.skipped(unit, key=key) in (True, False)
