"""Pictures of the same place are the same view whatever their size, and one that is cut is not."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.ingest.raw import Plane
from passerby.ingest.sources.streams.same_view import GRID_PX, coarse, same_view

SIZE_PX = (1280, 720)


def place(seed: int = 3) -> Plane:
    """Surfaces of many sizes, as streets have them."""
    chance = np.random.default_rng(seed)
    picture = np.full((SIZE_PX[1], SIZE_PX[0]), 120.0)
    for _ in range(260):
        width, height = chance.integers(20, 240, 2)
        left, top = chance.integers(-100, SIZE_PX[0]), chance.integers(-100, SIZE_PX[1])
        picture[max(top, 0) : top + height, max(left, 0) : left + width] = chance.uniform(30, 220)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.5), np.uint8)


PLACE = place()


def shown(picture: Plane, size_px: tuple[int, int], noise: float = 4.0, seed: int = 5) -> Plane:
    """The picture in another size, with a sensor's noise."""
    small = cv2.resize(picture, size_px, interpolation=cv2.INTER_AREA).astype(np.float64)
    small += np.random.default_rng(seed).normal(0, noise, small.shape)
    return np.asarray(np.clip(small, 0, 255), np.uint8)


def cut(picture: Plane, share: float, x: float, y: float) -> Plane:
    height, width = (round(side * (1 - share)) for side in picture.shape)
    top, left = round((picture.shape[0] - height) * y), round((picture.shape[1] - width) * x)
    return picture[top : top + height, left : left + width]


@settings(max_examples=20)
@given(st.sampled_from([(640, 360), (960, 540), (704, 396), (320, 180)]), st.integers(0, 2**16))
def test_a_smaller_stream_of_the_same_view(size_px: tuple[int, int], seed: int) -> None:
    assert same_view(coarse(PLACE), coarse(shown(PLACE, size_px, seed=seed))) is True


@settings(max_examples=40)
@given(st.floats(0.03, 0.5), st.floats(0, 1), st.floats(0, 1))
def test_a_stream_that_shows_a_part_is_another_view_either_way(share: float, x: float, y: float) -> None:
    part = shown(cut(PLACE, share, x, y), (640, 360))
    assert same_view(coarse(PLACE), coarse(part)) is False
    assert same_view(coarse(part), coarse(PLACE)) is False


def test_people_and_vehicles_who_move_on_do_not_make_another_view() -> None:
    before, after = PLACE.copy(), PLACE.copy()
    before[300:500, 200:380] = 20
    after[320:560, 700:1000] = 240
    assert same_view(coarse(before), coarse(shown(after, (640, 360)))) is True


def test_another_place_is_another_view() -> None:
    assert same_view(coarse(PLACE), coarse(place(seed=8))) is False


@pytest.mark.parametrize("grey", [0, 16, 128])
def test_where_nothing_can_be_seen_it_is_not_known(grey: int) -> None:
    flat = coarse(np.full((720, 1280), grey, np.uint8))
    assert same_view(flat, coarse(shown(np.full((720, 1280), grey, np.uint8), (640, 360), noise=1.0))) is None


@given(st.integers(32, 400), st.integers(32, 400))
def test_a_coarse_picture_has_one_size_and_the_mean_of_what_it_covers(width: int, height: int) -> None:
    found = coarse(np.full((height, width), 77, np.uint8))
    assert found.shape == GRID_PX[::-1]
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
