"""Smooth shapes over a picture: drawn at twice the size and then halved, for Pillow draws no smooth edges."""

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from passerby.report.placement import Box

Colour = tuple[int, int, int, int]
Point = tuple[float, float]

_TIMES = 2

INK: Colour = (22, 28, 36, 255)
SOFT_INK: Colour = (80, 90, 102, 255)
PAPER: Colour = (255, 255, 255, 255)
CASING: Colour = (12, 16, 22, 210)
WHITE: Colour = (255, 255, 255, 255)
PALE: Colour = (190, 200, 210, 255)
NIGHT: Colour = (20, 27, 36, 255)
# Blue and orange stay apart for every kind of colour blindness; both reach 3:1 against white and against the dim place.
FORWARD: Colour = (24, 128, 236, 255)
BACKWARD: Colour = (222, 96, 8, 255)
ZONE_FILL: Colour = (64, 224, 196, 46)
ZONE_RIM: Colour = (64, 224, 196, 255)
ZONE_STRIPE: Colour = (0, 140, 120, 255)


class Sketch:
    """A clear sheet as large as the picture; coordinates are pixels of the picture."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        self._size_px = size_px
        self._sheet = Image.new("RGBA", (size_px[0] * _TIMES, size_px[1] * _TIMES))
        self._pen = ImageDraw.Draw(self._sheet)

    def polygon(self, corners_px: Sequence[Point], fill: Colour) -> None:
        """A filled polygon."""
        self._pen.polygon([_scaled(corner) for corner in corners_px], fill=fill)

    def path(self, corners_px: Sequence[Point], colour: Colour, width_px: float) -> None:
        """Straight strokes from corner to corner with round ends."""
        width = max(1, round(width_px * _TIMES))
        self._pen.line([_scaled(corner) for corner in corners_px], fill=colour, width=width, joint="curve")
        for corner in (corners_px[0], corners_px[-1]):
            self.dot(corner, width_px / 2, colour)

    def dot(self, centre_px: Point, radius_px: float, colour: Colour) -> None:
        """A filled circle."""
        self._pen.circle(_scaled(centre_px), radius_px * _TIMES, fill=colour)

    def card(self, box: Box, radius_px: float, fill: Colour) -> None:
        """A rounded rectangle."""
        corners = [box.left_px, box.top_px, box.right_px, box.bottom_px]
        self._pen.rounded_rectangle([corner * _TIMES for corner in corners], radius_px * _TIMES, fill=fill)

    def arrow(self, tail_px: Point, head_px: Point, colour: Colour, width_px: float) -> None:
        """A shaft with a solid head whose tip is at `head_px`; nothing when both points are one."""
        dx_px, dy_px = head_px[0] - tail_px[0], head_px[1] - tail_px[1]
        length_px = math.hypot(dx_px, dy_px)
        if length_px == 0:
            return
        x, y = dx_px / length_px, dy_px / length_px
        barb_px = min(width_px * 3.2, length_px)
        neck_px = (head_px[0] - x * barb_px, head_px[1] - y * barb_px)
        half_px = barb_px * 0.58
        self._pen.line([_scaled(tail_px), _scaled(neck_px)], fill=colour, width=max(1, round(width_px * _TIMES)))
        left_px = (neck_px[0] - y * half_px, neck_px[1] + x * half_px)
        right_px = (neck_px[0] + y * half_px, neck_px[1] - x * half_px)
        self._pen.polygon([_scaled(head_px), _scaled(left_px), _scaled(right_px)], fill=colour)

    def over(self, picture: Image.Image) -> Image.Image:
        """The picture, RGB, with the sheet laid over it."""
        sheet = self._sheet.resize(self._size_px, Image.Resampling.BOX)
        return Image.alpha_composite(picture.convert("RGBA"), sheet).convert("RGB")


def _scaled(point_px: Point) -> Point:
    return (point_px[0] * _TIMES, point_px[1] * _TIMES)
