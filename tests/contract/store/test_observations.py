"""Observations come back as they went in, once, and of two for one minute the better watched one stays."""

import asyncio
import itertools
import math
from typing import Any

import pytest

from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin, ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.ports import Store
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, minute

DAY: dict[str, Any] = {"start_ns": MONDAY_S * NS_PER_S, "end_ns": (MONDAY_S + 86_400) * NS_PER_S}


def everything(keeper: Keeper, store: Store, **wanted: Any) -> tuple[Observation, ...]:
    return keeper.run(store.observations(ObservationQuery(**{**DAY, "limit": 10_000, **wanted}))).rows


ALL_SORTS = (
    minute(0, 3.0),
    minute(0, 0.0, direction="backward"),
    minute(0, None, coverage=0.0, road_user=RoadUser.BICYCLE),
    minute(0, 1.25, quantity=Quantity.OCCUPANCY_MEAN, road_user=None, direction=None, count=150, coverage=0.75),
    minute(0, 1 / 3, quantity=Quantity.SPEED_MEAN, count=3, error=0.1 + 0.2),
    minute(1, 2.0, reliable=False),
    minute(1, 7.0, camera="plaça-sud", series="pont ＃1 'quoted\" 🚲"),
)


def by_place(rows: tuple[Observation, ...]) -> list[Observation]:
    return sorted(rows, key=repr)


def test_what_goes_in_comes_out(keeper):
    store = keeper.open()
    receipt = keeper.run(store.store_observations(ALL_SORTS))
    assert (receipt.new, receipt.bettered, receipt.repeated, receipt.refused) == (7, 0, 0, ())
    assert by_place(everything(keeper, store)) == by_place(ALL_SORTS)


def test_nothing_stored_is_nothing_found(keeper):
    store = keeper.open()
    assert keeper.run(store.store_observations([])).new == 0
    assert everything(keeper, store) == ()
    assert everything(keeper, store, cameras=("nowhere",), bin=Bin.DAY) == ()


def test_it_is_still_there_after_opening_again(keeper):
    keeper.run(keeper.open().store_observations(ALL_SORTS))
    keeper.close()
    assert by_place(everything(keeper, keeper.open())) == by_place(ALL_SORTS)


def test_storing_twice_is_harmless(keeper):
    store = keeper.open()
    keeper.run(store.store_observations(ALL_SORTS))
    receipt = keeper.run(store.store_observations(ALL_SORTS))
    assert (receipt.new, receipt.bettered, receipt.repeated, receipt.refused) == (0, 0, 7, ())
    within_one_batch = keeper.run(store.store_observations([minute(9), minute(9), minute(9)]))
    assert (within_one_batch.new, within_one_batch.repeated) == (1, 2)
    assert len(everything(keeper, store)) == 8


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_better_covered_row_stays(keeper, together, order):
    pair = (minute(0, 2.0, coverage=0.5), minute(0, 5.0, coverage=0.9))
    store = keeper.open()
    batches = [[pair[order[0]], pair[order[1]]]] if together else [[pair[each]] for each in order]
    receipts = [keeper.run(store.store_observations(batch)) for batch in batches]
    assert everything(keeper, store) == (pair[1],)
    refused = [refusal for receipt in receipts for refusal in receipt.refused]
    if together or order == (1, 0):
        assert [refusal.observation for refusal in refused] == [pair[0]]
        assert "watched for 0.900" in refused[0].why
    else:
        assert (receipts[1].bettered, refused) == (1, [])


def test_of_two_equally_covered_rows_the_first_stays(keeper):
    store = keeper.open()
    keeper.run(store.store_observations([minute(0, 2.0)]))
    receipt = keeper.run(store.store_observations([minute(0, 3.0)]))
    assert len(receipt.refused) == 1
    assert len(keeper.run(store.store_observations([minute(0, 2.0, reliable=False)])).refused) == 1
    assert everything(keeper, store) == (minute(0, 2.0),)


def test_a_better_row_brings_its_own_reliability(keeper):
    store = keeper.open()
    keeper.run(store.store_observations([minute(0, 2.0, coverage=0.5, reliable=False)]))
    assert keeper.run(store.store_observations([minute(0, 3.0)])).bettered == 1
    assert everything(keeper, store) == (minute(0, 3.0),)


