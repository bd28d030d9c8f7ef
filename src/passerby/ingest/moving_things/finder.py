"""Boxes round what differs from the empty place; cheap, and without any idea of what it is."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.frames import FrameStamp
from passerby.domain.moving_things import MovingThings
from passerby.domain.road_user import RoadUser
from passerby.ingest.moving_things.empty_edges import EmptyEdges, Floats
from passerby.ingest.moving_things.motion import components
from passerby.ingest.raw import RawFrame

GRID_PX: Final = 320
"""Longer side of the grid that motion is found on."""

GAP_CELLS: Final = 7
"""Edges that lie so near belong to one thing: the roof and the flank of a car."""

MIN_SIDE_CELLS: Final = 8
MIN_CELLS: Final = 30
"""A thing is so long at least, 2.5 % of the picture, and covers so much. Below are rain, snow and compression."""

EDGE_MASS: Final = 0.02
"""Of a box's changed edges so much may lie beyond each of its sides: the soft end of a shadow, and a stray cell."""

SURE: Final = 0.5
VEHICLES: Final = np.isin(np.arange(len(RoadUser)), [RoadUser.CAR, RoadUser.BUS, RoadUser.TRUCK])
"""A vehicle of these classes that is found so surely is taken out first, so that one that touches it stands alone."""

MAX_THINGS: Final = 48
"""So many at once are noise: rain, snow, a camera that shakes."""


class MovingThingFinder:
    """Finds what moves, in the frames of one camera; where size or time do not go on, the place is learned anew."""

    def __init__(self) -> None:
        self._place = EmptyEdges()
        self._seen: FrameStamp | None = None

    def update(self, raw: RawFrame, found: Detections) -> MovingThings:
        """Returns what differs from the empty place, and is no vehicle that was surely detected.

        Args:
            raw: the next frame.
            found: what was detected in it; a person's shadow stays with the person, as one thing.
        """
        before, self._seen = self._seen, raw.stamp
        if before is not None and not _goes_on(before, raw.stamp):
            self._place = EmptyEdges()
        width_px, height_px = raw.size_px
        shrink = min(1.0, GRID_PX / max(width_px, height_px))
        grid_px = (max(8, round(width_px * shrink)), max(8, round(height_px * shrink)))
        changed = self._place.changed(raw.luma_scaled(grid_px), raw.stamp.stream_s)
        if changed is None:
            return MovingThings.none(raw.stamp)
        scale = np.array([width_px / grid_px[0], height_px / grid_px[1]] * 2, np.float32)
        sure = (found.confidence >= SURE) & VEHICLES[found.road_user]
        for left, top, right, bottom in np.maximum(found.xyxy_px[sure] / scale, 0).astype(int).tolist():
            changed[top : bottom + 1, left : right + 1] = 0
        boxes = boxes_of(changed)
        return MovingThings(raw.stamp, (boxes * scale).astype(np.float32))


def _goes_on(before: FrameStamp, now: FrameStamp) -> bool:
    """Returns whether a frame shows the same place some time later than the one before."""
    same = (before.size_px, before.stretch) == (now.size_px, now.stretch)
    return same and now.stream_s >= before.stream_s


def boxes_of(changed: Floats) -> npt.NDArray[np.float32]:
    """Returns a box round each connected thing: float32 (N, 4), left, top, right, bottom in cells.

    Args:
        changed: float32 (H, W), how much each cell has changed, 0 where it has not.
    """
    near = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (GAP_CELLS, GAP_CELLS))
    filled = cv2.morphologyEx((changed > 0).astype(np.uint8), cv2.MORPH_CLOSE, near)
    filled = cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    label, stats = components(np.asarray(filled, np.uint8))
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(1)
    things = np.flatnonzero((stats[:, cv2.CC_STAT_AREA] >= MIN_CELLS) & (sides >= MIN_SIDE_CELLS))
    things = things[things > 0]
    if not 0 < len(things) <= MAX_THINGS:
        return np.empty((0, 4), np.float32)
    return np.array([_box_of(changed, label, int(thing), stats[thing]) for thing in things], np.float32)


def _box_of(
    changed: Floats, label: npt.NDArray[np.int32], thing: int, stats: npt.NDArray[np.int32]
) -> tuple[float, float, float, float]:
    left, top, width, height = (int(value) for value in stats[:4])
    part = np.s_[top : top + height, left : left + width]
    mass = np.where(label[part] == thing, changed[part], 0)
    first_x, last_x = _extent(mass.sum(0))
    first_y, last_y = _extent(mass.sum(1))
    return left + first_x, top + first_y, left + last_x, top + last_y


def _extent(mass: Floats) -> tuple[int, int]:
    """Returns the first cell and the one behind the last, with the least massive ends left out."""
    share = np.cumsum(mass) / max(float(mass.sum()), 1e-6)
    first, last = np.searchsorted(share, (EDGE_MASS, 1 - EDGE_MASS))
    return int(first), min(int(last) + 1, len(mass))
