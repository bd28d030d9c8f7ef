"""Series and the numbers that stand for them."""

from dataclasses import replace

import pytest

from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.store.observations.series import key_of
from passerby.units import NS_PER_S
from testing.store_keeper import MONDAY_S, Keeper

START_NS = MONDAY_S * NS_PER_S
ONE = Observation("gate", "line", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", START_NS, 60, 3.0, 3, 0.5)


@pytest.mark.parametrize(
    "other",
    [
        replace(ONE, camera="yard"),
        replace(ONE, series="zone"),
        replace(ONE, quantity=Quantity.SPEED_MEAN),
        replace(ONE, road_user=None),
        replace(ONE, road_user=RoadUser.BICYCLE),
        replace(ONE, direction="backward"),
        replace(ONE, direction=None),
    ],
)
def test_each_part_of_a_name_makes_another_series(keeper: Keeper, other: Observation) -> None:
    assert key_of(other) != key_of(ONE)
    store = keeper.open()
    assert keeper.run(store.store_observations([ONE, other])).new == 2
    query = ObservationQuery(start_ns=START_NS, end_ns=START_NS + 1)
    assert set(keeper.run(store.observations(query)).rows) == {ONE, other}


def test_time_and_value_do_not(keeper: Keeper) -> None:
    assert key_of(replace(ONE, start_ns=0, value=None, count=0, coverage=0.0)) == key_of(ONE)
