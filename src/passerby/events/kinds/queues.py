"""How long a queue of vehicles in a zone is."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.event_rules import EventRule
from passerby.domain.road_user import LENGTH_M
from passerby.domain.rule_subjects import METRES, road_users_of
from passerby.events.evaluator import GRAIN_S, LOOK_S, Reading
from passerby.events.scene import Mask, Scene

_KEPT_S: Final = 2.5 * LOOK_S
"""A vehicle that two looks have missed is taken from the look before."""

_SOON_S: Final = 0.5 * LOOK_S
"""Two sightings that are less apart say nothing of a speed."""

SLOW_MPS: Final = 2.0
"""Slower than a quick walk a vehicle is queueing: the limit at which traffic engineers take a vehicle as queued lies
between 5 and 10 km/h. A place is known to some 0.4 m, and so a speed from two that lie a second apart to 0.6 m/s."""

SLOW_SIZES: Final = 0.4
"""The same without calibrated ground, in box sizes a second: a car of 4.5 m at 1.8 m/s."""

GAP_M: Final = 8.0
"""Between bumper and bumper; more than a car's length and a stopping gap of 2-3 m is the end of a queue."""

GAP_SIZES: Final = 1.5
"""Between foot points, in box sizes, without calibrated ground."""

SAME_SIZES: Final = 0.5
"""Two vehicles cannot be so near."""

PULLS_AWAY_MPS2: Final = 3.0
PULLS_AWAY_SIZES: Final = 0.7
"""No vehicle gets away faster, in metres or, without ground, in box sizes: a track that does has gone over from one
vehicle of the queue to another."""

_LENGTH_M: Final = np.array(LENGTH_M)


@dataclass(frozen=True, slots=True)
class _Vehicle:
    """A vehicle at its newest look, in metres on the ground where there is one, else in picture heights.

    Attributes:
        at_s: when it was seen.
        x, y: where.
        size: its length, or its box's.
        slow: it queues; not known, and not taken for it, at its first look.
    """

    at_s: float
    x: float
    y: float
    size: float
    slow: bool = False

    def covers(self, other: "_Vehicle") -> bool:
        """Returns whether another one is where this one stands, and so is this one under another id."""
        return math.hypot(other.x - self.x, other.y - self.y) <= SAME_SIZES * self.size


