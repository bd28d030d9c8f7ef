"""NanoDet-Plus (RangiLyu/nanodet, Apache-2.0): NanoDet with a better head; its published ONNX files."""

from collections.abc import Sequence

import numpy as np

from passerby.ingest.detectors.boxes import COCO_KEPT, Boxes
from passerby.ingest.detectors.detector import FLOOR, Picture
from passerby.ingest.detectors.fitting import letterboxed
from passerby.ingest.detectors.fixed_input import input_size, only_output, planes, table
from passerby.ingest.detectors.nanodet import MEAN_BGR, cells, decoded
from passerby.ingest.detectors.nms import NMS_IOU
from passerby.ingest.detectors.session import Session

STRIDES_PX = (8, 16, 32, 64)
BINS = 8
COCO_CLASSES = 80
USUAL_SIDE_PX = 416

MEAN = np.array([103.53, 116.28, 123.675], np.float32)
STD = np.array([57.375, 57.12, 58.395], np.float32)


class NanoDetPlus:
    """NanoDet-Plus as its authors publish it: a fixed input size, 80 classes of which six are kept."""

    def __init__(self, session: Session, floor: float = FLOOR, iou: float = NMS_IOU) -> None:
        only_output(session, "NanoDet-Plus")
        self._session = session
        self._size_px = input_size(session, session.inputs[0], USUAL_SIDE_PX)
        self._floor = floor
        self._iou = iou

    def find(self, picture: Picture) -> Boxes:
        """The road users in one picture: uint8 (H, W, 3), BGR."""
        fitted = letterboxed(picture, self._size_px, MEAN_BGR, centred=True)
        cell = cells(*self._size_px, STRIDES_PX, 0.0)
        feed = planes(fitted.picture, MEAN, STD)
        answer = table(self._session, "NanoDet-Plus", feed, len(cell), COCO_CLASSES + 4 * BINS)
        scores, logits = answer[:, COCO_KEPT].T, answer[:, COCO_CLASSES:].T
        found = decoded(scores, logits, cell, self._floor, self._iou)
        return Boxes(fitted.undone(found.xyxy_px), found.confidence, found.road_user)

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        """The same for several pictures, one by one."""
        return [self.find(picture) for picture in pictures]
