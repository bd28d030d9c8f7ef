"""Which films count as seen by the detector: by half of the boxes that the event is due for, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.events.cases.seen import deciding, is_seen
from benchmarks.events.changes import as_car
from benchmarks.events.truth import Case
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.events import Direction
from passerby.domain.layout import Layout, Line, Zone
from tests.unit.benchmarks.events.test_world import film, walker

ALL = Zone("zone", np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], np.float32))
MIDDLE = Line("line", np.array([[0.4, 0.5], [0.4, 0.9]], np.float32))  # at 256 px: frame 19 of a walker


def crowded(*ways, due_s):
    """A crowd that has to last for two seconds: ten frames."""
    rule = EventRule("rule", RuleKind.OVERCROWDING, "zone", 1.0, "1", hold_s=2.0)
    return Case(rule, Layout((), (ALL,), (), None), film(*ways), due_s)


@pytest.mark.parametrize(("missed", "seen"), [(range(5), True), (range(20, 25), True), (range(20, 27), False)])
def test_half_of_a_crowd_s_boxes_over_the_hold_time_have_to_be_found(missed, seen):
    case = crowded(walker(missed=missed), due_s=5.0)
    assert np.flatnonzero(deciding(case)[0]).tolist() == list(range(15, 26))
    assert is_seen(case) is seen


def test_of_a_zone_that_is_too_full_those_count_whom_nobody_hides():
    """Two who stand almost at one place: the one behind is what it is about, and cannot be found."""
    before, behind = walker(left_px=300.0, pace_px=0.0), walker(left_px=301.0, pace_px=0.0)
    behind = replace(behind, xyxy_px=behind.xyxy_px - (0, 5, 0, 5))
    rule = EventRule("rule", RuleKind.SATURATED, "zone", 1.0, "1", hold_s=2.0)
    case = Case(rule, Layout((), (ALL,), (), None), film(before, behind), 5.0)
    assert deciding(case).any(axis=1).tolist() == [True, False]
    assert is_seen(case)


def test_where_nothing_is_due_nothing_is_seen():
    assert not is_seen(crowded(walker(), due_s=None))


def test_of_several_vehicles_the_one_that_stays_counts():
    rule = EventRule("rule", RuleKind.STOPPED_VEHICLE, "zone", 4.0, "s")
    stays, passes = as_car(walker(left_px=300.0, pace_px=0.0, missed=range(30))), as_car(walker(frames=6, first=20))
    case = Case(rule, Layout((), (ALL,), (), None), film(stays, passes, walker()), 5.0)
    assert deciding(case).sum(axis=1).tolist() == [21, 0, 0]
    assert not is_seen(case)


def test_over_a_line_the_seconds_before_and_after_count():
    rule = EventRule("rule", RuleKind.WRONG_WAY, "line", 1.0, "1", direction=Direction.FORWARD)
    vehicle = as_car(walker(left_px=100.5, missed=range(9)))
    at_s = (256 - 110.5) / 8 / 5
    case = Case(rule, Layout((MIDDLE,), (), (), None), film(vehicle, walker()), at_s)
    frames = np.flatnonzero(deciding(case)[0])
    assert (frames.min() / 5, frames.max() / 5) == pytest.approx((at_s, at_s), abs=2.2)
    assert not deciding(case)[1].any()
    assert is_seen(case)
