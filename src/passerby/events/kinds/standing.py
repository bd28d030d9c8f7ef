"""For how long vehicles have stood still in a zone."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from passerby.domain.event_rules import EventRule
from passerby.domain.rule_subjects import road_users_of
from passerby.events.evaluator import Reading
from passerby.events.scene import Mask, Scene

REACH: Final = 0.25
"""Box sizes within which a vehicle stands still: a box's own noise is a tenth of it, and a vehicle that walks with the
traffic, at 1 m/s, goes a quarter of its length in about a second."""

_AWAY_S: Final = 1.5
"""Outside for so long it has moved on; less is a box that was pulled along by another one for some frames."""

_SIZE_RATIO: Final = 1.6
"""A partly hidden box loses up to a third of its size; more than that is another vehicle."""


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a vehicle came to stand.

    Attributes:
        x, y: its foot point, in picture heights.
        size: square root of its box's area, in picture heights.
        since_s: since when it has stood there.
        seen_s: when it was last seen at all.
        near_s: when it was last seen within reach of the spot.
    """

    x: float
    y: float
    size: float
    since_s: float
    seen_s: float
    near_s: float

    def reached_by(self, other: Self) -> bool:
        """Returns whether another spot lies so near that a vehicle there has not moved from here."""
        return math.hypot(other.x - self.x, other.y - self.y) <= REACH * self.size

    def may_be(self, other: Self) -> bool:
        """Returns whether a track that begins at another spot may be the one that was lost here."""
        ratio = self.size / max(other.size, 1e-9)
        return self.reached_by(other) and 1 / _SIZE_RATIO < ratio < _SIZE_RATIO


class Standing:
    """Seconds for which the vehicle that has stood longest in a zone has not moved by a quarter of its own size.

    A track that is lost leaves its spot for `hidden_s`: one that begins there within that time goes on with it, so that
    a change of its id, or a person who walks past in front, does not begin the time anew. A track that came driving
    takes over nothing. Nothing is kept longer than `hidden_s` after the last sighting.

    Args:
        rule: the rule.
        zone: number of its zone in the layout.
        hidden_s: how long a vehicle's spot is kept after its last sighting.
        left_out: returns bool (N,), those of the tracks given that are not to be taken for vehicles; none where it is
            left out.
    """

    def __init__(
        self, rule: EventRule, zone: int, *, hidden_s: float, left_out: Callable[[Scene, Mask], Mask] | None = None
    ) -> None:
        self._zone, self._users, self._left_out = zone, road_users_of(rule), left_out
        self._hidden_s = hidden_s
        self._spots: dict[int, _Spot] = {}
        self._known: frozenset[int] = frozenset()

    def update(self, scene: Scene) -> Reading:
        """Adds a frame; returns the seconds, 0 where none stands."""
        tracks = scene.frame.tracks
        self._spots = self._follow(scene)
        self._known = frozenset(tracks.track_id[tracks.confirmed].tolist())
        since_s = min((spot.since_s for spot in self._spots.values()), default=scene.now_s)
        return Reading(scene.now_s - since_s)

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of the vehicles in the zone now."""
        return scene.mean_confidence(self._chosen(scene))

    def restart(self) -> None:
        """Drops all spots."""
        self._spots, self._known = {}, frozenset()

    def _follow(self, scene: Scene) -> dict[int, _Spot]:
        """Returns the spots of the tracks in the zone, by their ids, and those that lost tracks have left."""
        in_view = frozenset(scene.frame.tracks.track_id.tolist())
        left = {
            track_id: spot
            for track_id, spot in self._spots.items()
            if track_id not in in_view and scene.now_s - spot.seen_s <= self._hidden_s
        }
        spots = {}
        for track_id, seen in self._seen(scene):
            known = self._spots.get(track_id)
            if known is not None:
                spots[track_id] = _goes_on(known, seen)
            elif track_id in self._known:
                spots[track_id] = seen
            else:
                spots[track_id] = _taken_over(left, seen)
        return spots | left

    def _seen(self, scene: Scene) -> Iterator[tuple[int, _Spot]]:
        """Returns each track in the zone, with the spot at which it is now."""
        chosen = self._chosen(scene)
        if not chosen.any():
            return
        now_s = scene.now_s
        rows = np.flatnonzero(chosen)
        track_ids = scene.frame.tracks.track_id[rows].tolist()
        for track_id, (x, y, width, height) in zip(track_ids, scene.boxes(rows), strict=True):
            yield track_id, _Spot(x, y, math.sqrt(width * height), now_s, now_s, now_s)

    def _chosen(self, scene: Scene) -> Mask:
        chosen = scene.chosen(self._users, self._zone)
        return chosen if self._left_out is None or not chosen.any() else chosen & ~self._left_out(scene, chosen)


def _goes_on(known: _Spot, seen: _Spot) -> _Spot:
    """Returns a spot with its track's newest sighting: the same spot, or a new one where it has moved on."""
    near = known.reached_by(seen)
    if not near and seen.seen_s - known.near_s > _AWAY_S:
        return seen
    near_s = seen.seen_s if near else known.near_s
    return _Spot(known.x, known.y, known.size, known.since_s, seen.seen_s, near_s)


def _taken_over(left: dict[int, _Spot], seen: _Spot) -> _Spot:
    """Returns the spot of a track that begins: that of the lost track with which it goes on, taken out, or its own."""
    before = next((track_id for track_id, spot in left.items() if spot.may_be(seen)), None)
    if before is None:
        return seen
    spot = left.pop(before)
    return replace(seen, x=spot.x, y=spot.y, since_s=spot.since_s)
