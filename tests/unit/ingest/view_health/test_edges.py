"""Which way edges run, whatever their contrast."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.ingest.view_health.edges import FLOOR, LONG_SIDE_PX, MEDIANS, Levels, edge_field, grid_size, steps
from testing.pictures.scenes import street


def edge(angle_deg: float, low: int = 60, high: int = 180) -> np.ndarray:
    """A straight edge through the middle; at 0 degrees it is upright, dark at the left."""
    rows, columns = np.mgrid[-40:40, -40:40]
    along = columns * np.cos(np.radians(angle_deg)) + rows * np.sin(np.radians(angle_deg))
    return np.asarray(np.round((low + high) / 2 + (high - low) / 2 * np.tanh(along)), np.uint8)


@pytest.mark.parametrize("angle_deg", [0, 30, 45, 90, 135, 160])
def test_the_phase_is_twice_the_angle(angle_deg: float) -> None:
    field, _ = edge_field(edge(angle_deg))
    expected = np.exp(2j * np.radians(angle_deg))
    assert abs(field[40, 40] / abs(field[40, 40]) - expected) < 0.1


def test_turned_over_contrast_is_the_same_edge() -> None:
    one, _ = edge_field(edge(30))
    other, _ = edge_field(edge(30, 180, 60))
    assert np.abs(one - other).max() < 0.02


def test_clearness_is_near_one_on_an_edge_and_zero_on_even_ground() -> None:
    field, energy = edge_field(edge(0))
    assert 0.99 < abs(field[40, 40]) <= 1
    assert np.abs(field[:, :30]).max() < 1e-3
    assert energy[40, 40] > 100
    assert energy[:, :30].max() < 1e-3


def test_steps_at_the_floor_are_half_clear() -> None:
    ramp = np.arange(80) * 0.7
    field, energy = edge_field(np.tile(np.round(ramp * 3), (80, 1)).astype(np.uint8))
    middle = float(np.median(energy))
    limit = max(FLOOR**2, MEDIANS**2 * middle)
    assert abs(field[40, 40]) == pytest.approx(float(energy[40, 40]) / (float(energy[40, 40]) + limit), rel=1e-3)


def test_half_the_contrast_is_as_clear_while_texture_is_everywhere() -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(1).normal(0, 100, (136, 240)).astype(np.float32), (0, 0), 1.5)
    full, half = (np.abs(edge_field((120 + noise * gain).astype(np.uint8))[0]).mean() for gain in (1.0, 0.5))
    assert half == pytest.approx(full, rel=0.1)


@pytest.mark.parametrize("smooth_px", [0.0, 1.0])
def test_steps_are_levels_a_pixel_with_their_sign(smooth_px: float) -> None:
    rows, columns = np.mgrid[0:40, 0:40]
    across, down = steps((100 + 2 * columns - 1 * rows).astype(np.uint8), smooth_px)
    assert across[20, 20] == pytest.approx(2, abs=0.01)
    assert down[20, 20] == pytest.approx(-1, abs=0.01)


@given(st.integers(32, 8000), st.integers(32, 8000))
def test_the_grid_has_one_longer_side_and_multiples_of_4(width_px: int, height_px: int) -> None:
    grid_px = grid_size((width_px, height_px))
    assert max(grid_px) == LONG_SIDE_PX
    assert all(side % 4 == 0 and side >= 32 for side in grid_px)
    assert grid_size((height_px, width_px)) == grid_px[::-1]


def test_levels_are_halves_of_each_other() -> None:
    levels = Levels.of(street())
    assert levels.fine.shape == (360, 640)
    assert levels.middle.shape == (180, 320)
    assert levels.coarse.shape == (90, 160)
    assert abs(float(levels.coarse.mean()) - float(levels.fine.mean())) < 1
