"""Near misses of a camera: which encounters count, when they were, and which movements met."""

import numpy as np
import pytest

from passerby.domain.layout import Line, Movement
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.measure.camera_measures import CameraMeasures

PERSON, CAR = RoadUser.PEDESTRIAN, RoadUser.CAR
START_NS = 1000 * 10**9


def line(name, start_m, end_m):
    return Line(name, ((np.array([start_m, end_m]) + 200) / 400).astype(np.float32))


LINES = (
    line("west", (-20, 9), (-20, -9)), line("east", (25, 9), (25, -9)),
    line("near", (-9, -6), (9, -6)), line("far", (-9, 6), (9, 6)),
)  # fmt: skip
MOVEMENTS = (
    Movement("straight on", "west", "forward", "east", "forward"),
    Movement("back", "east", "backward", "west", "backward"),
    Movement("over the road", "near", "forward", "far", "forward"),
    Movement("home", "far", "backward", "near", "backward"),
)


@pytest.fixture
def count(ground, film_of):
    def run(*ways, times=(-6.0, 12.0), measure=None):
        chosen = measure or NearMissMeasure()
        measures = CameraMeasures("cam", LINES, MOVEMENTS, (), ground, near_misses=chosen)
        met = [each for tracks in film_of(ways, 10, times) for each in measures.update(tracks).encounters]
        met += measures.finish().encounters
        return met, measures.totals

    return run


def test_a_near_miss_has_a_course_and_a_soon_crossing_and_belongs_to_its_own_moment(way, count, ttc_by_steps):
    both = way(-30, 0, 0, 8), way(0, -5.5, np.pi / 2, 1.6, user=PERSON)
    (one,), _ = count(*both)
    least_s = ttc_by_steps(*both, np.arange(-2, 4, 0.02), 2.0).min()
    assert one.near_miss == (least_s <= 1.5)
    assert one.ttc_s == pytest.approx(least_s, abs=0.02) if np.isfinite(least_s) else one.ttc_s is None
    assert abs((one.time_ns - START_NS) / 1e9 - 3.5) < 2
    assert np.hypot(*one.xy_m) < 12


def test_a_crossing_without_a_course_is_an_encounter_and_no_near_miss(way, count):
    (one,), totals = count(way(-12, 0, 0, 6), way(0, -1.5 * 4, np.pi / 2, 1.5, user=PERSON))
    assert (one.ttc_s, one.near_miss) == (None, False)
    assert {(each.pair, each.encounters, each.near_misses) for each in totals.encounters if each.encounters} == {
        ("pedestrian and car", 1, 0)
    }


def test_limits_can_be_set(way, count):
    head_on = way(-30, 0, 0, 10, until=2.0), way(10, 0, np.pi, 5)
    assert [each.near_miss for each in count(*head_on)[0]] == [True]
    assert [each.near_miss for each in count(*head_on, measure=NearMissMeasure(ttc_s=0.3))[0]] == [False]
    assert count(*head_on, measure=NearMissMeasure(road_users=frozenset({PERSON, CAR})))[0]
    assert count(*head_on, measure=NearMissMeasure(road_users=frozenset({RoadUser.BUS, CAR})))[0]
    assert not count(*head_on, measure=NearMissMeasure(road_users=frozenset({RoadUser.BUS, PERSON})))[0]


def test_pairs_are_told_apart_by_the_movements_that_both_took_part_in(way, count):
    measure = NearMissMeasure(
        road_users=frozenset({PERSON, CAR}), movements=("straight on", "back", "over the road", "home")
    )
    over = [way(-12, 0, 0, 6), way(0, -1.5 * 4, np.pi / 2, 1.5, user=PERSON, since=-6)]
    (one,), totals = count(*over, measure=measure, times=(-6.0, 30.0))
    by_movement = dict(zip(one.road_users, one.movements, strict=True))
    assert by_movement[CAR] in {"straight on", "back"}
    assert by_movement[PERSON] in {"over the road", "home"}
    named = {each.pair for each in totals.encounters if each.encounters}
    assert named == {"pedestrian and car", f"pedestrian ({by_movement[PERSON]}) and car ({by_movement[CAR]})"}
    # The person turns back before the far line: the car's movement met none.
    (one,), _ = count(over[0], way(0, -1.5 * 4, np.pi / 2, 1.5, user=PERSON, until=4.5), measure=measure)
    assert "none" in one.movements


def test_minutes_have_every_pair_zeros_included_and_add_up(way, count):
    measure = NearMissMeasure(road_users=frozenset({PERSON, CAR}))
    _, totals = count(way(-12, 0, 0, 6), way(0, -1.5 * 4, np.pi / 2, 1.5, user=PERSON), measure=measure)
    rows = [row for row in totals.observations if row.quantity in (Quantity.ENCOUNTERS, Quantity.NEAR_MISSES)]
    assert {row.series for row in rows} == {"pedestrian and car", "car and car"}
    assert sum(row.value for row in rows if row.quantity is Quantity.ENCOUNTERS) == 1
    assert {row.coverage for row in rows} == {rows[0].coverage}
    assert all(row.road_user is None and row.direction is None and row.quantity.unit == "1" for row in rows)


def test_without_ground_nothing_is_counted_and_nothing_said(film_of, way):
    measures = CameraMeasures("cam", LINES, near_misses=NearMissMeasure())
    for tracks in film_of([way(-12, 0, 0, 6)], 10, (0.0, 3.0)):
        measures.update(tracks)
    measures.finish()
    assert measures.totals.encounters == ()
    assert {row.quantity for row in measures.totals.observations} == {Quantity.FLOW}
