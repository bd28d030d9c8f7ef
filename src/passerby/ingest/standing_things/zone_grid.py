"""The part of the picture around some zones, as a grid that is small enough to be compared each second."""

import math
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.crops import Region
from passerby.ingest.standing_things.views import Grid

MAX_PX: Final = 64_000
"""Pixels of the grid: a thing of 0.3 m is three of them across where a person is 16 high."""
MARGIN_SHARE: Final = 0.04
"""Of the picture around the zones: what stands at a zone's edge is seen whole."""


class ZoneGrid:
    """Takes places from the frame to the grid and back.

    Args:
        zones: polygons, floating (P, 2), 0-1 of the picture.
        size_px: width and height of the frame.

    Attributes:
        rect: what of the frame the grid shows.
        grid_px: width and height of the grid.
        inside: bool (H, W), the zones.
    """

    def __init__(self, zones: Sequence[npt.NDArray[np.floating]], size_px: tuple[int, int]) -> None:
        corners = np.concatenate(zones).astype(np.float64)
        low = np.clip(corners.min(axis=0) - MARGIN_SHARE, 0, 1) * size_px
        high = np.clip(corners.max(axis=0) + MARGIN_SHARE, 0, 1) * size_px
        # Chroma planes have half as many rows and columns.
        left, top = (int(side) // 2 * 2 for side in low)
        self.rect: Region = left, top, max(left + 2, int(high[0])), max(top + 2, int(high[1]))
        width, height = self.rect[2] - left, self.rect[3] - top
        shrink = min(1.0, math.sqrt(MAX_PX / (width * height)))
        self.grid_px = max(8, round(width * shrink)), max(8, round(height * shrink))
        self._scale = np.tile(np.array([width / self.grid_px[0], height / self.grid_px[1]]), 2)
        self._offset = np.array([left, top, left, top], np.float64)
        mask = np.zeros(self.shape, np.uint8)
        for zone in zones:
            drawn = (np.asarray(zone, np.float64) * size_px - self._offset[:2]) / self._scale[:2]
            cv2.fillPoly(mask, [drawn.round().astype(np.int32)], (1,))
        self.inside: Grid = mask > 0

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.grid_px[1], self.grid_px[0]

    @property
    def pixel_px(self) -> float:
        """Pixels of the frame that one of the grid is wide or high, whichever is more."""
        return float(self._scale.max())

    def frame_box(self, box: tuple[int, int, int, int]) -> npt.NDArray[np.float64]:
        """Returns a box of the grid in pixels of the frame: float64 (4,), left, top, right, bottom."""
        return np.asarray(np.array(box, np.float64) * self._scale + self._offset, np.float64)

    def part(self, box_px: npt.NDArray[np.floating]) -> tuple[slice, slice]:
        """Returns the rows and columns of the grid in a box of the frame, floating (4,)."""
        moved = (np.asarray(box_px, np.float64) - self._offset) / self._scale
        left, top, right, bottom = np.clip(moved, 0, np.tile(self.grid_px, 2)).round().astype(int).tolist()
        return slice(top, bottom), slice(left, right)
