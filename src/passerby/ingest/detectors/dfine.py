"""D-FINE (Peng et al. 2024, arXiv:2410.13842, Apache-2.0) and RT-DETR: set predictions, which need no suppression."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.errors import ModelError
from passerby.ingest.detectors.detector import COCO_KEPT, FLOOR, ROAD_USER_OF_COCO, Boxes
from passerby.ingest.detectors.network_input import clipped, input_size, planes
from passerby.ingest.detectors.session import Session
from passerby.ingest.raw import Picture

COCO_CLASSES = 80
USUAL_SIDE_PX = 640
NO_MEAN = np.zeros(3, np.float32)
BYTE_RANGE = np.full(3, 255.0, np.float32)

LOGIT_NAMES = ("logits", "pred_boxes")
RANKED_NAMES = ("labels", "boxes", "scores")
SIZES_INPUT = "orig_target_sizes"


def decoded_logits(
    logits: npt.NDArray[np.float32], boxes: npt.NDArray[np.float32], size_px: tuple[int, int], floor: float
) -> Boxes:
    """Returns one picture's output in the form of Transformers' exports.

    Args:
        logits: float32 (Q, 80).
        boxes: float32 (Q, 4), centre x, y, width, height as 0-1 of the picture.
        size_px: width and height of the picture.
        floor: lowest score. Each query speaks of one road user, so only its best class is taken.
    """
    kept = logits[:, COCO_KEPT]
    road_user = kept.argmax(axis=1)
    confidence = 1.0 / (1.0 + np.exp(-np.clip(kept.max(axis=1), -30.0, 30.0)))
    rows = np.flatnonzero(confidence >= floor)
    rows = rows[np.argsort(-confidence[rows], kind="stable")]
    centre, half = boxes[rows, :2], boxes[rows, 2:] / 2
    xyxy_px = np.concatenate([centre - half, centre + half], axis=1) * np.array([*size_px, *size_px], np.float32)
    return Boxes(
        clipped(xyxy_px.astype(np.float32), size_px),
        confidence[rows].astype(np.float32),
        road_user[rows].astype(np.int16),
    )


def decoded_ranked(
    labels: npt.NDArray[np.int64],
    xyxy_px: npt.NDArray[np.float32],
    scores: npt.NDArray[np.float32],
    size_px: tuple[int, int],
    floor: float,
) -> Boxes:
    """Returns one picture's output in the form of the authors' own exports.

    Args:
        labels: int64 (Q,), COCO classes.
        xyxy_px: float32 (Q, 4), in the picture's pixels.
        scores: float32 (Q,), 0-1.
        size_px: width and height of the picture.
        floor: lowest score.
    """
    rows = np.flatnonzero((scores >= floor) & np.isin(labels, COCO_KEPT))
    rows = rows[np.argsort(-scores[rows], kind="stable")]
    road_user = np.array([ROAD_USER_OF_COCO[int(label)] for label in labels[rows]], np.int16)
    return Boxes(clipped(xyxy_px[rows].astype(np.float32), size_px), scores[rows].astype(np.float32), road_user)


class DFine:
    """D-FINE or RT-DETR in either of its two published forms; the picture is stretched to the input's size."""

    def __init__(self, session: Session, floor: float = FLOOR) -> None:
        self._ranked = SIZES_INPUT in session.inputs
        pictures = [name for name in session.inputs if name != SIZES_INPUT]
        session.demand("D-FINE", pictures[:1], RANKED_NAMES if self._ranked else LOGIT_NAMES)
        if len(pictures) != 1:
            raise ModelError(
                f"{session.path}: a D-FINE model has one picture as input, got {', '.join(pictures) or 'none'}. "
                "Is it another model?"
            )
        self._session = session
        self._input = pictures[0]
        self._network_px = input_size(session, self._input, USUAL_SIDE_PX)
        self._floor = floor

    def find(self, picture: Picture) -> Boxes:
        """Returns the road users in one picture: uint8 (H, W, 3), BGR."""
        size_px = picture.shape[1], picture.shape[0]
        rgb = cv2.cvtColor(cv2.resize(picture, self._network_px), cv2.COLOR_BGR2RGB)
        feeds = {self._input: planes(np.asarray(rgb, np.uint8), NO_MEAN, BYTE_RANGE)}
        if not self._ranked:
            logits, boxes = self._session.run(feeds, LOGIT_NAMES)
            self._check(logits.shape[::2], (1, COCO_CLASSES), boxes.shape, (*logits.shape[:2], 4))
            return decoded_logits(logits[0], boxes[0], size_px, self._floor)
        feeds[SIZES_INPUT] = np.array([size_px], np.int64)
        labels, xyxy_px, scores = self._session.run(feeds, RANKED_NAMES)
        self._check(labels.shape, scores.shape, xyxy_px.shape, (*scores.shape, 4))
        return decoded_ranked(labels[0], xyxy_px[0], scores[0], size_px, self._floor)

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        """Returns the road users in several pictures, one by one."""
        return [self.find(picture) for picture in pictures]

    def _check(self, classes: tuple[int, ...], classes_meant: tuple[int, ...], *boxes: tuple[int, ...]) -> None:
        if classes != classes_meant or boxes[0] != boxes[1]:
            raise ModelError(
                f"{self._session.path}: outputs of shapes {classes_meant} and {boxes[1]} are needed, got {classes} and "
                f"{boxes[0]}. Is it another model?"
            )