@pytest.mark.parametrize(
    ("changes", "reported"),
    [
        ({"length_s": 900}, "length_s"),
        ({"start_ns": MONDAY_S * NS_PER_S + 1}, "start_ns"),
        ({"start_ns": -60 * NS_PER_S}, "start_ns"),
        ({"start_ns": 2**70 // 60 * 60 * NS_PER_S}, "start_ns"),
        ({"value": math.nan}, "finite"),
        ({"error": math.inf}, "finite"),
        ({"coverage": 1.5}, "coverage"),
        ({"coverage": 0.0}, "coverage"),
        ({"count": -1}, "count"),
        ({"camera": "a\0b"}, "name"),
        ({"series": "\ud800"}, "name"),
    ],
)
def test_a_bad_row_is_refused_and_the_good_ones_stay(keeper, changes, reported):
    store = keeper.open()
    receipt = keeper.run(store.store_observations([minute(0), minute(1, **changes), minute(2)]))
    assert receipt.new == 2
    assert reported in receipt.refused[0].why
    assert len(everything(keeper, store)) == 2


def test_a_batch_of_any_size(keeper):
    store = keeper.open()
    rows = [minute(number, float(number), series=f"line-{line}") for number in range(60) for line in range(101)]
    assert keeper.run(store.store_observations(rows)).new == 6060
    assert len(everything(keeper, store)) == 6060
    assert keeper.run(store.store_observations(rows)).repeated == 6060


@pytest.mark.parametrize("length", list(Bin))
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_pages_make_the_whole(keeper, length, size):
    store = keeper.open()
    rows = [minute(7 * number, float(number), series=line) for number in range(40) for line in ("a", "b", "c")]
    keeper.run(store.store_observations(rows))
    whole = everything(keeper, store, bin=length)
    assert len(whole) >= 3
    pages, after = [], None
    while True:
        page = keeper.run(store.observations(ObservationQuery(**DAY, bin=length, limit=size, after=after)))
        pages.append(page.rows)
        assert len(page.rows) <= size
        after = page.after
        if after is None:
            break
    assert tuple(itertools.chain(*pages)) == whole
    assert all(pages)


def test_rows_that_come_between_two_pages_move_nothing(keeper):
    store = keeper.open()
    keeper.run(store.store_observations([minute(number) for number in range(10, 20)]))
    first = keeper.run(store.observations(ObservationQuery(**DAY, limit=5)))
    keeper.run(store.store_observations([minute(number) for number in range(10)]))
    second = keeper.run(store.observations(ObservationQuery(**DAY, limit=5, after=first.after)))
    assert second.rows == tuple(minute(number) for number in range(15, 20))


@pytest.mark.parametrize("after", ["", "x", "1", "1.", "1.2.3", "-1.2", "9" * 30 + ".1", "1.\0"])
def test_a_page_that_never_was_is_refused(keeper, after):
    store = keeper.open()
    with pytest.raises(ValueError, match="after"):
        keeper.run(store.observations(ObservationQuery(**DAY, after=after)))


@pytest.mark.parametrize("length", [Bin.MINUTE, Bin.HOUR])
@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ({"cameras": ("plaça-sud",)}, lambda one: one.camera == "plaça-sud"),
        ({"series": ("gate",)}, lambda one: one.series == "gate"),
        ({"quantities": (Quantity.FLOW,)}, lambda one: one.quantity is Quantity.FLOW),
        ({"road_users": (RoadUser.BICYCLE, None)}, lambda one: one.road_user in (RoadUser.BICYCLE, None)),
        ({"directions": ("backward", None)}, lambda one: one.direction in ("backward", None)),
        ({"cameras": ("square-north",), "directions": ("forward",), "quantities": (Quantity.SPEED_MEAN,)},
         lambda one: one.quantity is Quantity.SPEED_MEAN),
    ],
)  # fmt: skip
def test_filters(keeper, length, wanted, kept):
    store = keeper.open()
    keeper.run(store.store_observations(ALL_SORTS))
    found = everything(keeper, store, bin=length, **wanted)
    assert by_place(found) == by_place(tuple(one for one in everything(keeper, store, bin=length) if kept(one)))
    assert found


def test_the_range_is_of_beginnings_and_half_open(keeper):
    store = keeper.open()
    keeper.run(store.store_observations([minute(number) for number in range(5)]))
    found = everything(keeper, store, start_ns=minute(1).start_ns, end_ns=minute(3).start_ns)
    assert found == (minute(1), minute(2))
    found = everything(keeper, store, start_ns=minute(1).start_ns + 1, end_ns=minute(3).start_ns + 1)
    assert found == (minute(2), minute(3))


def test_many_at_once(keeper):
    store = keeper.open()

    async def storm() -> None:
        batches = [[minute(number, series=f"line-{line}") for number in range(30)] for line in range(12)]
        await asyncio.gather(
            *(store.store_observations(batch) for batch in batches * 2),
            *(store.roll_up() for _ in range(3)),
            *(store.observations(ObservationQuery(**DAY, bin=Bin.HOUR)) for _ in range(6)),
        )

    keeper.run(storm())
    keeper.run(store.roll_up())
    assert len(everything(keeper, store)) == 360
    assert [row.value for row in everything(keeper, store, bin=Bin.DAY)] == [30.0] * 12
