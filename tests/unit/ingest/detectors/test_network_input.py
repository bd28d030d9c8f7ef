"""Bringing pictures to a network's size, and boxes back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.detectors.network_input import clipped, letterboxed, padded

SIDES = st.integers(1, 300)
GREY = (114, 114, 114)


def picture(width_px: int, height_px: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height_px, width_px, 3)).astype(np.uint8)


@given(SIDES, SIDES)
def test_padding_reaches_multiples_and_leaves_the_picture_in_its_corner(width_px: int, height_px: int) -> None:
    given_picture = picture(width_px, height_px)
    found = padded(given_picture, 32, (1, 2, 3))
    assert found.shape[0] % 32 == found.shape[1] % 32 == 0
    assert found.shape[0] - height_px < 32
    assert found.shape[1] - width_px < 32
    np.testing.assert_array_equal(found[:height_px, :width_px], given_picture)
    assert (found[height_px:] == (1, 2, 3)).all()
    assert (found[:, width_px:] == (1, 2, 3)).all()


def test_padding_copies_nothing_when_the_size_fits() -> None:
    given_picture = picture(64, 32)
    assert padded(given_picture, 32, GREY) is given_picture


@given(SIDES, SIDES, st.booleans())
def test_a_letterbox_gives_boxes_back(width_px: int, height_px: int, centred: bool) -> None:
    found = letterboxed(picture(width_px, height_px), (160, 96), GREY, centred=centred)
    assert found.picture.shape == (96, 160, 3)
    corner = np.array([0, 0, width_px, height_px], np.float32)
    offset = np.array([*found.offset_xy_px, *found.offset_xy_px], np.float32)
    there = (corner * found.scale + offset)[None]
    np.testing.assert_allclose(found.to_original(there)[0], corner, atol=1e-2, rtol=1e-4)
    assert (there[0, 2:] <= np.array([160.5, 96.5])).all()


def test_a_letterbox_keeps_proportions_and_fills_the_rest() -> None:
    found = letterboxed(np.zeros((50, 200, 3), np.uint8), (100, 100), GREY, centred=True)
    dark = (found.picture == 0).all(axis=2)
    assert dark.any(axis=1).sum() == 25
    assert (found.picture[~dark] == 114).all()
    assert found.offset_xy_px == (0, 37)
    assert letterboxed(np.zeros((50, 200, 3), np.uint8), (100, 100), GREY, centred=False).offset_xy_px == (0, 0)


def test_boxes_are_cut_at_the_edges() -> None:
    found = clipped(np.array([[-5, -5, 700, 30]], np.float32), (640, 384))
    assert found.tolist() == [[0, 0, 640, 30]]
