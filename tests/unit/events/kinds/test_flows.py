"""Lines: people against the direction, vehicles the wrong way, and how fast traffic is."""

import numpy as np
import pytest

from passerby.domain.event_rules import RuleKind
from passerby.domain.events import Direction, LineCrossing
from passerby.domain.place_events import EventState
from passerby.domain.road_user import RoadUser
from passerby.events.event_rules import EventRules

ALLOWED, AGAINST = Direction.FORWARD, Direction.BACKWARD


def crossing(direction=ALLOWED, user=RoadUser.PEDESTRIAN, speed=None, line="gate"):
    return LineCrossing(line, direction, user, 0, speed)


def passages(frame, crossings, every_s=1.0, start=0.0):
    """One crossing each second, or each `every_s`."""
    return [frame(start + every_s * n, crossings=[one] if one else []) for n, one in enumerate(crossings)]


@pytest.fixture
def gate(rule):
    def make(kind, threshold, unit="1", **more):
        return rule(kind=kind, place="gate", threshold=threshold, unit=unit, direction=ALLOWED, **more)

    return make


def test_many_against_the_direction_are_reported(gate, frame, run, layout):
    rules = EventRules("cam", [gate(RuleKind.COUNTER_FLOW, 0.3)], layout)
    assert run(rules, passages(frame, [crossing()] * 100)) == []
    half = [crossing(AGAINST if number % 2 else ALLOWED) for number in range(120)]
    events = run(rules, passages(frame, half, start=100.0))
    # Half of a minute's passages: 30 % after 36 s.
    assert events[0].start_ns == pytest.approx(1_700_000_000_000_000_000 + 136 * 10**9, abs=3 * 10**9)
    assert events[-1].value == pytest.approx(0.5, abs=0.02)
    assert "the threshold of 30%" in events[-1].why


def test_too_few_are_no_share(gate, frame, run, layout):
    few = [crossing(AGAINST) if number % 12 == 0 else None for number in range(400)]
    assert run(EventRules("cam", [gate(RuleKind.COUNTER_FLOW, 0.3)], layout), passages(frame, few)) == []
    enough = [crossing(AGAINST) if number % 9 == 0 else None for number in range(400)]
    assert run(EventRules("cam", [gate(RuleKind.COUNTER_FLOW, 0.3)], layout), passages(frame, enough))


def test_others_at_other_lines_or_of_other_classes_do_not_count(gate, frame, run, layout):
    rules = EventRules("cam", [gate(RuleKind.COUNTER_FLOW, 0.3), gate(RuleKind.WRONG_WAY, 1, name="way")], layout)
    others = [crossing(AGAINST, line="other"), crossing(AGAINST, RoadUser.CAR, line="other"), None, None]
    assert run(rules, passages(frame, others * 40)) == []


def test_a_vehicle_against_the_direction_is_reported_at_once(gate, frame, run, layout):
    rules = EventRules("cam", [gate(RuleKind.WRONG_WAY, 1, hold_s=30.0)], layout)
    events = run(rules, passages(frame, [crossing(ALLOWED, RoadUser.CAR)] * 5 + [crossing(AGAINST, RoadUser.CAR)]))
    assert [(event.state, event.value) for event in events] == [(EventState.OPEN, 1)]
    assert events[0].raised_ns == 1_700_000_005_000_000_000
    closed = run(rules, passages(frame, [None] * 20, start=6.0))[-1]
    assert (closed.state, closed.end_ns) == (EventState.CLOSED, 1_700_000_016_000_000_000)


def driven(frame, box, places_m):
    """A car from the right to the left, five places a second, over the gate at 40 m, and its crossing."""
    frames, before = [], 50.0
    for number, place in enumerate(places_m):
        over = [crossing(AGAINST, RoadUser.CAR)] if before > 36 >= place else []
        before = place
        frames.append(frame(number / 5, boxes=[box(1, (place, 20.0), RoadUser.CAR)], crossings=over))
    return frames


@pytest.mark.parametrize(
    ("places_m", "counts"),
    [
        ([50.0 - 2 * step for step in range(10)], True),  # 10 m/s
        ([52.0, 46.0, 40.0, 34.0], True),  # as fast as is seen four times
        ([*np.arange(30.0, 46.0, 2.0), *np.arange(44.0, 30.0, -2.0)], True),  # over it, round, and back
        ([50.0, 50.2, 49.9, 50.1, 30.0, 30.1, 29.9, 30.2], False),  # a wrong box that ends, and another one
        ([50.0, 50.2, 49.9, 42.0, 30.0, 30.1, 29.9, 30.2], False),  # the same, filtered
        ([30.2, 30.1, 29.9, 30.0, 29.8, 29.7], False),  # the same, as another track
    ],
)
def test_what_comes_over_at_a_bound_is_no_vehicle(gate, frame, box, run, layout, places_m, counts):
    rules = EventRules("cam", [gate(RuleKind.WRONG_WAY, 1)], layout)
    assert bool(run(rules, driven(frame, box, places_m))) is counts


def test_a_person_walks_where_they_like(gate, frame, run, layout):
    rules = EventRules("cam", [gate(RuleKind.WRONG_WAY, 1)], layout)
    assert run(rules, passages(frame, [crossing(AGAINST)] * 5)) == []


def test_fast_traffic_is_a_percentile_of_many(gate, frame, run, layout):
    rules = EventRules("cam", [gate(RuleKind.SPEEDS, 13.9, "m/s", min_count=20)], layout)
    mixed = [crossing(user=RoadUser.CAR, speed=16.0 if n % 4 == 0 else 12.0) for n in range(60)]
    events = run(rules, passages(frame, mixed))
    assert events[0].value == pytest.approx(16.0)
    assert events[0].start_ns == pytest.approx(1_700_000_019_000_000_000, abs=2e9)
    assert "(50 km/h)" in events[0].why
    single = [crossing(user=RoadUser.CAR, speed=40.0 if n == 30 else 12.0) for n in range(90)]
    assert (
        run(EventRules("cam", [gate(RuleKind.SPEEDS, 13.9, "m/s", min_count=20)], layout), passages(frame, single))
        == []
    )
    unknown = [crossing(user=RoadUser.CAR)] * 90
    assert (
        run(EventRules("cam", [gate(RuleKind.SPEEDS, 13.9, "m/s", min_count=20)], layout), passages(frame, unknown))
        == []
    )


def test_old_passages_are_dropped(gate, frame, run, layout):
    rules = EventRules("cam", [gate(RuleKind.COUNTER_FLOW, 0.3, cool_down_s=5.0)], layout)
    run(rules, passages(frame, [crossing(AGAINST)] * 60))
    events = run(rules, passages(frame, [None] * 330, start=60.0))
    assert events[-1].state is EventState.CLOSED
