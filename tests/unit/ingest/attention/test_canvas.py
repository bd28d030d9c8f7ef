"""Regions of a frame go onto one small picture, and what is found in it goes back to where it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.ingest.attention.canvas import CELL_PX, GAP_PX, MEAN_BGR, Canvas, Wish, packed, region_of
from testing.pictures.frames import boxes, raw_from

FRAME_PX = (640, 480)

corner = st.integers(0, 200).map(lambda half: 2 * half)
side = st.integers(8, 60).map(lambda half: 2 * half)
regions = st.lists(
    st.tuples(corner, corner, side, side, st.sampled_from([0.3, 0.6, 1.0, 1.5])), min_size=1, max_size=14
)


@settings(max_examples=60, deadline=None)
@given(regions)
def test_tiles_lie_inside_the_canvas_apart_from_one_another(found: list[tuple[int, int, int, int, float]]) -> None:
    canvas = packed([Wish((x, y, x + w, y + h), scale) for x, y, w, h, scale in found], 10**9)
    assert canvas is not None
    assert len(canvas.tiles) == len(found)
    assert all(size % 32 == 0 for size in canvas.size_px)
    taken = np.zeros((canvas.size_px[1] + GAP_PX, canvas.size_px[0] + GAP_PX), np.int16)
    for tile in canvas.tiles:
        left, top, right, bottom = tile.place
        assert 0 <= left < right <= canvas.size_px[0]
        assert 0 <= top < bottom <= canvas.size_px[1]
        taken[top : bottom + GAP_PX, left : right + GAP_PX] += 1
    assert taken.max() == 1


def lowest_first(canvas: Canvas) -> list[tuple[int, int]]:
    """Returns where tiles go, the highest first, each tried at every place of a canvas of this width."""
    width = (canvas.size_px[0] + GAP_PX) // CELL_PX
    heights = np.zeros(width, np.int64)
    places = []
    for tile in canvas.tiles:
        left, top, right, bottom = tile.place
        wide, high = (-(-(size + GAP_PX) // CELL_PX) for size in (right - left, bottom - top))
        tops = [int(heights[x : x + wide].max()) for x in range(width - wide + 1)]
        x = int(np.argmin(tops))
        heights[x : x + wide] = tops[x] + high
        places.append((x * CELL_PX, tops[x] * CELL_PX))
    return places


@settings(max_examples=60, deadline=None)
@given(regions)
def test_each_tile_lies_as_low_as_it_can_and_there_as_far_left(found: list[tuple[int, int, int, int, float]]) -> None:
    canvas = packed([Wish((x, y, x + w, y + h), scale) for x, y, w, h, scale in found], 10**9)
    assert canvas is not None
    assert [tile.place[:2] for tile in canvas.tiles] == lowest_first(canvas)


def test_a_canvas_that_is_not_worth_it_is_none() -> None:
    wishes = [Wish((0, 0, 320, 320), 1.0)]
    assert packed(wishes, 320 * 320 - 1) is None
    assert packed(wishes, 320 * 320) is not None


def test_each_region_is_shown_in_its_tile_and_the_mean_colour_between() -> None:
    picture = np.zeros((480, 640, 3), np.uint8)
    picture[:, :320], picture[:, 320:] = (0, 0, 200), (0, 200, 0)
    canvas = packed([Wish((40, 40, 200, 200), 0.5), Wish((400, 100, 520, 220), 0.5)], 10**6)
    assert canvas is not None
    shown = canvas.picture(raw_from(picture))
    assert shown.shape == (canvas.size_px[1], canvas.size_px[0], 3)
    for tile, channel in zip(sorted(canvas.tiles, key=lambda tile: tile.region), (2, 1), strict=True):
        left, top, right, bottom = tile.place
        assert shown[(top + bottom) // 2, (left + right) // 2].argmax() == channel
    between = np.ones(shown.shape[:2], np.bool_)
    for tile in canvas.tiles:
        left, top, right, bottom = tile.place
        between[top:bottom, left:right] = False
    assert (shown[between] == MEAN_BGR).all()


def test_what_is_found_goes_back_to_its_place() -> None:
    canvas = packed([Wish((100, 60, 260, 220), 0.5), Wish((400, 200, 480, 360), 1.0)], 10**6)
    assert canvas is not None
    for tile in canvas.tiles:
        left, top, right, bottom = tile.place
        third = (right - left) / 4, (bottom - top) / 4
        found = boxes((left + third[0], top + third[1], right - third[0], bottom - third[1]))
        (back,) = canvas.unpacked(found, FRAME_PX)[0].xyxy_px
        region = np.array(tile.region, float)
        quarter = (region[2:] - region[:2]) / 4
        assert back == pytest.approx([*(region[:2] + quarter), *(region[2:] - quarter)], abs=0.01)


def test_what_an_inner_edge_cuts_is_left_out_and_what_the_frame_cuts_is_not() -> None:
    inner = packed([Wish((100, 60, 200, 160), 1.0)], 10**6)
    corner_tile = packed([Wish((0, 0, 100, 100), 1.0)], 10**6)
    assert inner is not None
    assert corner_tile is not None
    cut = boxes((0.5, 20.0, 40.0, 80.0))
    assert [len(part) for part in inner.unpacked(cut, FRAME_PX)] == [0, 1]
    assert [len(part) for part in corner_tile.unpacked(cut, FRAME_PX)] == [1, 0]
    assert [len(part) for part in inner.unpacked(boxes((20.0, 20.0, 60.0, 80.0)), FRAME_PX)] == [1, 0]


def test_what_is_found_between_tiles_is_nothing() -> None:
    canvas = packed([Wish((100, 60, 140, 160), 1.0)], 10**6)
    assert canvas is not None
    assert [len(part) for part in canvas.unpacked(boxes((48.0, 100.0, 60.0, 120.0)), FRAME_PX)] == [0, 0]


def test_a_region_is_cut_to_the_frame_and_nothing_outside_is_one() -> None:
    assert region_of(np.array([-20.0, 10.5, 50.3, 500.0]), FRAME_PX) == (0, 10, 52, 480)
    assert region_of(np.array([700.0, 10.0, 760.0, 60.0]), FRAME_PX) is None
