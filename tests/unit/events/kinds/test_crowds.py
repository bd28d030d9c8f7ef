"""Crowds: the densest part, the growth within a minute, and zones that are too full to count."""

import numpy as np
import pytest

from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import EventState
from passerby.events.event_rules import EventRules


@pytest.fixture
def crowd(box):
    def make(places, **more):
        return [box(number, place, **more) for number, place in enumerate(places)]

    return make


def test_a_dense_corner_of_a_wide_zone_is_found(rule, frame, run, layout, crowd):
    dense = rule(kind=RuleKind.DENSEST_AREA, unit="m-2", threshold=2.0)
    corner = [(10 + 0.6 * (number % 5), 8 + 0.6 * (number // 5)) for number in range(25)]
    alone = [(20 + 2.0 * (number % 10), 5 + 2.0 * (number // 10)) for number in range(50)]
    wide = EventRules("cam", [dense, rule(name="whole", unit="m-2", threshold=0.5)], layout)
    events = run(wide, [frame(number / 5, people=75, boxes=crowd(corner + alone)) for number in range(20)])
    assert [event.rule for event in events] == ["full"]
    assert events[0].value == pytest.approx(2.5)
    assert "densest 10 m²" in events[0].why
    assert "2.5 people/m²" in events[0].why


def test_while_an_event_lasts_the_value_is_exact_also_where_it_cannot_pass_the_threshold(
    rule, frame, run, layout, crowd
):
    dense = rule(kind=RuleKind.DENSEST_AREA, unit="m-2", threshold=2.0, hold_s=0, cool_down_s=5)
    corner, apart = (
        [(10 + 0.1 * number, 8.0) for number in range(25)],
        [(10 + 3.0 * number, 8.0) for number in range(9)],
    )
    film = [frame(number / 5, boxes=crowd(corner if number < 20 else apart)) for number in range(60)]
    closed = run(EventRules("cam", [dense], layout), film)[-1]
    assert (closed.state, closed.peak, closed.value) == (EventState.CLOSED, 2.5, pytest.approx(0.2))


def test_people_outside_the_zone_do_not_count(rule, frame, run, layout, crowd):
    dense = rule(kind=RuleKind.DENSEST_AREA, unit="m-2", threshold=0.15)
    outside = crowd([(2 + 0.2 * number, 12.0) for number in range(10)])
    assert run(EventRules("cam", [dense], layout), [frame(n / 5, boxes=outside) for n in range(40)]) == []


def rising(frame, numbers):
    return [frame(0.5 * number, people=value) for number, value in enumerate(numbers)]


def test_a_crowd_that_grows_fast_is_reported_soon(rule, frame, run, layout):
    grows = rule(kind=RuleKind.CROWD_RISING, unit="/min", threshold=20)
    numbers = [5] * 240 + [5 + number // 4 for number in range(240)]
    events = run(EventRules("cam", [grows], layout), rising(frame, numbers))
    # 30 a minute more: 21 more have come 42 s after it began; 2 s to hold, and at most 5 s until it is noticed.
    assert 1_700_000_164_000_000_000 <= events[0].raised_ns <= 1_700_000_169_000_000_000
    assert events[-1].peak == pytest.approx(30, abs=1.5)


def test_a_full_steady_or_flickering_zone_does_not_grow(rule, frame, run, layout):
    grows = rule(kind=RuleKind.CROWD_RISING, unit="/min", threshold=20, hold_s=0)
    steady = [50 + number % 3 for number in range(400)]
    flicker = [80 if number % 40 < 6 else 5 for number in range(400)]
    for numbers in (steady, flicker, [50] * 400):
        assert run(EventRules("cam", [grows], layout), rising(frame, numbers)) == []


def test_nothing_grows_in_the_first_minute_or_after_a_gap(rule, frame, run, layout):
    grows = rule(kind=RuleKind.CROWD_RISING, unit="/min", threshold=20, hold_s=0)
    rules = EventRules("cam", [grows], layout)
    assert run(rules, rising(frame, [0] * 200)) == []
    after = [frame(160 + 0.5 * number, people=60) for number in range(100)]
    assert run(rules, after) == []


def packed(number, across_px=20.0):
    """People so close that their boxes of 30 px by 90 px overlap."""
    return [(15 + across_px / 20 * (n % 30), 8 + across_px / 20 * (n // 30)) for n in range(number)]


def test_a_saturated_zone_says_at_least(rule, frame, run, layout, crowd):
    full = rule(kind=RuleKind.SATURATED, threshold=0.9)
    boxes = crowd(packed(240, 12.0), box_wh_px=(30.0, 90.0))
    both = EventRules("cam", [full, rule(name="many", threshold=100)], layout)
    events = run(both, [frame(n / 5, people=240, saturated=True, boxes=boxes) for n in range(20)])
    assert {(event.rule, event.at_least, event.state) for event in events} == {
        ("full", True, EventState.OPEN),
        ("many", True, EventState.OPEN),
    }
    assert all("at least" in event.why for event in events)
    thin = EventRules("cam", [full, rule(name="many", threshold=3)], layout)
    events = run(thin, [frame(n / 5, people=8, boxes=crowd(packed(8), box_wh_px=(10.0, 30.0))) for n in range(20)])
    assert {(event.rule, event.at_least) for event in events} == {("many", False)}


def test_a_few_close_together_do_not_saturate(rule, frame, run, layout, crowd):
    full = rule(kind=RuleKind.SATURATED, threshold=0.1, hold_s=0)
    boxes = crowd([(25.0, 12.0)] * 4, box_wh_px=(300.0, 400.0))
    assert run(EventRules("cam", [full], layout), [frame(n / 5, people=4, boxes=boxes) for n in range(20)]) == []


def test_an_empty_zone_has_values_and_no_events(rule, frame, run, layout):
    kinds = [
        rule(kind=RuleKind.DENSEST_AREA, name="a", unit="m-2", threshold=0, hold_s=0),
        rule(kind=RuleKind.CROWD_RISING, name="b", unit="/min", threshold=0, hold_s=0),
        rule(kind=RuleKind.SATURATED, name="c", threshold=0, hold_s=0),
        rule(name="d", threshold=0, hold_s=0),
    ]
    rules = EventRules("cam", kinds, layout)
    assert rules.unwatched == ()
    assert run(rules, [frame(0.5 * number) for number in range(300)]) == []


def test_growth_is_measured_within_two(rule, frame, run, layout):
    rng = np.random.default_rng(3)
    grows = rule(kind=RuleKind.CROWD_RISING, unit="/min", threshold=1, hold_s=0)
    numbers = [10 + 0.2 * number / 2 + rng.normal(0, 1) for number in range(400)]
    events = run(EventRules("cam", [grows], layout), rising(frame, [round(value) for value in numbers]))
    assert events[-1].value == pytest.approx(12, abs=2)
