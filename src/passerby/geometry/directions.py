"""Which way over a line is forward, in the picture that the line is drawn in."""

import math

from passerby.domain.events import Direction
from passerby.domain.layout import Line

ASSUMED_SIZE_PX = (16.0, 9.0)
"""The shape taken for a picture that has not been seen; most cameras stream it."""

HEADINGS = 8
"""Eighths of a turn, clockwise from the right, as y grows downwards: right, down right, down, ..."""


def direction_vector(line: Line, direction: Direction, size_px: tuple[float, float]) -> tuple[float, float]:
    """Returns the unit vector across the line in the given direction, x to the right and y down.

    Forward is from the left hand to the right hand of a person who walks from the first point to the second; in a
    picture, where y grows downwards, the right hand of (dx, dy) is (-dy, dx). A line of no length gives (0, 0).

    Args:
        line: the line.
        direction: which way.
        size_px: width and height of the picture; only their ratio counts.

    >>> import numpy as np
    >>> gate = Line("gate", np.array([[0.5, 1.0], [0.5, 0.0]], np.float32))
    >>> direction_vector(gate, Direction.FORWARD, (640, 360))
    (1.0, 0.0)
    """
    (x1, y1), (x2, y2) = line.points.tolist()
    dx_px, dy_px = (x2 - x1) * size_px[0], (y2 - y1) * size_px[1]
    length_px = math.hypot(dx_px, dy_px)
    if length_px == 0:
        return (0.0, 0.0)
    sign = 1.0 if direction is Direction.FORWARD else -1.0
    return (-dy_px / length_px * sign, dx_px / length_px * sign)


def heading(line: Line, direction: Direction, size_px: tuple[float, float]) -> int:
    """Returns the nearest of the eight headings of a direction over a line: 0 right, 2 down, 4 left, 6 up.

    The two directions of a line always have opposite headings.
    """
    x, y = direction_vector(line, Direction.FORWARD, size_px)
    forward = round(math.atan2(y, x) / (2 * math.pi / HEADINGS)) % HEADINGS
    return forward if direction is Direction.FORWARD else (forward + HEADINGS // 2) % HEADINGS
