"""What moves in one frame, whether the detector knows it or not: boxes, and nothing of how it looks."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column
from passerby.domain.frames import FrameStamp


@dataclass(frozen=True, slots=True, eq=False)
class MovingThings:
    """Where the picture differs from the place as it was a while ago, one box a connected thing.

    A box may hold a shadow or several road users at once; it is not known what it is.

    Attributes:
        stamp: the frame.
        xyxy_px: float32 (N, 4), left, top, right, bottom in pixels of `stamp.size_px`.
    """

    stamp: FrameStamp
    xyxy_px: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "xyxy_px", read_only_column("xyxy_px", self.xyxy_px, np.float32, (None, 4)))

    @classmethod
    def none(cls, stamp: FrameStamp) -> Self:
        """Returns no things."""
        return cls(stamp, np.empty((0, 4), np.float32))

    def __len__(self) -> int:
        return len(self.xyxy_px)
