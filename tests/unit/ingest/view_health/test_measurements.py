"""What is measured in whole pictures, for camera health and for the anonymiser's guard."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from passerby.ingest.view_health.measurements import (
    Shift,
    brightness,
    detail_of,
    likeness,
    mean_and_contrast,
    median_change,
    shift_between,
)
from testing.pictures.scenes import SIZE_PX, seen_from, street

STREET = street()


def detail(luma: np.ndarray) -> np.ndarray:
    return detail_of(np.asarray(luma, np.float32))


@pytest.mark.parametrize(("full_range", "middle", "bright"), [(True, 50, 200), (False, 39.6, 214.2)])
def test_brightness_is_that_of_the_middle_and_of_a_tenth(full_range: bool, middle: float, bright: float) -> None:
    luma = np.full((40, 40), 50, np.uint8)
    luma[:, 34:] = 200
    got = brightness(luma, full_range=full_range)
    assert (got.middle, got.bright) == pytest.approx((middle, bright), abs=0.1)


@settings(max_examples=80, deadline=None)
@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.sampled_from([0, 3, 90, 91, 255])))
def test_brightness_is_that_of_sorted_pixels(luma: npt.NDArray[np.uint8]) -> None:
    found = brightness(luma, full_range=True)
    np.testing.assert_allclose((found.middle, found.bright), np.percentile(luma[::2, ::2], (50, 90)), atol=1e-9)


def test_a_lamp_smaller_than_a_tenth_is_not_bright() -> None:
    luma = np.full((40, 40), 16, np.uint8)
    luma[:, 37:] = 235
    assert brightness(luma, full_range=False).bright == 0


def test_brightness_stays_within_0_and_255() -> None:
    beyond = np.array([[0, 255]] * 2, np.uint8).repeat(4, 1)
    assert brightness(np.full((4, 4), 250, np.uint8), full_range=False).middle == 255
    assert brightness(beyond * 0, full_range=False).middle == 0


def test_mean_and_contrast_are_in_the_pictures_own_levels() -> None:
    luma = np.array([[100, 120], [120, 100]], np.float32)
    assert mean_and_contrast(luma) == (110, 10)


def test_the_change_of_light_has_a_sign_and_ignores_what_moves() -> None:
    before = np.full((40, 40), 100, np.float32)
    now = before - 7
    now[:15] = 250
    assert median_change(now, before) == -7


def test_detail_holds_edges_and_no_light() -> None:
    assert np.abs(detail(np.full((40, 40), 130))).max() < 1e-3
    assert np.allclose(detail(STREET), detail(STREET.astype(float) + 20), atol=1e-2)
    edge = np.full((40, 40), 60)
    edge[:, 20:] = 160
    assert detail(edge)[20, 20] > 10
    assert detail(edge)[20, 19] < -10


def test_likeness_is_one_for_itself_and_turns_over_with_the_contrast() -> None:
    assert likeness(detail(STREET), detail(STREET)) == pytest.approx(1)
    assert likeness(detail(STREET), detail(255.0 - STREET)) == pytest.approx(-1)
    assert likeness(detail(STREET), detail(STREET * 0.3)) == pytest.approx(1, abs=1e-3)


def test_another_scene_is_not_alike_and_one_strong_edge_does_not_decide() -> None:
    other = street(seed=2)
    assert abs(likeness(detail(STREET), detail(other))) < 0.3
    lamps = [picture.astype(float) for picture in (STREET, other)]
    for picture in lamps:
        picture[100:104, 200:204] = 3000
    assert abs(likeness(detail(lamps[0]), detail(lamps[1]))) < 0.3


def test_flat_pictures_have_no_likeness_and_raise_nothing() -> None:
    flat = detail(np.full((40, 40), 100))
    assert likeness(flat * 0, flat * 0) == 0
    assert abs(likeness(flat * 0, detail(STREET)[:40, :40])) < 1e-3


@pytest.mark.parametrize(("right_px", "down_px"), [(0, 0), (3, 0), (0, -5), (-2.5, 4)])
def test_a_shift_is_measured_with_its_sign(right_px: float, down_px: float) -> None:
    shift = shift_between(detail(STREET), detail(seen_from(STREET, right_px, down_px)))
    assert (shift.right_px, shift.down_px) == pytest.approx((right_px, down_px), abs=0.3)
    assert shift.clearness > 0.15


def test_measuring_a_shift_changes_neither_picture() -> None:
    before, now = detail(STREET), detail(seen_from(STREET, 3))
    kept = before.copy(), now.copy()
    shift_between(before, now)
    assert (before == kept[0]).all()
    assert (now == kept[1]).all()


def test_the_shift_of_another_scene_is_not_clear() -> None:
    noise = np.random.default_rng(1).normal(0, 10, SIZE_PX[::-1]).astype(np.float32)
    assert shift_between(detail(STREET), detail(noise)).clearness < 0.15


@pytest.mark.parametrize(("right_px", "down_px", "largest_px"), [(1.0, -2.0, 2.0), (-3.0, 2.0, 3.0)])
def test_the_largest_part_of_a_shift_has_no_sign(right_px: float, down_px: float, largest_px: float) -> None:
    assert Shift(right_px, down_px, 1.0).largest_px == largest_px
