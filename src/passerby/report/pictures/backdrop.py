"""The empty place that a picture is drawn on: calm, and never too small to write on."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageEnhance

from passerby.domain.errors import OutputError
from passerby.domain.frames import AnonymousFrame
from passerby.report.pictures.palette import Palette

_MIN_WIDTH_PX, _MAX_WIDTH_PX = 960, 2560
_FLATTEST, _TALLEST = 0.4, 2.0  # height to width; beyond these there is no room for words
_NEUTRAL_SIZE_PX = (1280, 720)
_NEUTRAL, _NEUTRAL_GRID = 96, 116
_HATCH_STEP = 9.0
"""Between two strokes of the hatching, in 960ths of the picture's width."""


def backdrop(place: AnonymousFrame | None, palette: Palette) -> Image.Image:
    """Returns the empty place, stepped back so that the numbers stand out; a plain canvas without one.

    What was not learned with certainty, and is shown in coarse cells alone, is hatched.

    Args:
        place: the place without people, or None.
        palette: the colours.

    Returns:
        an RGB picture 960 to 2560 pixels wide; very flat or very tall ones are stretched, as 0-1 coordinates allow.

    Raises:
        OutputError: the place has no pixel.
    """
    if place is None:
        return _stepped_back(_neutral(), palette)
    image = place.image
    if image.size == 0:
        raise OutputError(
            f"picture of a place: a picture of height x width x 3 is needed, got {image.shape}. "
            "Leave it out to draw on a plain canvas."
        )
    picture = Image.fromarray(np.ascontiguousarray(image[:, :, ::-1]))
    picture = picture.resize(_drawn_size_px(picture.width, picture.height), Image.Resampling.LANCZOS)
    picture = _stepped_back(picture, palette)
    return picture if place.coarse is None else _hatched(picture, place.coarse, palette)


def _stepped_back(picture: Image.Image, palette: Palette) -> Image.Image:
    picture = ImageEnhance.Color(picture).enhance(palette.colourful)
    picture = ImageEnhance.Contrast(picture).enhance(palette.contrast)
    picture = ImageEnhance.Brightness(picture).enhance(palette.brightness)
    return Image.blend(picture, Image.new("RGB", picture.size, "white"), palette.lifted)


def _hatched(picture: Image.Image, coarse: npt.NDArray[np.bool_], palette: Palette) -> Image.Image:
    where = Image.fromarray(coarse.astype(np.uint8) * np.uint8(255)).resize(picture.size, Image.Resampling.NEAREST)
    strokes = Image.new("L", picture.size)
    draw_hatching(strokes, palette.hatch[3], picture.width / 960)
    return Image.composite(
        Image.new("RGB", picture.size, palette.hatch[:3]), picture, ImageChops.multiply(strokes, where)
    )


def draw_hatching(plane: Image.Image, value: int, unit_px: float) -> None:
    """Draws slanted strokes over a whole picture of one channel.

    Args:
        plane: what is drawn on.
        value: the strokes' value, 0-255.
        unit_px: a 960th of the width of the place.
    """
    pen = ImageDraw.Draw(plane)
    step_px, width_px = max(4.0, _HATCH_STEP * unit_px), max(1, round(1.2 * unit_px))
    left_px = -float(plane.height)
    while left_px < plane.width:
        pen.line([(left_px, plane.height), (left_px + plane.height, 0)], fill=value, width=width_px)
        left_px += step_px


def _drawn_size_px(width_px: int, height_px: int) -> tuple[int, int]:
    drawn_width_px = min(max(width_px, _MIN_WIDTH_PX), _MAX_WIDTH_PX)
    shape = min(max(height_px / width_px, _FLATTEST), _TALLEST)
    return drawn_width_px, round(drawn_width_px * shape)


def _neutral() -> Image.Image:
    canvas = Image.new("RGB", _NEUTRAL_SIZE_PX, (_NEUTRAL, _NEUTRAL, _NEUTRAL))
    pen = ImageDraw.Draw(canvas)
    width_px, height_px = _NEUTRAL_SIZE_PX
    grid = (_NEUTRAL_GRID, _NEUTRAL_GRID, _NEUTRAL_GRID)
    for x_px in range(0, width_px, 80):
        pen.line([(x_px, 0), (x_px, height_px)], fill=grid)
    for y_px in range(0, height_px, 80):
        pen.line([(0, y_px), (width_px, y_px)], fill=grid)
    return canvas
