"""Whether anything differs between key pictures, on a grid that the sensor's noise averages out on."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane

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
        now = _means(luma, -(-max(width_px, height_px) // GRID_PX))
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
    over = step > limit
    if not over.any():
        return False
    if (step > ALONE_FACTOR * limit).any():
        return True
    return _touch(over)


def _touch(cells: npt.NDArray[np.bool_]) -> bool:
    """Returns whether two cells side by side, or corner to corner, are set."""
    return bool(
        (cells[1:] & cells[:-1]).any()
        or (cells[:, 1:] & cells[:, :-1]).any()
        or (cells[1:, 1:] & cells[:-1, :-1]).any()
        or (cells[1:, :-1] & cells[:-1, 1:]).any()
    )


def _means(luma: Plane, side_px: int) -> Grid:
    """Returns the means of squares of the picture; what is left over at its right and lower edge belongs to none.

    With NumPy alone: OpenCV would take 5 MB more of a process that decodes.
    """
    rows, columns = (max(1, side // side_px) for side in luma.shape)
    cut = luma[: rows * side_px, : columns * side_px]
    high, wide = min(side_px, cut.shape[0]), min(side_px, cut.shape[1])
    lines = cut.reshape(rows, high, -1).sum(axis=1, dtype=np.uint16)
    return np.asarray(
        lines.reshape(rows, columns, wide).sum(axis=2, dtype=np.uint32) / np.float32(high * wide), np.float32
    )
