"""When an event is due, and whether that is clear, from true values by hand."""

import numpy as np
import pytest

from benchmarks.events.truth import case_of, first_passing
from benchmarks.events.world import Extras, World
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.layout import Layout

LAYOUT = Layout((), (), (), None)


def due_of(values, threshold=10.0, hold_s=4.0, bounds=None):
    world = World("made", (640, 360), 5.0, len(values), (), Extras(), None, labelled=True)
    rule = EventRule("rule", RuleKind.OVERCROWDING, "zone", threshold, "1", hold_s=hold_s)
    case = case_of(rule, LAYOUT, world, np.array(values, np.float64), bounds)
    return "unclear" if case is None else case.due_s


def steps(*parts):
    """Values of five a second: pairs of a value and for how many seconds."""
    return [value for value, seconds in parts for _ in range(round(5 * seconds))]


def test_an_event_is_due_once_the_hold_time_is_over():
    assert due_of(steps((2, 10), (20, 10))) == pytest.approx(14.0)
    assert due_of(steps((2, 10), (20, 2), (2, 10))) is None
    assert due_of(steps((2, 10), (8, 10))) is None


def test_what_a_little_would_change_is_unclear():
    assert due_of(steps((2, 10), (10.5, 10))) == "unclear"  # hardly above the threshold
    assert due_of(steps((2, 10), (9.5, 10))) == "unclear"  # hardly below
    assert due_of(steps((2, 10), (20, 4.4), (2, 5))) == "unclear"  # hardly longer than the hold time
    assert due_of(steps((2, 5), (20, 3.6), (2, 5))) == "unclear"  # hardly shorter
    assert due_of(steps((2, 5), (20, 3), (2, 0.4), (20, 3))) == "unclear"  # a break that may not be noticed
    low, high = np.array(steps((2, 10), (2, 10))), np.array(steps((2, 10), (20, 10)))
    assert due_of(steps((2, 10), (20, 10)), bounds=(low, high)) == "unclear"  # who counts is not certain


def test_a_threshold_may_be_reached_or_passed():
    times_s, values = np.arange(20) / 5, np.ones(20)
    assert first_passing(times_s, values, 1.0, 2.0, reached=True) == 0.0
    assert first_passing(times_s, values, 1.0, 2.0, reached=False) is None
