"""Whether anything differs between key pictures, on a grid that the sensor's noise averages out on."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane, scaled

GRID_PX: Final = 256
"""Longer side: a cell is 7.5 px of 1920, and who is 24 px high there covers three."""

MIN_STEP: Final = 4.0
"""Grey levels, of a cell's mean; below it there is banding."""

NOISE_FACTOR: Final = 6.0
CELL_FACTOR: Final = 5.0
ALONE_FACTOR: Final = 1.6
"""A cell that differs alone has to differ by more; two that touch are more than noise."""

SETTLE: Final = 0.1
"""Share of the newest difference in what is usual for a cell: flicker of a lamp, leaves in the wind."""

STAYS: Final = np.float32(0.3)
"""Share of what has stayed from one key picture to the next in what is usual there, such as a car that was parked."""

RESTLESS_STEP: Final = 24.0
RESTLESS_SHARE: Final = 0.05
"""Where so much of the picture changes by so much all the time, a person there would not show."""

Grid = npt.NDArray[np.float32]


class KeyDifferences:
    """Compares each key picture with the one before it, and with what they were for some time.

    Attributes:
        restless: so much changes all the time that a person would not show.
    """

    def __init__(self) -> None:
        """Knows no picture."""
        self._size_px = (0, 0)
        self._before: Grid | None = None
        self._usual: Grid | None = None
        self._cell_noise: Grid | None = None
        self.restless = False

    def update(self, luma: Plane) -> bool:
        """Returns whether something differs; True for the first picture, and for one of another size.

        Args:
            luma: uint8 (H, W).
        """
        height_px, width_px = luma.shape
        shrink = min(1.0, GRID_PX / max(width_px, height_px))
        now = scaled(luma, (max(1, round(width_px * shrink)), max(1, round(height_px * shrink)))).astype(np.float32)
        before, usual, noise = self._before, self._usual, self._cell_noise
        resized, self._size_px = self._size_px != (width_px, height_px), (width_px, height_px)
        self._before = now
        if before is None or usual is None or noise is None or resized:
            self._usual, self._cell_noise = now.copy(), np.zeros_like(now)
            return True
        step, apart = _apart(now, before), _apart(now, usual)
        general = NOISE_FACTOR * (float(np.median(step[::4, ::4])) + 0.2)
        limit = np.maximum(CELL_FACTOR * noise, max(MIN_STEP, general))
        # Who passes is in no two of them at a place, and so neither becomes usual nor makes the place count for less.
        noise += SETTLE * (np.minimum(step, limit) - noise)
        usual += np.where(step <= limit, STAYS, np.float32(0)) * (now - usual)
        self.restless = float((CELL_FACTOR * noise > RESTLESS_STEP).mean()) > RESTLESS_SHARE
        return _changed(step, limit) or _changed(apart, limit)


def _apart(one: Grid, other: Grid) -> Grid:
    """How far apart two grids are, apart from a change of all light."""
    difference = one - other
    return np.asarray(np.abs(difference - np.float32(np.median(difference[::4, ::4]))), np.float32)


def _changed(step: Grid, limit: Grid) -> bool:
    over = (step > limit).astype(np.float32)
    if not over.any():
        return False
    if (step > ALONE_FACTOR * limit).any():
        return True
    return bool((cv2.boxFilter(over, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT) * over).max() >= 2)
