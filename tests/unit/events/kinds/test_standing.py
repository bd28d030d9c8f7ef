"""Vehicles that stand still: over jitter, changes of id and hidden moments, and not over movement."""

import numpy as np
import pytest

from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import EventState
from passerby.domain.road_user import RoadUser
from passerby.events.event_rules import EventRules

CAR_PX = (90.0, 60.0)


@pytest.fixture
def still(rule):
    return rule(kind=RuleKind.STOPPED_VEHICLE, threshold=20, unit="s", hold_s=10)


@pytest.fixture
def car(box):
    def make(x, y=12.0, track_id=1, user=RoadUser.CAR):
        return box(track_id, (x, y), user, CAR_PX)

    return make


def film(frame, boxes_at, seconds, start=0.0):
    return [frame(start + n / 5, boxes=boxes_at(n / 5)) for n in range(round(seconds * 5))]


def test_a_car_that_stops_is_reported_after_the_threshold(still, frame, run, layout, car):
    rules = EventRules("cam", [still], layout)
    events = run(rules, film(frame, lambda s: [car(min(10 + 5 * s, 25))], 30))
    # It stands from 3 s on; the boxes say so within two seconds.
    assert events[0].raised_ns == pytest.approx(1_700_000_023_000_000_000, abs=2.5e9)
    gone = run(rules, film(frame, lambda s: [car(25 + 4 * s)] if s < 3 else [], 12, 30.0))
    assert gone[-1].state is EventState.CLOSED
    assert gone[-1].end_ns == pytest.approx(1_700_000_031_000_000_000, abs=2.5e9)


def test_jitter_changes_of_id_and_someone_in_front_begin_nothing_anew(still, frame, run, layout, car, box):
    rng = np.random.default_rng(5)

    def boxes(second):
        if 10 < second < 11.5:
            return [box(77, (24 + second - 10, 12.5))]
        return [car(25 + rng.normal(0, 0.2), 12 + rng.normal(0, 0.2), track_id=1 + int(second // 7))]

    events = run(EventRules("cam", [still], layout), film(frame, boxes, 40))
    assert events[0].raised_ns == pytest.approx(1_700_000_020_000_000_000, abs=2e9)
    assert {event.state for event in events} == {EventState.OPEN}


def test_cars_that_follow_one_another_do_not_stand(still, frame, run, layout, car):
    def boxes(second):
        return [
            car(5 + 8 * (second % 5), track_id=int(second // 5)),
            car(5 + 8 * ((second + 2.5) % 5), 15.0, 1000 + int((second + 2.5) // 5)),
        ]

    assert run(EventRules("cam", [still], layout), film(frame, boxes, 120)) == []


def test_a_car_that_creeps_does_not_stand(still, frame, run, layout, car):
    assert run(EventRules("cam", [still], layout), film(frame, lambda s: [car(8 + 0.4 * s)], 60)) == []


def test_a_car_that_drives_up_to_where_one_was_lost_takes_nothing_over(still, frame, run, layout, car):
    def boxes(second):
        if second < 18:
            return [car(25, track_id=1)]
        return [car(min(25, 25 - 6 * (19.5 - second)), track_id=2)]

    events = run(EventRules("cam", [still], layout), film(frame, boxes, 36))
    assert events == []


def test_people_and_cars_outside_the_zone_never_stand_in_the_way(still, rule, frame, run, layout, car, box):
    things = rule(name="way", kind=RuleKind.OBSTACLE, threshold=20, unit="s")
    people = [box(1, (25.0, 12.0)), car(2.0, track_id=2), car(48.0, track_id=3)]
    assert run(EventRules("cam", [still, things], layout), film(frame, lambda s: people, 90)) == []


def test_a_bicycle_left_in_an_exit_is_in_the_way(still, rule, frame, run, layout, car):
    things = rule(name="way", kind=RuleKind.OBSTACLE, threshold=20, unit="s")
    events = run(
        EventRules("cam", [still, things], layout), film(frame, lambda s: [car(25.0, user=RoadUser.BICYCLE)], 40)
    )
    assert {event.rule for event in events} == {"way"}


def test_what_stood_before_a_gap_begins_anew(still, frame, run, layout, car):
    rules = EventRules("cam", [still], layout)
    run(rules, film(frame, lambda s: [car(25.0)], 15))
    assert run(rules, film(frame, lambda s: [car(25.0)], 15, start=60.0)) == []
