"""How long a queue of vehicles in a zone is."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.event_rules import EventRule
from passerby.domain.road_user import LENGTH_M
from passerby.domain.rule_subjects import METRES, road_users_of
from passerby.events.evaluator import LOOK_S, Reading
from passerby.events.scene import Mask, Scene

_BEFORE_S: Final = 2.5 * LOOK_S
"""A vehicle that one look has missed is taken from the look before. A place is known to some 0.4 m, and so a speed from
two that lie a second apart to 0.6 m/s."""

SLOW_MPS: Final = 2.0
"""Slower than a quick walk a vehicle is queueing: the limit at which traffic engineers take a vehicle as queued lies
between 5 and 10 km/h."""

SLOW_SIZES: Final = 0.4
"""The same without calibrated ground, in box sizes a second: a car of 4.5 m at 1.8 m/s."""

GAP_M: Final = 8.0
"""Between bumper and bumper; more than a car's length and a stopping gap of 2-3 m is the end of a queue."""

GAP_SIZES: Final = 1.5
"""Between foot points, in box sizes, without calibrated ground."""

_LENGTH_M: Final = np.array(LENGTH_M)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a vehicle was at a look: in metres on the ground where there is one, else in picture heights."""

    at_s: float
    x: float
    y: float


class Queue:
    """The longest chain of slow vehicles in a zone: its length in metres, or the number of vehicles."""

    def __init__(self, rule: EventRule, zone: int) -> None:
        self._zone, self._users = zone, road_users_of(rule)
        self._in_metres = rule.unit == METRES
        self._before: dict[int, _Place] = {}

    def update(self, scene: Scene) -> Reading:
        """Adds a frame; returns the length or the number."""
        chosen = scene.chosen(self._users, self._zone)
        return Reading(self._length(scene, chosen) if chosen.any() else 0.0)

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of the vehicles in the zone now."""
        return scene.mean_confidence(scene.chosen(self._users, self._zone))

    def restart(self) -> None:
        """Looks anew at the next frame, from which the first speeds come a look later."""
        self._before.clear()

    def _length(self, scene: Scene, chosen: Mask) -> float:
        ground = scene.ground
        if ground is None:
            places, size = scene.foot_heights[chosen], np.sqrt(scene.box_wh_heights[chosen].prod(axis=1))
        else:
            chosen = chosen & ground.on_ground
            places, size = ground.xy_m[chosen], _LENGTH_M[scene.frame.tracks.road_user[chosen]]
        speed = self._speeds(scene.now_s, scene.frame.tracks.track_id[chosen], places)
        slow = speed < (SLOW_SIZES * size if ground is None else SLOW_MPS)
        places, size = places[slow], size[slow]
        if not len(places):
            return 0.0
        distance = np.hypot(*np.moveaxis(places[:, None] - places[None], 2, 0))
        halves = (size[:, None] + size[None]) / 2
        joined = distance <= (GAP_SIZES * halves if ground is None else halves + GAP_M)
        lengths = distance + halves
        return max(
            float(lengths[np.ix_(chain, chain)].max()) if self._in_metres else len(chain) for chain in _chains(joined)
        )

    def _speeds(
        self, now_s: float, track_ids: npt.NDArray[np.int64], places: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Returns float64 (N,): how fast each has gone since the look before; infinity where it was not seen then."""
        places_now = {
            track_id: _Place(now_s, x, y) for track_id, (x, y) in zip(track_ids.tolist(), places.tolist(), strict=True)
        }
        speeds = [_speed(self._before.get(track_id), place) for track_id, place in places_now.items()]
        oldest_s = now_s - _BEFORE_S
        self._before = {key: place for key, place in self._before.items() if place.at_s >= oldest_s} | places_now
        return np.array(speeds, np.float64)


def _speed(before: _Place | None, now: _Place) -> float:
    if before is None:
        return math.inf
    return math.hypot(now.x - before.x, now.y - before.y) / (now.at_s - before.at_s)


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
