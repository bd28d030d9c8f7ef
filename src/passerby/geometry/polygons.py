"""Which points lie in a polygon, and how far they are from its edge."""

import numpy as np
import numpy.typing as npt


class Polygon:
    """A simple polygon whose edges are worked out once, for the points of many frames.

    Args:
        corners: floating (P, 2).
    """

    def __init__(self, corners: npt.NDArray[np.floating]) -> None:
        starts, ends = _edges(corners)
        (self._start_x, self._start_y), self._end_y = starts.T, ends[:, 1]
        self._run, rise = (ends - starts).T
        self._rise = np.where(rise == 0, 1.0, rise)

    def holds(self, points: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
        """Returns whether each point is inside, by counting the edges that a ray to the right crosses (even-odd rule).

        Args:
            points: floating (N, 2).

        Returns:
            bool (N,). Of two polygons that share an edge, a point exactly on it is in one only: in the one to the
            right, or below a level edge.
        """
        x, y = points[:, None, 0].astype(np.float64), points[:, None, 1].astype(np.float64)
        spans = (self._start_y <= y) != (self._end_y <= y)
        crosses_right = self._start_x + (y - self._start_y) / self._rise * self._run > x
        return np.asarray(np.logical_xor.reduce(spans & crosses_right, axis=1))


def points_in_polygon(points: npt.NDArray[np.floating], corners: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    """Returns whether each point is inside: see `Polygon.holds`.

    Args:
        points: floating (N, 2).
        corners: floating (P, 2) of a simple polygon.
    """
    return Polygon(corners).holds(points)


def distances_to_edge(points: npt.NDArray[np.floating], corners: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Returns how far each point is from the polygon's nearest edge, whichever side it is on.

    Args:
        points: floating (N, 2).
        corners: floating (P, 2) of a polygon, in the same unit.

    Returns:
        float64 (N,), never negative.
    """
    starts, ends = _edges(corners)
    sides = ends - starts
    from_start = points[:, None, :].astype(np.float64) - starts
    length2 = (sides**2).sum(axis=1)
    along = (from_start * sides).sum(axis=2) / np.where(length2 == 0, 1.0, length2)
    nearest = np.clip(along, 0.0, 1.0)[..., None] * sides
    return np.asarray(np.sqrt(((from_start - nearest) ** 2).sum(axis=2)).min(axis=1), np.float64)


def depths_in_polygon(points: npt.NDArray[np.floating], corners: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Returns how deep inside each point is: the distance to the edge, negative outside.

    Args:
        points: floating (N, 2).
        corners: floating (P, 2) of a simple polygon, in the same unit.

    Returns:
        float64 (N,).
    """
    depths = distances_to_edge(points, corners)
    return np.where(points_in_polygon(points, corners), depths, -depths)


def polygon_area(corners: npt.NDArray[np.floating]) -> float:
    """Returns the area of a simple polygon by the shoelace formula, whichever way round it is drawn.

    >>> polygon_area(np.array([[0.0, 0], [2, 0], [2, 3], [0, 3]]))
    6.0
    """
    starts, ends = _edges(corners)
    return float(abs((starts[:, 0] * ends[:, 1] - ends[:, 0] * starts[:, 1]).sum()) / 2)


def _edges(corners: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    starts = corners.astype(np.float64)
    return starts, np.concatenate([starts[1:], starts[:1]])
