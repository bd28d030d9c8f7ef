"""An obstacle is a vehicle that stands, or a thing in the zone that was found in the pixels."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import EventState
from passerby.domain.road_user import RoadUser
from passerby.domain.standing_things import StandingThings
from passerby.events.event_rules import EventRules
from passerby.events.kinds.obstacles import zones_to_keep_clear

IN_SQUARE = (500.0, 200.0, 540.0, 240.0)
BESIDE_IT = (1200.0, 200.0, 1240.0, 240.0)


@pytest.fixture
def clear(rule):
    return rule(name="way", kind=RuleKind.OBSTACLE, threshold=20, unit="s", cool_down_s=5.0)


def with_thing(made, box_px, since_s, *, there=True):
    rows = int(there)
    return replace(
        made,
        things=StandingThings(
            made.tracks.stamp,
            np.array([box_px] * rows, np.float32).reshape(-1, 4),
            np.full(rows, 0.75, np.float32),
            np.full(rows, since_s),
        ),
    )


def test_a_thing_raises_an_event_when_it_has_stood_for_long_enough(clear, frame, run, layout):
    frames = [with_thing(frame(second), IN_SQUARE, 4.0) for second in range(40)]
    (event,) = {event.event_id: event for event in run(EventRules("cam", [clear], layout), frames)}.values()
    assert event.peak == pytest.approx(33.0, abs=3)
    assert event.confidence == pytest.approx(0.75)
    first = run(EventRules("cam", [clear], layout), frames)[0]
    assert (first.raised_ns - frames[0].tracks.stamp.time_ns) / 1e9 == pytest.approx(25.0, abs=1)


def test_it_is_over_once_the_thing_is_gone(clear, frame, run, layout):
    frames = [with_thing(frame(second), IN_SQUARE, 0.0, there=second < 30) for second in range(50)]
    assert run(EventRules("cam", [clear], layout), frames)[-1].state is EventState.CLOSED


def test_a_thing_beside_the_zone_is_in_nobodys_way(clear, frame, run, layout):
    frames = [with_thing(frame(second), BESIDE_IT, 0.0) for second in range(40)]
    assert run(EventRules("cam", [clear], layout), frames) == []


def test_while_nothing_is_looked_for_vehicles_are_followed_all_the_same(clear, frame, run, layout, box):
    frames = [frame(second / 2, boxes=[box(1, (25.0, 12.0), RoadUser.CAR, (40.0, 30.0))]) for second in range(80)]
    assert run(EventRules("cam", [clear], layout), frames)


@pytest.mark.parametrize(
    ("user", "box_wh_px", "ground", "reported"),
    [
        (RoadUser.CAR, (34.0, 12.0), True, False),  # 1.7 m by 0.6 m: a person who lies
        (RoadUser.CAR, (36.0, 29.0), True, True),  # a car from the front
        (RoadUser.BICYCLE, (12.0, 20.0), True, True),
        (RoadUser.CAR, (34.0, 12.0), False, True),  # no size is known
    ],
)
def test_a_person_who_lies_and_is_taken_for_a_car_is_no_obstacle(
    clear, frame, run, layout, box, user, box_wh_px, ground, reported
):
    frames = [frame(second / 2, boxes=[box(1, (25.0, 12.0), user, box_wh_px)]) for second in range(80)]
    seen = layout if ground else replace(layout, ground=None)
    assert bool(run(EventRules("cam", [clear], seen), frames)) == reported


def test_only_zones_of_obstacle_rules_are_looked_at(clear, rule, layout):
    crowd = rule(name="full", kind=RuleKind.OVERCROWDING, threshold=5, unit="1")
    assert zones_to_keep_clear((crowd,), layout) == ()
    (zone,) = zones_to_keep_clear((crowd, clear, replace(clear, name="again")), layout)
    assert zone is layout.zones[0].points
