"""A picture for the live view: anonymous, encoded once, with the boxes of the road users in it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

DIFFERENCES: Final = "differences"
"""The method of a picture that shows all that is not the empty place, detected or not."""


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """One anonymous picture.

    Attributes:
        camera: the camera's name.
        time_ns: UTC nanoseconds at which the frame was decoded.
        size_px: width and height of the picture.
        jpeg: uint8 (B,), the encoded picture.
        method: `redrawn`, `mosaic`, `differences` or `masked`.
        why: why it is masked; empty where it is not.
        sharp_share: the part of the picture, 0-1, that shows the scene as it is.
        xyxy: float32 (N, 4), boxes of who is followed now, 0-1 of the picture. They have no number and no history.
        road_user: int16 (N,).
        tally: it is for a person who counts by hand: `differences`, without any box.
    """

    camera: str
    time_ns: int
    size_px: tuple[int, int]
    jpeg: npt.NDArray[np.uint8]
    method: str
    why: str
    sharp_share: float
    xyxy: npt.NDArray[np.float32]
    road_user: npt.NDArray[np.int16]
    tally: bool = False
