"""Homographies: the plain arithmetic of the normalised direct linear transform."""

import numpy as np
import numpy.typing as npt

from passerby.domain.errors import CalibrationError

_MIN_DETERMINED = 1e-5
"""Second smallest over greatest singular value below which more than one homography fits, for normalised points."""
_MIN_DETERMINANT = 1e-12
"""Below it a homography of unit norm between normalised points squeezes an area into a line."""


def apply_homography(matrix: npt.NDArray[np.float64], points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Points through a homography.

    Args:
        matrix: float64 (3, 3).
        points: float64 (N, 2).

    Returns:
        float64 (N, 2).

    Raises:
        CalibrationError: a point goes to infinity.
    """
    homogeneous = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    if (np.abs(homogeneous[:, 2]) < 1e-12 * np.abs(matrix).max()).any():
        raise CalibrationError("ground points: one lies on the horizon. Choose points on the ground.")
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], np.float64)


def direct_linear_transform(
    source: npt.NDArray[np.float64], target: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Returns the homography that takes source to target with the least algebraic error, on normalised points.

    Hartley and Zisserman, Multiple View Geometry, 2nd ed., algorithm 4.2.

    Args:
        source, target: float64 (P, 2), P >= 4.

    Returns:
        float64 (3, 3), of unit norm.

    Raises:
        CalibrationError: the points leave the homography open, as four points do of which three are on a line.
    """
    to_unit, to_unit_target = _normalising(source), _normalising(target)
    x, y = apply_homography(to_unit, source).T
    u, v = apply_homography(to_unit_target, target).T
    one, zero = np.ones_like(x), np.zeros_like(x)
    rows = np.concatenate(
        [
            np.column_stack([-x, -y, -one, zero, zero, zero, u * x, u * y, u]),
            np.column_stack([zero, zero, zero, -x, -y, -one, v * x, v * y, v]),
        ]
    )
    _, singular, right = np.linalg.svd(rows)
    if singular[7] < _MIN_DETERMINED * singular[0]:
        raise CalibrationError(
            "ground points: three or more lie on one line, so that many planes fit. Choose four that span an area."
        )
    between_units = right[-1].reshape(3, 3)
    if abs(np.linalg.det(between_units)) < _MIN_DETERMINANT:
        raise CalibrationError(
            "ground points: picture and ground do not match; three of them lie on one line in one only"
        )
    matrix = np.linalg.inv(to_unit_target) @ between_units @ to_unit
    return np.asarray(matrix / np.linalg.norm(matrix), np.float64)


def _normalising(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """float64 (3, 3) that moves the points' middle to 0 and their mean distance from it to the square root of 2."""
    middle = points.mean(axis=0)
    distance = float(np.linalg.norm(points - middle, axis=1).mean())
    if distance < 1e-12:
        raise CalibrationError("ground points: they are all in one spot")
    scale = np.sqrt(2) / distance
    return np.array([[scale, 0.0, -scale * middle[0]], [0.0, scale, -scale * middle[1]], [0.0, 0.0, 1.0]])
