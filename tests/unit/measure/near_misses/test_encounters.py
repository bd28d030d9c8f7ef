"""Encounters of ways in closed form: how near they were in time, whatever the rate of frames."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from passerby.domain.road_user import RoadUser

PERSON, CAR, BICYCLE = RoadUser.PEDESTRIAN, RoadUser.CAR, RoadUser.BICYCLE
EAST, NORTH, WEST = 0.0, np.pi / 2, np.pi
WITHIN_S = 0.02
RATES = (5, 10, 25)


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize(("user", "mps"), [(CAR, 6.0), (PERSON, 1.5)])
@pytest.mark.parametrize("later_s", [2.0, 4.0])
def test_one_that_crosses_another_s_way_gives_the_seconds_between(way, meet, fps, user, mps, later_s):
    (one,) = meet(way(-12, 0, EAST, 6), way(0, -mps * (2 + later_s), NORTH, mps, user=user), fps=fps)
    if user is CAR:
        expected = later_s - 2 * (2.25 + 0.9) / 6
    else:
        # By the relative way n: how far the car and the disc reach across it, over how fast the person moves across.
        n = np.array([-1.5, -6.0]) / np.hypot(1.5, 6.0)
        expected = later_s - (abs(n[0]) * 2.25 + abs(n[1]) * 0.9 + 0.25) / abs(n[1] * 1.5)
    assert one.pet_s == pytest.approx(expected, abs=WITHIN_S)
    assert one.ttc_s is None
    assert set(one.road_users) == {CAR, user}


@pytest.mark.parametrize("fps", RATES)
def test_a_course_that_is_left_in_time_gives_the_fewest_seconds(way, meet, fps):
    # Head on at 10 and 5 m/s, one gone when their fronts are 15.5 m - 10 m apart: 0.367 s before they would have met.
    (one,) = meet(way(-30, 0, EAST, 10, until=2.0), way(10, 0, WEST, 5), fps=fps)
    assert one.ttc_s == pytest.approx((40 - 15 * 2 - 4.5) / 15, abs=WITHIN_S)
    assert one.pet_s is None


@pytest.mark.parametrize("fps", RATES)
def test_one_that_brakes_behind_another(way, meet, fps):
    # 10 m/s, braking with 2 m/s^2, 15.5 m behind the tail of one at 4 m/s: (15.5 - 6t + t^2) / (6 - 2t) is least at ...
    t = np.linspace(0, 2.9, 2901)
    expected = ((15.5 - 6 * t + t**2) / (6 - 2 * t)).min()
    (one,) = meet(way(-30, 0, EAST, 10, -2.0), way(-10, 0, EAST, 4), times=(-2.0, 8.0), fps=fps, ttc_s=3.0)
    assert one.ttc_s == pytest.approx(expected, abs=WITHIN_S)
    assert one.pet_s is None


@pytest.mark.parametrize("fps", RATES)
def test_a_turn_before_one_that_goes_straight(way, meet, pet_by_steps, fps):
    both = way(-12, -8, EAST, 6, turn_per_m=1 / 12), way(0, -20, NORTH * 1.3, 5)
    (one,) = meet(*both, fps=fps)
    assert one.pet_s == pytest.approx(pet_by_steps(*both, (-6.0, 9.0)), abs=WITHIN_S)


@settings(max_examples=12)
@given(
    users=st.tuples(st.sampled_from([CAR, BICYCLE, PERSON]), st.sampled_from([CAR, BICYCLE])),
    paces=st.tuples(st.floats(0.6, 1.0), st.floats(0.6, 1.0)),
    gains=st.tuples(st.floats(-0.08, 0.08), st.floats(-0.08, 0.08)),
    turn=st.floats(-0.35, 0.35),
    course=st.floats(0, 6.28),
    angle=st.floats(0.8, 2.3),
    later_s=st.floats(-2.5, 2.5),
    fps=st.sampled_from(RATES),
)
def test_ways_that_turn_brake_and_cross_agree_with_small_steps(
    way, meet, ttc_by_steps, pet_by_steps, users, paces, gains, turn, course, angle, later_s, fps
):
    tops = {CAR: 9.0, BICYCLE: 5.5, PERSON: 1.8}
    first_mps, second_mps = (top * pace for top, pace in zip((tops[each] for each in users), paces, strict=True))
    first = way(0, 0, course, first_mps, gains[0] * first_mps, user=users[0])
    second = way(0, 0, course + angle, second_mps, gains[1] * second_mps, turn / second_mps, user=users[1])
    # Through the same place, `later_s` after one another.
    back, along = second.state(np.array([-later_s]))
    second = replace(
        second, x=float(back[0, 0]), y=float(back[0, 1]), course=float(np.arctan2(along[0, 1], along[0, 0])),
        mps=float(second.speed(-later_s)),
    )  # fmt: skip
    pet_s, ttc_s = pet_by_steps(first, second, (-4.0, 4.0)), ttc_by_steps(first, second, np.arange(-4, 4, 0.02), 1.7)
    # Ways that turn may meet once more when the steps have ended.
    assume(pet_by_steps(first, second, (-5.0, 6.0)) == pytest.approx(pet_s, abs=WITHIN_S))
    met = meet(first, second, times=(-5.0, 6.0), fps=fps)
    if 0.05 < pet_s < 3:
        assert min(each.pet_s for each in met if each.pet_s is not None) == pytest.approx(pet_s, abs=WITHIN_S)
    elif pet_s == 0:
        assert min(each.ttc_s for each in met) < WITHIN_S
    least_s = ttc_s.min()
    if np.isfinite(least_s) and pet_s > 0.3:
        # The course is left while the other is still on its way: a mere touch may be on either side.
        assert min((each.ttc_s or 9.0) for each in met) <= least_s + 0.05


def test_noise_of_boxes_moves_both_by_less_than_it_would_alone(way, meet):
    both = way(-12, 0, EAST, 6), way(0, -6 * 4, NORTH, 6)
    (one,) = meet(*both, noise_m=0.1)
    assert one.pet_s == pytest.approx(0.95, abs=0.1)


def test_far_later_is_no_encounter(way, meet):
    assert meet(way(-12, 0, EAST, 6), way(0, -1.5 * 9, NORTH, 1.5, user=PERSON)) == []


def test_companions_are_left_out_and_so_are_two_pedestrians_unless_asked_for(way, meet):
    together = [way(-8, 0.7 * n, EAST, 1.3, user=PERSON) for n in range(3)]
    assert meet(*together) == []
    head_on = way(-6, 0, EAST, 1.5, user=PERSON, until=3.5), way(6, 0, WEST, 1.5, user=PERSON, until=3.5)
    (one,) = meet(*head_on)
    assert one.ttc_s < 0.7
    assert meet(*head_on, among_pedestrians=False) == []


@pytest.mark.parametrize("user", [PERSON, BICYCLE])
def test_who_passes_a_vehicle_that_stands_meets_no_one_and_a_vehicle_that_comes_up_to_it_does(way, meet, user):
    parked = way(0, 0, EAST, 0.0)
    mps = 1.4 if user is PERSON else 5.0
    past = way(-6 * mps, 0.3, EAST, mps, user=user)
    assert meet(past, parked, times=(0.0, 9.0)) == []
    assert meet(parked, past, times=(0.0, 9.0), noise_m=0.05) == []
    (one,) = meet(way(-40, 0, EAST, 9.0, until=3.2), parked, times=(0.0, 6.0))
    assert one.ttc_s < 1.5


def test_two_parked_cars_whose_boxes_flicker_do_not_meet(way, meet):
    creeps = way(-6.0, 0, EAST, 0.9)  # as fast as a flicker looks: it would touch the other after 1.7 s
    assert meet(creeps, way(0, 0, EAST, 0.0), times=(0.0, 3.0)) == []
    (one,) = meet(way(-6.0, 0, EAST, 1.1, until=1.2), way(0, 0, EAST, 0.0), times=(0.0, 3.0))
    assert one.ttc_s < 1.5


def test_a_vehicle_behind_one_that_goes_on_is_no_crossing(way, meet):
    assert meet(way(-30, 0, EAST, 8), way(-10, 0, EAST, 8)) == []


def test_a_gap_ends_encounters(way, meet):
    # The car is out of sight for three seconds; what it did meanwhile is not guessed.
    both = way(-12, 0, EAST, 6, until=0.5), way(0, -6 * 4, NORTH, 6, since=0.0)
    assert meet(*both) == []
