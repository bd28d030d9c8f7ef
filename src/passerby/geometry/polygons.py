"""Which points lie in a polygon, and how far they are from its edge."""

import numpy as np
import numpy.typing as npt


def points_in_polygon(points: npt.NDArray[np.floating], corners: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    """Whether each point is inside, by counting the edges that a ray to the right crosses (even-odd rule).

    Args:
        points: floating (N, 2).
        corners: floating (P, 2) of a simple polygon.

    Returns:
        bool (N,). Of two polygons that share an edge, a point exactly on it is in one only: in the one to the right, or
        below a level edge.
    """
    starts, ends = _edges(corners)
    x, y = points[:, None, 0].astype(np.float64), points[:, None, 1].astype(np.float64)
    spans = (starts[:, 1] <= y) != (ends[:, 1] <= y)
    rise = ends[:, 1] - starts[:, 1]
    share = (y - starts[:, 1]) / np.where(rise == 0, 1.0, rise)
    crosses_right = starts[:, 0] + share * (ends[:, 0] - starts[:, 0]) > x
    return np.asarray((spans & crosses_right).sum(axis=1) % 2 == 1)


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
