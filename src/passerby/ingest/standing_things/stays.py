"""Where people have lately stayed: what comes there may be one of them, unless they were seen to go on."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.tracks import Tracks
from passerby.ingest.standing_things.views import Grid, Plane
from passerby.ingest.standing_things.zone_grid import ZoneGrid

WALKER: Final = 0.3
"""Confidence of a find of a person from which a person may have been there."""
WALKER_GROWTH: Final = 0.2
STAY_DECAY: Final = 0.93
"""What is left of a second's stay a second later: half of it after 10 s."""
STAYED: Final = 2.5
"""Seconds of people's stay at a place from which something that comes there may be one of them: a walker covers a place
for one or two, who lies down and draws a blanket over themself for more. Closer looks find half of those."""
STAYED_SHARE: Final = 0.1
"""Share of a region at which they stayed."""
SAME_FIND: Final = 0.5
"""Share of both together that a find and a track have in common where they are of one person."""
CLEAR: Final = 1.0
"""Heights of a person between who was seen to go on and what they left."""

Boxes = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stay:
    """Who stayed at a region before it came.

    Attributes:
        unknown: a person whose present place is not known. People who stayed close together count as such: their
            tracks may have been swapped.
        near: numbers of the tracks that were there alone, and are still near: they may go on yet.
    """

    unknown: bool = False
    near: frozenset[int] = frozenset()


@dataclass(slots=True, eq=False)
class _Person:
    """A track while it is followed: where it stayed, and its last box."""

    box_px: Boxes
    stayed: Plane


@dataclass(slots=True, eq=False)
class Stays:
    """Marks where people stay, for each track only while it is followed; all of it fades to half within 10 s.

    Args:
        grid: the part of the picture that is looked at.
    """

    grid: ZoneGrid
    _unknown: Plane = field(init=False)
    _people: dict[int, _Person] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._unknown = np.zeros(self.grid.shape, np.float32)

    def follow(self, tracks: Tracks, people: npt.NDArray[np.bool_]) -> None:
        """Takes each frame's tracks; where a person is lost from sight, their stay nearby is kept.

        Args:
            tracks: the road users that are followed.
            people: bool (N,), which of them are people.
        """
        for track_id in tracks.ended.tolist():
            person = self._people.pop(track_id, None)
            if person is not None:
                near = self.grid.part(_around(person.box_px, CLEAR))
                self._unknown[near] += person.stayed[near]
        for row in np.flatnonzero(people).tolist():
            box_px, track_id = tracks.xyxy_px[row].astype(np.float64), int(tracks.track_id[row])
            if track_id in self._people:
                self._people[track_id].box_px = box_px
            else:
                self._people[track_id] = _Person(box_px, np.zeros(self.grid.shape, np.float32))

    def mark(self, found: Detections, people: npt.NDArray[np.bool_], tracks: Tracks) -> None:
        """Adds where people are now; call it each second.

        Args:
            found: all that was found, however weak.
            people: bool (N,), which of it are people.
            tracks: those of the same frame.
        """
        self._unknown *= STAY_DECAY
        for person in self._people.values():
            person.stayed *= STAY_DECAY
        boxes = found.xyxy_px[people & (found.confidence >= WALKER)].astype(np.float64)
        shown = [track_id for track_id in tracks.track_id.tolist() if track_id in self._people]
        parts = [self.grid.part(_around(box, WALKER_GROWTH, by_width=True)) for box in boxes]
        count = np.zeros(self.grid.shape, np.uint8)
        for part in parts:
            count[part] += 1
        beside = count > 1
        self._unknown[beside] += 1.0
        for box, part in zip(boxes, parts, strict=True):
            shared = {track_id: _shared(box, self._people[track_id].box_px) for track_id in shown}
            own = max(shared, key=lambda track_id: shared[track_id], default=None)
            alone = ~beside[part]
            if own is not None and shared[own] >= SAME_FIND:
                shown.remove(own)
                self._people[own].stayed[part] += alone
            else:
                self._unknown[part] += alone

    def before(self, mask: Grid) -> Stay:
        """Returns who stayed for some seconds where something has come: bool (H, W)."""
        near = {track_id: person for track_id, person in self._people.items() if not self._is_clear(person, mask)}
        unknown = self._unknown[mask]
        together = unknown + sum(person.stayed[mask] for person in near.values())
        if float((together >= STAYED).mean()) < STAYED_SHARE:
            return Stay()
        alone = frozenset(track_id for track_id, person in near.items() if person.stayed[mask].any())
        return Stay(float((unknown >= STAYED).mean()) >= STAYED_SHARE or not alone, alone)

    def later(self, stay: Stay, mask: Grid) -> Stay:
        """Returns what is known of them now: who is seen to go on, is not there; who is lost from sight, may be."""
        lost = any(track_id not in self._people for track_id in stay.near)
        still = (track_id for track_id in stay.near if track_id in self._people)
        return Stay(
            stay.unknown or lost,
            frozenset(track_id for track_id in still if not self._is_clear(self._people[track_id], mask)),
        )

    def _is_clear(self, person: _Person, mask: Grid) -> bool:
        return not mask[self.grid.part(_around(person.box_px, CLEAR))].any()


def _around(box_px: Boxes, share: float, *, by_width: bool = False) -> Boxes:
    """Returns a box with so many of its heights more on each side, or of its widths and heights."""
    size = box_px[2:] - box_px[:2]
    growth = share * (size if by_width else np.full(2, size[1]))
    return np.concatenate([box_px[:2] - growth, box_px[2:] + growth])


def _shared(one: Boxes, other: Boxes) -> float:
    """Returns what two boxes share, as a share of both together."""
    shared = np.clip(np.minimum(one[2:], other[2:]) - np.maximum(one[:2], other[:2]), 0, None).prod()
    both = (one[2:] - one[:2]).prod() + (other[2:] - other[:2]).prod() - shared
    return float(shared / both) if both > 0 else 0.0
