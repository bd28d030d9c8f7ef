"""The sentence of an event is plain English, also for one of a thing."""

import pytest

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.place_events import EventState
from passerby.events.wording import amount, why


@pytest.mark.parametrize(
    ("kind", "unit", "one", "two"),
    [
        (RuleKind.OVERCROWDING, "1", "1 person", "2 people"),
        (RuleKind.OVERCROWDING, "m-2", "1 person/m²", "2 people/m²"),
        (RuleKind.CROWD_RISING, "/min", "1 person more within a minute", "2 people more within a minute"),
        (RuleKind.NEAR_MISSES, "/h", "1 near miss an hour watched", "2 near misses an hour watched"),
        (RuleKind.VEHICLE_IN_ZONE, "1", "1 vehicle", "2 vehicles"),
    ],
)
def test_one_and_several(rule, kind, unit, one, two):
    of = rule(kind, unit=unit)
    assert [amount(of, 1.0), amount(of, 1.0004), amount(of, 2.0)] == [one, one, two]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (
            EventState.OPEN,
            "Crowded in square: 1 person now, 3 people at most; the threshold of 0.5 people was passed 7 s ago.",
        ),
        (EventState.CLOSED, "Crowded in square: 3 people at most; the threshold of 0.5 people was passed for 7 s."),
    ],
)
def test_a_sentence_says_since_when_or_for_how_long(rule, state, expected):
    full: EventRule = rule(threshold=0.5)
    assert why(full, state, 1.0, 3.0, at_least=False, lasted_s=7.0, coverage=1.0) == expected
