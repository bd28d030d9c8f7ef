"""Histograms in the store: any span is the merger of its minutes, before, half way through and after the roll-up."""

import random
from dataclasses import replace
from itertools import pairwise

import pytest

from passerby.domain.columns import Distribution, Grouping
from passerby.domain.histograms import Histogram
from passerby.domain.intervals import Interval
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, minute

HOUR_S = 3600
SPANS = tuple(Interval(*each) for each in pairwise(range(MONDAY_S, MONDAY_S + 3 * HOUR_S + 1, HOUR_S)))
BY_HOUR = Grouping(SPANS)
CAR, BUS = RoadUser.CAR, RoadUser.BUS


def speeds(number: int, user: RoadUser = CAR, direction: str = "forward", count: int = 6) -> Observation:
    drawn = random.Random(f"{number} {user} {direction}")
    values = [drawn.uniform(2, 20) for _ in range(count)]
    return replace(
        minute(number),
        quantity=Quantity.SPEED_MEAN,
        road_user=user,
        direction=direction,
        value=sum(values) / count,
        count=count,
        histogram=Histogram.of_values(values),
    )


ROWS = [
    speeds(number, user, way) for number in range(0, 180, 3) for user in (CAR, BUS) for way in ("forward", "backward")
]


def asked(keeper: Keeper, store: Store, length: Bin, grouping: Grouping = BY_HOUR) -> tuple[Distribution, ...]:
    query = ObservationQuery(
        MONDAY_S * NS_PER_S, (MONDAY_S + 3 * HOUR_S) * NS_PER_S, bin=length, quantities=(Quantity.SPEED_MEAN,)
    )
    return keeper.run(store.distributions(query, grouping))


def merged(rows: list[Observation], span: Interval) -> Histogram:
    whole = Histogram()
    for one in rows:
        if span.start_s <= one.start_ns // NS_PER_S < span.end_s:
            assert one.histogram is not None
            whole = whole.plus(one.histogram)
    return whole


def expected(rows: list[Observation]) -> dict[tuple[RoadUser | None, str | None, int], Histogram]:
    return {
        (user, way, span.start_s): merged([one for one in rows if (one.road_user, one.direction) == (user, way)], span)
        for user in (CAR, BUS)
        for way in ("forward", "backward")
        for span in SPANS
    }


def by_key(found: tuple[Distribution, ...]) -> dict[tuple[RoadUser | None, str | None, int], Histogram]:
    return {(one.series.road_user, one.series.direction, one.start_s): one.histogram for one in found}


def test_every_length_says_what_the_minutes_say(keeper: Keeper) -> None:
    keeper.clock.now_s = MONDAY_S + 90 * 60
    store = keeper.open()
    keeper.run(store.store_observations(ROWS[: len(ROWS) // 2]))
    for length in Bin:
        if length is not Bin.DAY:
            assert by_key(asked(keeper, store, length)) == {
                key: histogram for key, histogram in expected(ROWS[: len(ROWS) // 2]).items() if histogram.n
            }
    keeper.run(store.roll_up())
    keeper.run(store.store_observations(ROWS[len(ROWS) // 2 :]))
    for length in (Bin.MINUTE, Bin.QUARTER, Bin.HOUR):
        assert by_key(asked(keeper, store, length)) == expected(ROWS)
    keeper.clock.now_s = MONDAY_S + 2 * 86_400
    keeper.run(store.roll_up())
    for length in (Bin.MINUTE, Bin.QUARTER, Bin.HOUR):
        assert by_key(asked(keeper, store, length)) == expected(ROWS)
    day = Grouping((Interval(MONDAY_S, MONDAY_S + 86_400),), add_classes=True, add_directions=True)
    (whole,) = asked(keeper, store, Bin.DAY, day)
    assert (whole.series.road_user, whole.series.direction, whole.reliable) == (None, None, True)
    assert whole.histogram == merged(ROWS, Interval(MONDAY_S, MONDAY_S + 86_400))


def test_a_better_watched_minute_replaces_its_histogram(keeper: Keeper) -> None:
    worse = replace(speeds(0), coverage=0.5)
    better = replace(speeds(0, count=9), coverage=0.9, reliable=False)
    keeper.clock.now_s = MONDAY_S + 2 * 86_400
    store = keeper.open()
    keeper.run(store.store_observations([worse]))
    keeper.run(store.roll_up())
    keeper.run(store.store_observations([better]))
    for _ in range(2):
        (found,) = asked(keeper, store, Bin.HOUR)
        assert (found.histogram, found.reliable) == (better.histogram, False)
        keeper.run(store.roll_up())


@pytest.mark.parametrize("length", [Bin.MINUTE, Bin.HOUR])
def test_rows_without_one_are_no_distribution(keeper: Keeper, length: Bin) -> None:
    keeper.clock.now_s = MONDAY_S + 2 * 86_400
    store = keeper.open()
    keeper.run(store.store_observations([replace(speeds(0), histogram=None)]))
    assert asked(keeper, store, length) == ()
    keeper.run(store.roll_up())
    assert asked(keeper, store, length) == ()
