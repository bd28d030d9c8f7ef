"""Passenger-car units: a table with sources that can be changed, and refuses what is no class or no number."""

import pytest

from passerby.domain.errors import PasserbyError
from passerby.domain.passenger_cars import DEFAULTS, car_equivalents, passenger_cars
from passerby.domain.road_user import RoadUser


def test_every_vehicle_has_a_value_with_its_source_and_who_walks_has_none() -> None:
    table = {each.road_user: each for each in car_equivalents({})}
    assert set(table) == {user.label for user in RoadUser} - {"pedestrian"}
    assert all(each.source for each in table.values())
    assert (table["car"].units, table["bicycle"].units, table["truck"].units) == (1.0, 0.2, 2.0)
    assert {each.road_user for each in DEFAULTS} >= set(table)


def test_a_value_can_be_changed() -> None:
    table = car_equivalents({"truck": 3.5})
    assert passenger_cars({RoadUser.TRUCK: 2, RoadUser.CAR: 1, RoadUser.PEDESTRIAN: 9}, table) == 8.0


@pytest.mark.parametrize(
    ("word", "units", "says"),
    [
        ("lorry", 2.0, "got lorry"),
        ("pedestrian", 1.0, "got pedestrian"),
        ("car", -1.0, "0 to 20"),
        ("car", float("nan"), "0 to 20"),
    ],
)
def test_what_is_no_class_or_no_number_is_refused(word: str, units: float, says: str) -> None:
    with pytest.raises(PasserbyError, match=says):
        car_equivalents({word: units})
