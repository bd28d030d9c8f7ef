"""For how long something has stood in the way in a zone: a vehicle, or a thing that no detector knows."""

from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout
from passerby.domain.road_user import RIDDEN
from passerby.domain.standing_things import StandingThings
from passerby.events.evaluator import Reading
from passerby.events.kinds.standing import Standing
from passerby.events.scene import Mask, Scene
from passerby.events.subjects import zone_number
from passerby.geometry.polygons import Polygon

MIN_VEHICLE_M2: Final = 1.25
"""A car's front is 1.8 m by 1.45 m; this is half of it. A detector takes people who lie on a road for cars: their boxes
had 1.2 square metres at most in 99 % of the pictures, those of cars in the same places 1.4 and more."""


class Obstacle:
    """Seconds for which the vehicle or the thing that has stood longest in a zone has stayed.

    Args:
        rule: the rule.
        zone: number of its zone in the layout.
        layout: the camera's zones.
        hidden_s: how long a vehicle's spot is remembered after its last sighting.
    """

    def __init__(self, rule: EventRule, zone: int, layout: Layout, *, hidden_s: float) -> None:
        self._vehicles = Standing(rule, zone, hidden_s=hidden_s, left_out=_may_be_lying)
        self._polygon = Polygon(layout.zones[zone].points)

    def update(self, scene: Scene) -> Reading:
        """Adds a frame; returns the seconds, 0 where nothing stands."""
        vehicles, things = self._vehicles.update(scene), scene.frame.things
        if things is None:
            return vehicles
        since_s = things.since_s[self._here(things)]
        stood_s = float((scene.frame.tracks.stamp.stream_s - since_s).max(initial=0.0))
        return Reading(max(stood_s, vehicles.value or 0.0))

    def confidence(self, scene: Scene) -> float | None:
        """Returns the mean confidence of the things in the zone, of the vehicles where there are none."""
        things = scene.frame.things
        found = np.empty(0) if things is None else things.confidence[self._here(things)]
        return float(found.mean()) if len(found) else self._vehicles.confidence(scene)

    def restart(self) -> None:
        """Drops the vehicles' spots; things are the finder's, which sees whether they are still there."""
        self._vehicles.restart()

    def _here(self, things: StandingThings) -> npt.NDArray[np.bool_]:
        return self._polygon.holds(things.foot_xy_px.astype(np.float64) / things.stamp.size_px)


def _may_be_lying(scene: Scene, chosen: Mask) -> Mask:
    """Returns bool (N,): who of some is taken for a car, bus or truck and is too small, as a person who lies is."""
    lying, rows = np.zeros_like(chosen), np.flatnonzero(chosen)
    sizes_m2 = scene.boxes_m2(rows)
    if sizes_m2 is not None:
        users = scene.frame.tracks.road_user[rows].tolist()
        small = zip(users, sizes_m2, strict=True)
        lying[rows] = [user not in RIDDEN and size_m2 < MIN_VEHICLE_M2 for user, size_m2 in small]
    return lying


def zones_to_keep_clear(rules: tuple[EventRule, ...], layout: Layout) -> tuple[npt.NDArray[np.float32], ...]:
    """Returns the zones of a camera's obstacle rules: float32 (P, 2) each, 0-1 of the picture."""
    numbers = {zone_number(rule, layout) for rule in rules if rule.kind is RuleKind.OBSTACLE}
    return tuple(zone.points for number, zone in enumerate(layout.zones) if number in numbers)
