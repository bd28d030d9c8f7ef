"""The direction of a picture's edges, without brightness, colour or the sign of a contrast."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane

Field = npt.NDArray[np.complex64]
"""complex64 (H, W): twice an edge's angle as the phase, its clearness 0-1 as the magnitude.

Twice the angle, so that an edge whose contrast turns over at night (a lit window, an infrared lamp) stays itself.
"""

Energy = npt.NDArray[np.float32]
"""float32 (H, W), squared luma steps from pixel to pixel."""

LONG_SIDE_PX = 240
"""Longer side of the grid of edges. A shift of 1 % of the width is 2.4 of its pixels."""

FLOOR = 0.7
"""Luma levels a pixel: steps below are noise of the sensor and the codec."""

MEDIANS = 2.0
"""An edge is clear from so many times the picture's own middling step; fog, dusk and gain change both alike."""


def grid_size(size_px: tuple[int, int]) -> tuple[int, int]:
    """Returns the width and height of the grid of edges for a picture of `size_px`, multiples of 4.

    >>> grid_size((1920, 1080)), grid_size((768, 576)), grid_size((1080, 1920))
    ((240, 136), (240, 180), (136, 240))
    """
    shrink = LONG_SIDE_PX / max(size_px)
    width_px, height_px = (max(32, round(side * shrink / 4) * 4) for side in size_px)
    return width_px, height_px


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Levels:
    """One picture's luma at three sizes.

    Attributes:
        fine: uint8 (2 H, 2 W).
        middle: uint8 (H, W), the grid of edges.
        coarse: uint8 (H / 2, W / 2).
    """

    fine: Plane
    middle: Plane
    coarse: Plane

    @classmethod
    def of(cls, fine: Plane) -> "Levels":
        """Returns all three levels, made from the finest."""
        middle = _halved(fine)
        return cls(fine, middle, _halved(middle))


def _halved(luma: Plane) -> Plane:
    half_px = (luma.shape[1] // 2, luma.shape[0] // 2)
    return np.asarray(cv2.resize(luma, half_px, interpolation=cv2.INTER_AREA), np.uint8)


def steps(luma: Plane, smooth_px: float) -> tuple[Energy, Energy]:
    """Returns the luma steps to the right and downwards, in levels a pixel; float32 (H, W) each."""
    picture = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), smooth_px) if smooth_px else luma.astype(np.float32)
    across, down = (cv2.Scharr(picture, cv2.CV_32F, *axis, scale=1 / 32) for axis in ((1, 0), (0, 1)))
    return np.asarray(across, np.float32), np.asarray(down, np.float32)


def edge_field(middle: Plane) -> tuple[Field, Energy]:
    """Returns the direction of the edges, and how strong the steps are.

    Args:
        middle: uint8 (H, W).

    Returns:
        The field, complex64 (H, W), and the squared steps, float32 (H, W).
    """
    across, down = steps(middle, 1.0)
    energy = across * across + down * down
    floor = max(FLOOR**2, MEDIANS**2 * float(np.median(energy[::3, ::3])))
    field = np.empty(energy.shape, np.complex64)
    field.real = across * across - down * down
    field.imag = 2 * across * down
    field /= energy + np.float32(floor)
    return field, energy
