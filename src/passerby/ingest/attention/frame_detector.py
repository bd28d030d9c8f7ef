"""Detects road users in one frame: a full-frame pass and its crops, merged into one set of detections."""

import math
from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.expected_boxes import ExpectedBoxes
from passerby.domain.frames import FrameStamp
from passerby.geometry.boxes import pairwise_ioa, pairwise_iou
from passerby.ingest.crops import CROP_SIDE_PX, CropPlan, Region, full_frame_size
from passerby.ingest.detectors.detector import KIND, NMS_IOU, Boxes, Detector
from passerby.ingest.detectors.riders import join_riders
from passerby.ingest.moving_things.motion import MotionFinder
from passerby.ingest.raw import RawFrame

CUT_MARGIN_PX = 3.0
"""A box this near to a crop's inner edge, in the crop's own pixels, is part of something larger."""

NEW_CONFIDENCE = 0.45
NEW_IOU = 0.3
"""A crop's sure box that overlaps every sure one of the full-frame pass less than this is a new road user."""

WITHIN_SHARE = 0.6
"""A box lying so far inside another of its kind, and less sure, is a torso or a bag and not a second person."""

AROUND_SHARE = 0.75
"""A box holding so much of a surer one of its kind is two people found as one."""


class Stopwatch(Protocol):
    """Adds the time spent in a named part of the work; see `telemetry.stages`."""

    def start(self, part: str) -> None:
        """Counts the time from now on as this part's."""
        ...


def use_one_thread() -> None:
    """Keeps OpenCV to one thread in this process.

    The cores belong to other cameras; one camera's small pictures gain nothing from more threads.
    """
    cv2.setNumThreads(1)


class FrameFinder(Protocol):
    """What finds the road users in a camera's frames: by looking at all of each, or with `attention`."""

    @property
    def due_s(self) -> float:
        """Stream time before which no frame is wanted."""
        ...

    @property
    def saw_all(self) -> bool:
        """Whether the newest look was one at the whole frame, as large and as closely as it is ever looked at."""
        ...

    @property
    def saw_whole(self) -> bool:
        """Whether it was one at the whole frame, of whatever size."""
        ...

    @property
    def held_back(self) -> float:
        """The share of the last minute, 0-1, in which more was at stake than a camera may look at."""
        ...

    @property
    def small_share(self) -> float:
        """How high the small ones of those are who are followed, 0-1 of the picture's height.

        0 where the newest look was none at the whole frame, or no one is followed.
        """
        ...

    def is_due(self, stamp: FrameStamp) -> bool:
        """Returns whether this frame is to be looked at."""
        ...

    def find(self, raw: RawFrame) -> Detections:
        """Returns the road users in a frame, as far as it is looked at; riders are joined with what they ride."""
        ...

    def whole(self, raw: RawFrame) -> Detections:
        """Returns all that a look at the whole of the newest frame finds, however weak."""
        ...

    def expect(self, expected: ExpectedBoxes) -> None:
        """Takes what is followed after a frame."""
        ...


