"""How full of boxes the picture of a zone is, and from when on their number is only a lower bound."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.geometry.polygons import polygon_area

SATURATED_FILL: Final = 0.9 * 2 / np.e
"""Nine tenths of the largest share of a zone's picture that found boxes can fill, by the model in `box_fill`: from here
on numbers of people are lower bounds."""

MIN_CROWD: Final = 5
"""Fewer people are a group that stands close, not a crowd."""


def box_fill(boxes_wh: npt.NDArray[np.float64], corners: npt.NDArray[np.float64]) -> float:
    """Returns the share of the picture of a zone that the boxes of the people found in it fill.

    Where people stand at random and fill the picture c times over, those in front leave exp(-c / 2) of a box to be seen
    on average, and about as large a share of the people is found. The found boxes then fill c exp(-c / 2), which is at
    most 2 / e = 0.74, at c = 2: a zone that shows that much may hold any number more. This is a model of what boxes can
    show and not of a danger.

    Args:
        boxes_wh: float64 (N, 2), width and height of the boxes; fewer than `MIN_CROWD` fill nothing.
        corners: float64 (P, 2) of the zone in which their feet are, in the same unit.
    """
    if len(boxes_wh) < MIN_CROWD:
        return 0.0
    width, height = boxes_wh.mean(axis=0)
    across, deep = np.ptp(corners, axis=0)
    # Where feet may be, and as much around it as a box reaches: a Minkowski sum, if the zone is convex.
    picture = polygon_area(corners) + height * across + width * deep + width * height
    return float(boxes_wh.prod(axis=1).sum() / picture)


def is_saturated(boxes_wh: npt.NDArray[np.float64], corners: npt.NDArray[np.float64]) -> bool:
    """Returns whether a zone is so full of boxes that their number is only a lower bound; see `box_fill`."""
    return box_fill(boxes_wh, corners) > SATURATED_FILL
