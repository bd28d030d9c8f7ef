"""YOLOX (Ge et al. 2021, arXiv:2107.08430; Megvii, Apache-2.0): its published ONNX files."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from passerby.ingest.detectors.detector import COCO_KEPT, FLOOR, NMS_IOU, Boxes, suppressed
from passerby.ingest.detectors.nanodet import cells
from passerby.ingest.detectors.network_input import input_size, letterboxed, only_output, planes, table
from passerby.ingest.detectors.session import Session
from passerby.ingest.raw import Picture

STRIDES_PX = (8, 16, 32)
COCO_CLASSES = 80
USUAL_SIDE_PX = 640
GREY_BGR = (114, 114, 114)
"""What training filled the rest of a picture with."""

NO_MEAN = np.zeros(3, np.float32)
NO_SCALE = np.ones(3, np.float32)

LOG_SIDE_MAX = 12.0
"""exp(12) strides is far wider than any picture, and far from overflow: a broken model gives no infinite box."""


def decoded_yolox(answer: npt.NDArray[np.float32], cell: npt.NDArray[np.float32], floor: float, iou: float) -> Boxes:
    """Returns one picture's output as boxes in the network's input pixels.

    Args:
        answer: float32 (P, 85): centre x, y in cells from the cell's corner, log of width and height in strides,
            objectness 0-1, 80 class scores 0-1.
        cell: float32 (P, 3), corner x, y and stride in px.
        floor: lowest score.
        iou: for the suppression.
    """
    scores = answer[:, 4:5] * answer[:, 5:][:, COCO_KEPT]
    cell_number, road_user = np.nonzero(scores >= floor)
    if not len(cell_number):
        return Boxes.none()
    chosen, stride_px = answer[cell_number], cell[cell_number, 2:]
    centre_px = chosen[:, :2] * stride_px + cell[cell_number, :2]
    half_px = np.exp(np.minimum(chosen[:, 2:4], LOG_SIDE_MAX)) * stride_px / 2
    xyxy_px = np.concatenate([centre_px - half_px, centre_px + half_px], axis=1).astype(np.float32)
    return suppressed(xyxy_px, scores[cell_number, road_user], road_user.astype(np.int16), iou)


class YoloX:
    """YOLOX as its authors publish it: a fixed input size, BGR 0-255, 80 classes of which six are kept."""

    def __init__(self, session: Session, floor: float = FLOOR, iou: float = NMS_IOU) -> None:
        only_output(session, "YOLOX")
        self._session = session
        self._size_px = input_size(session, session.inputs[0], USUAL_SIDE_PX)
        self._floor = floor
        self._iou = iou

    def find(self, picture: Picture) -> Boxes:
        """Returns the road users in one picture: uint8 (H, W, 3), BGR."""
        fitted = letterboxed(picture, self._size_px, GREY_BGR, centred=False)
        cell = cells(*self._size_px, STRIDES_PX, 0.0)
        feed = planes(fitted.picture, NO_MEAN, NO_SCALE)
        answer = table(self._session, "YOLOX", feed, len(cell), 5 + COCO_CLASSES)
        found = decoded_yolox(answer, cell, self._floor, self._iou)
        return Boxes(fitted.to_original(found.xyxy_px), found.confidence, found.road_user)

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        """Returns the road users in several pictures, one by one."""
        return [self.find(picture) for picture in pictures]
