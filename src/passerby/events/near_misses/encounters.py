"""Near misses: encounters of two road users that were on collision course until shortly before, and their rate."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.event_rules import EventRule
from passerby.domain.road_user import RoadUser
from passerby.events.evaluator import Reading
from passerby.events.motion import Moving, TrackMotion
from passerby.events.near_misses.footprints import Footprints, footprints, times_to_collision
from passerby.events.near_misses.past_ways import PastWays
from passerby.events.scene import Scene
from passerby.events.subjects import road_users_of
from passerby.units import HOUR_S

EVERY_S: Final = 0.1

_LOOKS: Final = 2
"""So many looks in a row have to show a collision course; one may be a box that was pulled aside."""

_CLOSING_MPS: Final = 0.5
"""Slower they do not run into one another: it is less than twice the error of a speed."""

_COMPANION_M: Final = 3.0
_COMPANION_MPS: Final = 0.5
_COMPANION_S: Final = 2.0
"""Those on foot or on bicycles who go so near one another, so alike, for so long in all, go together."""

_SHORTEST_WATCH_S: Final = 600.0
"""A rate is taken over ten minutes at least: a single near miss is none."""

_TOGETHER: Final = frozenset({RoadUser.PEDESTRIAN, RoadUser.BICYCLE})


@dataclass(frozen=True, slots=True)
class NearMissLimits:
    """What counts as a near miss.

    Attributes:
        ttc_s: seconds to a collision, if both kept their velocity, that are as few as this.
        pet_s: seconds between the first leaving and the second reaching the place where their ways crossed; one that
            comes later than this was in no danger, whatever was foreseen.
    """

    ttc_s: float = 1.5
    pet_s: float = 5.0


@dataclass(frozen=True, slots=True)
class Encounter:
    """Two road users who came near one another, when it is over. Nothing of it says who they were.

    Attributes:
        road_users: both classes, the lower number first.
        ttc_s: the fewest seconds to a collision; None if they were never on collision course.
        pet_s: post-encroachment time; None if their ways did not cross.
        near_miss: both were within the limits.
    """

    road_users: tuple[RoadUser, RoadUser]
    ttc_s: float | None
    pet_s: float | None
    near_miss: bool


@dataclass(slots=True)
class _Pair:
    road_users: tuple[RoadUser, RoadUser]
    seen_s: float
    since_s: float | None = None
    looks: int = 0
    ttc_s: float = np.inf
    pet_s: float = np.inf
    beside_s: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """The chosen road users of one frame, and the pairs of their rows that may come near one another."""

    now_s: float
    ids: npt.NDArray[np.int64]
    users: npt.NDArray[np.int16]
    shapes: Footprints
    one: npt.NDArray[np.intp]
    other: npt.NDArray[np.intp]


@dataclass(slots=True)
class _Watch:
    """Seconds watched, and at which of them near misses were counted."""

    watched_s: float = 0.0
    counted_s: deque[float] = field(default_factory=deque)

    def rate(self) -> float:
        """Returns near misses an hour, over the last hour watched."""
        while self.counted_s and self.counted_s[0] < self.watched_s - HOUR_S:
            self.counted_s.popleft()
        return len(self.counted_s) * HOUR_S / min(max(self.watched_s, _SHORTEST_WATCH_S), HOUR_S)


class NearMisses:
    """Near misses for each hour watched, among the road users in a zone or in view.

    A near miss is an encounter with a time to collision of `ttc_s` or less, seen in two looks in a row, and a
    post-encroachment time, where their ways crossed, of `pet_s` or less: the conflicts of the FHWA's Surrogate Safety
    Assessment Model (FHWA-HRT-08-051). Those who go together are left out, and so are two pedestrians, unless the rule
    names its classes.
    """

    def __init__(
        self, rule: EventRule, zone: int | None, motion: TrackMotion, limits: NearMissLimits, *, hidden_s: float
    ) -> None:
        self._zone, self._motion, self._limits, self._hidden_s = zone, motion, limits, hidden_s
        self._users = road_users_of(rule)
        self._among_people = bool(rule.road_users)
        self._ways = PastWays(keep_s=limits.pet_s + 1.0)
        self._pairs: dict[tuple[int, int], _Pair] = {}
        self._watch = _Watch()
        self._last_s: float | None = None
        self._over: list[Encounter] = []

    def update(self, scene: Scene) -> Reading:
        """Adds a frame; returns the near misses an hour."""
        moving = self._motion.of(scene)
        last_s = self._last_s
        if last_s is None or scene.now_s - last_s >= EVERY_S - 1e-6:
            step_s = 0.0 if last_s is None else scene.now_s - last_s
            self._last_s = scene.now_s
            self._watch.watched_s += step_s
            self._look(scene, moving, step_s)
            self._settle(scene.now_s)
        return Reading(self._watch.rate())

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of the road users in view or in the zone now."""
        return scene.mean_confidence(scene.chosen(self._users, self._zone))

    def restart(self) -> None:
        """Drops the encounters that are going on; the rate stays, over what was watched."""
        self._pairs.clear()
        self._ways.clear()
        self._last_s = None

    def take_encounters(self) -> tuple[Encounter, ...]:
        """Returns the encounters that are over since the last call."""
        over, self._over = self._over, []
        return tuple(over)

    def _look(self, scene: Scene, moving: Moving, step_s: float) -> None:
        rows = np.flatnonzero(scene.chosen(self._users, self._zone) & moving.known)
        tracks = scene.frame.tracks
        users = tracks.road_user[rows]
        way = self._ways.update(moving, rows, tracks.track_id[rows])
        shapes = footprints(moving.xy[rows], moving.velocity[rows], way, users)
        one, other = np.triu_indices(len(rows), 1)
        if not self._among_people:
            mixed = (users[one] != RoadUser.PEDESTRIAN) | (users[other] != RoadUser.PEDESTRIAN)
            one, other = one[mixed], other[mixed]
        look = _Look(scene.now_s, tracks.track_id[rows], users, shapes, one, other)
        self._note_companions(look, step_s)
        self._note_courses(look)
        for first, second, pet_s in self._ways.encroachments(scene.now_s, moving, rows, shapes, one, other):
            pair = self._pair(look, first, second)
            pair.pet_s = min(pair.pet_s, pet_s)
            pair.since_s = scene.now_s if pet_s <= self._limits.pet_s else pair.since_s

    def _note_companions(self, look: _Look, step_s: float) -> None:
        shapes, users, one, other = look.shapes, look.users, look.one, look.other
        near = np.hypot(*(shapes.xy_m[one] - shapes.xy_m[other]).T) < _COMPANION_M
        alike = np.hypot(*(shapes.velocity_mps[one] - shapes.velocity_mps[other]).T) < _COMPANION_MPS
        beside = near & alike & np.isin(users[one], list(_TOGETHER)) & (users[one] == users[other])
        for place in np.flatnonzero(beside).tolist():
            self._pair(look, one[place], other[place]).beside_s += step_s

    def _note_courses(self, look: _Look) -> None:
        velocity_mps = look.shapes.velocity_mps
        closing = np.hypot(*(velocity_mps[look.one] - velocity_mps[look.other]).T) >= _CLOSING_MPS
        one, other = look.one[closing], look.other[closing]
        times_s = times_to_collision(look.shapes.of(one), look.shapes.of(other))
        # Boxes that overlap already are too near to be distinguished: a collision is foreseen before it happens.
        for place in np.flatnonzero((times_s > 0) & (times_s <= self._limits.pet_s)).tolist():
            pair = self._pair(look, one[place], other[place])
            pair.looks = pair.looks + 1 if times_s[place] <= self._limits.ttc_s else 0
            pair.since_s = look.now_s
            if pair.looks >= _LOOKS or times_s[place] > self._limits.ttc_s:
                pair.ttc_s = min(pair.ttc_s, float(times_s[place]))

    def _pair(self, look: _Look, one: int, other: int) -> _Pair:
        first, second = sorted((int(look.ids[one]), int(look.ids[other])))
        classes = sorted((int(look.users[one]), int(look.users[other])))
        pair = self._pairs.get((first, second))
        if pair is None:
            pair = self._pairs[first, second] = _Pair((RoadUser(classes[0]), RoadUser(classes[1])), look.now_s)
        pair.seen_s = look.now_s
        return pair

    def _settle(self, now_s: float) -> None:
        """Ends the encounters of which no more can come, and drops pairs that have not been near for `hidden_s`."""
        limits = self._limits
        for key, pair in list(self._pairs.items()):
            waits_s = limits.pet_s if pair.since_s is not None else self._hidden_s
            if now_s - (pair.seen_s if pair.since_s is None else pair.since_s) <= waits_s:
                continue
            del self._pairs[key]
            if pair.since_s is None or pair.beside_s >= _COMPANION_S:
                continue
            near_miss = pair.ttc_s <= limits.ttc_s and (pair.pet_s <= limits.pet_s or not np.isfinite(pair.pet_s))
            self._over.append(Encounter(pair.road_users, _finite(pair.ttc_s), _finite(pair.pet_s), near_miss))
            if near_miss:
                self._watch.counted_s.append(self._watch.watched_s)


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
