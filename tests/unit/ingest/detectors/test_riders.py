"""Riders and their vehicles: one road user; walkers beside bicycles: pedestrians."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.road_user import RoadUser
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.detectors.riders import join_riders
from tests.unit.ingest.detectors.test_detector import boxes

P, B, C, M = RoadUser.PEDESTRIAN, RoadUser.BICYCLE, RoadUser.CAR, RoadUser.MOTORCYCLE

# Side view, 100 px a metre: wheels on the ground at y = 300, the rider's pedal 12 px above it.
BICYCLE = (100, 200, 270, 300)
RIDER = (150, 125, 210, 285)


def test_a_rider_and_a_bicycle_are_one_bicycle() -> None:
    found = join_riders(boxes((*BICYCLE, 0.5, B), (*RIDER, 0.8, P)))
    assert found.road_user.tolist() == [B]
    assert found.xyxy_px.tolist() == [[100, 125, 270, 300]]
    assert found.confidence.tolist() == pytest.approx([0.8])


def test_a_rider_and_a_motorcycle_are_one_motorcycle() -> None:
    assert join_riders(boxes((*BICYCLE, 0.9, M), (*RIDER, 0.8, P))).road_user.tolist() == [M]


def test_seen_from_the_front_a_rider_hides_most_of_the_bicycle() -> None:
    found = join_riders(boxes((40, 200, 85, 300, 0.5, B), (35, 125, 90, 288, 0.8, P)))
    assert found.road_user.tolist() == [B]


def test_who_wheels_a_bicycle_stays_a_pedestrian_and_is_counted_once() -> None:
    walker = (110, 125, 165, 300, 0.8, P)
    found = join_riders(boxes((*BICYCLE, 0.5, B), walker))
    assert found.road_user.tolist() == [P]
    assert found.xyxy_px.tolist() == [[110, 125, 165, 300]]


def test_who_passes_in_front_of_a_parked_bicycle_stays_a_pedestrian() -> None:
    found = join_riders(boxes((*BICYCLE, 0.7, B), (150, 145, 215, 325, 0.6, P)))
    assert P in found.road_user.tolist()
    assert found.xyxy_px[found.road_user == P].tolist() == [[150, 145, 215, 325]]


@pytest.mark.parametrize(
    "person",
    [
        (400, 125, 460, 285, 0.8, P),
        (150, 10, 175, 80, 0.8, P),
        (150, 290, 210, 460, 0.8, P),
        (250, 125, 310, 285, 0.8, P),
    ],
    ids=["far to the side", "far behind", "nearer to the camera", "at the front wheel's edge"],
)
def test_somebody_elsewhere_rides_nothing(person: tuple[float, ...]) -> None:
    found = join_riders(boxes((*BICYCLE, 0.9, B), person))
    assert sorted(found.road_user.tolist()) == [P, B]


def test_faint_bicycles_take_no_riders() -> None:
    found = join_riders(boxes((*BICYCLE, 0.15, B), (*RIDER, 0.8, P)))
    assert P in found.road_user.tolist()


def test_a_bicycle_takes_one_rider_the_one_that_fits_best() -> None:
    other = (95, 120, 155, 285, 0.9, P)
    found = join_riders(boxes((*BICYCLE, 0.5, B), other, (*RIDER, 0.8, P)))
    assert sorted(found.road_user.tolist()) == [P, B]
    assert found.xyxy_px[found.road_user == P].tolist() == [[95, 120, 155, 285]]


def test_weaker_boxes_inside_a_joined_one_are_parts_of_it() -> None:
    torso, wheel = (155, 130, 205, 220, 0.4, P), (110, 230, 180, 300, 0.3, B)
    found = join_riders(boxes((*BICYCLE, 0.5, B), (*RIDER, 0.8, P), torso, wheel))
    assert found.road_user.tolist() == [B]


def test_a_car_behind_a_rider_is_no_part() -> None:
    found = join_riders(boxes((*BICYCLE, 0.5, B), (*RIDER, 0.8, P), (120, 150, 200, 200, 0.4, C)))
    assert sorted(found.road_user.tolist()) == [B, C]


@pytest.mark.parametrize(("person", "vehicle", "left"), [(0.6, 0.4, P), (0.4, 0.6, M)])
def test_two_names_for_one_box_leave_the_surer(person: float, vehicle: float, left: RoadUser) -> None:
    found = join_riders(boxes((10, 10, 50, 90, person, P), (11, 10, 50, 91, vehicle, M)))
    assert found.road_user.tolist() == [left]


def test_without_vehicles_or_people_nothing_changes() -> None:
    for given_boxes in (Boxes.none(), boxes((*RIDER, 0.8, P)), boxes((*BICYCLE, 0.5, B), (*RIDER, 0.8, C))):
        assert join_riders(given_boxes) is given_boxes


ROWS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(0, 90), st.integers(0, 90), st.integers(0, 5)),
    max_size=12,
)


@given(ROWS, st.integers(0, 1000))
def test_never_makes_road_users_and_does_not_care_for_mirrors_or_distance(
    rows: list[tuple[int, ...]], seed: int
) -> None:
    confidence = np.random.default_rng(seed).permutation(np.linspace(0.1, 0.9, len(rows) or 1))
    table = [(x, y, x + w, y + h, sure, kind) for (x, y, w, h, kind), sure in zip(rows, confidence, strict=False)]
    plain = join_riders(boxes(*table))
    assert len(plain) <= len(rows)
    mirrored = join_riders(boxes(*((300 - r, y, 300 - x, b, sure, kind) for x, y, r, b, sure, kind in table)))
    assert mirrored.road_user.tolist() == plain.road_user.tolist()
    nearer = join_riders(boxes(*((2 * x, 2 * y, 2 * r, 2 * b, sure, kind) for x, y, r, b, sure, kind in table)))
    assert len(nearer) == len(plain)
