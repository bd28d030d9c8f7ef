"""How many points the fullest disc of a given area holds."""

import numpy as np
import numpy.typing as npt

_EDGE = 1e-9
"""A point on the disc's edge is inside."""


def max_in_disc(points: npt.NDArray[np.float64], area: float) -> int:
    """Returns the largest number of points that one disc can hold, wherever it lies. Exact.

    A fullest disc can be moved until one of its points lies on its edge. Round each point the disc is turned: it holds
    a neighbour over an arc of directions, and where most arcs overlap it holds most (Chazelle and Lee, "On a circle
    placement problem", Computing 36, 1986). For n points with k neighbours each it takes n k log(n k) steps.

    Args:
        points: float64 (N, 2).
        area: of the disc, in the square of the points' unit.

    >>> max_in_disc(np.array([[0.0, 0], [1, 0], [1, 1], [9, 9]]), 10.0)
    3
    """
    if len(points) < 2:
        return len(points)
    radius = float(np.sqrt(area / np.pi))
    step = points[None] - points[:, None]
    distance = np.hypot(step[..., 0], step[..., 1])
    near = distance <= 2 * radius + _EDGE
    np.fill_diagonal(near, False)
    centre, neighbour = np.nonzero(near)
    if not len(centre):
        return 1
    direction = np.arctan2(step[centre, neighbour, 1], step[centre, neighbour, 0])
    half = np.arccos(np.clip(distance[centre, neighbour] / (2 * radius), 0.0, 1.0)) + _EDGE
    return 1 + _deepest(centre, direction - half, direction + half)


def _deepest(owner: npt.NDArray[np.intp], start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> int:
    """Returns how many arcs of one owner overlap at most; arcs are in radians and shorter than a turn."""
    turn = 2 * np.pi
    start, end = start % turn, end % turn
    around = start > end  # open at angle 0
    angles = np.concatenate([start, end])
    change = np.concatenate([np.ones(len(start), np.int64), -np.ones(len(end), np.int64)])
    owners = np.concatenate([owner, owner])
    order = np.lexsort((-change, angles, owners))
    depth = np.cumsum(change[order])
    # Each owner's changes add up to nothing, so that the sum begins anew with each; what is open at angle 0 is added.
    open_at_0 = np.bincount(owner[around], minlength=int(owner.max()) + 1)
    return int((depth + open_at_0[owners[order]]).max())
