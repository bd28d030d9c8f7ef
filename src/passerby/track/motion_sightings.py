"""Sightings of one frame: what was detected, and beside it what moves, with a class where a weak detection agrees."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.moving_things import MovingThings
from passerby.domain.road_user import HEAVY, RoadUser
from passerby.geometry.boxes import pairwise_ioa, pairwise_iou

FAINT: Final = 0.10
"""A detection of a vehicle of this confidence gives its class to what moves there. Alone it is worth nothing: most of
them lie on trees, signs and shadows."""

ONE_THING_IOU: Final = 0.5
"""Overlap from which on a moving thing and a detection are one."""

WITHIN_SHARE: Final = 0.8
"""A faint detection that lies so far within a moving thing may be one of several that move together."""

MOTION_CONFIDENCE: Final = 0.08
"""Of a moving thing that no detection agrees with: two or three faint ones in ten sightings give a track its class."""

HEAVY_ROWS: Final = np.isin(np.arange(len(RoadUser)), list(HEAVY))
"""A faint bus or truck is a vehicle of any kind: a shuttle, a pick-up, a van, and what is large in the picture."""

MOTORISED: Final = np.isin(np.arange(len(RoadUser)), [RoadUser.CAR, RoadUser.MOTORCYCLE, RoadUser.BUS, RoadUser.TRUCK])
"""Whether each class is one that a faint detection may give. A person is not: branches that sway look like people."""


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """Detections, and rows of motion behind them.

    Attributes:
        detections: N rows; of motion alone they are `UNCLASSIFIED`.
        of_motion: bool (N,), rests on motion, with or without a faint detection.
        moves: bool (N,), something moves there; such a row may begin a track by motion.
        agreed: bool (N,), a vehicle was detected there, however faintly.
    """

    detections: Detections
    of_motion: npt.NDArray[np.bool_]
    moves: npt.NDArray[np.bool_]
    agreed: npt.NDArray[np.bool_]


def without_motion(detections: Detections) -> Sightings:
    """Returns detections alone."""
    none = np.zeros(len(detections), np.bool_)
    return Sightings(detections, none, none, MOTORISED[detections.road_user])


def with_motion(detections: Detections, moving: MovingThings, keep_confidence: float) -> Sightings:
    """Returns detections, and a row for each moving thing that none of them is.

    Args:
        detections: of the frame, of any confidence.
        moving: of the same frame.
        keep_confidence: a detection of this confidence is one; a weaker one is taken only for what moves.
    """
    known = detections[detections.confidence >= keep_confidence]
    if not len(moving):
        return without_motion(known)
    faint_rows = (detections.confidence < keep_confidence) & (detections.confidence >= FAINT)
    faint = detections[faint_rows & MOTORISED[detections.road_user]]
    boxes, faint_boxes = moving.xyxy_px.astype(np.float64), faint.xyxy_px.astype(np.float64)
    with_known = pairwise_iou(boxes, known.xyxy_px.astype(np.float64)) >= ONE_THING_IOU
    with_faint = pairwise_iou(boxes, faint_boxes) >= ONE_THING_IOU
    things = [
        _of_motion(moving, number, faint, with_faint[number]) for number in np.flatnonzero(~with_known.any(1)).tolist()
    ]
    # Several things that touch have one box of motion; a faint detection in it may be one that is followed already.
    within = ~with_faint.any(0) & (pairwise_ioa(faint_boxes, boxes) >= WITHIN_SHARE).any(1)
    found = [known, *things, faint[within & ~HEAVY_ROWS[faint.road_user]]]
    joined = Detections(
        detections.stamp,
        np.concatenate([each.xyxy_px for each in found]),
        np.concatenate([each.confidence for each in found]),
        np.concatenate([each.road_user for each in found]),
    )
    row = np.arange(len(joined))
    moves = (row >= len(known)) & (row < len(known) + len(things))
    moves[: len(known)] = with_known.any(0)
    agreed = MOTORISED[joined.road_user] | (row >= len(known)) & (joined.confidence > MOTION_CONFIDENCE)
    return Sightings(joined, row >= len(known), moves, agreed)


def _of_motion(moving: MovingThings, number: int, faint: Detections, agrees: npt.NDArray[np.bool_]) -> Detections:
    """A moving thing as a detection: the surest faint one that agrees with it, or one of no class."""
    agreeing = np.flatnonzero(agrees)
    confidence, road_user = MOTION_CONFIDENCE, int(RoadUser.UNCLASSIFIED)
    if len(agreeing):
        surest = agreeing[int(np.argmax(faint.confidence[agreeing]))]
        confidence = float(faint.confidence[surest])
        if not HEAVY_ROWS[faint.road_user[surest]]:
            road_user = int(faint.road_user[surest])
    return Detections(
        moving.stamp,
        moving.xyxy_px[[number]],
        np.array([confidence], np.float32),
        np.array([road_user], np.int16),
    )
