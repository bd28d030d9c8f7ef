"""Things that stand still in a zone and that no detector knows: boxes with a confidence, no class and no picture."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column
from passerby.domain.frames import FrameStamp


@dataclass(frozen=True, slots=True, eq=False)
class StandingThings:
    """What stands still in a camera's zones now, a row each; none of them is a person, as far as could be found out.

    Attributes:
        stamp: the frame that they were last looked at in.
        xyxy_px: float32 (N, 4), left, top, right, bottom in pixels of `stamp.size_px`.
        confidence: float32 (N,), 0-1, share of the looks at which it was to be seen and unchanged.
        since_s: float64 (N,), stream seconds since which each has stood there unattended.
    """

    stamp: FrameStamp
    xyxy_px: npt.NDArray[np.float32]
    confidence: npt.NDArray[np.float32]
    since_s: npt.NDArray[np.float64]

    def __post_init__(self) -> None:
        rows = len(self.confidence)
        object.__setattr__(self, "xyxy_px", read_only_column("xyxy_px", self.xyxy_px, np.float32, (rows, 4)))
        object.__setattr__(self, "confidence", read_only_column("confidence", self.confidence, np.float32, (rows,)))
        object.__setattr__(self, "since_s", read_only_column("since_s", self.since_s, np.float64, (rows,)))

    @classmethod
    def none(cls, stamp: FrameStamp) -> Self:
        """Returns no things."""
        return cls(stamp, np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.float64))

    def __len__(self) -> int:
        return len(self.confidence)

    @property
    def foot_xy_px(self) -> npt.NDArray[np.float32]:
        """float32 (N, 2): the middle of each box's lower edge."""
        return np.stack([(self.xyxy_px[:, 0] + self.xyxy_px[:, 2]) / np.float32(2), self.xyxy_px[:, 3]], axis=1)
