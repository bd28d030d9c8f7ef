import numpy as np
import pytest

from passerby.domain.errors import CalibrationError
from passerby.geometry.homography import apply_homography, direct_linear_transform

UNIT_SQUARE = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
TRAPEZE = np.array([[-3.0, 12], [3, 12], [1, 2], [-1, 2]])


def test_points_are_divided_by_their_weight():
    matrix = np.array([[2.0, 0, 1], [0, 3, 0], [0, 1, 1]])
    assert apply_homography(matrix, np.array([[1.0, 1], [2, 0]])).tolist() == [[1.5, 1.5], [5.0, 0.0]]


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_a_point_on_the_horizon_is_refused_at_every_scale_of_the_matrix(scale):
    matrix = scale * np.array([[1.0, 0, 0], [0, 1, 0], [0, 1, -0.5]])
    with pytest.raises(CalibrationError, match="on the horizon"):
        apply_homography(matrix, np.array([[0.2, 0.9], [0.2, 0.5]]))
    assert np.isfinite(apply_homography(matrix, np.array([[0.2, 0.9], [0.2, 0.5 + 1e-9]]))).all()


@pytest.mark.parametrize("moved", [(0.0, 0.0), (500_000.0, 5_000_000.0)])
def test_four_corners_are_taken_to_their_places_by_a_matrix_of_unit_norm(moved):
    matrix = direct_linear_transform(UNIT_SQUARE, TRAPEZE + moved)
    assert np.linalg.norm(matrix) == pytest.approx(1)
    assert apply_homography(matrix, UNIT_SQUARE) == pytest.approx(TRAPEZE + moved, rel=1e-9, abs=1e-6)
    # The diagonals of a picture of a rectangle cross where those of the rectangle do.
    assert apply_homography(matrix, np.array([[0.5, 0.5]])) == pytest.approx(np.array([[0.0, 4.5]]) + moved, abs=1e-5)


def test_more_points_than_four_are_all_fitted():
    source = np.array([(x, y) for x in (0.0, 0.5, 1.0) for y in (0.0, 0.3, 1.0)])
    target = apply_homography(np.array([[4.0, 1, 2], [0, 5, 1], [0.3, 0.8, 1]]), source)
    assert apply_homography(direct_linear_transform(source, target), source) == pytest.approx(target)


@pytest.mark.parametrize(
    ("source", "target", "says"),
    [
        (np.full((4, 2), 0.5), TRAPEZE, "all in one spot"),
        (UNIT_SQUARE, np.zeros((4, 2)), "all in one spot"),
        (np.array([[0.0, 0], [1, 0], [2, 0], [0, 1]]), np.array([[0.0, 0], [1, 0], [2, 0], [0, 1]]), "on one line"),
        (np.array([[0.0, 0], [1, 0], [2, 0], [0, 1]]), TRAPEZE, "in one only"),
    ],
)
def test_points_that_leave_it_open_are_refused(source, target, says):
    with pytest.raises(CalibrationError, match=says):
        direct_linear_transform(source, target)
