"""A whole look is as large as the small ones of those who are followed need, and now and then of the largest size."""

import numpy as np
import pytest

from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.ingest.attention.whole_side import SIDES_PX, WholeSide, WholeSideSettings
from passerby.ingest.crops import FULL_FRAME_SIDE_PX, full_frame_size

SIZE_PX = (1920, 1080)
SETTINGS = WholeSideSettings(min_shown_px=40.0, small=0.2, steady=1.1, min_sightings=10, kept_s=20.0, largest_s=5.0)


def people(
    high_px: float, stream_s: float, count: int = 10, *, sure: bool = True, wide_px: float = 30.0
) -> ExpectedBoxes:
    boxes = np.tile(np.array([[100, 100, 100 + wide_px, 100 + high_px]], np.float32), (count, 1))
    none, confirmed = np.zeros(count, np.float32), np.full(count, sure)
    return ExpectedBoxes(stream_s, boxes, np.zeros((count, 2), np.float32), none, none, none, confirmed)


def side_px(*seen: ExpectedBoxes) -> int:
    side = WholeSide(SETTINGS)
    for one in seen:
        side.see(one, SIZE_PX)
    return side.side_px


def test_before_enough_is_seen_it_is_the_largest() -> None:
    assert side_px() == FULL_FRAME_SIDE_PX
    assert side_px(people(600.0, 0.0, count=9)) == FULL_FRAME_SIDE_PX
    assert side_px(people(600.0, 0.0, sure=False)) == FULL_FRAME_SIDE_PX
    assert side_px(people(600.0, 0.0)) == SIDES_PX[0]


@pytest.mark.parametrize("high_px", [90.0, 120.0, 150.0, 180.0, 300.0])
def test_people_are_shown_as_high_as_they_need_and_not_a_step_higher(high_px: float) -> None:
    chosen = side_px(people(high_px, 0.0))
    scales = [full_frame_size(SIZE_PX, side)[1] / SIZE_PX[1] for side in SIDES_PX]
    enough = [
        side for side, scale in zip(SIDES_PX, scales, strict=True) if high_px * scale >= 1.1 * SETTINGS.min_shown_px
    ]
    assert chosen == (enough[0] if enough else FULL_FRAME_SIDE_PX)


def test_who_is_large_is_told_from_who_is_small_by_the_largest_look() -> None:
    scale = full_frame_size(SIZE_PX)[1] / SIZE_PX[1]
    found = []
    for shown_px in (41.0, 43.0):
        side = WholeSide(SETTINGS)
        side.see(people(shown_px / scale, 0.0), SIZE_PX)
        found.append(side.large)
    assert found == [False, True]


def test_how_high_the_small_ones_are_is_known_of_the_newest_look_alone() -> None:
    side = WholeSide(SETTINGS)
    assert side.small_share == 0.0
    side.see(people(540.0, 0.0), SIZE_PX)
    side.see(people(108.0, 1.0, 3), SIZE_PX)
    assert side.small_share == pytest.approx(0.1)
    side.see(people(108.0, 2.0, 3, sure=False), SIZE_PX)
    assert side.small_share == 0.0


def test_a_few_small_ones_do_not_make_it_large_and_more_do() -> None:
    assert side_px(people(300.0, 0.0, 17), people(60.0, 1.0, 3)) == SIDES_PX[0]
    assert side_px(people(300.0, 0.0, 15), people(60.0, 1.0, 5)) == FULL_FRAME_SIDE_PX


def test_a_low_wide_vehicle_counts_by_its_width() -> None:
    assert side_px(people(80.0, 0.0, wide_px=500.0)) < side_px(people(80.0, 0.0)) == FULL_FRAME_SIDE_PX


def test_what_was_seen_long_ago_is_forgotten() -> None:
    assert side_px(people(300.0, 0.0), people(300.0, 21.0, 2)) == FULL_FRAME_SIDE_PX


def test_a_size_that_is_just_enough_is_kept_and_not_taken_anew() -> None:
    just = 41.0 / (full_frame_size(SIZE_PX, 320)[1] / SIZE_PX[1])
    assert side_px(people(just, 0.0)) == 352
    assert side_px(people(just * 1.2, 0.0), people(just, 21.0)) == 320


def test_a_look_of_the_largest_size_comes_again_and_again() -> None:
    side = WholeSide(SETTINGS)
    side.see(people(600.0, 0.0), SIZE_PX)
    sides = [side.next_px(float(second)) for second in range(11)]
    assert [second for second, one in enumerate(sides) if one == FULL_FRAME_SIDE_PX] == [0, 5, 10]
    assert set(sides) == {SIDES_PX[0], FULL_FRAME_SIDE_PX}
