"""How much the boxes of the people in a zone cover one another, and from when on their number is only a lower bound."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.geometry.boxes import pairwise_ioa

SATURATED_COVER: Final = 0.28
"""Between zones in which nearer ones hide more than five eighths of the people and those in which they hide fewer than
three: in crowds drawn from labelled people, nine of ten moments of either lie on their side of it."""

MIN_CROWD: Final = 5
"""Fewer people are a group that stands close, not a crowd."""


def box_cover(xyxy: npt.NDArray[np.float64], chosen: npt.NDArray[np.bool_]) -> float:
    """Returns the mean share, 0-1, of the chosen boxes that nearer ones cover.

    Who is covered for the most part is not found, and how many those are cannot be seen. But the more of them there
    are, the more of each box that is found is covered, too. A box is nearer than another one where its lower edge is
    lower. What several nearer boxes cover is taken for as large as if they lay at random.

    Args:
        xyxy: float64 (N, 4), left, top, right, bottom of all people in view.
        chosen: bool (N,), those in the zone; fewer than `MIN_CROWD` are no crowd, and cover nothing.
    """
    if np.count_nonzero(chosen) < MIN_CROWD:
        return 0.0
    mine = xyxy[chosen]
    nearer = xyxy[None, :, 3] > mine[:, None, 3]
    left_open = np.where(nearer, 1.0 - pairwise_ioa(mine, xyxy), 1.0).prod(axis=1)
    return float(1.0 - left_open.mean())


def is_saturated(xyxy: npt.NDArray[np.float64], chosen: npt.NDArray[np.bool_]) -> bool:
    """Returns whether a zone is so full of people that their number is only a lower bound; see `box_cover`."""
    return box_cover(xyxy, chosen) > SATURATED_COVER
