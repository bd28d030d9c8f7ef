"""What a detector found in one picture, in that picture's own pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import sealed_column
from passerby.domain.road_user import RoadUser

ROAD_USER_OF_COCO = {
    0: RoadUser.PEDESTRIAN,
    1: RoadUser.BICYCLE,
    2: RoadUser.CAR,
    3: RoadUser.MOTORCYCLE,
    5: RoadUser.BUS,
    7: RoadUser.TRUCK,
}
"""The COCO classes (counted from 0, of 80) that take part in traffic; a detector's other answers are thrown away."""

COCO_KEPT = np.array(list(ROAD_USER_OF_COCO), np.intp)
"""Row k of a model's kept class scores is `RoadUser(k)`: the two orders are the same on purpose."""


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Road users found in one picture, a row each, the surest first.

    Attributes:
        xyxy_px: float32 (N, 4), left, top, right, bottom in pixels of the picture that was looked at, inside of it.
        confidence: float32 (N,), 0-1.
        road_user: int16 (N,), values of `RoadUser`.
    """

    xyxy_px: npt.NDArray[np.float32]
    confidence: npt.NDArray[np.float32]
    road_user: npt.NDArray[np.int16]

    def __post_init__(self) -> None:
        rows = len(self.confidence)
        object.__setattr__(self, "xyxy_px", sealed_column("xyxy_px", self.xyxy_px, np.float32, (rows, 4)))
        object.__setattr__(self, "confidence", sealed_column("confidence", self.confidence, np.float32, (rows,)))
        object.__setattr__(self, "road_user", sealed_column("road_user", self.road_user, np.int16, (rows,)))

    @classmethod
    def none(cls) -> Self:
        """Nobody is there."""
        return cls(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int16))

    @classmethod
    def joined(cls, parts: Sequence["Boxes"]) -> Self:
        """All rows of several, which speak of the same picture, in the order given."""
        if not parts:
            return cls.none()
        return cls(
            np.concatenate([part.xyxy_px for part in parts]),
            np.concatenate([part.confidence for part in parts]),
            np.concatenate([part.road_user for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.confidence)

    def __getitem__(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Self:
        """The chosen rows, by boolean mask (N,) or by row numbers."""
        return type(self)(self.xyxy_px[rows], self.confidence[rows], self.road_user[rows])

    def moved(self, scale_xy: tuple[float, float], offset_xy_px: tuple[float, float]) -> Self:
        """The same boxes in another picture's pixels: scaled first, then shifted."""
        scale = np.array([*scale_xy, *scale_xy], np.float32)
        offset = np.array([*offset_xy_px, *offset_xy_px], np.float32)
        return type(self)(self.xyxy_px * scale + offset, self.confidence, self.road_user)
