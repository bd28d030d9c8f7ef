"""The grid on the ground lies where the calibration puts it, and nowhere outside the picture."""

import numpy as np
import pytest

from passerby.domain.layout import GroundPlane
from passerby.geometry.calibration import fit_distances, fit_point_pairs
from passerby.geometry.ground import to_ground
from passerby.geometry.ground_grid import clipped, ground_grid

PICTURE = np.array([[0.05, 0.41], [0.94, 0.54], [0.93, 0.71], [0.10, 0.60]])
METRES = np.array([[0.0, 0.0], [17.0, 1.6], [18.5, -3.1], [7.2, -5.6]])


def test_every_line_lies_on_whole_metres_of_the_ground() -> None:
    plane = fit_point_pairs(PICTURE, METRES)
    grid = ground_grid(plane)
    assert grid.step_m == 2.0
    assert len(grid.strokes) > 8
    assert grid.strokes.min() >= 0
    assert grid.strokes.max() <= 1
    for stroke in grid.strokes:
        ends = to_ground(plane, stroke)
        if not ends.on_ground.all():
            continue
        off = np.abs(ends.xy_m - np.round(ends.xy_m / grid.step_m) * grid.step_m).max(axis=0)
        assert off.min() < 1e-6, stroke


def test_a_flat_view_gives_a_grid_of_squares() -> None:
    plane = fit_point_pairs(
        np.array([[0, 0], [1, 0], [1, 1], [0, 1]]), np.array([[0, 0], [4.0, 0], [4.0, 4.0], [0, 4.0]])
    )
    grid = ground_grid(plane)
    assert grid.step_m == 0.5
    assert len(grid.strokes) == 18
    assert np.allclose(sorted({round(float(x), 6) for x in grid.strokes[:9, 0, 0]}), np.arange(9) / 8)


def test_lines_that_go_behind_the_camera_end_before_it() -> None:
    ends = np.array(
        [[[0.1, 0.9], [0.5, 0.9]], [[0.2, 0.5], [0.5, 0.5]], [[0.3, 0.9], [0.35, 0.5]], [[0.7, 0.9], [0.65, 0.5]]]
    )
    plane = fit_distances(ends, np.array([4.0, 8.0, 9.0, 9.0]), 16 / 9)
    grid = ground_grid(plane)
    assert grid.step_m > 0
    assert np.isfinite(grid.strokes).all()


def test_ground_too_large_for_any_step_has_no_grid() -> None:
    far = GroundPlane(np.diag([1e6, 1e6, 1.0]), 0.0, np.array([[0, 0], [1, 0], [1, 1]], np.float32))
    assert (ground_grid(far).step_m, len(ground_grid(far).strokes)) == (0.0, 0)


@pytest.mark.parametrize(
    ("stroke", "inside"),
    [
        ([[-0.5, 0.5], [1.5, 0.5]], [[0.0, 0.5], [1.0, 0.5]]),
        ([[0.2, 0.2], [0.4, 0.3]], [[0.2, 0.2], [0.4, 0.3]]),
        ([[0.5, 0.5], [0.5, 2.0]], [[0.5, 0.5], [0.5, 1.0]]),
        ([[2.0, 0.5], [1.5, 0.9]], None),
        ([[-0.1, 0.1], [-0.1, 0.9]], None),
    ],
)
def test_a_stroke_is_cut_at_the_edges(stroke: list[list[float]], inside: list[list[float]] | None) -> None:
    found = clipped(np.array(stroke))
    assert (found is None) == (inside is None)
    if found is not None:
        assert np.allclose(found, inside or [])
