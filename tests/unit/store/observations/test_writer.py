"""Which observations are stored, at the edges of each rule."""

import asyncio
import math
from dataclasses import replace

import pytest

from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Receipt
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from passerby.units import NS_PER_S
from testing.store_keeper import MONDAY_S, Keeper

MINUTE_NS = 60 * NS_PER_S
ONE = Observation(
    "gate", "line", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", MONDAY_S * NS_PER_S, 60, 3.0, 3, 0.5
)  # fmt: skip


@pytest.fixture
def store(keeper: Keeper) -> Store:
    return keeper.open()


def stored(keeper: Keeper, store: Store, *some: Observation) -> Receipt:
    return keeper.run(store.store_observations(some))


@pytest.mark.parametrize(
    "sound",
    [
        replace(ONE, start_ns=0),
        replace(ONE, coverage=1.0),
        replace(ONE, coverage=0.0, value=None, count=0),
        replace(ONE, value=None),
        replace(ONE, count=0),
        replace(ONE, count=2**63 - 1),
        replace(ONE, error=0.0),
        replace(ONE, value=-1.0),
        replace(ONE, road_user=None, direction=None),
        replace(ONE, reliable=False),
    ],
)
def test_sound_rows_are_stored(keeper: Keeper, store: Store, sound: Observation) -> None:
    receipt = stored(keeper, store, sound)
    assert (receipt.new, receipt.refused) == (1, ())


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (replace(ONE, length_s=61), "length_s: only intervals of 60 s"),
        (replace(ONE, length_s=900), "length_s: only intervals of 60 s"),
        (replace(ONE, start_ns=ONE.start_ns + 1), "whole minute"),
        (replace(ONE, start_ns=ONE.start_ns + NS_PER_S), "whole minute"),
        (replace(ONE, start_ns=-MINUTE_NS), "since 1970"),
        (replace(ONE, start_ns=2**63 // MINUTE_NS * MINUTE_NS + MINUTE_NS), "since 1970"),
        (replace(ONE, value=math.nan), "finite"),
        (replace(ONE, value=math.inf), "finite"),
        (replace(ONE, error=math.nan), "finite"),
        (replace(ONE, coverage=math.nan), "finite"),
        (replace(ONE, coverage=1.0000001), "coverage: 0 to 1"),
        (replace(ONE, coverage=-0.1), "coverage: 0 to 1"),
        (replace(ONE, coverage=0.0), "no value at 0"),
        (replace(ONE, count=-1), "count: must not be negative"),
        (replace(ONE, count=2**63), "count"),
        (replace(ONE, camera="a\0"), "a name holds a character"),
        (replace(ONE, series="\ud800"), "a name holds a character"),
        (replace(ONE, direction="a\0"), "a name holds a character"),
    ],
)
def test_a_wrong_row_is_refused_and_holds_no_other_up(
    keeper: Keeper, store: Store, wrong: Observation, why: str
) -> None:
    receipt = stored(keeper, store, wrong, ONE)
    assert receipt.new == 1
    (refusal,) = receipt.refused
    assert refusal.observation == wrong
    assert why in refusal.why


def test_better_coverage_replaces_and_equal_coverage_does_not(keeper: Keeper, store: Store) -> None:
    better = replace(ONE, coverage=0.6, value=4.0)
    other = replace(better, value=5.0)
    assert stored(keeper, store, ONE).new == 1
    assert (stored(keeper, store, ONE).repeated, stored(keeper, store, ONE).refused) == (1, ())
    receipt = stored(keeper, store, better)
    assert (receipt.new, receipt.repeated, receipt.refused) == (0, 0, ())
    (refusal,) = stored(keeper, store, other).refused
    assert "watched for 0.600 of it" in refusal.why
    (refusal,) = stored(keeper, store, ONE).refused
    assert "this one, watched for 0.500" in refusal.why
    assert keeper.execute("SELECT value, coverage FROM observations_60") == [(4.0, 0.6)]


@pytest.mark.parametrize("worse_first", [True, False])
def test_the_best_of_a_batch_is_stored(keeper: Keeper, store: Store, worse_first: bool) -> None:
    better = replace(ONE, coverage=0.9, value=9.0)
    receipt = stored(keeper, store, *((ONE, better) if worse_first else (better, ONE)))
    assert (receipt.new, [refusal.observation for refusal in receipt.refused]) == (1, [ONE])
    assert keeper.execute("SELECT value FROM observations_60") == [(9.0,)]


def test_of_two_rows_of_a_batch_that_were_watched_alike_the_first_is_stored(keeper: Keeper, store: Store) -> None:
    other = replace(ONE, value=9.0)
    receipt = stored(keeper, store, ONE, other)
    assert (receipt.new, [refusal.observation for refusal in receipt.refused]) == (1, [other])
    assert keeper.execute("SELECT value FROM observations_60") == [(ONE.value,)]


def test_the_same_row_twice_in_a_batch_is_repeated(keeper: Keeper, store: Store) -> None:
    receipt = stored(keeper, store, ONE, ONE)
    assert (receipt.new, receipt.repeated, receipt.refused) == (1, 1, ())


def test_each_quarter_of_what_was_stored_is_due(keeper: Keeper, store: Store) -> None:
    for minute in (0, 14, 15):
        stored(keeper, store, replace(ONE, start_ns=ONE.start_ns + minute * MINUTE_NS))
    due = keeper.execute("SELECT length_s, start_s, camera FROM roll_up_due ORDER BY start_s")
    assert due == [(900, MONDAY_S, "gate"), (900, MONDAY_S + 900, "gate")]


def test_an_interval_is_rolled_up_two_minutes_after_its_end(keeper: Keeper, store: Store) -> None:
    stored(keeper, store, ONE)
    keeper.clock.now_s = MONDAY_S + 900 + 119
    assert keeper.run(store.roll_up()) == 0
    keeper.clock.now_s += 1
    assert keeper.run(store.roll_up()) == 1
    due = keeper.execute("SELECT length_s, start_s FROM roll_up_due ORDER BY length_s")
    assert due == [(3600, MONDAY_S), (86_400, MONDAY_S)]


def test_a_receipt_tells_new_better_repeated_and_refused_apart(keeper: Keeper, store: Store) -> None:
    another = replace(ONE, start_ns=ONE.start_ns + MINUTE_NS)
    stored(keeper, store, ONE, another)
    receipt = stored(
        keeper, store, ONE, replace(another, coverage=0.9), replace(ONE, start_ns=ONE.start_ns + 2 * MINUTE_NS),
        replace(ONE, start_ns=ONE.start_ns + 1), replace(ONE, value=math.nan),
    )  # fmt: skip
    assert (receipt.new, receipt.bettered, receipt.repeated, len(receipt.refused)) == (1, 1, 1, 2)


def test_two_roll_ups_at_a_time_make_each_interval_once(keeper: Keeper, store: Store) -> None:
    stored(keeper, store, ONE)
    keeper.clock.now_s = MONDAY_S + 2 * 86_400

    async def both() -> tuple[int, int]:
        return await asyncio.gather(store.roll_up(), store.roll_up())

    assert sum(keeper.run(both())) == 3
