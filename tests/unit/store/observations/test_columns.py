"""Columns hold what pages of rows hold; longer spans and sums are what the rows add up to."""

import numpy as np
import pytest

from passerby.domain.columns import Grouping, SeriesColumns, StoredSeries, can_be_added
from passerby.domain.intervals import Interval
from passerby.domain.observations import Quantity
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.units import NS_PER_S
from testing.store_keeper import MONDAY_S, Keeper, minute

EACH = Grouping()
BOTH = Grouping(add_classes=True, add_directions=True)


def columns(keeper: Keeper, query: ObservationQuery, grouping: Grouping = EACH) -> tuple[SeriesColumns, ...]:
    return keeper.run(keeper.open().columns(query, grouping))


def first(minutes: int, **more: object) -> ObservationQuery:
    """The first minutes from Monday on."""
    return ObservationQuery(MONDAY_S * NS_PER_S, (MONDAY_S + 60 * minutes) * NS_PER_S, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("rolled_up", [False, True])
def test_columns_are_the_rows(keeper: Keeper, rolled_up: bool) -> None:
    store = keeper.open()
    some = [minute(number, float(number), coverage=0.5, reliable=number != 17) for number in range(0, 40, 2)]
    speeds = [minute(3, 1.5, quantity=Quantity.SPEED_MEAN, error=0.25, road_user=None, direction=None)]
    keeper.run(store.store_observations([*some, *speeds, minute(5, None, coverage=0.0, direction="backward")]))
    if rolled_up:
        keeper.run(store.roll_up())
    query = first(60, bin=Bin.QUARTER)
    rows = keeper.run(store.observations(query)).rows
    found = columns(keeper, query)
    assert [(each.series.quantity, each.series.direction) for each in found] == [
        ("flow", "backward"), ("flow", "forward"), ("speed_mean", None),
    ]  # fmt: skip
    for each in found:
        name = each.series
        same = [row for row in rows if (row.quantity, row.direction) == (name.quantity, name.direction)]
        assert each.start_s.tolist() == [row.start_ns // NS_PER_S for row in same]
        np.testing.assert_array_equal(each.value, np.array([row.value for row in same], float))
        np.testing.assert_array_equal(each.error, np.array([row.error for row in same], float))
        np.testing.assert_allclose(each.watched_s / 900, [row.coverage for row in same])
        assert each.count.tolist() == [row.count for row in same]
        assert each.reliable.tolist() == [row.reliable for row in same]


def test_longer_spans_are_made_from_whole_bins(keeper: Keeper) -> None:
    keeper.run(keeper.open().store_observations([minute(number, 1.0) for number in range(10) if number != 7]))
    spans = (Interval(MONDAY_S, MONDAY_S + 300), Interval(MONDAY_S + 300, MONDAY_S + 600))
    (found,) = columns(keeper, first(10), Grouping(spans))
    assert found.start_s.tolist() == [MONDAY_S, MONDAY_S + 300]
    assert found.value.tolist() == [5.0, 4.0]
    assert found.watched_s.tolist() == [300.0, 240.0]


def test_classes_and_ways_are_added_up_with_the_least_coverage(keeper: Keeper) -> None:
    keeper.run(
        keeper.open().store_observations([
            minute(0, 2.0), minute(0, 3.0, direction="backward", coverage=0.5), minute(0, 4.0, road_user=RoadUser.CAR),
            minute(1, 1.0), minute(1, None, coverage=0.0, road_user=RoadUser.CAR, reliable=False),
            minute(0, 9.0, quantity=Quantity.OCCUPANCY_MEAN, direction=None),
        ])
    )  # fmt: skip
    (all_together,) = columns(keeper, first(2), BOTH)
    assert all_together.series == StoredSeries("square-north", "gate", Quantity.FLOW, None, None)
    # Of the second minute not all was watched, so how many there were is not known.
    np.testing.assert_array_equal(all_together.value, [9.0, np.nan])
    assert all_together.watched_s.tolist() == [30.0, 0.0]
    assert all_together.reliable.tolist() == [True, False]
    by_class = columns(keeper, first(1), Grouping(add_directions=True))
    assert [(each.series.road_user, each.value.tolist()) for each in by_class] == [
        (RoadUser.PEDESTRIAN, [5.0]), (RoadUser.CAR, [4.0]),
    ]  # fmt: skip
    by_way = columns(keeper, first(1), Grouping(add_classes=True))
    assert [(each.series.direction, each.value.tolist()) for each in by_way] == [
        ("backward", [3.0]),
        ("forward", [6.0]),
    ]


def test_what_is_stored_is_named(keeper: Keeper) -> None:
    store = keeper.open()
    keeper.run(store.store_observations([minute(0), minute(0, camera="yard", series="door", road_user=None)]))
    assert {(each.camera, each.series) for each in keeper.run(store.series(first(1)))} == {
        ("square-north", "gate"),
        ("yard", "door"),
    }
    (one,) = keeper.run(store.series(first(1, cameras=("yard",))))
    assert one == StoredSeries("yard", "door", Quantity.FLOW, None, "forward")
    assert keeper.run(store.series(first(1, series=("nowhere",)))) == ()
    assert columns(keeper, first(1, series=("nowhere",))) == ()


def test_only_counts_can_be_added() -> None:
    assert {each for each in Quantity if can_be_added(each)} == {
        Quantity.FLOW, Quantity.MOVEMENT, Quantity.ENTRIES, Quantity.EXITS, Quantity.ENCOUNTERS, Quantity.NEAR_MISSES,
    }  # fmt: skip
