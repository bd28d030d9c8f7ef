"""What is measured in one picture of a view: brightness, contrast, detail, and the shift against another picture.

Camera health and the anonymiser's guard both measure here; each keeps its own limits.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane

Detail = npt.NDArray[np.float32]
"""float32 (H, W), luma without its slow changes over the picture; about 0 on even ground."""


@dataclass(frozen=True, slots=True)
class Brightness:
    """How light a picture is, 0 (black) to 255 (white) whatever range its luma spans.

    Attributes:
        middle: luma that half of the picture exceeds.
        bright: luma that a tenth of the picture exceeds.
    """

    middle: float
    bright: float


def brightness(luma: Plane, *, full_range: bool) -> Brightness:
    """Returns how light a picture is, from every second pixel each way.

    Args:
        luma: uint8 (H, W).
        full_range: luma spans 0-255; else 16-235.

    >>> brightness(np.full((4, 4), 16, np.uint8), full_range=False)
    Brightness(middle=0.0, bright=0.0)
    >>> brightness(np.full((4, 4), 16, np.uint8), full_range=True)
    Brightness(middle=16.0, bright=16.0)
    """
    black, white = (0, 255) if full_range else (16, 235)
    # Of bytes a histogram gives the same as sorting them, at a tenth of the time.
    below = np.cumsum(np.bincount(luma[::2, ::2].ravel(), minlength=256))
    middle, bright = (np.clip((_level(below, share) - black) * 255 / (white - black), 0, 255) for share in (0.5, 0.9))
    return Brightness(float(middle), float(bright))


def _level(below: npt.NDArray[np.int64], share: float) -> float:
    """Returns the level that a share of all pixels does not exceed, interpolated linearly.

    Args:
        below: int64 (256,), how many pixels have this level at most.
        share: 0-1.
    """
    place = share * (int(below[-1]) - 1)
    first, after = np.searchsorted(below, (int(place), min(int(place) + 1, int(below[-1]) - 1)), side="right")
    return float(first + (after - first) * (place - int(place)))


def mean_and_contrast(luma: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Returns the mean and the standard deviation of luma, float32 (H, W), in levels of the picture's own range."""
    return float(luma.mean()), float(luma.std())


def median_change(luma: npt.NDArray[np.float32], before: npt.NDArray[np.float32]) -> float:
    """Returns by how many levels the middle of a picture became lighter; both float32 (H, W)."""
    return float(np.median((luma - before)[::2, ::2]))


def detail_of(luma: npt.NDArray[np.float32]) -> Detail:
    """Returns structure of a few pixels' size without the light on it; `luma` is float32 (H, W)."""
    return np.asarray(cv2.GaussianBlur(luma, (0, 0), 1.0) - cv2.GaussianBlur(luma, (0, 0), 4.0), np.float32)


def likeness(first: Detail, second: Detail) -> float:
    """Returns the correlation of two pictures' detail, -1 to 1; strong edges count no more than twice the usual."""
    limit = 2 * max(float(first.std()), 1e-3), 2 * max(float(second.std()), 1e-3)
    one, two = np.clip(first, -limit[0], limit[0]).ravel(), np.clip(second, -limit[1], limit[1]).ravel()
    return float(one @ two / max(float(np.sqrt((one @ one) * (two @ two))), 1e-6))


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much a whole picture is shifted against another.

    Attributes:
        right_px, down_px: the shift, to a part of a pixel.
        clearness: share of the correlation that lies at this shift, 0-1.
    """

    right_px: float
    down_px: float
    clearness: float

    @property
    def largest_px(self) -> float:
        """The larger of the two parts, without its sign."""
        return max(abs(self.right_px), abs(self.down_px))


def shift_between(before: Detail, now: Detail) -> Shift:
    """Returns the shift that takes one picture's detail to another's, by phase correlation.

    Kuglin and Hines, "The phase correlation image alignment method", 1975.
    """
    # The window is put on here: phaseCorrelate would put it on its arguments, in place.
    window = _window((before.shape[1], before.shape[0]))
    (right_px, down_px), clearness = cv2.phaseCorrelate(before * window, now * window)
    return Shift(right_px, down_px, clearness)


@lru_cache(maxsize=4)
def _window(size_px: tuple[int, int]) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.createHanningWindow(size_px, cv2.CV_32F), np.float32)
