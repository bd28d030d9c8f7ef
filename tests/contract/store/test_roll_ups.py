"""Quarters, hours and days say what their minutes say: before they are rolled up, half way, and after."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.intervals import regroup
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.retention import Kind, Retention
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, minute

SUMS = {Quantity.FLOW, Quantity.MOVEMENT, Quantity.ENTRIES, Quantity.EXITS, Quantity.ENCOUNTERS, Quantity.NEAR_MISSES}
HIGHEST = {Quantity.OCCUPANCY_MAX, Quantity.DENSITY_MAX}
OVER_TIME = {Quantity.OCCUPANCY_MEAN, Quantity.DENSITY_MEAN, Quantity.SATURATED}
LONG = (Bin.QUARTER, Bin.HOUR, Bin.DAY)
camera_numbers = itertools.count()


def asked(keeper: Keeper, store: Store, length: Bin, **wanted: Any) -> tuple[Observation, ...]:
    query: dict[str, Any] = {
        "start_ns": (MONDAY_S - 10 * 86_400) * NS_PER_S,
        "end_ns": (MONDAY_S + 40 * 86_400) * NS_PER_S,
    }
    return keeper.run(store.observations(ObservationQuery(**{**query, "bin": length, "limit": 10_000, **wanted}))).rows


def joined(rows: Iterable[Observation], length_s: int) -> dict[tuple, tuple]:
    """What long intervals must say, worked out plainly and apart from the store."""
    groups: dict[tuple, list[Observation]] = defaultdict(list)
    for one in rows:
        start_s = one.start_ns // NS_PER_S // length_s * length_s
        groups[start_s, one.quantity, one.road_user, one.direction].append(one)
    return {key: joined_group(key[1], group, length_s) for key, group in groups.items()}


def joined_group(quantity: Quantity, group: Sequence[Observation], length_s: int) -> tuple:
    known = [one for one in group if one.value is not None]
    weights = [one.coverage if quantity in OVER_TIME else max(1, one.count) for one in known]
    values = [one.value for one in known if one.value is not None]
    value: float | None
    if not known:
        value = None
    elif quantity in SUMS:
        value = sum(values)
    elif quantity in HIGHEST:
        value = max(values)
    else:
        value = sum(each * weight for each, weight in zip(values, weights, strict=True)) / sum(weights)
    sure = [(one.error, weight) for one, weight in zip(known, weights, strict=True) if one.error is not None]
    error = sum(error * weight for error, weight in sure) / sum(weight for _, weight in sure) if sure else None
    coverage = sum(one.coverage * one.length_s for one in group) / length_s
    return (value, sum(one.count for one in group), coverage, error, all(one.reliable for one in group))


def reported(rows: Iterable[Observation]) -> dict[tuple, tuple]:
    return {
        (one.start_ns // NS_PER_S, one.quantity, one.road_user, one.direction): (
            one.value, one.count, one.coverage, one.error, one.reliable,
        )
        for one in rows
    }  # fmt: skip


def near(expected: dict[tuple, tuple]) -> dict[tuple, tuple]:
    return {
        key: tuple(None if value is None else pytest.approx(value, rel=1e-9, abs=1e-12) for value in values)
        for key, values in expected.items()
    }


@st.composite
def measured_minutes(draw: st.DrawFn) -> list[Observation]:
    """Minutes of some quantities, some unwatched, around a midnight."""
    numbers = draw(st.lists(st.integers(-70, 70), unique=True, min_size=1, max_size=25))
    quantities = draw(st.lists(st.sampled_from(Quantity), unique=True, min_size=1, max_size=4))
    share = st.floats(0.01, 1.0)
    rows = []
    for number, quantity in itertools.product(numbers, quantities):
        coverage = draw(st.just(0.0) | st.just(1.0) | share)
        value = draw(st.none() | st.floats(0, 1e6)) if coverage > 0 else None
        if value is not None and quantity in SUMS:
            value = float(round(value))
        error = draw(st.none() | st.floats(0, 10)) if value is not None else None
        count = draw(st.integers(0, 500))
        changes = {"coverage": coverage, "count": count, "error": error, "reliable": draw(st.booleans())}
        rows.append(minute(number, value, quantity=quantity, **changes))
    return rows


@pytest.mark.slow
@settings(max_examples=25)
@given(rows=measured_minutes(), halves=st.booleans())
def test_long_intervals_say_what_their_minutes_say(shared_keeper, rows, halves):
    store = shared_keeper.stores[0] if shared_keeper.stores else shared_keeper.open()
    camera = f"camera-{next(camera_numbers)}"
    rows = [replace(one, camera=camera) for one in rows]
    portions = [rows[: len(rows) // 2], rows[len(rows) // 2 :]] if halves else [rows]
    stored: list[Observation] = []
    for portion in portions:
        shared_keeper.run(store.store_observations(portion))
        stored += portion
        for rolled in (False, True):
            if rolled:
                shared_keeper.clock.now_s = MONDAY_S + 3 * 86_400
                shared_keeper.run(store.roll_up())
            for length in LONG:
                found = reported(asked(shared_keeper, store, length, cameras=(camera,)))
                assert found == near(joined(stored, length)), (length, rolled)
                assert found == near(reported(regroup(stored, int(length)))), "the SQL and the rule in domain differ"


def test_a_better_minute_that_comes_late_changes_what_was_rolled_up(keeper):
    store = keeper.open()
    keeper.run(store.store_observations([minute(0, 2.0, coverage=0.5), minute(1, 3.0)]))
    assert keeper.run(store.roll_up()) == 2
    assert keeper.run(store.store_observations([minute(0, 4.0)])).bettered == 1
    for length in (Bin.QUARTER, Bin.HOUR):
        assert [(one.value, one.coverage) for one in asked(keeper, store, length)] == [(7.0, 120 / length)]
    keeper.clock.now_s = MONDAY_S + 2 * 86_400
    keeper.run(store.roll_up())
    for length in LONG:
        assert [(one.value, one.coverage) for one in asked(keeper, store, length)] == [
            (7.0, pytest.approx(120 / length))
        ]


def test_rolling_up_costs_what_is_new_only(keeper):
    keeper.clock.now_s = MONDAY_S + 3 * 86_400
    store = keeper.open()
    keeper.run(store.store_observations([minute(number) for number in range(120)]))
    assert keeper.run(store.roll_up()) == 8 + 2 + 1
    assert keeper.run(store.roll_up()) == 0
    keeper.run(store.store_observations([minute(number) for number in range(120)]))
    assert keeper.run(store.roll_up()) == 0
    keeper.run(store.store_observations([minute(0, camera="another"), minute(121)]))
    assert keeper.run(store.roll_up()) == 2 + 2 + 2


def test_an_interval_that_is_not_over_waits(keeper):
    store = keeper.open()
    keeper.clock.now_s = MONDAY_S + 20 * 60
    keeper.run(store.store_observations([minute(number) for number in range(20)]))
    assert keeper.run(store.roll_up()) == 1
    assert [one.value for one in asked(keeper, store, Bin.QUARTER)] == [15.0, 5.0]
    assert [one.value for one in asked(keeper, store, Bin.HOUR)] == [20.0]
    assert [one.value for one in asked(keeper, store, Bin.DAY)] == [20.0]


@pytest.mark.slow
def test_a_long_view_needs_no_minutes(keeper):
    """What makes a year's chart quick: the rows below are not read, so it is the same when they are gone."""
    store = keeper.open(retention=Retention({Kind.MINUTES: 1}))
    rows = [minute(15 * number, 1.0, series=line) for number in range(200) for line in ("a", "b")]
    keeper.run(store.store_observations(rows))
    before = {length: asked(keeper, store, length) for length in LONG}
    keeper.leap(store, 11)
    keeper.run(store.enforce_retention())
    assert asked(keeper, store, Bin.MINUTE) == ()
    assert {length: asked(keeper, store, length) for length in LONG} == before
    assert [len(before[length]) for length in LONG] == [400, 100, 6]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", "2026-10-25", 25),
        pytest.param("Europe/Berlin", "2026-03-29", 23, marks=pytest.mark.slow),
        pytest.param("Asia/Kolkata", "2026-10-25", 24, marks=pytest.mark.slow),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
    ],
)
def test_a_day_is_the_site_s_own(keeper, zone, day, hours):
    begin = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    first = int(begin.timestamp() - MONDAY_S) // 60
    count = round(hours * 60)
    keeper.clock.now_s = MONDAY_S + 60 * (first + 3 * 1440)
    store = keeper.open(zone=zone)
    rows = [minute(number, road_user=RoadUser.CAR) for number in range(first - 5, first + count + 5)]
    keeper.run(store.store_observations(rows))
    wanted = {"start_ns": int(begin.timestamp()) * NS_PER_S}
    wanted["end_ns"] = wanted["start_ns"] + int(timedelta(days=1, hours=2).total_seconds()) * NS_PER_S
    for _ in range(2):
        found = asked(keeper, store, Bin.DAY, **wanted)
        assert [(one.value, one.length_s) for one in found] == [(count, hours * 3600), (5.0, 86_400)]
        assert found[0].coverage == pytest.approx(1.0)
        keeper.run(store.roll_up())


