"""How tall a person is at a place of the picture: by the calibrated ground, else by the people who have been seen."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.layout import GroundPlane
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.geometry.ground import ground_jacobians

PERSON_M: Final = 1.7
MIN_SEEN: Final = 40
"""Sightings from which heights are known; they are of several people, as each is taken once in a second."""
KEPT: Final = 400
FIT_EVERY: Final = 20


class PersonHeights:
    """How tall people are in the picture, by where their feet are.

    Of those who were seen only heights are kept, each with how far down the picture it was; no place, time or order.

    Args:
        ground: the calibrated ground; None without one.
    """

    def __init__(self, ground: GroundPlane | None) -> None:
        self._ground = ground
        self._seen = np.empty((0, 2), np.float64)
        self._added = 0
        self._line: npt.NDArray[np.float64] | None = None

    def add(self, tracks: Tracks) -> None:
        """Takes the people of one moment."""
        if self._ground is not None:
            return
        width_px, height_px = tracks.stamp.size_px
        boxes = tracks.xyxy_px[tracks.confirmed & (tracks.road_user == RoadUser.PEDESTRIAN)].astype(np.float64)
        size = np.array([width_px, height_px] * 2)
        whole = ((boxes[:, :2] > 2) & (boxes[:, 2:] < size[2:] - 2)).all(axis=1)
        rows = np.column_stack([boxes[whole, 3], boxes[whole, 3] - boxes[whole, 1]]) / height_px
        self._seen = np.concatenate([self._seen, rows])[-KEPT:]
        self._added += len(rows)
        if len(rows) and len(self._seen) >= MIN_SEEN and self._added >= FIT_EVERY:
            self._added, self._line = 0, _fitted(self._seen)

    def at(self, foot01: tuple[float, float], size_px: tuple[int, int]) -> float | None:
        """Returns how many pixels a person is tall who stands at a place; None where it is not known.

        Args:
            foot01: the place, 0-1 of the picture.
            size_px: width and height of the picture.
        """
        if self._ground is not None:
            slopes, on_ground = ground_jacobians(self._ground, np.array([foot01]))
            across_m = float(np.hypot(*slopes[0, :, 0])) / size_px[0]
            return PERSON_M / across_m if on_ground[0] and across_m > 0 else None
        if self._line is None:
            return None
        tall = float(np.polyval(self._line, foot01[1]))
        return tall * size_px[1] if tall > 0 else None


def _fitted(seen: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Returns the line of heights over feet, or the middle height where the feet are all about as far down."""
    feet, heights = seen.T
    middle = np.array([0.0, float(np.median(heights))])
    if np.ptp(feet) < 0.1:
        return middle
    line = np.polyfit(feet, heights, 1)
    off = np.abs(np.polyval(line, feet) - heights)
    good = off <= 2.5 * max(float(np.median(off)), 1e-6)
    line = np.polyfit(feet[good], heights[good], 1)
    return np.asarray(line, np.float64) if line[0] > 0 else middle
