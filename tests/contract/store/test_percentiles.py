"""Percentiles of long intervals are those of all values: before, half way through and after the roll-up."""

import itertools
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.columns import Grouping
from passerby.domain.histograms import Histogram
from passerby.domain.intervals import Interval
from passerby.domain.observations import PERCENTILES, Observation, Quantity
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, minute

DAY_S = 86_400
CAR, BUS = RoadUser.CAR, RoadUser.BUS
LONG = (Bin.QUARTER, Bin.HOUR, Bin.DAY)
Key = tuple[Quantity, RoadUser | None, str | None, int]
Expected = dict[Key, tuple[float | None, bool]]
camera_numbers = itertools.count()


def measured(
    number: int,
    values: Sequence[float],
    *,
    user: RoadUser = CAR,
    way: str = "forward",
    kept: bool = True,
    camera: str = "square-north",
) -> list[Observation]:
    """The speeds and stays of a minute, as a worker sends them; those of before they had histograms without."""
    histogram = Histogram.of_values(values) if kept and values else None
    in_order = sorted(values)

    def one(quantity: Quantity, value: float, carried: Histogram | None) -> Observation:
        return minute(
            number, value if values else None, quantity=quantity, road_user=user, direction=way, count=len(values),
            histogram=carried, camera=camera,
        )  # fmt: skip

    def share(quantity: Quantity) -> float:
        rank = max(1, math.ceil(PERCENTILES[quantity][1] * len(values)))
        return in_order[rank - 1] if values else 0.0

    return [
        one(Quantity.SPEED_MEAN, sum(values) / max(1, len(values)), histogram),
        one(Quantity.SPEED_P85, share(Quantity.SPEED_P85), None),
        one(Quantity.DWELL_P50, share(Quantity.DWELL_P50), histogram),
        one(Quantity.DWELL_P85, share(Quantity.DWELL_P85), None),
    ]


