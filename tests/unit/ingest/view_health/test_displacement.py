"""One movement is fitted to what many windows tell, whatever some of them tell wrongly."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.ingest.view_health.displacement import (
    LIVE,
    ViewMatch,
    Windows,
    fitted_movement,
    whole_shift,
    window_shifts,
)

SHAPE = (136, 240)
PLACES = Windows(SHAPE).centre_px


@given(
    turn=st.complex_numbers(max_magnitude=0.2),
    shift=st.complex_numbers(max_magnitude=25),
    wrong=st.integers(0, 11),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60)
def test_the_movement_that_most_windows_agree_on_is_found(turn: complex, shift: complex, wrong: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    shifts = turn * PLACES + shift + chance.normal(0, 0.1, (len(PLACES), 2)).view(np.complex128).ravel()
    astray = chance.permutation(len(PLACES))[:wrong]
    shifts[astray] += 15 * np.exp(2j * np.pi * chance.random(wrong))
    found = fitted_movement(PLACES, shifts, len(PLACES))
    assert found.fitted is not None
    expected = turn * PLACES + shift
    fitted = found.fitted[0] * PLACES + found.fitted[1]
    assert np.abs(fitted - expected).max() < 1.6
    assert found.recognised >= (len(PLACES) - wrong) / len(PLACES) - 0.2


def test_windows_that_agree_on_nothing_are_no_movement() -> None:
    chance = np.random.default_rng(4)
    shifts = 60 * (chance.random(8) - 0.5) + 60j * (chance.random(8) - 0.5)
    assert fitted_movement(PLACES[:8], shifts, len(PLACES)).fitted is None


def test_three_windows_in_place_are_enough_to_be_in_place() -> None:
    found = fitted_movement(PLACES[:3], np.zeros(3, np.complex128), len(PLACES))
    assert found.fitted == (0, 0)
    assert found.recognised == pytest.approx(3 / len(PLACES))


def test_no_window_found_is_nothing_recognised() -> None:
    found = fitted_movement(PLACES[:0], PLACES[:0], len(PLACES))
    assert (found.recognised, found.displacement(SHAPE)) == (0.0, None)


def test_largest_displacement_is_that_of_a_corner() -> None:
    turned = ViewMatch(1.0, complex(np.exp(1j * np.radians(1)) - 1), 0j).displacement(SHAPE)
    assert turned is not None
    assert turned.largest == pytest.approx(np.radians(1) * np.hypot(120, 68) / 240, rel=0.01)
    assert turned.turn_deg == pytest.approx(1)
    assert turned.zoom == pytest.approx(0)


@pytest.mark.parametrize("shape", [(136, 240), (240, 136), (32, 240), (180, 240)])
def test_windows_cover_the_grid(shape: tuple[int, int]) -> None:
    windows = Windows(shape)
    covered = np.zeros(shape, bool)
    rows, columns = np.indices(shape)
    for cut_rows, cut_columns in zip(windows.cut(rows), windows.cut(columns), strict=True):
        covered[cut_rows, cut_columns] = True
    assert covered.all()
    assert windows.side_px <= LIVE.side_px


@pytest.mark.parametrize("shift_px", [0.0, 3.3 - 2.7j, -5.4 + 1.4j])
def test_the_shift_of_each_window_is_found_to_a_part_of_a_pixel(shift_px: complex) -> None:
    windows = Windows(SHAPE)
    noise = np.random.default_rng(1).normal(0, 1, SHAPE).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.0)
    matrix = np.array([[1, 0, shift_px.real], [0, 1, shift_px.imag]])
    moved = cv2.warpAffine(smooth, matrix, SHAPE[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    now, learned = (windows.spectra(each.astype(np.complex64)) for each in (moved, smooth))
    shifts, clearness = window_shifts(now, learned)
    assert np.abs(shifts - shift_px).max() < 0.25
    assert (clearness > LIVE.clear).all()


@pytest.mark.parametrize("shift_px", [0j, 70 - 30j, -100 + 55j])
def test_the_shift_of_the_whole_is_found_far_away(shift_px: complex) -> None:
    noise = np.random.default_rng(1).normal(0, 1, SHAPE).astype(np.complex64)
    moved = np.roll(noise, (int(shift_px.imag), int(shift_px.real)), (0, 1))
    assert whole_shift(moved, noise) == shift_px
