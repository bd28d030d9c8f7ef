"""Each quantity is aggregated in its own way: sums, highest values, and means by time or by number."""

import pytest

from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin, ObservationQuery
from passerby.units import NS_PER_S
from testing.store_keeper import MONDAY_S, Keeper, minute


def quarter(keeper: Keeper, *minutes: Observation) -> Observation:
    store = keeper.open()
    keeper.run(store.store_observations(list(minutes)))
    query = ObservationQuery(MONDAY_S * NS_PER_S, (MONDAY_S + 900) * NS_PER_S, bin=Bin.QUARTER)
    (found,) = keeper.run(store.observations(query)).rows
    return found


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        (Quantity.FLOW, 13.0),
        (Quantity.OCCUPANCY_MAX, 10.0),
        (Quantity.OCCUPANCY_MEAN, (3.0 * 60 + 10.0 * 30) / 90),  # by the time that was watched
        (Quantity.SPEED_MEAN, (3.0 * 1 + 10.0 * 4) / 5),  # by how many were measured
    ],
)
def test_two_minutes_of_a_quantity(keeper: Keeper, quantity: Quantity, expected: float) -> None:
    found = quarter(
        keeper,
        minute(0, 3.0, quantity=quantity, count=1, coverage=1.0),
        minute(1, 10.0, quantity=quantity, count=4, coverage=0.5),
    )
    assert found.value == pytest.approx(expected)
    assert found.count == 5
    assert found.coverage == pytest.approx(90 / 900)


def test_a_minute_without_a_value_weighs_nothing_and_one_without_road_users_counts_as_one(keeper: Keeper) -> None:
    speed = Quantity.SPEED_MEAN
    found = quarter(
        keeper,
        minute(0, 2.0, quantity=speed, count=3, error=0.2),
        minute(1, None, quantity=speed, count=0),
        minute(2, 6.0, quantity=speed, count=0, error=1.0),
        minute(3, 2.0, quantity=speed, count=4),
    )
    assert found.value == pytest.approx((2.0 * 3 + 6.0 + 2.0 * 4) / 8)
    assert found.error == pytest.approx((0.2 * 3 + 1.0) / 4)


def test_a_quarter_is_as_reliable_as_its_worst_minute(keeper: Keeper) -> None:
    assert quarter(keeper, minute(0), minute(1)).reliable
    found = quarter(keeper, minute(2, reliable=False))
    assert not found.reliable


def test_a_quarter_has_the_unexplained_share_of_its_minutes_by_how_long_each_was_watched(keeper: Keeper) -> None:
    found = quarter(
        keeper,
        minute(0, 3.0, unexplained=0.6),
        minute(1, 9.0, unexplained=0.3, coverage=0.5),
        minute(2, None, coverage=0),
    )
    assert found.unexplained == pytest.approx((0.6 * 60 + 0.3 * 30) / 90)


def test_a_quarter_without_any_value_has_none(keeper: Keeper) -> None:
    nothing = quarter(keeper, minute(0, None, coverage=0.0), minute(1, None, coverage=0.0))
    assert (nothing.value, nothing.coverage) == (None, 0.0)
