"""NanoDet: the default detector NanoDet-g, and NanoDet-Plus as its authors publish it.

Generalised focal loss (Li et al. 2020, arXiv:2006.04388): class scores and distances to four edges for every cell of a
grid; an edge's distance is the expectation of a softmax over bins.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from passerby.domain.errors import ModelError
from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.detector import COCO_KEPT, FLOOR, NMS_IOU, Boxes, suppressed
from passerby.ingest.detectors.network_input import clipped, input_size, letterboxed, only_output, padded, planes, table
from passerby.ingest.detectors.session import Array, Session
from passerby.ingest.raw import Picture

STRIDES_PX = (8, 16, 32)
BINS = 11
MULTIPLE_PX = 32
MOTORCYCLE_DOUBT = 0.5
"""A motorcycle is believed where a bicycle scores less than this share of it."""

MEAN_BGR = (104, 116, 124)
"""The training pictures' mean colour: zero to the network, so a border of it excites nothing."""


@lru_cache(maxsize=64)
def cells(width_px: int, height_px: int, strides_px: tuple[int, ...], shift: float) -> Array:
    """Returns the centre and stride of every cell, row by row, stride after stride: float32 (P, 3), x, y, stride in px.

    Args:
        width_px, height_px: of the network's input; a part of a stride at its edge makes a whole cell.
        strides_px: the network's strides.
        shift: where in its cell the centre lies, in cells: 0.5 is the middle, 0 the corner.
    """
    parts = []
    for stride_px in strides_px:
        rows, columns = np.mgrid[0 : -(-height_px // stride_px), 0 : -(-width_px // stride_px)]
        centres = (np.stack([columns, rows], axis=-1).reshape(-1, 2) + shift) * stride_px
        parts.append(np.column_stack([centres, np.full(len(centres), stride_px)]))
    table = np.concatenate(parts).astype(np.float32)
    table.flags.writeable = False
    return table


def edges_from_bins(logits: npt.NDArray[np.float32], cell: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns boxes from distance distributions.

    Args:
        logits: float32 (4 * bins, N), for left, top, right, bottom. Bins come first: sums over them then run along
            rows of memory, five times faster than the other way round.
        cell: float32 (N, 3), centre x, y and stride in px.

    Returns:
        float32 (N, 4), left, top, right, bottom in px.
    """
    bins = logits.reshape(4, -1, logits.shape[1])
    weights = np.exp(bins - bins.max(axis=1, keepdims=True))
    steps = np.arange(bins.shape[1], dtype=np.float32)
    distance_px = (steps @ weights / weights.sum(axis=1)).T * cell[:, 2:]
    return np.concatenate([cell[:, :2] - distance_px[:, :2], cell[:, :2] + distance_px[:, 2:]], axis=1)


def settle_two_wheelers(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Returns scores in which nothing is both a bicycle and a motorcycle.

    A motorcycle is one that scores low as a bicycle.

    Seen from the front or half hidden by its rider, a bicycle scores up to twice as high as a motorcycle; measured on
    the cyclists of a shopping street and a junction, where bicycles are 0.55 to 1.5 of the motorcycle's score.

    Args:
        scores: float32 (6, P), 0-1, rows in the order of `RoadUser`.

    Returns:
        float32 (6, P), new memory where anything changes.
    """
    bicycle, motorcycle = scores[RoadUser.BICYCLE], scores[RoadUser.MOTORCYCLE]
    rather_bicycle = bicycle >= MOTORCYCLE_DOUBT * motorcycle
    settled = scores.copy()
    settled[RoadUser.BICYCLE] = np.where(rather_bicycle, np.maximum(bicycle, motorcycle), 0.0)
    settled[RoadUser.MOTORCYCLE] = np.where(rather_bicycle, 0.0, motorcycle)
    return settled


def decoded(
    scores: npt.NDArray[np.float32],
    logits: npt.NDArray[np.float32],
    cell: npt.NDArray[np.float32],
    floor: float,
    iou: float,
) -> Boxes:
    """Returns one picture's output as boxes in the network's input pixels.

    Args:
        scores: float32 (6, P), 0-1, rows in the order of `RoadUser`.
        logits: float32 (4 * bins, P).
        cell: float32 (P, 3).
        floor: lowest score.
        iou: for the suppression.
    """
    scores = settle_two_wheelers(scores)
    road_user, cell_number = np.nonzero(scores >= floor)
    if not len(cell_number):
        return Boxes.none()
    xyxy_px = edges_from_bins(np.take(logits, cell_number, axis=1), cell[cell_number])
    return suppressed(xyxy_px, scores[road_user, cell_number], road_user.astype(np.int16), iou)


class NanoDet:
    """NanoDet-g as this project builds it: any picture size, uint8 in, six classes out."""

    def __init__(self, session: Session, floor: float = FLOOR, iou: float = NMS_IOU) -> None:
        session.demand("NanoDet-g", ["picture"], ["scores", "boxes"])
        self._session = session
        self._floor = floor
        self._iou = iou

    def find(self, picture: Picture) -> Boxes:
        """Returns the road users in one picture: uint8 (H, W, 3), BGR; sides of multiples of 32 px cost no copy."""
        return self._find_same([picture])[0]

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        """Returns the road users in several pictures; those of one size go through the network together."""
        found: dict[int, Boxes] = {}
        for shape in {picture.shape for picture in pictures}:
            rows = [row for row, picture in enumerate(pictures) if picture.shape == shape]
            found.update(zip(rows, self._find_same([pictures[row] for row in rows]), strict=True))
        return [found[row] for row in range(len(pictures))]

    def _find_same(self, pictures: Sequence[Picture]) -> list[Boxes]:
        batch = [padded(picture, MULTIPLE_PX, MEAN_BGR) for picture in pictures]
        stacked = np.stack(batch) if len(batch) > 1 else np.ascontiguousarray(batch[0])[None]
        scores, logits = self._session.run({"picture": stacked}, ["scores", "boxes"])
        height_px, width_px = stacked.shape[1:3]
        cell = cells(width_px, height_px, STRIDES_PX, 0.5)
        wanted = (len(batch), len(COCO_KEPT), len(cell)), (len(batch), 4 * BINS, len(cell))
        if (scores.shape, logits.shape) != wanted:
            raise ModelError(
                f"{self._session.path}: outputs of shapes {wanted} are needed, got {scores.shape}, {logits.shape}. "
                "Is it another model?"
            )
        return [
            self._answer(decoded(scores[row], logits[row], cell, self._floor, self._iou), pictures[row])
            for row in range(len(batch))
        ]

    @staticmethod
    def _answer(boxes: Boxes, picture: Picture) -> Boxes:
        return Boxes(clipped(boxes.xyxy_px, (picture.shape[1], picture.shape[0])), boxes.confidence, boxes.road_user)


PLUS_STRIDES_PX = (8, 16, 32, 64)
PLUS_BINS = 8
COCO_CLASSES = 80
PLUS_USUAL_SIDE_PX = 416

PLUS_MEAN = np.array([103.53, 116.28, 123.675], np.float32)
PLUS_STD = np.array([57.375, 57.12, 58.395], np.float32)


class NanoDetPlus:
    """NanoDet-Plus as its authors publish it: a fixed input size, 80 classes of which six are kept."""

    def __init__(self, session: Session, floor: float = FLOOR, iou: float = NMS_IOU) -> None:
        only_output(session, "NanoDet-Plus")
        self._session = session
        self._size_px = input_size(session, session.inputs[0], PLUS_USUAL_SIDE_PX)
        self._floor = floor
        self._iou = iou

    def find(self, picture: Picture) -> Boxes:
        """Returns the road users in one picture: uint8 (H, W, 3), BGR."""
        fitted = letterboxed(picture, self._size_px, MEAN_BGR, centred=True)
        cell = cells(*self._size_px, PLUS_STRIDES_PX, 0.0)
        feed = planes(fitted.picture, PLUS_MEAN, PLUS_STD)
        answer = table(self._session, "NanoDet-Plus", feed, len(cell), COCO_CLASSES + 4 * PLUS_BINS)
        scores, logits = answer[:, COCO_KEPT].T, answer[:, COCO_CLASSES:].T
        found = decoded(scores, logits, cell, self._floor, self._iou)
        return Boxes(fitted.to_original(found.xyxy_px), found.confidence, found.road_user)

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        """Returns the road users in several pictures, one by one."""
        return [self.find(picture) for picture in pictures]
