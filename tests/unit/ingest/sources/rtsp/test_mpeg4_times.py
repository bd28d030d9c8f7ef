"""Pictures of MPEG-4 at an even pace show a gap; an uneven pace, and times that cannot be read, show none."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.rtsp.mpeg4_times import EVEN_PICTURES, PictureTimes

SETTINGS = bytes.fromhex("000001b001000001b58913000001000000012000c48d8800551804481443")
"""A layer's header as FFmpeg writes it: ten ticks a second."""


def picture(second_before: int, time: int, kind: int = 1) -> bytes:
    """A picture's header: `time` in ticks, behind one of the second that is given."""
    bits = f"{kind:02b}" + "1" * (time // 10 - second_before) + "0" + "1" + f"{time % 10:04b}" + "11"
    return b"\0\0\1\xb6" + int(bits.ljust(64, "0"), 2).to_bytes(8, "big")


def gaps(times: list[int], settings: bytes = SETTINGS, kinds: list[int] | None = None) -> list[bool]:
    counted = PictureTimes(settings)
    seconds = [0, *(time // 10 for time in times)]
    return [
        counted.skipped(picture(before, time, kind))
        for before, time, kind in zip(seconds, times, kinds or itertools.repeat(1), strict=False)
    ]


def test_a_picture_that_is_missing_from_an_even_pace_is_noticed() -> None:
    found = gaps([0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 15, 16, 29])
    assert [number for number, gap in enumerate(found) if gap] == [8, 12, 14]


@pytest.mark.parametrize("times", [[0, 1, 3, 4, 6, 7, 9, 10, 12, 13], list(range(40)), [0, 5, 10, 15, 20, 25]])
def test_what_is_uneven_or_whole_has_no_gaps(times: list[int]) -> None:
    assert not any(gaps(times))


def test_nothing_is_said_without_the_layers_header_or_of_pictures_in_another_order() -> None:
    times = [*range(EVEN_PICTURES + 3), 30]
    assert not any(gaps(times, settings=b""))
    assert not any(gaps(times, kinds=[1, 2] * 10))


def test_a_group_of_pictures_counts_from_its_own_second() -> None:
    counted = PictureTimes(SETTINGS)
    for time in range(10):
        assert not counted.skipped(picture(0, time))
    group = int(("00000" + "000000" + "1" + "000001" + "10").ljust(32, "0"), 2).to_bytes(4, "big")
    counted.learn(b"\0\0\1\xb3" + group)
    assert not counted.skipped(picture(1, 10))
    assert counted.skipped(picture(1, 12))


@given(st.binary(max_size=60), st.binary(max_size=30))
def test_any_bytes_have_times_or_none(settings: bytes, content: bytes) -> None:
    counted = PictureTimes(b"\0\0\1\x20" + settings)
    counted.skipped(b"\0\0\1\xb6" + content)
    counted.skipped(b"\0\0\1\xb6" + content)
