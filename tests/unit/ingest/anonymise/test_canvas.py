"""Sizes of the picture that is drawn on, and boxes on it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.anonymise.canvas import MAX_AREA_PX, THUMB, Canvas, as_mask, filled, grown


@given(st.tuples(st.integers(64, 8192), st.integers(64, 4400)))
def test_a_canvas_is_never_larger_than_allowed_and_fits_the_thumb(size_px: tuple[int, int]) -> None:
    canvas = Canvas.for_source(size_px)
    width, height = canvas.size_px
    assert width % THUMB == height % THUMB == canvas.cell_px % THUMB == 0
    assert width <= size_px[0]
    assert height <= size_px[1]
    assert width * height <= MAX_AREA_PX or min(width, height) == 8 * THUMB
    assert canvas.shape == (height, width)
    assert canvas.thumb_px == (width // THUMB, height // THUMB)
    assert canvas.source_size_px == size_px


@pytest.mark.parametrize(
    ("size_px", "cell_px"), [((1920, 1080), 24), ((768, 576), 24), ((320, 240), 12), ((64, 64), 8)]
)
def test_cells_are_a_share_of_the_height_and_never_below_8_px(size_px: tuple[int, int], cell_px: int) -> None:
    assert Canvas.for_source(size_px).cell_px == cell_px


def test_boxes_are_scaled_each_way_by_itself() -> None:
    canvas = Canvas((960, 540), (1920, 2160))
    box = np.array([[100, 200, 300, 400]], np.float32)
    assert canvas.boxes(box).tolist() == [[50, 50, 150, 100]]
    assert canvas.boxes(box).dtype == np.float32


def test_a_margin_is_a_share_of_the_side_or_the_minimum() -> None:
    box = np.array([[50, 20, 150, 30]], np.float32)
    assert grown(box, 0.1, 5.0).tolist() == [[40, 15, 160, 35]]
    assert grown(box, -0.1, -100.0).tolist() == [[60, 21, 140, 29]]


def test_every_pixel_that_a_box_touches_is_filled_and_no_other() -> None:
    mask = np.zeros((10, 12), np.uint8)
    filled(mask, np.array([[2.9, 3.0, 5.1, 6.0], [-5, -5, 0.5, 0.5], [11.5, 9.5, 40, 40]], np.float32), 7)
    expected = np.zeros((10, 12), np.uint8)
    expected[3:6, 2:6] = expected[0, 0] = expected[9, 11] = 7
    assert (mask == expected).all()


def test_boxes_are_scaled_to_a_smaller_mask() -> None:
    mask = np.zeros((10, 10), np.uint8)
    filled(mask, np.array([[5, 9, 12, 16]], np.float32), 255, 1 / 4)
    expected = np.zeros((10, 10), np.uint8)
    expected[2:4, 1:3] = 255
    assert (mask == expected).all()


def test_flags_become_0_and_255() -> None:
    mask = as_mask(np.array([[True, False]]))
    assert mask.tolist() == [[255, 0]]
    assert mask.dtype == np.uint8
