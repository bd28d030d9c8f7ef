"""Crowds in a zone: the densest part of it, how fast it fills, and whether it is too full to count."""

from collections import deque
from statistics import median
from typing import Final

import numpy as np

from passerby.domain.event_rules import DENSEST_AREA_M2, EventRule
from passerby.domain.layout import Layout
from passerby.domain.rule_subjects import PEOPLE, road_users_of
from passerby.events.evaluator import GRAIN_S, LOOK_S, NO_VALUE, Reading
from passerby.events.scene import Scene
from passerby.geometry.box_cover import SATURATED_COVER, box_cover
from passerby.geometry.discs import max_in_disc
from passerby.units import MINUTE_S

_END_S: Final = 6.0
"""Length of the two ends whose medians are compared, a minute apart: seven looks, so that four make a median, which
come three seconds after a crowd has come at once."""

_COVER_S: Final = 4 * LOOK_S


class DensestArea:
    """People for each square metre on the densest 10 m2 of a zone."""

    def __init__(self, rule: EventRule, zone: int) -> None:
        self._zone, self._users = zone, road_users_of(rule)

    def at_most(self, scene: Scene) -> float:
        """Returns the density if all in the zone stood on one 10 m2."""
        return np.count_nonzero(scene.chosen(self._users, self._zone)) / DENSEST_AREA_M2

    def update(self, scene: Scene) -> Reading:
        """Returns the density."""
        chosen, ground = scene.chosen(self._users, self._zone), scene.ground
        if ground is None or not chosen.any():
            return Reading(0.0)
        standing = ground.xy_m[chosen & ground.on_ground]
        density = max_in_disc(standing, DENSEST_AREA_M2) / DENSEST_AREA_M2
        return Reading(density, scene.frame.occupancy[self._zone].saturated)

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of those seen in the zone now."""
        return scene.mean_confidence(scene.chosen(self._users, self._zone))

    def restart(self) -> None:
        """Drops nothing: each value is of its own frame."""


class CrowdRising:
    """How many more people are in a zone than a minute before, by medians of six seconds, each ending then.

    A median of six seconds is moved by no flicker shorter than three. Nothing is taken on from a shorter time to the
    minute, which would make more of a crowd that comes at once. No value before both ends have been watched.
    """

    def __init__(self, rule: EventRule, layout: Layout, zone: int) -> None:
        self._zone, self._users = zone, road_users_of(rule)
        self._counted = tuple(sorted(self._users & layout.zones[zone].road_users))
        self._counts: deque[tuple[float, int]] = deque()

    def update(self, scene: Scene) -> Reading:
        """Adds a frame's number; returns the growth in people a minute."""
        here = scene.frame.occupancy[self._zone].counts
        self._counts.append((scene.now_s, sum(here[user] for user in self._counted)))
        while self._counts[0][0] < scene.now_s - MINUTE_S - _END_S - GRAIN_S:
            self._counts.popleft()
        return self._growth(scene.now_s)

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of those seen in the zone now."""
        return scene.mean_confidence(scene.chosen(self._users, self._zone))

    def restart(self) -> None:
        """Drops what was counted."""
        self._counts.clear()

    def _growth(self, now_s: float) -> Reading:
        if now_s - self._counts[0][0] < MINUTE_S + _END_S - 2 * LOOK_S:
            return NO_VALUE
        first = [number for at_s, number in self._counts if at_s <= now_s - MINUTE_S + GRAIN_S]
        last = [number for at_s, number in self._counts if at_s >= now_s - _END_S - GRAIN_S]
        return Reading(float(np.median(last) - np.median(first)))


class BoxCover:
    """How far the people in a zone cover one another; beyond 1 their number is only a lower bound.

    A median of five looks: who is found at a look and who is not is partly chance.
    """

    def __init__(self, zone: int) -> None:
        self._zone = zone
        self._covers: deque[tuple[float, float]] = deque()

    def update(self, scene: Scene) -> Reading:
        """Adds a look; returns the share of what a zone may hold for most people to be found, as a lower bound."""
        self._covers.append((scene.now_s, self._cover(scene) / SATURATED_COVER))
        while self._covers[0][0] < scene.now_s - _COVER_S - GRAIN_S:
            self._covers.popleft()
        return Reading(median(cover for _, cover in self._covers), at_least=True)

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of those seen in the zone now."""
        return scene.mean_confidence(scene.chosen(PEOPLE, self._zone))

    def restart(self) -> None:
        """Drops the looks before."""
        self._covers.clear()

    def _cover(self, scene: Scene) -> float:
        people, here = scene.chosen(PEOPLE), scene.chosen(PEOPLE, self._zone)
        return box_cover(scene.frame.tracks.xyxy_px[people].astype(np.float64), here[people])
