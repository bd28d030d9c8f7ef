"""The protocol of detectors, the boxes that they return, and non-maximum suppression."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.arrays import read_only_column
from passerby.domain.road_user import RoadUser
from passerby.ingest.raw import Picture

ROAD_USER_OF_COCO = {
    0: RoadUser.PEDESTRIAN,
    1: RoadUser.BICYCLE,
    2: RoadUser.CAR,
    3: RoadUser.MOTORCYCLE,
    5: RoadUser.BUS,
    7: RoadUser.TRUCK,
}
"""The COCO classes (counted from 0, of 80) that take part in traffic; detections of the other classes are dropped."""

COCO_KEPT = np.array(list(ROAD_USER_OF_COCO), np.intp)
"""Row k of a model's kept class scores is `RoadUser(k)`: the two orders are the same on purpose."""


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Road users found in one picture, a row each, the most confident first.

    Attributes:
        xyxy_px: float32 (N, 4), left, top, right, bottom in pixels of the picture that was searched, clipped to it.
        confidence: float32 (N,), 0-1.
        road_user: int16 (N,), values of `RoadUser`.
    """

    xyxy_px: npt.NDArray[np.float32]
    confidence: npt.NDArray[np.float32]
    road_user: npt.NDArray[np.int16]

    def __post_init__(self) -> None:
        rows = len(self.confidence)
        object.__setattr__(self, "xyxy_px", read_only_column("xyxy_px", self.xyxy_px, np.float32, (rows, 4)))
        object.__setattr__(self, "confidence", read_only_column("confidence", self.confidence, np.float32, (rows,)))
        object.__setattr__(self, "road_user", read_only_column("road_user", self.road_user, np.int16, (rows,)))

    @classmethod
    def none(cls) -> Self:
        """Returns no rows: no road user was found."""
        return cls(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int16))

    @classmethod
    def joined(cls, parts: Sequence["Boxes"]) -> Self:
        """Returns the rows of several `Boxes` of the same picture, in the order given."""
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
        """Returns the chosen rows, by boolean mask (N,) or by row numbers."""
        return type(self)(self.xyxy_px[rows], self.confidence[rows], self.road_user[rows])

    def moved(self, scale_xy: tuple[float, float], offset_xy_px: tuple[float, float]) -> Self:
        """Returns the boxes in another picture's pixels: scaled first, then shifted."""
        scale = np.array([*scale_xy, *scale_xy], np.float32)
        offset = np.array([*offset_xy_px, *offset_xy_px], np.float32)
        return type(self)(self.xyxy_px * scale + offset, self.confidence, self.road_user)


FLOOR = 0.1
"""Lowest confidence that a detector reports. A tracker starts tracks far above it; weak boxes only help to keep one."""


class Detector(Protocol):
    """A detector of road users in pictures of any size."""

    def find(self, picture: Picture) -> Boxes:
        """Returns the road users in one picture: uint8 (H, W, 3), BGR."""
        ...

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        """Returns the road users in several pictures, which may differ in size: one `Boxes` each, in order."""
        ...


NMS_IOU = 0.55
"""Two boxes of one kind that overlap more are one road user; detectors of this family are tuned for 0.5 to 0.6."""

MAX_CANDIDATES = 1000
"""The most confident kept before suppression: no street picture holds as many, and time must not depend on noise."""

KIND = np.array([0, 1, 2, 1, 2, 2], np.int32)
"""Kind of each `RoadUser`: on foot, on two wheels, in a motor vehicle. A van is a car or a truck, never both."""


def suppressed(
    xyxy_px: npt.NDArray[np.float32],
    confidence: npt.NDArray[np.float32],
    road_user: npt.NDArray[np.int16],
    iou: float = NMS_IOU,
) -> Boxes:
    """Returns the boxes that remain after non-maximum suppression, the most confident first.

    Of several boxes on one road user the most confident stays; boxes of different kinds never suppress each other.

    Args:
        xyxy_px: float32 (N, 4).
        confidence: float32 (N,).
        road_user: int16 (N,).
        iou: 0-1, the overlap above which the less confident box is dropped.
    """
    order = np.argsort(-confidence, kind="stable")[:MAX_CANDIDATES]
    xyxy_px, confidence, road_user = xyxy_px[order], confidence[order], road_user[order]
    if not len(order):
        return Boxes.none()
    xywh_px = xyxy_px.astype(np.float64)
    xywh_px[:, 2:] -= xywh_px[:, :2]
    kept = cv2.dnn.NMSBoxesBatched(xywh_px.tolist(), confidence.tolist(), KIND[road_user].tolist(), 0.0, iou)
    rows = np.sort(np.asarray(kept, np.intp))
    return Boxes(xyxy_px[rows], confidence[rows], road_user[rows])