@pytest.mark.parametrize("rolled", [False, True])
def test_minutes_that_are_missing_were_not_watched(keeper, rolled):
    """Coverage is watched time over the interval's length, and the counts are not scaled up for it."""
    day = datetime(2026, 3, 29, tzinfo=ZoneInfo("Europe/Berlin"))
    first = int(day.timestamp() - MONDAY_S) // 60
    keeper.clock.now_s = MONDAY_S + 60 * (first + 3 * 1440)
    store = keeper.open(zone="Europe/Berlin")
    parts = {first: 1.0, first + 1: 0.5, first + 3: 1.0, first + 14: 0.25, first + 20: 1.0, first + 90: 1.0}
    keeper.run(store.store_observations([minute(number, 2.0, coverage=part) for number, part in parts.items()]))
    if rolled:
        keeper.run(store.roll_up())
    wanted = {"start_ns": int(day.timestamp()) * NS_PER_S}
    found = {length: asked(keeper, store, length, **wanted) for length in LONG}
    quarters = [(one.value, one.coverage) for one in found[Bin.QUARTER]]
    assert quarters == [(8.0, 165 / 900), (2.0, 60 / 900), (2.0, 60 / 900)]
    assert [(one.value, one.coverage) for one in found[Bin.HOUR]] == [(10.0, 225 / 3600), (2.0, 60 / 3600)]
    assert [(one.value, one.length_s, one.coverage) for one in found[Bin.DAY]] == [(12.0, 82_800, 285 / 82_800)]
