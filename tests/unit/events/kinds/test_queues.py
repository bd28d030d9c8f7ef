"""Queues: slow vehicles that stand one behind the other, in metres or as a number."""

from dataclasses import replace

import pytest

from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import EventState
from passerby.domain.road_user import RoadUser
from passerby.events.event_rules import EventRules

CAR_PX = (90.0, 60.0)


@pytest.fixture
def cars(box):
    def make(places, users=None):
        return [box(n, (x, 12.0), (users or {}).get(n, RoadUser.CAR), CAR_PX) for n, x in enumerate(places)]

    return make


def film(frame, boxes_at, seconds, start=0.0):
    return [frame(start + n / 5, boxes=boxes_at(n / 5)) for n in range(round(seconds * 5))]


def test_the_length_of_a_queue_is_from_its_first_to_its_last_bumper(rule, frame, run, layout, cars):
    queue = rule(kind=RuleKind.QUEUE, unit="m", threshold=20)
    places = [8, 15, 22, 29]  # 7 m from car to car: 21 m and half a car at each end
    events = run(EventRules("cam", [queue], layout), film(frame, lambda s: cars(places), 10))
    assert events[0].value == pytest.approx(25.5, abs=0.1)
    assert "25.5 m" in events[0].why
    bus = run(EventRules("cam", [queue], layout), film(frame, lambda s: cars(places, {3: RoadUser.BUS}), 10))
    assert bus[0].value == pytest.approx(25.5 + (12 - 4.5) / 2, abs=0.1)


def test_a_queue_counts_vehicles_without_ground(rule, frame, run, layout, cars):
    queue = rule(kind=RuleKind.QUEUE, unit="1", threshold=3)
    flat = replace(layout, ground=None)
    events = run(EventRules("cam", [queue], flat), film(frame, lambda s: cars([10, 15, 20, 25]), 10))
    assert (events[0].value, events[0].state) == (4, EventState.OPEN)
    assert "4 vehicles" in events[0].why


def test_moving_traffic_wide_gaps_and_people_are_no_queue(rule, frame, run, layout, cars, box):
    queue = rule(kind=RuleKind.QUEUE, unit="m", threshold=10)
    rules = EventRules("cam", [queue], layout)
    assert run(rules, film(frame, lambda s: cars([8 + 4 * s, 15 + 4 * s]), 5)) == []
    rules = EventRules("cam", [queue], layout)
    assert run(rules, film(frame, lambda s: cars([8, 24, 40]), 20)) == []
    people = [box(n, (8 + 1.0 * n, 12.0)) for n in range(30)]
    assert run(EventRules("cam", [queue], layout), film(frame, lambda s: people, 20)) == []


def test_a_queue_that_dissolves_closes(rule, frame, run, layout, cars):
    queue = rule(kind=RuleKind.QUEUE, unit="m", threshold=15)
    rules = EventRules("cam", [queue], layout)
    run(rules, film(frame, lambda s: cars([8, 15, 22]), 10))
    away = run(rules, film(frame, lambda s: cars([8 + 5 * s, 15 + 6 * s, 22 + 7 * s]) if s < 3 else [], 8, 10.0))
    assert away[-1].state is EventState.CLOSED


def test_who_is_hidden_for_two_looks_stays_in_the_queue(rule, frame, run, layout, cars):
    queue = rule(kind=RuleKind.QUEUE, unit="m", threshold=20, hold_s=4.0)
    whole, hidden = cars([8, 15, 22, 29]), cars([8, 15, 22, 29])[:2]
    seen = run(EventRules("cam", [queue], layout), film(frame, lambda s: whole if s % 3 < 1 else hidden, 12))
    assert seen[0].value == pytest.approx(25.5, abs=0.1)
    gone = run(EventRules("cam", [queue], layout), film(frame, lambda s: whole if s < 2 else hidden, 12))
    assert gone == []


def test_a_vehicle_that_is_found_anew_where_it_stood_is_one(rule, frame, run, layout, box):
    queue = rule(kind=RuleKind.QUEUE, unit="1", threshold=2)
    anew = lambda s: [box(n + 10 * int(s), (8.0 + 7 * n, 12.0), RoadUser.CAR, CAR_PX) for n in range(2)]  # noqa: E731
    assert run(EventRules("cam", [queue], layout), film(frame, anew, 12)) == []


def test_who_is_seen_between_two_looks_is_in_the_queue(rule, frame, run, layout, cars):
    queue = rule(kind=RuleKind.QUEUE, unit="1", threshold=3, hold_s=6.0)
    whole, hidden = cars([8, 15, 22, 29]), cars([8, 15, 22, 29])[:2]
    between = lambda s: whole if s < 2 or s % 1 > 0.5 else hidden  # noqa: E731
    seen = run(EventRules("cam", [queue], layout), film(frame, between, 12))
    assert seen[0].value == 4
    never = run(EventRules("cam", [queue], layout), film(frame, lambda s: whole if s < 2 else hidden, 12))
    assert never == []


def test_a_track_that_leaps_to_the_next_vehicle_leaves_the_first_in_the_queue(rule, frame, run, layout, cars):
    queue = rule(kind=RuleKind.QUEUE, unit="1", threshold=2, hold_s=4.0)
    three = cars([8, 15, 22])
    leaping = [*cars([8, 15]), replace(three[2], track_id=1)]  # the second one's track has gone over to the third
    two = lambda s: [three[0], leaping[2]] if s % 4 > 3 else three  # noqa: E731
    seen = run(EventRules("cam", [queue], layout), film(frame, two, 12))
    assert seen[0].value == 3
