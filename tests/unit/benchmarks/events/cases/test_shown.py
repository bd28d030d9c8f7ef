"""The threshold that a camera's count calls for: by another film of the place, as whoever knows the camera sets it."""

import numpy as np
import pytest

from benchmarks.events.cases.shown import counted_rule, raised
from benchmarks.events.truth import Case
from benchmarks.events.world import true_tracks
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout, Zone
from tests.unit.benchmarks.events.test_world import film, walker

ALL = Layout((), (Zone("zone", np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]], np.float32)),), (), None)


def crowd(people, unseen=0):
    """People who stand beside one another; of some nothing is ever detected."""
    ways = [walker(left_px=40.0 * n, pace_px=0.0, missed=range(30) if n < unseen else ()) for n in range(people)]
    return film(*ways)


def case(threshold, world, counted_on, kind=RuleKind.OVERCROWDING, unit="1"):
    return Case(EventRule("rule", kind, "zone", threshold, unit, hold_s=1.0), ALL, world, 1.0, counted_on=counted_on)


@pytest.mark.parametrize(("kind", "unit"), [(RuleKind.OVERCROWDING, "1"), (RuleKind.CROWD_RISING, "/min")])
def test_a_threshold_is_taken_times_what_a_camera_counts(kind, unit):
    rule = counted_rule(case(8.0, crowd(10), crowd(12, unseen=3), kind, unit))
    assert rule is not None
    assert (rule.kind, rule.threshold) == (kind, pytest.approx(8.0 * 9 / 12))


def test_a_few_people_say_nothing_of_a_camera_s_count():
    assert counted_rule(case(8.0, crowd(10), crowd(4))) is None
    known = case(8.0, crowd(10), None)
    assert counted_rule(known) == known.rule


def test_the_film_itself_does_not_enter():
    one, other = (counted_rule(case(8.0, world, crowd(12, unseen=3))) for world in (crowd(10), crowd(2, unseen=2)))
    assert one == other


def test_events_are_reported_once():
    (event,) = raised(case(8.0, crowd(10), None).rule, ALL, true_tracks(crowd(10)))
    assert (event.value, event.threshold) == (10, 8.0)
