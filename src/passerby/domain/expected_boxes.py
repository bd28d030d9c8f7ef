"""Where the tracks of a camera will be: what the tracker knows, for the choice of what is looked at next."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column


@dataclass(frozen=True, slots=True, eq=False)
class ExpectedBoxes:
    """All tracks that are followed, a row each, those hidden just now included; without any number of a track.

    Attributes:
        stream_s: the time that they are given for.
        xyxy_px: float32 (N, 4), the filtered box in pixels of the frame.
        speed_px_s: float32 (N, 2), how fast its foot point moves, to the right and down.
        spread_px: float32 (N,), standard deviation of the foot point, the larger of both directions.
        spread_px_s: float32 (N,), the same of its speed.
        unseen_s: float32 (N,), for how long it has not been seen.
        confirmed: bool (N,).
    """

    stream_s: float
    xyxy_px: npt.NDArray[np.float32]
    speed_px_s: npt.NDArray[np.float32]
    spread_px: npt.NDArray[np.float32]
    spread_px_s: npt.NDArray[np.float32]
    unseen_s: npt.NDArray[np.float32]
    confirmed: npt.NDArray[np.bool_]

    def __post_init__(self) -> None:
        rows = len(self.xyxy_px)
        object.__setattr__(self, "xyxy_px", read_only_column("xyxy_px", self.xyxy_px, np.float32, (rows, 4)))
        object.__setattr__(self, "speed_px_s", read_only_column("speed_px_s", self.speed_px_s, np.float32, (rows, 2)))
        for name in ("spread_px", "spread_px_s", "unseen_s"):
            object.__setattr__(self, name, read_only_column(name, getattr(self, name), np.float32, (rows,)))
        object.__setattr__(self, "confirmed", read_only_column("confirmed", self.confirmed, np.bool_, (rows,)))

    @classmethod
    def none(cls, stream_s: float = 0.0) -> Self:
        """Returns no tracks."""
        one = np.empty(0, np.float32)
        return cls(
            stream_s, np.empty((0, 4), np.float32), np.empty((0, 2), np.float32), one, one, one, np.empty(0, np.bool_)
        )

    def __len__(self) -> int:
        return len(self.xyxy_px)

    def at(self, stream_s: float) -> npt.NDArray[np.float32]:
        """Returns the boxes moved on to a later time: float32 (N, 4)."""
        step_px = self.speed_px_s * np.float32(max(stream_s - self.stream_s, 0.0))
        return np.asarray(self.xyxy_px + np.concatenate([step_px, step_px], axis=1), np.float32)

    def spread_at(self, stream_s: float) -> npt.NDArray[np.float32]:
        """Returns how uncertain their places are at a later time, one standard deviation in px: float32 (N,)."""
        later_s = np.float32(max(stream_s - self.stream_s, 0.0))
        return np.asarray(np.hypot(self.spread_px, later_s * self.spread_px_s), np.float32)
