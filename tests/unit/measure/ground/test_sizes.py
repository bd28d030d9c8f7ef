"""Boxes that a camera would see of bodies of known size on a made ground plane, and the class that their size gives."""

import pytest

from passerby.domain.road_user import RoadUser
from testing.pictures.made_bodies import (
    ACROSS,
    ASLANT,
    AWAY,
    BUS,
    CAR,
    CYCLIST,
    DOG,
    GROUP,
    LORRY,
    UNKNOWN,
    WALKER,
    seen_as,
)


@pytest.mark.parametrize("at_m", [(0.0, 16.0), (-3.0, 25.0), (4.0, 40.0)])
def test_what_is_unclassified_has_the_class_of_its_size_near_and_far(at_m: tuple[float, float]) -> None:
    assert seen_as(WALKER, 1.4, ACROSS, at_m, seconds=3.0) is RoadUser.PEDESTRIAN
    assert seen_as(CAR, 8.0, ACROSS, at_m) is RoadUser.CAR
    assert seen_as(CAR, 8.0, ASLANT, at_m) is RoadUser.CAR
    assert seen_as(LORRY, 8.0, ACROSS, at_m) is RoadUser.HEAVY_VEHICLE
    assert seen_as(BUS, 8.0, ASLANT, at_m) is RoadUser.HEAVY_VEHICLE


def test_nothing_is_said_of_what_may_be_several_kinds() -> None:
    # Bicycle or motorcycle; a dog; people side by side, as large as a car; a cyclist from behind, as wide as a walker.
    for body_m, mps, course in ((CYCLIST, 5.0, ACROSS), (DOG, 1.5, ACROSS), (GROUP, 1.3, ACROSS), (CYCLIST, 5.0, AWAY)):
        assert seen_as(body_m, mps, course, seconds=3.0) is UNKNOWN


def test_nothing_is_said_of_what_the_picture_cuts_is_far_outside_or_was_seen_too_little() -> None:
    assert seen_as(BUS, 4.5, ACROSS, (14.0, 25.0)) is UNKNOWN
    assert seen_as(CAR, 8.0, ACROSS, (0.0, 2000.0)) is UNKNOWN
    assert seen_as(CAR, 8.0, ACROSS, seconds=0.4) is UNKNOWN


@pytest.mark.parametrize(
    ("body_m", "user", "by_size"),
    [
        (LORRY, RoadUser.CAR, RoadUser.HEAVY_VEHICLE),
        (CAR, RoadUser.TRUCK, RoadUser.CAR),
        (LORRY, RoadUser.TRUCK, RoadUser.TRUCK),
        (CAR, RoadUser.PEDESTRIAN, RoadUser.PEDESTRIAN),
    ],
)
def test_the_size_tells_a_lorry_from_a_car_where_the_detector_is_unsure(
    body_m: tuple[float, float, float], user: RoadUser, by_size: RoadUser
) -> None:
    assert seen_as(body_m, 8.0, user=user, unsure=True) is by_size
    assert seen_as(body_m, 8.0, user=user, unsure=False) is user
