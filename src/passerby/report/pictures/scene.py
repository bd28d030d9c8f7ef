"""What a picture consists of: shapes, letters and bitmaps in the order in which they are drawn, in pixels."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PIL import Image

from passerby.report.pictures.typeface import Typeface

Colour = tuple[int, int, int, int]
"""Red, green, blue, opacity, each 0-255."""

Point = tuple[float, float]

Anchor = Literal["start", "middle", "end"]

_RIBBON_STEPS = 48


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels of the picture."""

    left_px: float
    top_px: float
    right_px: float
    bottom_px: float

    @property
    def size_px(self) -> tuple[float, float]:
        """Width and height."""
        return self.right_px - self.left_px, self.bottom_px - self.top_px


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon."""

    corners_px: tuple[Point, ...]
    fill: Colour


@dataclass(frozen=True, slots=True)
class Stroke:
    """Straight strokes from point to point with round ends."""

    points_px: tuple[Point, ...]
    colour: Colour
    width_px: float


@dataclass(frozen=True, slots=True)
class Disc:
    """A filled circle."""

    centre_px: Point
    radius_px: float
    fill: Colour


@dataclass(frozen=True, slots=True)
class Panel:
    """A filled rectangle with round corners."""

    box: Box
    radius_px: float
    fill: Colour


@dataclass(frozen=True, slots=True)
class Words:
    """One run of text; `at_px` is the middle of its height, at its start, middle or end."""

    text: str
    at_px: Point
    letter_px: float
    colour: Colour
    bold: bool = False
    anchor: Anchor = "start"


@dataclass(frozen=True, slots=True)
class Bitmap:
    """An RGB picture that fills its box; the box's corners are whole pixels."""

    image: Image.Image
    box: Box


Shape = Area | Stroke | Disc | Panel | Words | Bitmap


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    Attributes:
        size_px: width and height, whole pixels.
        paper: the colour below everything.
        face: what its words are written in.
        shapes: in the order in which they are drawn.
    """

    size_px: tuple[int, int]
    paper: Colour
    face: Typeface
    shapes: tuple[Shape, ...]


def outline(corners_px: Sequence[Point], colour: Colour, width_px: float) -> Stroke:
    """Returns the closed rim of a polygon."""
    return Stroke((*corners_px, corners_px[0]), colour, width_px)


def arrow(tail_px: Point, head_px: Point, colour: Colour, width_px: float) -> tuple[Shape, ...]:
    """Returns a shaft with a solid head whose tip is at `head_px`; nothing when both points are one."""
    dx_px, dy_px = head_px[0] - tail_px[0], head_px[1] - tail_px[1]
    length_px = math.hypot(dx_px, dy_px)
    if length_px == 0:
        return ()
    x, y = dx_px / length_px, dy_px / length_px
    barb_px = min(width_px * 3.2, length_px)
    neck_px = (head_px[0] - x * barb_px, head_px[1] - y * barb_px)
    half_px = barb_px * 0.58
    left_px = (neck_px[0] - y * half_px, neck_px[1] + x * half_px)
    right_px = (neck_px[0] + y * half_px, neck_px[1] - x * half_px)
    return Stroke((tail_px, neck_px), colour, width_px), Area((head_px, left_px, right_px), colour)


@dataclass(frozen=True, slots=True)
class Bend:
    """The middle of a ribbon: from a point in one direction to another point in another direction.

    Attributes:
        start_px, end_px: its ends.
        out: unit vector in which it leaves its start.
        into: unit vector in which it arrives.
    """

    start_px: Point
    end_px: Point
    out: Point
    into: Point

    @property
    def length_px(self) -> float:
        """Between its ends, straight."""
        return math.dist(self.start_px, self.end_px)

    def at(self, along: float) -> Point:
        """Returns the point at a share of its way (a cubic Bezier curve)."""
        reach_px, rest = 0.45 * self.length_px, 1 - along
        first = (self.start_px[0] + self.out[0] * reach_px, self.start_px[1] + self.out[1] * reach_px)
        second = (self.end_px[0] - self.into[0] * reach_px, self.end_px[1] - self.into[1] * reach_px)
        weighted = (
            (rest**3, self.start_px),
            (3 * rest**2 * along, first),
            (3 * rest * along**2, second),
            (along**3, self.end_px),
        )
        return sum(w * point[0] for w, point in weighted), sum(w * point[1] for w, point in weighted)


def ribbon(bend: Bend, width_px: float, colour: Colour) -> Area:
    """Returns a curved band whose last part widens to a head and runs to a point."""
    middle = [bend.at(step / _RIBBON_STEPS) for step in range(_RIBBON_STEPS + 1)]
    head_from = 1 - min(0.3, 1.6 * width_px / max(bend.length_px, 1.0))
    left, right = [], []
    for number, (x_px, y_px) in enumerate(middle):
        before, after = middle[max(number - 1, 0)], middle[min(number + 1, _RIBBON_STEPS)]
        length_px = math.dist(before, after) or 1.0
        across = (-(after[1] - before[1]) / length_px, (after[0] - before[0]) / length_px)
        along = number / _RIBBON_STEPS
        half_px = width_px / 2 if along < head_from else 0.95 * width_px * (1 - along) / (1 - head_from)
        left.append((x_px + across[0] * half_px, y_px + across[1] * half_px))
        right.append((x_px - across[0] * half_px, y_px - across[1] * half_px))
    return Area((*left, *reversed(right)), colour)
