"""What a rule is about: its line or zone, its road users, and what it lacks to be watched at all."""

from dataclasses import dataclass
from typing import Final

from passerby.domain.event_rules import DENSEST_AREA_M2, RAISED_BY_SERVICE, EventRule, RuleKind
from passerby.domain.layout import Layout
from passerby.domain.road_user import RoadUser
from passerby.domain.rule_subjects import AT_LINES, DENSITY, METRES, PEOPLE, road_users_of, units_of
from passerby.geometry.ground import polygon_area_m2

_DIRECTED: Final = frozenset({RuleKind.COUNTER_FLOW, RuleKind.WRONG_WAY})
BY_OCCUPANCY: Final = frozenset({RuleKind.OVERCROWDING, RuleKind.CROWD_RISING, RuleKind.VEHICLE_IN_ZONE})
"""Kinds that go by how many of a zone's classes are counted in it."""

_WITHOUT_PLACE: Final = frozenset({RuleKind.CAMERA_STATE})
_ANYWHERE: Final = frozenset({RuleKind.NEAR_MISSES})
"""Kinds that are about a zone where one is named, else about all that is in view."""

MIN_SPEEDS: Final = 5
"""A percentile of fewer speeds could be one vehicle's."""

_NEVER_PEOPLE: Final = frozenset(
    {
        RuleKind.VEHICLE_IN_ZONE,
        RuleKind.WRONG_WAY,
        RuleKind.STOPPED_VEHICLE,
        RuleKind.QUEUE,
        RuleKind.OBSTACLE,
        RuleKind.SPEEDS,
    }
)
_ON_GROUND: Final = frozenset({RuleKind.DENSEST_AREA, RuleKind.SPEEDS, RuleKind.NEAR_MISSES})


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A rule that is not watched.

    Attributes:
        rule: the rule's name.
        reasons: what it lacks, a sentence each.
    """

    rule: str
    reasons: tuple[str, ...]

    @property
    def why(self) -> str:
        """All reasons in one line."""
        return "; ".join(self.reasons)


def zone_number(rule: EventRule, layout: Layout) -> int | None:
    """Returns which of the layout's zones a rule is about; None for none."""
    return next((number for number, zone in enumerate(layout.zones) if zone.name == rule.place), None)


def lacks(rule: EventRule, layout: Layout) -> tuple[str, ...]:
    """Returns what a rule lacks to be watched, a sentence each; nothing for a rule that can be.

    >>> from passerby.domain.layout import Layout
    >>> lacks(EventRule("full", RuleKind.OVERCROWDING, "square", 50, "1"), Layout((), (), (), None))
    ('there is no zone square',)
    """
    if rule.kind in RAISED_BY_SERVICE:
        return ("the service watches for this itself, no camera does",)
    return (
        *_place(rule, layout),
        *_ground(rule, layout),
        *_users(rule, layout),
        *_measured(rule, layout),
        *_terms(rule),
    )


def _place(rule: EventRule, layout: Layout) -> tuple[str, ...]:
    if rule.kind in _WITHOUT_PLACE or (rule.kind in _ANYWHERE and not rule.place):
        return ()
    if rule.kind in AT_LINES:
        known = any(line.name == rule.place for line in layout.lines)
        return () if known else (f"there is no line {rule.place}",)
    return () if zone_number(rule, layout) is not None else (f"there is no zone {rule.place}",)


def _ground(rule: EventRule, layout: Layout) -> tuple[str, ...]:
    if rule.kind not in _ON_GROUND and rule.unit not in (DENSITY, METRES):
        return ()
    if layout.ground is None:
        return (f"the camera has no calibrated ground, which {rule.unit} needs",)
    number = zone_number(rule, layout)
    if number is None:
        return ()
    area_m2 = polygon_area_m2(layout.ground, layout.zones[number].points)
    if area_m2 is None:
        return (f"zone {rule.place} reaches the horizon, so that its ground has no area",)
    if rule.kind is RuleKind.DENSEST_AREA and area_m2 < DENSEST_AREA_M2:
        return (f"zone {rule.place} has {area_m2:.1f} m², less than the {DENSEST_AREA_M2:g} m² that it looks for",)
    return ()


def _users(rule: EventRule, layout: Layout) -> tuple[str, ...]:
    if rule.kind not in AT_LINES | BY_OCCUPANCY:
        return ()
    places = layout.lines if rule.kind in AT_LINES else layout.zones
    place = next((each for each in places if each.name == rule.place), None)
    users = road_users_of(rule)
    missing = sorted(users - place.road_users) if place else []
    if missing and (rule.road_users or len(missing) == len(users)):
        return (f"{rule.place} does not measure {', '.join(user.label for user in missing)}",)
    return ()


def _measured(rule: EventRule, layout: Layout) -> tuple[str, ...]:
    if rule.kind is RuleKind.NEAR_MISSES and layout.near_misses is None:
        return ("the camera does not count near misses",)
    return ()


def _terms(rule: EventRule) -> tuple[str, ...]:
    found = []
    if rule.unit not in units_of(rule.kind):
        allowed = " or ".join(units_of(rule.kind))
        found.append(f"its threshold is in {allowed}, not in {rule.unit}")
    if rule.kind in _DIRECTED and rule.direction is None:
        found.append("it needs the direction that is allowed")
    if rule.kind in _NEVER_PEOPLE and RoadUser.PEDESTRIAN in rule.road_users:
        found.append("it is never about people")
    if rule.unit == DENSITY and rule.road_users - PEOPLE:
        found.append("a density is one of pedestrians alone")
    if rule.kind is RuleKind.SPEEDS and rule.min_count < MIN_SPEEDS:
        found.append(f"it is never about a single vehicle: min_count is at least {MIN_SPEEDS}, not {rule.min_count}")
    return tuple(found)