class Queue:
    """The longest chain of slow vehicles in a zone: its length in metres, or the number of vehicles.

    Cars that stand one behind the other hide one another now and then. Where one of them is not seen in a frame, the
    frames since the look before are looked at, too. One that is seen in none stays where it was for two looks, unless
    another stands there by then: that is the same, found anew. A track that leaps from one that stood to another place
    is of two vehicles, of which the first stays.
    """

    def __init__(self, rule: EventRule, zone: int) -> None:
        self._zone, self._users = zone, road_users_of(rule)
        self._in_metres = rule.unit == METRES
        self._known: dict[int, _Vehicle] = {}
        self._parted = 0

    def update(self, scene: Scene) -> Reading:
        """Adds a frame; returns the length or the number."""
        chosen = scene.chosen(self._users, self._zone)
        if not self._known and not chosen.any():
            return Reading(0.0)
        self._follow(scene, chosen)
        return Reading(self._length([each for each in self._known.values() if each.slow], scene.ground is not None))

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of the vehicles in the zone now."""
        return scene.mean_confidence(scene.chosen(self._users, self._zone))

    def restart(self) -> None:
        """Looks anew at the next frame, from which the first speeds come a look later."""
        self._known.clear()

    def _follow(self, scene: Scene, chosen: Mask) -> None:
        """Takes in where each vehicle is, and whether it is slow by where it was at the look before."""
        seen, on_ground = self._seen_lately(scene, chosen), scene.ground is not None
        for key in [key for key, vehicle in seen.items() if self._leaps(key, vehicle, on_ground=on_ground)]:
            self._parted -= 1  # a key that no track has
            self._known[self._parted] = self._known.pop(key)
        in_view = set(scene.frame.tracks.track_id.tolist())
        oldest_s = scene.now_s - _KEPT_S
        unseen = {
            key: each
            for key, each in self._known.items()
            if each.at_s >= oldest_s and key not in in_view and key not in seen
        }
        known = {}
        for track_id, vehicle in seen.items():
            here = [key for key, each in unseen.items() if each.covers(vehicle)]
            taken = [unseen.pop(key) for key in here]
            before = self._known.get(track_id) or next(iter(taken), None)
            slow = before is not None and _is_slow(before, vehicle, on_ground=on_ground)
            known[track_id] = replace(vehicle, slow=slow)
        self._known = known | unseen

    def _seen_lately(self, scene: Scene, chosen: Mask) -> dict[int, _Vehicle]:
        """Returns the vehicles in a frame, and where one that was slow is not, those of the frames before, too."""
        seen, in_view = self._seen(scene, chosen), set(scene.frame.tracks.track_id.tolist())
        if all(key in in_view for key, each in self._known.items() if each.slow):
            return seen
        for earlier in scene.before:
            for track_id, vehicle in self._seen(earlier, earlier.chosen(self._users, self._zone)).items():
                if track_id not in in_view and not any(each.covers(vehicle) for each in seen.values()):
                    seen.setdefault(track_id, vehicle)
        return seen

    def _leaps(self, track_id: int, now: _Vehicle, *, on_ground: bool) -> bool:
        """Returns whether a track is farther from where it queued than any vehicle gets."""
        before = self._known.get(track_id)
        if before is None or not before.slow:
            return False
        for_s = max(now.at_s - before.at_s, _SOON_S)
        slow, pull = (SLOW_MPS, PULLS_AWAY_MPS2) if on_ground else (SLOW_SIZES * now.size, PULLS_AWAY_SIZES * now.size)
        return math.hypot(now.x - before.x, now.y - before.y) > (slow + pull * for_s / 2) * for_s

    @staticmethod
    def _seen(scene: Scene, chosen: Mask) -> dict[int, _Vehicle]:
        ground = scene.ground
        if ground is None:
            places, size = scene.foot_heights[chosen], np.sqrt(scene.box_wh_heights[chosen].prod(axis=1))
        else:
            chosen = chosen & ground.on_ground
            places, size = ground.xy_m[chosen], _LENGTH_M[scene.frame.tracks.road_user[chosen]]
        rows = zip(scene.frame.tracks.track_id[chosen].tolist(), places.tolist(), size.tolist(), strict=True)
        return {track_id: _Vehicle(scene.now_s, x, y, length) for track_id, (x, y), length in rows}

    def _length(self, slow: list[_Vehicle], on_ground: bool) -> float:
        if not slow:
            return 0.0
        places, size = np.array([(each.x, each.y) for each in slow]), np.array([each.size for each in slow])
        distance = np.hypot(*np.moveaxis(places[:, None] - places[None], 2, 0))
        halves = (size[:, None] + size[None]) / 2
        joined = distance <= (halves + GAP_M if on_ground else GAP_SIZES * halves)
        lengths = distance + halves
        return max(
            float(lengths[np.ix_(chain, chain)].max()) if self._in_metres else len(chain) for chain in _chains(joined)
        )


def _is_slow(before: _Vehicle, now: _Vehicle, *, on_ground: bool) -> bool:
    for_s = now.at_s - before.at_s
    if for_s < _SOON_S - GRAIN_S:
        return before.slow
    speed = math.hypot(now.x - before.x, now.y - before.y) / for_s
    return speed < (SLOW_MPS if on_ground else SLOW_SIZES * now.size)


def _chains(joined: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Returns the groups of rows that are joined, directly or over others.

    Args:
        joined: bool (N, N), symmetric.
    """
    left, chains = set(range(len(joined))), []
    while left:
        chain, waiting = [], [left.pop()]
        while waiting:
            row = waiting.pop()
            chain.append(row)
            beside = [other for other in np.flatnonzero(joined[row]).tolist() if other in left]
            left.difference_update(beside)
            waiting += beside
        chains.append(chain)
    return chains
