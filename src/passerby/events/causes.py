"""Which events have one cause: a crowd that is too dense, grows and saturates its zone is one thing to look at.

It is decided once, when an event is first reported, by what had been reported of the camera until then, and written
down: whoever starts again finds it as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.event_rules import RuleKind
from passerby.domain.layout import Layout
from passerby.domain.place_events import PlaceEvent
from passerby.geometry.polygons import points_in_polygon, polygon_area
from passerby.units import HOUR_S, MINUTE_S, NS_PER_S

NEAR_S: Final = float(MINUTE_S)
"""An event that begins so soon after the end of another goes with it, as one that begins while it goes on."""

MAX_GROUP_S: Final = float(HOUR_S)
"""What begins later than this after the first event of a group is a matter of its own: a crowd that was taken note of
at noon must not keep the evening's from being an alarm."""

_MIN_SHARE: Final = 0.1
"""Zones meet where so much of the smaller one lies in the other: neighbours that share an edge are two places."""

_GRID: Final = 48
_ALONG_LINE: Final = 25

_FOLLOWING: Final = (
    frozenset({RuleKind.OVERCROWDING, RuleKind.DENSEST_AREA, RuleKind.CROWD_RISING, RuleKind.SATURATED}),
    frozenset({RuleKind.STOPPED_VEHICLE, RuleKind.OBSTACLE, RuleKind.QUEUE}),
    frozenset({RuleKind.VEHICLE_IN_ZONE, RuleKind.WRONG_WAY, RuleKind.STOPPED_VEHICLE, RuleKind.OBSTACLE}),
)
"""Kinds that one thing at a place raises together: people who come, a vehicle that stands, a vehicle that drives in."""

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reported:
    """An event that was reported before.

    Attributes:
        group_id: the group that it was put into.
        event: as it was reported last.
    """

    group_id: str
    event: PlaceEvent


class Causes:
    """Puts the events of one camera into groups.

    Args:
        layout: the camera's lines and zones.
    """

    def __init__(self, layout: Layout) -> None:
        self._zones = {zone.name: zone.points.astype(np.float64) for zone in layout.zones}
        self._lines = {line.name: line.points.astype(np.float64) for line in layout.lines}
        self._met: dict[tuple[str, str], bool] = {}

    def group_of(self, event: PlaceEvent, before: Sequence[Reported]) -> str:
        """Returns the group of a new event: that of the first one before it which has the same cause, else its own.

        Args:
            event: an event that was not reported before.
            before: those of the camera that were, in the order in which they came.
        """
        began_ns: dict[str, int] = {}
        for one in before:
            began_ns.setdefault(one.group_id, one.event.start_ns)
        for one in before:
            if self._one_cause(event, one.event) and _near(event, one.event, began_ns[one.group_id]):
                return one.group_id
        return event.event_id

    def _one_cause(self, one: PlaceEvent, other: PlaceEvent) -> bool:
        # What is only tried out goes with no alarm, which it could else stand for.
        if one.silent != other.silent:
            return False
        follows = one.kind is other.kind or any({one.kind, other.kind} <= kinds for kinds in _FOLLOWING)
        return follows and self._meet(one.place, other.place)

    def _meet(self, one: str, other: str) -> bool:
        if one == other or not one or not other:  # without a name it is all that is in view
            return True
        names = min(one, other), max(one, other)
        if names not in self._met:
            self._met[names] = self._places_meet(*names)
        return self._met[names]

    def _places_meet(self, one: str, other: str) -> bool:
        if one in self._zones and other in self._zones:
            return _zones_meet(self._zones[one], self._zones[other])
        line, zone = (one, other) if one in self._lines else (other, one)
        if line in self._lines and zone in self._zones:
            return bool(points_in_polygon(_along(self._lines[line]), self._zones[zone]).any())
        return False  # two lines, or a place that the layout does not have any more


def _near(event: PlaceEvent, other: PlaceEvent, began_ns: int) -> bool:
    """Returns whether their times meet, or nearly, and not too long after the group began."""
    near_ns = round(NEAR_S * NS_PER_S)
    if abs(event.start_ns - began_ns) > MAX_GROUP_S * NS_PER_S:
        return False
    begins_in_time = other.end_ns is None or event.start_ns <= other.end_ns + near_ns
    return begins_in_time and (event.end_ns is None or other.start_ns <= event.end_ns + near_ns)


def _zones_meet(one: Points, other: Points) -> bool:
    smaller, larger = sorted((one, other), key=polygon_area)
    low, high = smaller.min(axis=0), smaller.max(axis=0)
    steps = (np.arange(_GRID) + 0.5) / _GRID
    x, y = np.meshgrid(low[0] + steps * (high[0] - low[0]), low[1] + steps * (high[1] - low[1]))
    points = np.column_stack([x.ravel(), y.ravel()])
    inside = points[points_in_polygon(points, smaller)]
    return bool(points_in_polygon(inside, larger).sum() > _MIN_SHARE * len(inside))


def _along(line: Points) -> Points:
    shares = np.linspace(0.0, 1.0, _ALONG_LINE)[:, None]
    return np.asarray(line[0] + shares * (line[1] - line[0]))
