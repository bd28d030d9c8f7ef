"""Which way forward is, as a unit vector in the picture and as an arrow in a text."""

import math

from passerby.domain.events import Direction
from passerby.domain.layout import Line

_ARROWS = "→↘↓↙←↖↑↗"
_ASCII_ARROWS = ("->", "v>", "v", "<v", "<-", "<^", "^", "^>")


def way_vector(line: Line, direction: Direction, size_px: tuple[float, float]) -> tuple[float, float]:
    """The unit vector, x to the right and y down, across the line the given way.

    Forward is from the left hand to the right hand of somebody who walks from the first point to the second; in a
    picture, where y grows downwards, the right hand of (dx, dy) is (-dy, dx). A line of no length gives (0, 0).

    Args:
        line: the line.
        direction: which way.
        size_px: width and height of the picture it is drawn in.
    """
    (x1, y1), (x2, y2) = line.points.tolist()
    dx_px, dy_px = (x2 - x1) * size_px[0], (y2 - y1) * size_px[1]
    length_px = math.hypot(dx_px, dy_px)
    if length_px == 0:
        return (0.0, 0.0)
    sign = 1.0 if direction is Direction.FORWARD else -1.0
    return (-dy_px / length_px * sign, dx_px / length_px * sign)


def way_arrow(line: Line, direction: Direction, ascii_only: bool = False) -> str:
    """One of eight arrows for the way as it looks in a 16:9 picture; made of letters where the screen has no arrows."""
    x, y = way_vector(line, direction, (16.0, 9.0))
    eighth = round(math.atan2(y, x) / (math.pi / 4)) % 8
    return _ASCII_ARROWS[eighth] if ascii_only else _ARROWS[eighth]
