"""The rate of near misses, of those that the camera counts."""

from collections import deque
from typing import Final

import numpy as np

from passerby.domain.event_rules import EventRule
from passerby.domain.events import Encounter
from passerby.domain.layout import Layout
from passerby.domain.rule_subjects import road_users_of
from passerby.events.evaluator import Reading
from passerby.events.scene import Scene
from passerby.geometry.ground import to_ground
from passerby.geometry.polygons import points_in_polygon
from passerby.units import HOUR_S

_SHORTEST_WATCH_S: Final = 600.0
"""A rate is taken over ten minutes at least: a single near miss is none."""


class NearMissRate:
    """Near misses for each hour watched, over the last hour watched, in a zone or in view.

    Args:
        rule: the rule; both road users are of its classes.
        layout: the camera's zones and ground.
        zone: the zone's number in the layout; None for all that is in view.
    """

    def __init__(self, rule: EventRule, layout: Layout, zone: int | None) -> None:
        self._road_users, self._zone = road_users_of(rule), zone
        self._corners_m = None
        if zone is not None and layout.ground is not None:
            self._corners_m = to_ground(layout.ground, layout.zones[zone].points).xy_m
        self._watched_s = 0.0
        self._counted_s: deque[float] = deque()
        self._last_s: float | None = None

    def update(self, scene: Scene) -> Reading:
        """Adds a frame; returns the near misses an hour."""
        self._watched_s += 0.0 if self._last_s is None else scene.now_s - self._last_s
        self._last_s = scene.now_s
        counted = sum(each.near_miss and self._is_about(each) for each in scene.frame.encounters)
        self._counted_s += [self._watched_s] * counted
        while self._counted_s and self._counted_s[0] < self._watched_s - HOUR_S:
            self._counted_s.popleft()
        return Reading(len(self._counted_s) * HOUR_S / min(max(self._watched_s, _SHORTEST_WATCH_S), HOUR_S))

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of the road users in view or in the zone now."""
        return scene.mean_confidence(scene.chosen(self._road_users, self._zone))

    def restart(self) -> None:
        """Watches anew; the rate stays, over what was watched."""
        self._last_s = None

    def _is_about(self, encounter: Encounter) -> bool:
        if not self._road_users.issuperset(encounter.road_users):
            return False
        return self._corners_m is None or bool(points_in_polygon(np.array([encounter.xy_m]), self._corners_m)[0])
