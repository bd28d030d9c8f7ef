"""Segments that all pictures before had, and one lacks, are missing; other ways of cutting are learned."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.sources.rtsp.h265_slices import RELEARN, SURE, SliceSegments

FOUR = (0, 30, 60, 90)


def known(*pictures: tuple[int | None, ...]) -> SliceSegments:
    """Segments after these pictures, each so often that it is sure."""
    segments = SliceSegments()
    for picture in pictures:
        for _ in range(SURE + 1):
            segments.complete(picture)
    return segments


@pytest.mark.parametrize("left", [FOUR[:-1], FOUR[:1], (0, 60, 90), (30, 60, 90)])
def test_a_picture_that_lacks_some_is_not_complete(left: tuple[int, ...]) -> None:
    segments = known(FOUR)
    assert not segments.complete(left)
    assert segments.complete(FOUR)


@pytest.mark.parametrize("other", [(0,), (0, 17, 60, 90), (*FOUR, 110), (0, None, 60)])
def test_other_cuts_are_complete_where_nothing_is_sure_or_more_than_lacking(other: tuple[int | None, ...]) -> None:
    segments = SliceSegments()
    segments.complete(FOUR)
    assert segments.complete(other)
    assert known(FOUR).complete((0, 17, 60, 90, 110))


def test_another_way_of_cutting_is_learned() -> None:
    segments = known(FOUR)
    assert [segments.complete((0, 60)) for _ in range(RELEARN + 1)] == [False, False, True, True]


@given(st.lists(st.lists(st.integers(1, 200), min_size=1, max_size=4, unique=True), min_size=2, max_size=40))
def test_slices_cut_by_their_bytes_lack_nothing(pictures: list[list[int]]) -> None:
    segments = SliceSegments()
    for number, picture in enumerate(pictures):
        assert segments.complete((0, *picture, 300 + number))


@given(st.binary(min_size=3, max_size=80))
def test_any_bytes_are_learned_or_left_out(unit: bytes) -> None:
    segments = SliceSegments()
    for kind in (33, 34):
        segments.learn(bytes([kind << 1, 1]) + unit)
    segments.address(bytes([1 << 1, 1]) + unit)
