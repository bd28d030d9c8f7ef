"""Things are looked for only where a rule keeps a zone clear."""

import numpy as np
import pytest

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout, Line, Zone
from passerby.domain.road_user import RoadUser
from passerby.domain.service import DetectorPlan
from passerby.pipeline.detector_setup import ready_detector, thing_finder
from testing.pictures.frames import TellingDetector

LAYOUT = Layout((), (Zone("exit", np.array([[0, 0], [1, 0], [1, 1]], np.float32)),), (), None)


def test_a_rule_that_keeps_a_zone_clear_needs_the_finder() -> None:
    rule = EventRule("clear", RuleKind.OBSTACLE, "exit", 20, "s")
    assert thing_finder((rule,), LAYOUT, TellingDetector()) is not None


def test_other_rules_and_a_zone_that_is_not_there_need_none() -> None:
    rules = (
        EventRule("full", RuleKind.OVERCROWDING, "exit", 20, "1"),
        EventRule("clear", RuleKind.OBSTACLE, "door", 20, "s"),
    )
    assert thing_finder(rules, LAYOUT, TellingDetector()) is None


@pytest.mark.parametrize(
    ("counted", "asked", "certainty"),
    [
        (frozenset(RoadUser), None, 0.9),
        ({RoadUser.CAR, RoadUser.BUS, RoadUser.TRUCK, RoadUser.HEAVY_VEHICLE}, None, 0.9),
        ({RoadUser.PEDESTRIAN}, None, 0.9),
        ({RoadUser.CAR, RoadUser.BUS}, None, 0.5),
        ({RoadUser.TRUCK}, None, 0.5),
        ({RoadUser.TRUCK}, 0.8, 0.8),
        (frozenset(RoadUser), 1.0, 1.0),
    ],
)
def test_a_line_with_buses_alone_has_them_told_from_trucks(
    counted: frozenset[RoadUser], asked: float | None, certainty: float
) -> None:
    line = Line("gate", np.array([[0, 0], [1, 1]], np.float32), frozenset(counted))
    ready = ready_detector(DetectorPlan(heavy_certainty=asked), Layout((line,), (), (), None))
    assert ready.tracker.heavy_certainty == certainty
