"""Looks closer at a region, upright and turned on its side, for a person who stands, sits or lies there."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import RoadUser
from passerby.ingest.crops import CROP_SIDE_PX, Region
from passerby.ingest.detectors.detector import Boxes, Detector
from passerby.ingest.raw import Picture, RawFrame

MARGINS: Final = (1.3, 1.8, 2.6, 3.8)
"""Sides of the looked-at squares, in sizes of the region: near, and with what is around it. A person is found in most
of them; a thing that looks like one, in one or two."""

SHARE_OF_PERSON: Final = 0.6
"""Of a person's height: a smaller region is looked at as one of this size, as it may be a part of a person."""

MIN_SIDE_PX: Final = 32
"""Least side of such a square in the camera's own pixels."""

TURNS: Final = (None, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE)
"""Who lies stands in one of these: detectors are taught on people who stand."""

COVERED: Final = 0.4
"""Share of a region that a find has to cover."""
FILLED: Final = 0.04
"""Share of a find that the region has to fill: of a person in the ground's own colours only a part is seen as new."""


def look_closer(
    raw: RawFrame, box_px: npt.NDArray[np.float64], detector: Detector, *, person_px: float | None = None
) -> float:
    """Returns how surely a person was found at a region of a frame, 0-1: the mean over the squares, 0 for not at all.

    Args:
        raw: the frame.
        box_px: float64 (4,), left, top, right, bottom of the region in pixels of the frame.
        detector: finds road users in pictures.
        person_px: how tall a person is there; None where it is not known.
    """
    smallest_px = SHARE_OF_PERSON * (person_px or 0.0)
    person = np.zeros((len(TURNS), len(MARGINS)))
    for column, margin in enumerate(MARGINS):
        square = _square(box_px, margin, smallest_px, raw.size_px)
        picture = raw.picture((CROP_SIDE_PX, CROP_SIDE_PX), square)
        found = detector.find_each([_turned(picture, turn) for turn in TURNS])
        for row, (turn, boxes) in enumerate(zip(TURNS, found, strict=True)):
            at = covering(boxes, _box_in(box_px, square, turn))
            people = boxes.confidence[at & (boxes.road_user == RoadUser.PEDESTRIAN)]
            person[row, column] = people.max(initial=0.0)
    return float(person.mean(axis=1).max())


def _square(box_px: npt.NDArray[np.float64], margin: float, smallest_px: float, frame_px: tuple[int, int]) -> Region:
    left, top, right, bottom = box_px
    side = min(max(margin * max(right - left, bottom - top, smallest_px), MIN_SIDE_PX), *frame_px)
    x = min(max((left + right - side) / 2, 0), frame_px[0] - side)
    y = min(max((top + bottom - side) / 2, 0), frame_px[1] - side)
    return int(x), int(y), int(x + side), int(y + side)


def _turned(picture: Picture, turn: int | None) -> Picture:
    return picture if turn is None else np.asarray(cv2.rotate(picture, turn), np.uint8)


def _box_in(box_px: npt.NDArray[np.float64], square: Region, turn: int | None) -> npt.NDArray[np.float64]:
    """Returns where the region lies in the turned picture of a square: float64 (4,)."""
    scale = CROP_SIDE_PX / (square[2] - square[0])
    left, top, right, bottom = (box_px - np.array([square[0], square[1]] * 2)) * scale
    if turn == cv2.ROTATE_90_CLOCKWISE:
        left, top, right, bottom = CROP_SIDE_PX - bottom, left, CROP_SIDE_PX - top, right
    elif turn == cv2.ROTATE_90_COUNTERCLOCKWISE:
        left, top, right, bottom = top, CROP_SIDE_PX - right, bottom, CROP_SIDE_PX - left
    return np.array([left, top, right, bottom], np.float64)


def covering(boxes: Boxes, box_px: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Returns bool (N,): finds that are of a region, and not of a person beside it.

    Args:
        boxes: the finds.
        box_px: float64 (4,), the region, in the same pixels.
    """
    xyxy = boxes.xyxy_px.astype(np.float64)
    shared = np.clip(np.minimum(xyxy[:, 2:], box_px[2:]) - np.maximum(xyxy[:, :2], box_px[:2]), 0, None).prod(axis=1)
    areas = np.maximum((xyxy[:, 2:] - xyxy[:, :2]).prod(axis=1), 1.0)
    area = max(float((box_px[2:] - box_px[:2]).prod()), 1.0)
    return np.asarray((shared / area >= COVERED) & (shared / areas >= FILLED), np.bool_)
