"""Sums of days: kept a month at a time, closed months as files."""

import asyncio
from dataclasses import replace
from pathlib import Path

from passerby.domain.published import BinStatus, PublishedBin
from passerby.ports.published import PublishedQuery
from passerby.publish.open_data.day_sums import DaySums, file_name
from passerby.units import DAY_S, NS_PER_S
from tests.unit.publish.published_numbers import BEGAN_NS, LINE, ZONE, SomePublishedNumbers

NOVEMBER_NS = (BEGAN_NS, BEGAN_NS + 30 * DAY_S * NS_PER_S)
SUMS_A_DAY = LINE.series + len(LINE.groups) + 1


def of_month(sums: DaySums, stamp: int, *, closed: bool):
    return asyncio.run(sums.month(LINE, "2026-11", *NOVEMBER_NS, stamp=stamp, closed=closed))


def test_an_open_month_is_read_once_for_a_stamp(tmp_path: Path) -> None:
    numbers = SomePublishedNumbers(10 * 96)
    sums = DaySums(numbers, tmp_path)
    first = of_month(sums, 1, closed=False)
    asked = len(numbers.asked)
    assert len(first) == 10 * SUMS_A_DAY
    assert of_month(sums, 1, closed=False) == first
    assert len(numbers.asked) == asked
    numbers.until = 11 * 96
    assert len(of_month(sums, 2, closed=False)) == 11 * SUMS_A_DAY
    assert list(tmp_path.iterdir()) == []


def test_a_closed_month_is_a_file_and_is_never_read_again(tmp_path: Path) -> None:
    numbers = SomePublishedNumbers(30 * 96)
    first = of_month(DaySums(numbers, tmp_path), 1, closed=True)
    asked = len(numbers.asked)
    sums = DaySums(numbers, tmp_path)
    assert [of_month(sums, stamp, closed=True) for stamp in (2, 3)] == [first, first]
    assert len(numbers.asked) == asked


def test_a_closed_month_of_which_some_waits_is_read_again(tmp_path: Path) -> None:
    class Waiting(SomePublishedNumbers):
        async def bins(self, query: PublishedQuery) -> tuple[PublishedBin, ...]:
            found = await super().bins(query)
            return tuple(replace(one, status=BinStatus.WAITING, value=None, coverage=None) for one in found)

    numbers = Waiting(30 * 96)
    sums = DaySums(numbers, tmp_path)
    of_month(sums, 1, closed=True)
    of_month(sums, 2, closed=True)
    assert len(numbers.asked) == 6
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_to_be_there_is_deleted(tmp_path: Path) -> None:
    sums = DaySums(SomePublishedNumbers(30 * 96), tmp_path)
    before = of_month(sums, 1, closed=True)
    asyncio.run(sums.delete_others({file_name(LINE, "2026-11")}))
    assert asyncio.run(sums.names()) == {file_name(LINE, "2026-11")}
    asyncio.run(sums.delete_others({file_name(ZONE, "2026-11")}))
    assert asyncio.run(sums.names()) == set()
    assert of_month(sums, 1, closed=True) == before
