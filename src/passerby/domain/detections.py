"""What the detector found in one frame."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column
from passerby.domain.frames import FrameStamp


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Road users found in one frame, a row each.

    Attributes:
        stamp: the frame they were found in.
        xyxy_px: float32 (N, 4), left, top, right, bottom in pixels of `stamp.size_px`.
        confidence: float32 (N,), 0-1.
        road_user: int16 (N,), values of `RoadUser`.
    """

    stamp: FrameStamp
    xyxy_px: npt.NDArray[np.float32]
    confidence: npt.NDArray[np.float32]
    road_user: npt.NDArray[np.int16]

    def __post_init__(self) -> None:
        rows = len(self.xyxy_px)
        object.__setattr__(self, "xyxy_px", read_only_column("xyxy_px", self.xyxy_px, np.float32, (rows, 4)))
        object.__setattr__(self, "confidence", read_only_column("confidence", self.confidence, np.float32, (rows,)))
        object.__setattr__(self, "road_user", read_only_column("road_user", self.road_user, np.int16, (rows,)))

    @classmethod
    def none(cls, stamp: FrameStamp) -> Self:
        """Returns no detections."""
        return cls(stamp, np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int16))

    def __len__(self) -> int:
        return len(self.confidence)

    def __getitem__(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Self:
        """The chosen rows, by boolean mask (N,) or by row numbers."""
        return type(self)(self.stamp, self.xyxy_px[rows], self.confidence[rows], self.road_user[rows])
