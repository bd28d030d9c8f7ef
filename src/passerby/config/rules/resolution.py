"""How many people on a square metre a camera can distinguish at most, from how much of the ground a pixel covers."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.layout import GroundPlane
from passerby.geometry.ground import ground_jacobians
from passerby.ingest.crops import CROP_GAIN, FULL_FRAME_MAX_PX

CELL_PX: Final = 8
"""Side of the detector's finest cell; in one cell it finds one person."""


def resolved_per_m2(ground: GroundPlane, corners01: npt.NDArray[np.float32]) -> tuple[float, float]:
    """Returns how many people on a square metre can be distinguished at most where a zone is seen best.

    The detector finds at most one person in a cell of its finest grid. People who hide one another are found even less,
    so this is a bound that no crowd reaches.

    Args:
        ground: the calibrated ground.
        corners01: float32 (P, 2), the zone's corners as 0-1 of the picture.

    Returns:
        The bound where the detector sees the whole frame, and where it looks at an enlarged crop; 0 where no corner
        lies on the ground.
    """
    slopes, on_ground = ground_jacobians(ground, corners01)
    m2_a_picture = np.abs(np.linalg.det(slopes))[on_ground]
    if not len(m2_a_picture) or m2_a_picture.min() <= 0:
        return 0.0, 0.0
    whole = FULL_FRAME_MAX_PX / CELL_PX**2 / float(m2_a_picture.min())
    return whole, whole * CROP_GAIN**2
