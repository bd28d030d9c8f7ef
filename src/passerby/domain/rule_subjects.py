"""The road users, units and places that each kind of rule is about."""

from collections.abc import Mapping
from typing import Final

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.road_user import HEAVY, KNOWN_ROAD_USERS, RoadUser

PEOPLE: Final = frozenset({RoadUser.PEDESTRIAN})
MOTOR_VEHICLES: Final = HEAVY | {RoadUser.CAR, RoadUser.MOTORCYCLE}
VEHICLES: Final = MOTOR_VEHICLES | {RoadUser.BICYCLE}

DENSITY: Final = "m-2"
METRES: Final = "m"
NUMBER: Final = "1"

_USERS: Final[Mapping[RuleKind, frozenset[RoadUser]]] = {
    RuleKind.OVERCROWDING: PEOPLE,
    RuleKind.DENSEST_AREA: PEOPLE,
    RuleKind.CROWD_RISING: PEOPLE,
    RuleKind.COUNTER_FLOW: PEOPLE,
    RuleKind.VEHICLE_IN_ZONE: MOTOR_VEHICLES,
    RuleKind.WRONG_WAY: VEHICLES,
    RuleKind.STOPPED_VEHICLE: MOTOR_VEHICLES,
    RuleKind.QUEUE: MOTOR_VEHICLES,
    RuleKind.OBSTACLE: VEHICLES,
    RuleKind.SPEEDS: VEHICLES,
    RuleKind.NEAR_MISSES: KNOWN_ROAD_USERS,
    RuleKind.SATURATED: PEOPLE,
    RuleKind.CAMERA_STATE: frozenset(),
    RuleKind.MASS_VIEWING: frozenset(),
}
_UNITS: Final[Mapping[RuleKind, tuple[str, ...]]] = {
    RuleKind.OVERCROWDING: (DENSITY, NUMBER),
    RuleKind.DENSEST_AREA: (DENSITY,),
    RuleKind.CROWD_RISING: ("/min",),
    RuleKind.COUNTER_FLOW: (NUMBER,),
    RuleKind.VEHICLE_IN_ZONE: (NUMBER,),
    RuleKind.WRONG_WAY: (NUMBER,),
    RuleKind.STOPPED_VEHICLE: ("s",),
    RuleKind.QUEUE: (METRES, NUMBER),
    RuleKind.OBSTACLE: ("s",),
    RuleKind.SPEEDS: ("m/s",),
    RuleKind.NEAR_MISSES: ("/h",),
    RuleKind.SATURATED: (NUMBER,),
    RuleKind.CAMERA_STATE: ("s",),
    RuleKind.MASS_VIEWING: ("/h",),
}
AT_LINES: Final = frozenset({RuleKind.COUNTER_FLOW, RuleKind.WRONG_WAY, RuleKind.SPEEDS})
"""Kinds that go by what is counted at a line."""


def units_of(kind: RuleKind) -> tuple[str, ...]:
    """Returns the units that a kind's threshold may have."""
    return _UNITS[kind]


def users_of(kind: RuleKind) -> frozenset[RoadUser]:
    """Returns the classes that a kind is about."""
    return _USERS[kind]


def road_users_of(rule: EventRule) -> frozenset[RoadUser]:
    """Returns the classes that a rule watches: its own, else those that its kind is about."""
    return rule.road_users or _USERS[rule.kind]
