"""No rule fires on an empty scene, on tracks that are not confirmed, or on flicker shorter than its hold time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.event_rules import RuleKind
from passerby.domain.events import Direction
from passerby.domain.road_user import RoadUser
from passerby.events.event_rules import EventRules

KINDS = {
    RuleKind.OVERCROWDING: ("m-2", 0.0),
    RuleKind.DENSEST_AREA: ("m-2", 0.0),
    RuleKind.CROWD_RISING: ("/min", 0.0),
    RuleKind.COUNTER_FLOW: ("1", 0.0),
    RuleKind.VEHICLE_IN_ZONE: ("1", 1.0),
    RuleKind.WRONG_WAY: ("1", 1.0),
    RuleKind.STOPPED_VEHICLE: ("s", 5.0),
    RuleKind.QUEUE: ("m", 1.0),
    RuleKind.OBSTACLE: ("s", 5.0),
    RuleKind.SPEEDS: ("m/s", 0.0),
    RuleKind.NEAR_MISSES: ("/h", 0.0),
    RuleKind.SATURATED: ("1", 0.0),
    RuleKind.CAMERA_STATE: ("s", 5.0),
}
AT_LINES = (RuleKind.COUNTER_FLOW, RuleKind.WRONG_WAY, RuleKind.SPEEDS)


@pytest.fixture(scope="module")
def every_rule(rule, layout):
    def make(**more):
        made = [
            rule(
                name=kind.value,
                kind=kind,
                unit=unit,
                threshold=threshold,
                place="gate" if kind in AT_LINES else "square",
                direction=Direction.FORWARD,
                **({"hold_s": 0.0, "min_count": 5} | more),
            )
            for kind, (unit, threshold) in KINDS.items()
        ]
        rules = EventRules("cam", made, layout)
        assert rules.unwatched == ()
        return rules

    return make


def test_an_empty_scene_raises_nothing(every_rule, frame, run):
    assert run(every_rule(), [frame(n / 2) for n in range(600)]) == []


@settings(max_examples=5)
@given(st.integers(0, 10_000), st.booleans())
def test_noise_that_is_never_a_track_raises_nothing(every_rule, frame, run, box, seed, same_place):
    rng = np.random.default_rng(seed)

    def noise(number):
        place = (25.0, 12.0) if same_place else (float(rng.uniform(6, 44)), float(rng.uniform(4, 22)))
        return box(number, place, RoadUser(int(rng.integers(6))), (60.0, 60.0), confirmed=False)

    frames = [frame(n / 5, boxes=[noise(10 * n + k) for k in range(int(rng.integers(4)))]) for n in range(100)]
    assert run(every_rule(), frames) == []


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_flicker_shorter_than_the_hold_time_raises_nothing(every_rule, frame, run, seed):
    rng = np.random.default_rng(seed)
    people = np.where(rng.random(300) < 0.5, 500, 0)
    people[::5] = 0  # at most four frames of a fifth of a second
    rules = every_rule(hold_s=2.0)
    events = run(rules, [frame(n / 5, people=int(value), cars=int(value)) for n, value in enumerate(people)])
    assert [event.rule for event in events if event.rule in ("overcrowding", "vehicle_in_zone")] == []


@settings(max_examples=5)
@given(st.integers(0, 10_000), st.floats(0.0, 0.12))
def test_boxes_that_shake_neither_rise_nor_go_the_wrong_way(every_rule, frame, run, box, seed, shake_m):
    rng = np.random.default_rng(seed)

    def walkers(second):
        off = rng.normal(0, shake_m, 2)
        places = [(10 + 1.3 * second + off[0], 6 + off[1]), (12 + 1.3 * second + off[0], 18 + off[1])]
        return [box(number, place) for number, place in enumerate(places)]

    frames = [frame(n / 5, people=2, boxes=walkers(n / 5)) for n in range(100)]
    fired = {event.rule for event in run(every_rule(), frames)}
    assert fired <= {"overcrowding", "densest_area"}  # whose thresholds are 0 here, and two people are more
