"""How long a queue of vehicles in a zone is."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.event_rules import EventRule
from passerby.events.evaluator import Pace, Reading
from passerby.events.motion import TrackMotion
from passerby.events.near_misses.footprints import LENGTH_M
from passerby.events.scene import Mask, Scene
from passerby.events.subjects import METRES, road_users_of

EVERY_S: Final = 0.5

SLOW_MPS: Final = 2.0
"""Slower than a quick walk a vehicle is queueing: the limit at which traffic engineers take a vehicle as queued lies
between 5 and 10 km/h."""

SLOW_SIZES: Final = 0.4
"""The same without calibrated ground, in box sizes a second: a car of 4.5 m at 1.8 m/s."""

GAP_M: Final = 8.0
"""Between bumper and bumper; more than a car's length and a stopping gap of 2-3 m is the end of a queue."""

GAP_SIZES: Final = 1.5
"""Between foot points, in box sizes, without calibrated ground."""


class Queue:
    """The longest chain of slow vehicles in a zone: its length in metres, or the number of vehicles."""

    def __init__(self, rule: EventRule, zone: int, motion: TrackMotion) -> None:
        self._zone, self._users, self._motion = zone, road_users_of(rule), motion
        self._in_metres = rule.unit == METRES
        self._pace = Pace(EVERY_S)

    def update(self, scene: Scene) -> Reading:
        """Adds a frame; returns the length or the number."""
        if self._pace.due(scene.now_s):
            chosen = scene.chosen(self._users, self._zone)
            length = 0.0
            if chosen.any():
                moving = self._motion.of(scene)
                length = self._length(scene, chosen & moving.known, moving.xy, moving.velocity)
            self._pace.reading = Reading(length)
        return self._pace.reading

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of the vehicles in the zone now."""
        return scene.mean_confidence(scene.chosen(self._users, self._zone))

    def restart(self) -> None:
        """Looks anew at the next frame."""
        self._pace.restart()

    def _length(
        self, scene: Scene, chosen: Mask, xy: npt.NDArray[np.float64], velocity: npt.NDArray[np.float64]
    ) -> float:
        users = scene.frame.tracks.road_user[chosen]
        on_ground = scene.ground is not None
        size = LENGTH_M[users] if on_ground else np.sqrt(scene.box_wh_heights[chosen].prod(axis=1))
        slow = np.hypot(*velocity[chosen].T) < (SLOW_MPS if on_ground else SLOW_SIZES * size)
        places, size = xy[chosen][slow], size[slow]
        if not len(places):
            return 0.0
        distance = np.hypot(*np.moveaxis(places[:, None] - places[None], 2, 0))
        halves = (size[:, None] + size[None]) / 2
        joined = distance <= (halves + GAP_M if on_ground else GAP_SIZES * halves)
        lengths = distance + halves
        return max(
            float(lengths[np.ix_(chain, chain)].max()) if self._in_metres else len(chain) for chain in _chains(joined)
        )


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
