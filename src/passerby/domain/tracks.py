"""Road users followed for seconds, as seen in one frame."""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column
from passerby.domain.frames import FrameStamp


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """The tracks seen in one frame, a row each; a track that is hidden just now has no row.

    Attributes:
        stamp: the frame.
        track_id: int64 (N,), unique within this run of the camera, meaningless outside it, gone with the track.
        xyxy_px: float32 (N, 4), the filtered box in pixels of `stamp.size_px`.
        confidence: float32 (N,), 0-1, of the detection that this row rests on.
        road_user: int16 (N,), the class with the most evidence so far.
        confirmed: bool (N,); a track that is not confirmed never counts.
        ended: int64 (K,), ids that ended with this frame and will not come again.
        unsure: bool (N,), the class has less than three quarters of the evidence; by default none.
    """

    stamp: FrameStamp
    track_id: npt.NDArray[np.int64]
    xyxy_px: npt.NDArray[np.float32]
    confidence: npt.NDArray[np.float32]
    road_user: npt.NDArray[np.int16]
    confirmed: npt.NDArray[np.bool_]
    ended: npt.NDArray[np.int64]
    unsure: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, np.bool_))

    def __post_init__(self) -> None:
        rows = len(self.track_id)
        object.__setattr__(self, "track_id", read_only_column("track_id", self.track_id, np.int64, (rows,)))
        object.__setattr__(self, "xyxy_px", read_only_column("xyxy_px", self.xyxy_px, np.float32, (rows, 4)))
        object.__setattr__(self, "confidence", read_only_column("confidence", self.confidence, np.float32, (rows,)))
        object.__setattr__(self, "road_user", read_only_column("road_user", self.road_user, np.int16, (rows,)))
        object.__setattr__(self, "confirmed", read_only_column("confirmed", self.confirmed, np.bool_, (rows,)))
        object.__setattr__(self, "ended", read_only_column("ended", self.ended, np.int64, (None,)))
        unsure = self.unsure if len(self.unsure) else np.zeros(rows, np.bool_)
        object.__setattr__(self, "unsure", read_only_column("unsure", unsure, np.bool_, (rows,)))

    @classmethod
    def none(cls, stamp: FrameStamp) -> Self:
        """Returns no tracks."""
        return cls(
            stamp,
            np.empty(0, np.int64),
            np.empty((0, 4), np.float32),
            np.empty(0, np.float32),
            np.empty(0, np.int16),
            np.empty(0, np.bool_),
            np.empty(0, np.int64),
        )

    def __len__(self) -> int:
        return len(self.track_id)

    @property
    def foot_xy_px(self) -> npt.NDArray[np.float32]:
        """float32 (N, 2): the middle of each box's lower edge, where a road user touches the ground."""
        foot_xy_px = self.xyxy_px[:, 2:].copy()
        foot_xy_px[:, 0] += self.xyxy_px[:, 0]
        foot_xy_px[:, 0] /= 2
        return foot_xy_px
