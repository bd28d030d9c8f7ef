"""Which pairs are counted, and under which names."""

import pytest

from passerby.domain.near_misses import NearMissMeasure, pair_name
from passerby.domain.road_user import RoadUser

PERSON, CAR, BUS = RoadUser.PEDESTRIAN, RoadUser.CAR, RoadUser.BUS


def test_two_pedestrians_are_a_pair_only_where_asked_for():
    some = frozenset({PERSON, CAR})
    assert NearMissMeasure(road_users=some).pairs == ((PERSON, CAR), (CAR, CAR))
    assert NearMissMeasure(road_users=some, among_pedestrians=True).pairs == (
        (PERSON, PERSON),
        (PERSON, CAR),
        (CAR, CAR),
    )
    assert len(NearMissMeasure().pairs) == 27
    assert not any(RoadUser.UNCLASSIFIED in pair for pair in NearMissMeasure().pairs)


@pytest.mark.parametrize("movements", [("left", "right"), ("right", "left")])
def test_a_name_is_the_same_in_either_order(movements):
    assert pair_name((CAR, CAR), movements) == "car (left) and car (right)"
    assert pair_name((BUS, PERSON)) == pair_name((PERSON, BUS)) == "pedestrian and bus"
    assert pair_name((RoadUser.HEAVY_VEHICLE, CAR)) == "car and heavy vehicle"
    assert pair_name((BUS, PERSON), movements) == f"pedestrian ({movements[1]}) and bus ({movements[0]})"


def test_series_name_each_pair_and_each_pair_of_movements_once():
    measure = NearMissMeasure(road_users=frozenset({PERSON, CAR}), movements=("left",))
    assert set(measure.series) == {
        "pedestrian and car", "car and car",
        "pedestrian (left) and car (left)", "pedestrian (left) and car (none)",
        "pedestrian (none) and car (left)", "pedestrian (none) and car (none)",
        "car (left) and car (left)", "car (left) and car (none)", "car (none) and car (none)",
    }  # fmt: skip
    assert len(measure.series) == 9
