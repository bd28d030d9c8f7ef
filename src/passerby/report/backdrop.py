"""The empty place that a summary is drawn on: calm, dim, and never too small to write on."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageEnhance

from passerby.domain.errors import OutputError

_MIN_WIDTH_PX, _MAX_WIDTH_PX = 960, 2560
_FLATTEST, _TALLEST = 0.4, 2.0  # height to width; beyond these there is no room for words
_NEUTRAL_SIZE_PX = (1280, 720)
_NEUTRAL, _NEUTRAL_GRID = (44, 54, 64), (56, 67, 78)


def backdrop(background: npt.NDArray[np.uint8] | None) -> Image.Image:
    """The picture of the empty place, dimmed and paled so that the numbers stand out; a plain canvas without one.

    Args:
        background: uint8 (H, W, 3), BGR, or None.

    Returns:
        an RGB picture 960 to 2560 pixels wide; very flat or very tall ones are stretched, as 0-1 coordinates allow.

    Raises:
        OutputError: `background` is not such a picture.
    """
    if background is None:
        return _neutral()
    if background.dtype != np.uint8 or background.ndim != 3 or background.shape[2] != 3 or background.size == 0:
        raise OutputError(
            "summary picture: the background must be a uint8 picture of height x width x 3, "
            f"got {background.dtype} {background.shape}. Leave it out to draw on a plain canvas."
        )
    picture = Image.fromarray(np.ascontiguousarray(background[:, :, ::-1]))
    picture = picture.resize(_drawn_size_px(picture.width, picture.height), Image.Resampling.LANCZOS)
    picture = ImageEnhance.Color(picture).enhance(0.35)
    picture = ImageEnhance.Contrast(picture).enhance(0.85)
    return ImageEnhance.Brightness(picture).enhance(0.62)


def _drawn_size_px(width_px: int, height_px: int) -> tuple[int, int]:
    drawn_width_px = min(max(width_px, _MIN_WIDTH_PX), _MAX_WIDTH_PX)
    shape = min(max(height_px / width_px, _FLATTEST), _TALLEST)
    return drawn_width_px, round(drawn_width_px * shape)


def _neutral() -> Image.Image:
    canvas = Image.new("RGB", _NEUTRAL_SIZE_PX, _NEUTRAL)
    pen = ImageDraw.Draw(canvas)
    width_px, height_px = _NEUTRAL_SIZE_PX
    for x_px in range(0, width_px, 80):
        pen.line([(x_px, 0), (x_px, height_px)], fill=_NEUTRAL_GRID)
    for y_px in range(0, height_px, 80):
        pen.line([(0, y_px), (width_px, y_px)], fill=_NEUTRAL_GRID)
    return canvas
