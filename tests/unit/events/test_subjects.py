"""What a rule lacks: a place, ground, classes, a direction, the right unit, or a camera that can tell so many apart."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.event_rules import RAISED_BY_SERVICE, RuleKind
from passerby.domain.events import Direction
from passerby.domain.layout import Zone
from passerby.domain.road_user import RoadUser
from passerby.domain.rule_subjects import road_users_of, units_of
from passerby.events.subjects import lacks

FORWARD = Direction.FORWARD
KINDS = [kind for kind in RuleKind if kind not in RAISED_BY_SERVICE]


def test_every_kind_can_be_watched_with_all_that_it_needs(rule, layout):
    for kind in KINDS:
        at_line = kind in (RuleKind.COUNTER_FLOW, RuleKind.WRONG_WAY, RuleKind.SPEEDS)
        for unit in units_of(kind):
            one = rule(kind=kind, unit=unit, threshold=0.1, place="gate" if at_line else "square", direction=FORWARD)
            assert lacks(one, layout) == (), kind


def test_what_the_service_watches_for_is_no_cameras_rule(rule, layout):
    (reason,) = lacks(rule(kind=RuleKind.MASS_VIEWING, unit="/h"), layout)
    assert "service" in reason


@pytest.mark.parametrize("kind", KINDS)
def test_every_place_must_exist(kind, rule, layout):
    found = lacks(rule(kind=kind, unit=units_of(kind)[0], place="nowhere", direction=FORWARD), layout)
    assert bool(found) is (kind is not RuleKind.CAMERA_STATE)


@pytest.mark.parametrize(
    ("kind", "unit", "place"),
    [
        (RuleKind.OVERCROWDING, "m-2", "square"),
        (RuleKind.DENSEST_AREA, "m-2", "square"),
        (RuleKind.QUEUE, "m", "square"),
        (RuleKind.SPEEDS, "m/s", "gate"),
        (RuleKind.NEAR_MISSES, "/h", "square"),
    ],
)
def test_metres_need_ground(kind, unit, place, rule, layout):
    (reason,) = lacks(rule(kind=kind, unit=unit, place=place), replace(layout, ground=None))
    assert "calibrated ground" in reason


def test_a_zone_that_reaches_the_horizon_has_no_density(rule, layout):
    ground = replace(layout.ground, homography=np.array([[50, 0, 0], [0, 25, 0], [0, 1.25, -0.25]]))
    (reason,) = lacks(rule(unit="m-2"), replace(layout, ground=ground))
    assert "horizon" in reason


def test_units_directions_and_classes_are_checked(rule, layout):
    assert "not in km/h" in lacks(rule(kind=RuleKind.SPEEDS, unit="km/h", place="gate"), layout)[0]
    assert "direction" in lacks(rule(kind=RuleKind.WRONG_WAY, place="gate"), layout)[0]
    people = frozenset({RoadUser.PEDESTRIAN})
    for kind in (RuleKind.STOPPED_VEHICLE, RuleKind.OBSTACLE, RuleKind.QUEUE, RuleKind.VEHICLE_IN_ZONE):
        found = lacks(rule(kind=kind, unit=units_of(kind)[-1], threshold=1, road_users=people), layout)
        assert "never about people" in found[0]
    assert "single vehicle" in lacks(rule(kind=RuleKind.SPEEDS, unit="m/s", place="gate", min_count=1), layout)[0]


def test_a_zone_must_measure_what_a_rule_watches(rule, layout):
    walkers = replace(layout, zones=(replace(layout.zones[0], road_users=frozenset({RoadUser.PEDESTRIAN})),))
    (reason,) = lacks(rule(kind=RuleKind.VEHICLE_IN_ZONE, threshold=1), walkers)
    assert "does not measure car" in reason
    cars = replace(layout, zones=(replace(layout.zones[0], road_users=frozenset({RoadUser.CAR})),))
    assert lacks(rule(kind=RuleKind.VEHICLE_IN_ZONE, threshold=1), cars) == ()
    bus = rule(kind=RuleKind.VEHICLE_IN_ZONE, threshold=1, road_users=frozenset({RoadUser.BUS}))
    assert "bus" in lacks(bus, cars)[0]


def test_a_zone_smaller_than_the_densest_area_has_none(rule, layout):
    small = Zone("square", np.array([[0.5, 0.5], [0.53, 0.5], [0.53, 0.56], [0.5, 0.56]], np.float32))
    (reason,) = lacks(rule(kind=RuleKind.DENSEST_AREA, unit="m-2", threshold=1), replace(layout, zones=(small,)))
    assert "less than the 10 m²" in reason


def test_a_rule_names_its_own_classes_or_takes_those_of_its_kind(rule):
    assert road_users_of(rule()) == {RoadUser.PEDESTRIAN}
    assert road_users_of(rule(road_users=frozenset({RoadUser.BICYCLE}))) == {RoadUser.BICYCLE}
    assert RoadUser.PEDESTRIAN not in road_users_of(rule(kind=RuleKind.OBSTACLE))
