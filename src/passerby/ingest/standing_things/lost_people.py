"""Where people were lately lost from sight within the picture: what comes there may be one of them."""

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.ingest.standing_things.views import Grid
from passerby.ingest.standing_things.zone_grid import ZoneGrid

DOUBT_S: Final = 15.0
"""A region that came so long before or after a person was lost from sight at its place may be that person."""
LOST_SHARE: Final = 0.3
"""Share of a region at which they were."""
EDGE_SHARE: Final = 0.02
"""Of the picture: people who are lost from sight so near to its edge have left it."""
AHEAD_S: Final = 1.0
"""Who walks on as they did, and reaches the edge within this time, has left the picture, too."""
STEP_S: Final = 0.4
"""Time between two places from which someone's pace is known; boxes jump by more than people walk in less."""

Boxes = npt.NDArray[np.float64]


@dataclass(slots=True, eq=False)
class _Person:
    """A track while it is followed: its last box, one from before and when that was, and pixels a second since."""

    box_px: Boxes
    before_px: Boxes
    before_s: float
    pace_px_s: Boxes = field(default_factory=lambda: np.zeros(2))

    def move(self, box_px: Boxes, now_s: float) -> None:
        """Takes the box of another frame."""
        self.box_px = box_px
        if now_s - self.before_s >= STEP_S:
            self.pace_px_s = _moved(self.before_px, box_px) / (now_s - self.before_s)
            self.before_px, self.before_s = box_px, now_s


class LostPeople:
    """Marks where people were lost from sight, without number or way; they are followed only while their track is.

    Args:
        grid: the part of the picture that is looked at.
        size_px: width and height of the frame.
    """

    def __init__(self, grid: ZoneGrid, size_px: tuple[int, int]) -> None:
        self._grid, self._size_px = grid, np.array(size_px, np.float64)
        self._lost_s = np.full(grid.shape, -math.inf, np.float64)
        self._people: dict[int, _Person] = {}

    def follow(self, tracks: Tracks) -> None:
        """Takes each frame's tracks."""
        now_s = tracks.stamp.stream_s
        for track_id in tracks.ended.tolist():
            person = self._people.pop(track_id, None)
            if person is not None and not self._has_left(person):
                self._lost_s[self._grid.part(person.box_px)] = now_s
        people = tracks.confirmed & (tracks.road_user == RoadUser.PEDESTRIAN)
        boxes = tracks.xyxy_px[people].astype(np.float64)
        for track_id, box_px in zip(tracks.track_id[people].tolist(), boxes, strict=True):
            if track_id in self._people:
                self._people[track_id].move(box_px, now_s)
            else:
                self._people[track_id] = _Person(box_px, box_px, now_s)

    def lost_at(self, mask: Grid, born_s: float) -> bool:
        """Returns whether a person was lost from sight where and when something came: bool (H, W)."""
        return float((np.abs(self._lost_s[mask] - born_s) <= DOUBT_S).mean()) >= LOST_SHARE

    def _has_left(self, person: _Person) -> bool:
        """Returns whether someone was lost from sight at the picture's edge, or on their way over it."""
        low, high = EDGE_SHARE * self._size_px, (1 - EDGE_SHARE) * self._size_px
        ahead_px = person.box_px + AHEAD_S * np.tile(person.pace_px_s, 2)
        return any(bool((box[:2] <= low).any() or (box[2:] >= high).any()) for box in (person.box_px, ahead_px))


def _moved(before_px: Boxes, after_px: Boxes) -> Boxes:
    """Returns how far a whole box has moved, x and y: of who sits or lies down one side stays where it was."""
    low, high = (after_px - before_px).reshape(2, 2)
    return np.where(low * high > 0, np.sign(low) * np.minimum(np.abs(low), np.abs(high)), 0.0)
