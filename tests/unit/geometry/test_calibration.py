"""What decides whether points and distances are enough; what they give is tried in `test_ground.py`."""

import numpy as np
import pytest

from passerby.domain.errors import CalibrationError
from passerby.geometry.calibration import _open_direction, _spread_fours, fit_point_pairs
from passerby.geometry.ground import to_ground

SQUARE = np.array([[0.2, 0.5], [0.8, 0.5], [0.8, 0.9], [0.2, 0.9]])


@pytest.mark.parametrize("size_m", [0.01, 10.0, 10_000.0])
def test_how_thin_a_set_of_points_is_does_not_depend_on_its_size(size_m):
    ground = np.array([[0.0, 1], [1, 1], [1, 0], [0, 0]]) * size_m
    assert fit_point_pairs(SQUARE, ground).rmse_m is None  # four points fit exactly
    with pytest.raises(CalibrationError, match="on the ground they lie on one line"):
        fit_point_pairs(SQUARE, ground * (1, 5e-4))
    placed = to_ground(fit_point_pairs(SQUARE, ground * (1, 5e-3)), SQUARE).xy_m
    assert placed == pytest.approx(ground * (1, 5e-3), abs=1e-6 * size_m)


@pytest.mark.parametrize("count", [4, 40, 400])
@pytest.mark.parametrize(("effect", "is_open"), [(0.9e-3, True), (1.1e-3, False)])
def test_unknowns_are_open_when_they_move_the_lengths_by_less_than_a_thousandth(count, effect, is_open):
    """The third unknown changes each of the logarithms of the lengths by `effect`, the others by far more."""
    rows = np.arange(count)
    jacobian = np.column_stack([(-1.0) ** rows, (-1.0) ** (rows // 2), np.full(count, effect)])
    assert _open_direction(jacobian) is is_open


@pytest.mark.parametrize(("count", "sets"), [(6, 15), (13, 715), (14, 1000), (50, 1000)])
def test_fours_are_all_of_them_or_the_same_thousand_each_time(count, sets):
    fours = list(_spread_fours(count))
    assert fours == list(_spread_fours(count))
    assert len(fours) == sets
    assert all(len(set(four)) == 4 and min(four) >= 0 and max(four) < count for four in fours)
    assert {member for four in fours for member in four} == set(range(count))


def test_a_third_of_many_points_may_be_blunders():
    chooser = np.random.default_rng(11)
    points = chooser.uniform((0.1, 0.4), (0.9, 0.95), (30, 2))
    metres = points * (20.0, 30.0)
    wrong = metres.copy()
    wrong[:8] += chooser.uniform(5, 15, (8, 2))
    plane = fit_point_pairs(points, wrong)
    assert plane.homography @ np.array([0.5, 0.5, 1]) == pytest.approx([10.0, 15.0, 1.0])
    assert plane.rmse_m is not None
    assert plane.rmse_m > 1


def test_one_of_six_points_may_be_a_blunder_and_of_five_none():
    points = np.array([[0.1, 0.4], [0.9, 0.45], [0.85, 0.9], [0.15, 0.95], [0.5, 0.6], [0.3, 0.75]])
    metres = points * (20.0, 30.0)
    wrong = metres.copy()
    wrong[0] += 8.0
    at = points[1:]
    assert to_ground(fit_point_pairs(points, wrong), at).xy_m == pytest.approx(metres[1:], abs=0.01)
    assert np.abs(to_ground(fit_point_pairs(points[:5], wrong[:5]), at).xy_m - metres[1:]).max() > 0.5
