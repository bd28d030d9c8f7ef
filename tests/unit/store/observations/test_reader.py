"""What is asked for is what comes: ranges, names, pages; what is not rolled up yet is read from the minutes."""

import pytest

from passerby.domain.observations import Observation
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.units import NS_PER_S
from testing.store_keeper import MONDAY_S, Keeper, minute


def between(first: int, end: int, **more: object) -> ObservationQuery:
    """Minutes counted from Monday; [first, end)."""
    start_ns, end_ns = ((MONDAY_S + 60 * number) * NS_PER_S for number in (first, end))
    return ObservationQuery(start_ns, end_ns, **more)  # type: ignore[arg-type]


def rows(keeper: Keeper, query: ObservationQuery) -> list[Observation]:
    return list(keeper.run(keeper.open().observations(query)).rows)


def test_an_interval_is_in_the_range_in_which_it_begins(keeper: Keeper) -> None:
    some = [minute(number, float(number)) for number in range(5)]
    keeper.run(keeper.open().store_observations(some))
    assert rows(keeper, between(1, 4)) == some[1:4]
    late = ObservationQuery(some[1].start_ns + 1, some[3].start_ns + 1)
    assert rows(keeper, late) == some[2:4]


@pytest.mark.parametrize("limit", [1, 3, 4, 12, 13])
def test_pages_hold_each_row_once_in_order(keeper: Keeper, limit: int) -> None:
    store = keeper.open()
    some = [minute(number, series=series) for number in range(4) for series in ("a", "b", "c")]
    keeper.run(store.store_observations(some))
    found: list[Observation] = []
    after = None
    while True:
        page = keeper.run(store.observations(between(0, 4, limit=limit, after=after)))
        assert len(page.rows) <= limit
        found += page.rows
        if (after := page.after) is None:
            break
    assert len(found) == 12
    assert set(found) == set(some)
    assert [one.start_ns for one in found] == sorted(one.start_ns for one in some)


def test_only_the_series_that_are_asked_for_come(keeper: Keeper) -> None:
    north, yard = minute(0), minute(0, camera="yard", road_user=RoadUser.CAR, direction="backward")
    all_users = minute(0, series="square", road_user=None, direction=None)
    keeper.run(keeper.open().store_observations([north, yard, all_users]))
    assert rows(keeper, between(0, 1, cameras=("yard",))) == [yard]
    assert rows(keeper, between(0, 1, series=("gate",), road_users=(RoadUser.PEDESTRIAN,))) == [north]
    assert rows(keeper, between(0, 1, road_users=(None,))) == [all_users]
    assert rows(keeper, between(0, 1, directions=("backward", None))) in ([yard, all_users], [all_users, yard])
    assert rows(keeper, between(0, 1, cameras=("nowhere",))) == []


@pytest.mark.parametrize("rolled_up", [False, True])
def test_quarters_and_hours_are_the_same_before_and_after_they_are_rolled_up(keeper: Keeper, rolled_up: bool) -> None:
    store = keeper.open()
    keeper.run(store.store_observations([minute(number, 2.0, coverage=0.5) for number in (0, 14, 15, 59, 60)]))
    if rolled_up:
        keeper.run(store.roll_up())
    for length, expected in (
        (Bin.QUARTER, [(0, 4.0, 900), (15, 2.0, 900), (45, 2.0, 900), (60, 2.0, 900)]),
        (Bin.HOUR, [(0, 8.0, 3600), (60, 2.0, 3600)]),
    ):
        found = keeper.run(store.observations(between(0, 120, bin=length))).rows
        places = [((one.start_ns // NS_PER_S - MONDAY_S) // 60, one.value, one.length_s) for one in found]
        assert places == expected
        assert found[0].coverage == pytest.approx(30 * (expected[0][1] / 2) / expected[0][2])
