"""From the picture to metres on the ground, and how certain that is.

A `GroundPlane` is a homography (Hartley and Zisserman, Multiple View Geometry, 2nd ed., ch. 2 and 4). Its third row is
scaled so that the ground in front of the camera has a positive weight; points at or above the horizon have none and are
masked out, never given a number.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.layout import GroundPlane, Layout
from passerby.geometry.polygons import distances_to_edge, points_in_polygon, polygon_area

_HORIZON_SHARE = 0.02
"""Points whose weight is below this share of the hull's own lowest weight are so near the horizon that a pixel there is
many times as long as anywhere in the calibrated area."""

MAX_EXTRAPOLATION = 0.5
"""How far outside the calibrated area, as a share of its size, a position is still used."""


@dataclass(frozen=True, slots=True, eq=False)
class GroundPoints:
    """Positions on the ground of points in the picture.

    Attributes:
        xy_m: float64 (N, 2), metres; zeros where `on_ground` is False.
        on_ground: bool (N,), False at, near or above the horizon.
    """

    xy_m: npt.NDArray[np.float64]
    on_ground: npt.NDArray[np.bool_]


def to_ground(plane: GroundPlane, points01: npt.NDArray[np.floating]) -> GroundPoints:
    """Returns the metres on the ground of points in the picture.

    Args:
        points01: floating (N, 2), x and y as 0-1 of the picture.
    """
    top, weight, on_ground = _projected(plane, points01)
    xy_m = np.where(on_ground[:, None], top / np.where(on_ground, weight, 1.0)[:, None], 0.0)
    return GroundPoints(xy_m, on_ground)


def ground_jacobians(
    plane: GroundPlane, points01: npt.NDArray[np.floating]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Returns how far a small step in the picture goes on the ground.

    Args:
        points01: floating (N, 2), x and y as 0-1 of the picture.

    Returns:
        float64 (N, 2, 2), metres (rows: ground x, y) for a step of 1 picture width or height (columns: picture x, y),
        zeros where bool (N,) is False: at or above the horizon.
    """
    top, weight, on_ground = _projected(plane, points01)
    safe = np.where(on_ground, weight, 1.0)[:, None, None]
    matrix = plane.homography
    slopes = (matrix[None, :2, :2] * safe - top[:, :, None] * matrix[None, 2:, :2]) / safe**2
    return np.where(on_ground[:, None, None], slopes, 0.0), on_ground


class AcrossScale:
    """How many metres of ground a step to the right in the picture is, for points one by one: for a few it is quicker.

    Args:
        plane: the calibrated ground.
    """

    def __init__(self, plane: GroundPlane) -> None:
        self._rows: list[list[float]] = plane.homography.tolist()
        self._horizon = _horizon_weight(plane)

    def at(self, x01: float, y01: float) -> float:
        """Returns metres for a step of 1 picture width; infinite at or above the horizon, where it is not known."""
        x_row, y_row, weights = self._rows
        weight = weights[0] * x01 + weights[1] * y01 + weights[2]
        if weight <= self._horizon:
            return math.inf
        slopes = (row[0] * weight - (row[0] * x01 + row[1] * y01 + row[2]) * weights[0] for row in (x_row, y_row))
        return math.hypot(*slopes) / weight**2


def metres_per_px(
    plane: GroundPlane, points01: npt.NDArray[np.floating], size_px: tuple[int, int]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Returns how many metres of ground one pixel is, in the direction in which it is longest.

    Args:
        points01: floating (N, 2), x and y as 0-1 of the picture.
        size_px: width and height of the picture.

    Returns:
        float64 (N,), zero where bool (N,) is False: at or above the horizon.
    """
    slopes, on_ground = ground_jacobians(plane, points01)
    a, b, c, d = np.moveaxis((slopes / np.array(size_px, np.float64)).reshape(-1, 4), 1, 0)
    half, product = (a**2 + b**2 + c**2 + d**2) / 2, a * d - b * c
    return np.sqrt(half + np.sqrt(np.maximum(half**2 - product**2, 0.0))), on_ground


def extrapolation(plane: GroundPlane, points01: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Returns how far outside the calibrated area points lie, as a share of its size (square root of its area).

    Args:
        points01: floating (N, 2), x and y as 0-1 of the picture.

    Returns:
        float64 (N,), 0 inside.
    """
    inside = points_in_polygon(points01, plane.hull)
    size = max(np.sqrt(polygon_area(plane.hull)), 1e-9)
    return np.where(inside, 0.0, distances_to_edge(points01, plane.hull) / size)


def path_length_m(plane: GroundPlane, points01: npt.NDArray[np.floating]) -> float | None:
    """Returns the metres of ground along straight strokes of the picture.

    Args:
        points01: floating (P, 2), x and y as 0-1 of the picture.

    Returns:
        None where a point is at or above the horizon, or farther outside the calibrated area than `MAX_EXTRAPOLATION`.
    """
    ground = to_ground(plane, points01)
    if not ground.on_ground.all() or (extrapolation(plane, points01) > MAX_EXTRAPOLATION).any():
        return None
    return float(np.linalg.norm(np.diff(ground.xy_m, axis=0), axis=1).sum())


def polygon_area_m2(plane: GroundPlane, corners01: npt.NDArray[np.floating]) -> float | None:
    """Returns the square metres of ground under a polygon of the picture, None if a corner is at or above the horizon.

    Args:
        corners01: floating (P, 2), x and y as 0-1 of the picture.
    """
    ground = to_ground(plane, corners01)
    return polygon_area(ground.xy_m) if ground.on_ground.all() else None


def zone_areas_m2(layout: Layout) -> dict[str, float]:
    """Returns zone -> its square metres of ground, of zones that have such an area."""
    plane = layout.ground
    areas = {} if plane is None else {zone.name: polygon_area_m2(plane, zone.points) for zone in layout.zones}
    return {name: area_m2 for name, area_m2 in areas.items() if area_m2}


def _projected(
    plane: GroundPlane, points01: npt.NDArray[np.floating]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    homogeneous = _homogeneous(points01) @ plane.homography.T
    weight = homogeneous[:, 2]
    return homogeneous[:, :2], weight, weight > _horizon_weight(plane)


def _horizon_weight(plane: GroundPlane) -> float:
    nearest_horizon = (_homogeneous(plane.hull) @ plane.homography[2]).min()
    return float(_HORIZON_SHARE * max(nearest_horizon, 1e-12))


def _homogeneous(points: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    return np.column_stack([points.astype(np.float64), np.ones(len(points))])