class FrameDetector:
    """Finds the road users in the frames of one camera: it looks at all of each frame, and closer where that pays."""

    due_s: float = -math.inf
    saw_all: bool = True
    saw_whole: bool = True
    held_back: float = 0.0
    small_share: float = 0.0

    def __init__(self, detector: Detector, plan: CropPlan, stopwatch: Stopwatch) -> None:
        self._detector, self._plan, self._stopwatch = detector, plan, stopwatch
        self._motion = MotionFinder()
        self._found: Detections | None = None

    def is_due(self, stamp: FrameStamp) -> bool:  # noqa: ARG002 - see `FrameFinder`
        """Returns True: every frame is looked at."""
        return True

    def expect(self, expected: ExpectedBoxes) -> None:
        """Does nothing: all of each frame is looked at, whatever is followed."""

    def whole(self, raw: RawFrame) -> Detections:
        """Returns what was found in the newest frame."""
        if self._found is None or self._found.stamp is not raw.stamp:
            return self.find(raw)
        return self._found

    def find(
        self,
        raw: RawFrame,
        moved_xyxy_px: npt.NDArray[np.float32] | None = None,
        side_px: int | None = None,
    ) -> Detections:
        """Returns the road users in a frame, of any confidence; riders are joined with what they ride.

        Args:
            raw: the frame.
            moved_xyxy_px: float32 (M, 4), where something moved; None where it is not known yet.
            side_px: shorter side of the picture that the detector gets, None for the largest; crops stay as they are.
        """
        self._found = self._find(raw, moved_xyxy_px, side_px)
        return self._found

    def _find(self, raw: RawFrame, moved_xyxy_px: npt.NDArray[np.float32] | None, side_px: int | None) -> Detections:
        self._stopwatch.start("scale")
        picture = raw.picture(full_frame_size(raw.size_px, side_px))
        if moved_xyxy_px is None:
            moved_xyxy_px = self._motion.update(raw)
        self._stopwatch.start("detect")
        everything = (0, 0, *raw.size_px)
        full = placed(self._detector.find(picture), everything, (picture.shape[1], picture.shape[0]))
        crops = self._plan.crops(_detections(raw, full), moved_xyxy_px)
        if not crops:
            return _detections(raw, join_riders(one_each(full)))
        closer = self._find_in_crops(raw, crops)
        for region, boxes in zip(crops, closer, strict=True):
            self._plan.report(region, raw.stamp.stream_s, found_new=_found_new(boxes, full))
        return _detections(raw, join_riders(one_each(Boxes.joined([full, *closer]))))

    def _find_in_crops(self, raw: RawFrame, crops: Sequence[Region]) -> list[Boxes]:
        self._stopwatch.start("scale")
        size_px = (CROP_SIDE_PX, CROP_SIDE_PX)
        pictures = [raw.picture(size_px, region) for region in crops]
        self._stopwatch.start("detect")
        found = self._detector.find_each(pictures)
        return [
            placed(whole(boxes, region, raw.size_px), region, size_px)
            for boxes, region in zip(found, crops, strict=True)
        ]


def whole(boxes: Boxes, region: Region, frame_px: tuple[int, int]) -> Boxes:
    """Returns the boxes of a crop without those that its inner edges cut; edges on the frame's own are no cut."""
    left, top, right, bottom = region
    limits = (
        CUT_MARGIN_PX if left > 0 else -1.0,
        CUT_MARGIN_PX if top > 0 else -1.0,
        CROP_SIDE_PX - CUT_MARGIN_PX if right < frame_px[0] else CROP_SIDE_PX + 1.0,
        CROP_SIDE_PX - CUT_MARGIN_PX if bottom < frame_px[1] else CROP_SIDE_PX + 1.0,
    )
    xyxy = boxes.xyxy_px
    return boxes[
        (xyxy[:, 0] > limits[0]) & (xyxy[:, 1] > limits[1]) & (xyxy[:, 2] < limits[2]) & (xyxy[:, 3] < limits[3])
    ]


def placed(boxes: Boxes, region: Region, picture_px: tuple[int, int]) -> Boxes:
    """Returns boxes found in a picture of a region, in the frame's own pixels."""
    left, top, right, bottom = region
    return boxes.moved(((right - left) / picture_px[0], (bottom - top) / picture_px[1]), (left, top))


def one_each(boxes: Boxes) -> Boxes:
    """Returns one box a road user: the surest of several that overlap, hold or lie within each other."""
    order = np.argsort(-boxes.confidence, kind="stable")
    boxes = boxes[order]
    xyxy, kind = boxes.xyxy_px, KIND[boxes.road_user]
    share = pairwise_ioa(xyxy, xyxy)
    double = (pairwise_iou(xyxy, xyxy) > NMS_IOU) | (share.T > WITHIN_SHARE) | (share > AROUND_SHARE)
    double &= kind[:, None] == kind[None, :]
    return boxes[_unbeaten(np.triu(double, 1))]


def _unbeaten(beats: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Returns the rows that no surviving earlier row beats; `beats` is bool (N, N), upper triangle."""
    survives = np.ones(len(beats), np.bool_)
    for row in np.flatnonzero(beats.any(1)):
        if survives[row]:
            survives &= ~beats[row]
    return survives


def _found_new(closer: Boxes, full: Boxes) -> bool:
    """Returns whether a crop surely shows a road user whom the full-frame pass had missed or was unsure of."""
    sure = closer.xyxy_px[closer.confidence >= NEW_CONFIDENCE]
    known = full.xyxy_px[full.confidence >= NEW_CONFIDENCE]
    if not len(sure) or not len(known):
        return bool(len(sure))
    return bool((pairwise_iou(sure, known).max(1) < NEW_IOU).any())


def _detections(raw: RawFrame, boxes: Boxes) -> Detections:
    return Detections(raw.stamp, boxes.xyxy_px, boxes.confidence, boxes.road_user)
