"""Encounters on the ground: how near they were in time, against closed forms, and which are near misses."""

from dataclasses import replace

import numpy as np
import pytest

from passerby.domain.event_rules import RuleKind
from passerby.domain.place_events import PlaceEvent
from passerby.domain.road_user import RoadUser
from passerby.events.event_rules import EventRules, EventSettings
from passerby.events.near_misses.encounters import NearMissLimits
from passerby.events.near_misses.footprints import encroachment_times, footprints

PERSON, CAR, BICYCLE = RoadUser.PEDESTRIAN, RoadUser.CAR, RoadUser.BICYCLE
BOTH = frozenset({PERSON, CAR, BICYCLE})


@pytest.fixture
def meet(rule, frame, layout, box):
    """Lets straight ways be seen at 10 frames a second, and returns their encounters."""

    def encounters(*ways, seconds=20.0, fps=10, limits=None, **more):
        near = rule(kind=RuleKind.NEAR_MISSES, unit="/h", threshold=1, place="", **({"road_users": BOTH} | more))
        settings = EventSettings(near_miss=limits or NearMissLimits())
        rules = EventRules("cam", [near], layout, settings=settings)
        for number in range(round(seconds * fps)):
            second = number / fps
            boxes = []
            for track_id, (x, y, v_x, v_y, user, until) in enumerate(ways):
                if second <= until:
                    boxes.append(box(track_id, (x + v_x * second, y + v_y * second), user))
            rules.update(frame(second, boxes=boxes))
        return rules.take_encounters()["full"]

    return encounters


def way(x, y, v_x, v_y, user=CAR, until=99.0):
    return (x, y, v_x, v_y, user, until)


def test_a_course_that_is_left_in_time_gives_the_fewest_seconds(meet):
    # Head on at 10 and 5 m/s, both gone when their fronts are 12 m apart: 0.8 s before they would have met.
    gone = 3.3 - (12 + 4.5) / 15 + 0.05
    (one,) = meet(way(5, 12, 10, 0, until=gone), way(5 + 15 * 3.3, 12, -5, 0, until=gone), seconds=9)
    last = np.floor(gone * 10 + 1e-6) / 10
    assert one.ttc_s == pytest.approx(3.3 - last - 4.5 / 15, abs=0.02)
    assert (one.near_miss, one.pet_s, one.road_users) == (True, None, (CAR, CAR))


