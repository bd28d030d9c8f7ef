"""Non-maximum suppression: of several boxes on one road user the surest stays."""

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.detectors.boxes import Boxes

NMS_IOU = 0.55
"""Two boxes of one kind that overlap more are one road user; detectors of this family are tuned for 0.5 to 0.6."""

MAX_CANDIDATES = 1000
"""The surest kept before suppression: no street picture holds as many, and time must not depend on noise."""

KIND = np.array([0, 1, 2, 1, 2, 2], np.int32)
"""Kind of each `RoadUser`: on foot, on two wheels, in a motor vehicle. A van is a car or a truck, never both."""


def suppressed(
    xyxy_px: npt.NDArray[np.float32],
    confidence: npt.NDArray[np.float32],
    road_user: npt.NDArray[np.int16],
    iou: float = NMS_IOU,
) -> Boxes:
    """The boxes that are left, the surest first; boxes of different kinds never suppress each other.

    Args:
        xyxy_px: float32 (N, 4).
        confidence: float32 (N,).
        road_user: int16 (N,).
        iou: 0-1, the overlap above which the less sure box goes.
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