def expected(rows: Sequence[Observation], intervals: Sequence[Interval], *, together: bool = False) -> Expected:
    """Worked out from the minutes with `Histogram`, apart from the store."""
    histograms = {
        (each.quantity, each.road_user, each.direction, each.start_ns): each.histogram
        for each in rows
        if each.histogram is not None
    }
    groups: defaultdict[Key, list[Observation]] = defaultdict(list)
    for each in rows:
        if each.quantity in PERCENTILES:
            start_s = next(one.start_s for one in intervals if one.start_s <= each.start_ns // NS_PER_S < one.end_s)
            who = (None, None) if together else (each.road_user, each.direction)
            groups[each.quantity, *who, start_s].append(each)
    found: Expected = {}
    for key, group in groups.items():
        distributed, share = PERCENTILES[key[0]]
        whole = Histogram()
        for each in group:
            name = (distributed.kept_with, each.road_user, each.direction, each.start_ns)
            whole = whole.plus(histograms.get(name, Histogram()))
        known = [(each.value, max(1, each.count)) for each in group if each.value is not None]
        if not known:
            found[key] = (None, False)
        elif whole.n == sum(each.count for each in group):
            found[key] = (whole.percentile(share), False)
        else:
            found[key] = (sum(value * count for value, count in known) / sum(count for _, count in known), True)
    return found


def every(length_s: int) -> list[Interval]:
    return [Interval(start, start + length_s) for start in range(MONDAY_S - DAY_S, MONDAY_S + DAY_S, length_s)]


def near(found: Mapping[Key, tuple[float | None, bool]]) -> dict[Key, tuple[object, bool]]:
    return {
        key: (None if value is None else pytest.approx(value, rel=1e-9), estimated)
        for key, (value, estimated) in found.items()
    }


def asked(length: Bin, camera: str, limit: int = 10_000) -> ObservationQuery:
    return ObservationQuery(
        (MONDAY_S - DAY_S) * NS_PER_S, (MONDAY_S + DAY_S) * NS_PER_S, bin=length, cameras=(camera,), limit=limit
    )


def in_pages(keeper: Keeper, store: Store, query: ObservationQuery) -> Expected:
    found: Expected = {}
    while True:
        page = keeper.run(store.observations(query))
        for each in page.rows:
            if each.quantity in PERCENTILES:
                key = (each.quantity, each.road_user, each.direction, each.start_ns // NS_PER_S)
                assert key not in found
                found[key] = (each.value, each.estimated)
            else:
                assert not each.estimated
        if page.after is None:
            return found
        query = replace(query, after=page.after)


def in_columns(keeper: Keeper, store: Store, query: ObservationQuery, grouping: Grouping) -> Expected:
    found: Expected = {}
    for each in keeper.run(store.columns(query, grouping)):
        if each.series.quantity in PERCENTILES:
            for start_s, value, estimated in zip(
                each.start_s.tolist(), each.value.tolist(), each.estimated.tolist(), strict=True
            ):
                key = (each.series.quantity, each.series.road_user, each.series.direction, start_s)
                found[key] = (None if math.isnan(value) else value, estimated)
        else:
            assert not each.estimated.any()
    return found


def check(keeper: Keeper, store: Store, rows: Sequence[Observation], camera: str, *, limit: int = 10_000) -> None:
    for length in LONG:
        true = near(expected(rows, every(length)))
        assert in_pages(keeper, store, asked(length, camera, limit)) == true, length
        assert in_columns(keeper, store, asked(length, camera), Grouping()) == true, length
    spans = (Interval(MONDAY_S - DAY_S, MONDAY_S), Interval(MONDAY_S, MONDAY_S + DAY_S))
    for length in (Bin.MINUTE, Bin.QUARTER, Bin.DAY):
        apart = in_columns(keeper, store, asked(length, camera), Grouping(spans))
        assert apart == near(expected(rows, spans)), length
        both = Grouping(spans, add_classes=True, add_directions=True)
        together = in_columns(keeper, store, asked(length, camera), both)
        assert together == near(expected(rows, spans, together=True)), length


def test_percentiles_are_those_of_all_values(keeper: Keeper) -> None:
    chance = np.random.default_rng(3)
    rows = [
        one
        for number in range(0, 90, 4)
        for user, way in ((CAR, "forward"), (CAR, "backward"), (BUS, "forward"))
        for one in measured(number, chance.uniform(1, 30, int(chance.integers(0, 9))).tolist(), user=user, way=way)
    ]
    half = len(rows) // 8 * 4
    keeper.clock.now_s = MONDAY_S + 40 * 60
    store = keeper.open()
    keeper.run(store.store_observations(rows[:half]))
    check(keeper, store, rows[:half], "square-north", limit=17)
    keeper.run(store.roll_up())
    keeper.run(store.store_observations(rows[half:]))
    # One of a quarter that has been rolled up.
    late = measured(1, [40.0, 50.0])
    keeper.run(store.store_observations(late))
    check(keeper, store, [*rows, *late], "square-north", limit=17)
    keeper.clock.now_s = MONDAY_S + 3 * DAY_S
    keeper.run(store.roll_up())
    check(keeper, store, [*rows, *late], "square-north", limit=17)


def test_a_mean_of_percentiles_is_no_percentile(keeper: Keeper) -> None:
    """Of 99 slow cars and 100 fast ones half are slow; the mean of the medians lies where no car was."""
    store = keeper.open()
    rows = [*measured(0, [2.0] * 99), *measured(1, [20.0] * 100)]
    keeper.run(store.store_observations(rows))
    (found,) = [
        each
        for each in keeper.run(store.observations(asked(Bin.QUARTER, "square-north"))).rows
        if each.quantity is Quantity.DWELL_P50
    ]
    assert (found.value, found.estimated, found.count) == (pytest.approx(20.0, rel=0.02), False, 199)


def test_minutes_say_what_was_measured_in_them(keeper: Keeper) -> None:
    store = keeper.open()
    rows = measured(0, [3.0, 3.01, 3.02])
    keeper.run(store.store_observations(rows))
    found = keeper.run(store.observations(asked(Bin.MINUTE, "square-north"))).rows
    assert sorted((one.quantity, one.value) for one in found) == sorted((one.quantity, one.value) for one in rows)
    assert not any(one.estimated for one in found)


def test_where_one_minute_has_no_histogram_it_is_an_estimate_that_says_so(keeper: Keeper) -> None:
    store = keeper.open()
    rows = [*measured(0, [2.0] * 9), *measured(1, [20.0], kept=False), *measured(20, [5.0])]
    keeper.run(store.store_observations(rows))
    found = in_pages(keeper, store, asked(Bin.QUARTER, "square-north"))
    value = (9 * 2.0 + 20.0) / 10
    assert found[Quantity.SPEED_P85, CAR, "forward", MONDAY_S] == (pytest.approx(value), True)
    assert found[Quantity.SPEED_P85, CAR, "forward", MONDAY_S + 900] == (pytest.approx(5.0, rel=0.02), False)
    check(keeper, store, rows, "square-north")
    keeper.clock.now_s = MONDAY_S + 3 * DAY_S
    keeper.run(store.roll_up())
    check(keeper, store, rows, "square-north")


def test_without_any_histogram_all_is_an_estimate(keeper: Keeper) -> None:
    store = keeper.open()
    # Not even the series that would carry one.
    rows = [one for one in measured(0, [2.0, 4.0], kept=False) if one.quantity is Quantity.SPEED_P85]
    keeper.run(store.store_observations([*rows, minute(0)]))
    assert list(in_pages(keeper, store, asked(Bin.HOUR, "square-north")).values()) == [(4.0, True)]
    check(keeper, store, rows, "square-north")


@st.composite
def minutes_of_values(draw: st.DrawFn) -> list[tuple[int, list[float], RoadUser, str, bool]]:
    """Minutes around a midnight: some with no values, some without a histogram."""
    return [
        (
            number,
            draw(st.lists(st.floats(0.05, 5000), max_size=6)),
            user,
            way,
            draw(st.sampled_from((True, True, False))),
        )
        for number in draw(st.lists(st.integers(-70, 70), unique=True, min_size=1, max_size=10))
        for user, way in draw(
            st.lists(st.sampled_from(((CAR, "forward"), (CAR, "backward"), (BUS, "forward"))), unique=True, min_size=1)
        )
    ]


@pytest.mark.slow
@settings(max_examples=4, deadline=None)
@given(made=minutes_of_values(), halves=st.booleans())
def test_any_minutes_give_the_percentiles_of_their_merged_histograms(
    shared_keeper: Keeper, made: list[tuple[int, list[float], RoadUser, str, bool]], halves: bool
) -> None:
    store = shared_keeper.stores[0] if shared_keeper.stores else shared_keeper.open()
    camera = f"camera-{next(camera_numbers)}"
    rows = [
        one
        for number, values, user, way, kept in made
        for one in measured(number, values, user=user, way=way, kept=kept, camera=camera)
    ]
    stored: list[Observation] = []
    half = len(rows) // 8 * 4 if halves else len(rows)
    for portion in (rows[:half], rows[half:]):
        shared_keeper.run(store.store_observations(portion))
        stored += portion
        check(shared_keeper, store, stored, camera)
        shared_keeper.clock.now_s = MONDAY_S + 3 * DAY_S
        shared_keeper.run(store.roll_up())
        check(shared_keeper, store, stored, camera)