@pytest.mark.parametrize("fps", [5, 10])
@pytest.mark.parametrize("later_s", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("user", [CAR, PERSON])
def test_one_that_crosses_another_s_way_gives_the_seconds_between(meet, fps, later_s, user):
    # The middle of the second comes to where the first's was `later_s` afterwards, at right angles.
    speed = 6.0 if user is CAR else 1.5
    second = way(20, 12 - speed * (2 + later_s), 0, speed, user)
    (one,) = meet(way(8, 12, 6, 0), second, seconds=18, fps=fps)
    if user is CAR:
        expected = later_s - 2 * (2.25 + 0.9) / 6
    else:
        # By the relative way n: how far the car and the disc reach across it, over how fast the person moves across.
        n = np.array([-1.5, -6.0]) / np.hypot(1.5, 6.0)
        reach = abs(n[0]) * 2.25 + abs(n[1]) * 0.9 + 0.25
        expected = later_s - reach / abs(n[1] * 1.5)
    if expected > 0:
        assert one.pet_s == pytest.approx(expected, abs=0.02)
    else:
        assert one.pet_s == 0 or one.ttc_s is not None


def test_a_crossing_at_an_angle_agrees_with_the_closed_form(meet):
    velocities = np.array([[5.0, 0.0], [-2.0, 3.0]])
    starts = np.array([[10.0, 12.0], [20.0 + 2.0 * 4.2, 12.0 - 3.0 * 4.2]])
    users = np.array([CAR, BICYCLE], np.int16)
    along = velocities / np.hypot(*velocities.T)[:, None]
    first, second = (
        footprints(starts[i : i + 1], velocities[i : i + 1], along[i : i + 1], users[i : i + 1]) for i in (0, 1)
    )
    expected = float(encroachment_times(first, second)[0])
    ways = [(*starts[i], *velocities[i], RoadUser(int(users[i])), 99.0) for i in (0, 1)]
    (one,) = meet(*ways, seconds=15)
    assert one.pet_s == pytest.approx(expected, abs=0.02)
    assert expected > 0.5


def test_far_later_is_no_encounter(meet):
    assert meet(way(8, 12, 6, 0), way(20, 12 - 1.5 * 10, 0, 1.5, PERSON), seconds=25) == ()


def test_a_near_miss_needs_a_course_and_a_soon_crossing(meet):
    # On course until the person is past: a car at 8 m/s that would have hit them 0.9 s later.
    (one,) = meet(way(5, 12, 8, 0, until=1.9), way(22, 9.3, 0, 1.4, PERSON), seconds=12)
    assert one.near_miss
    assert one.road_users == (PERSON, CAR)
    # Never on course: the car comes two seconds after.
    (late,) = meet(way(20, 12 - 6 * 4, 0, 6, CAR), way(17, 12, 1.5, 0, PERSON), seconds=15)
    assert late.ttc_s is None
    assert late.pet_s is not None
    assert not late.near_miss


def test_limits_can_be_set(meet):
    ways = (way(5, 12, 8, 0, until=1.9), way(22, 9.3, 0, 1.4, PERSON))
    (one,) = meet(*ways, seconds=12)
    assert one.ttc_s is not None
    (strict,) = meet(*ways, seconds=12, limits=NearMissLimits(ttc_s=one.ttc_s - 0.1))
    assert not strict.near_miss


def test_companions_are_left_out(meet):
    together = [way(8, 12 + 0.7 * n, 1.3, 0, PERSON) for n in range(3)]
    assert meet(*together, seconds=20) == ()
    # Even when they bump into one another on their way, once they have gone together.
    bump = meet(way(8, 12, 1.3, 0.06, PERSON), way(8, 13.5, 1.3, -0.06, PERSON), seconds=20)
    assert [one for one in bump if one.near_miss] == []


def test_two_pedestrians_count_only_where_the_rule_names_them(meet):
    head_on = (way(10, 12, 1.5, 0, PERSON, until=3.5), way(22, 12, -1.5, 0, PERSON, until=3.5))
    assert [one.near_miss for one in meet(*head_on, seconds=12)] == [True]
    assert meet(*head_on, seconds=12, road_users=frozenset()) == ()


def test_a_rate_raises_an_event_and_a_single_near_miss_is_no_high_rate(rule, frame, layout, box):
    near = rule(kind=RuleKind.NEAR_MISSES, unit="/h", threshold=20, place="", hold_s=0)
    rules = EventRules("cam", [near], layout)
    events: list[PlaceEvent] = []
    for number in range(5 * 700):
        second = number / 5
        cycle, at = divmod(second, 20)
        boxes = []
        if at < 2.0:
            ids = 10 * int(cycle)
            boxes = [box(ids, (5 + 8 * at, 12.0), CAR), box(ids + 1, (22, 9.3 + 1.4 * at))]
        events += rules.update(frame(second, boxes=boxes))
    first = events[0]
    assert first.start_ns > 1_700_000_060_000_000_000
    assert first.value == pytest.approx(24)
    assert "near misses an hour watched" in first.why
    assert events[-1].value == pytest.approx(180, rel=0.1)


def test_a_gap_ends_encounters(rule, frame, layout, box):
    near = rule(kind=RuleKind.NEAR_MISSES, unit="/h", threshold=0.5, place="", hold_s=0)
    rules = EventRules("cam", [near], replace(layout))
    for second in (*np.arange(0, 1.8, 0.2), 60.0, 60.2, 68.0):
        at = min(float(second), 1.8)
        boxes = [box(1, (5 + 8 * at, 12.0), CAR), box(2, (22, 9.3 + 1.4 * at))] if second < 1.9 else []
        assert rules.update(frame(float(second), boxes=boxes)) == ()
    assert rules.take_encounters()["full"] == ()
