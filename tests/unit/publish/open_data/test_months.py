"""Months of public numbers: closed ones as files, the others as they are published."""

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from passerby.domain.published import Audience
from passerby.publish.open_data import months
from passerby.publish.open_data.counts_table import SCHEMA
from passerby.publish.open_data.months import OpenData
from passerby.units import DAY_S, NS_PER_S
from tests.unit.publish.published_numbers import BEGAN_NS, DESCRIPTION, LINE, SomePublishedNumbers

DAY_NS = DAY_S * NS_PER_S
NOVEMBER_QUARTERS = 30 * 96
UTC = ZoneInfo("UTC")


def open_data(folder: Path, numbers: SomePublishedNumbers, days: float, zone: ZoneInfo = UTC) -> OpenData:
    return OpenData(numbers, folder, lambda: zone, lambda: DESCRIPTION, lambda: BEGAN_NS + int(days * DAY_NS))


async def _read(data: OpenData, month: str) -> pa.Table:
    return pa.concat_tables([SCHEMA.empty_table(), *[table async for table in data.tables(month)]])


def read(data: OpenData, month: str) -> pa.Table:
    return asyncio.run(_read(data, month))


def test_a_month_closes_once_and_is_the_same_before_and_after(tmp_path: Path) -> None:
    numbers = SomePublishedNumbers(NOVEMBER_QUARTERS + 200, [LINE])
    early = open_data(tmp_path, numbers, 31)
    assert asyncio.run(early.prepare()) == ()
    before = read(early, "2026-11")
    late = open_data(tmp_path, numbers, 32)
    assert asyncio.run(late.prepare()) == ("2026-11",)
    assert asyncio.run(late.prepare()) == ()
    asked = len(numbers.asked)
    after = read(late, "2026-11")
    assert len(numbers.asked) == asked, "a closed month asks the store for nothing"
    assert after.num_rows == NOVEMBER_QUARTERS * LINE.series
    assert after.equals(before)
    file = asyncio.run(late.closed_file("2026-11"))
    assert file is not None
    assert pq.ParquetFile(file).num_row_groups == 30
    assert pq.read_schema(file).metadata[b"publisher"] == b"City of Novi Sad"


def test_days_of_a_closed_month_are_added_up_as_far_as_there_is_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = open_data(tmp_path, SomePublishedNumbers(NOVEMBER_QUARTERS), 33)
    monkeypatch.setattr(months, "ADD_UP_S", 0.0)
    for number in (1, 2, 2):
        asyncio.run(data.prepare())
        assert len(list(tmp_path.glob("*.2026-11.json.gz"))) == number
    for path in tmp_path.glob("*.json.gz"):
        path.unlink()
    monkeypatch.setattr(months, "ADD_UP_S", 60.0)
    asyncio.run(open_data(tmp_path, SomePublishedNumbers(NOVEMBER_QUARTERS), 33).prepare())
    assert len(list(tmp_path.glob("*.2026-11.json.gz"))) == 2


def test_a_month_of_which_some_waits_does_not_close(tmp_path: Path) -> None:
    class Waiting(SomePublishedNumbers):
        async def bins(self, query):
            from dataclasses import replace

            from passerby.domain.published import BinStatus

            found = await super().bins(query)
            return tuple(replace(one, status=BinStatus.WAITING, value=None, coverage=None) for one in found)

    data = open_data(tmp_path, Waiting(NOVEMBER_QUARTERS, [LINE]), 33)
    assert asyncio.run(data.prepare()) == ()
    assert list(tmp_path.iterdir()) == []
    assert read(data, "2026-11").num_rows == 0


def test_a_place_that_is_not_public_any_more_is_in_no_file(tmp_path: Path) -> None:
    asyncio.run(open_data(tmp_path, SomePublishedNumbers(NOVEMBER_QUARTERS), 33).prepare())
    (before,) = tmp_path.glob("*.parquet")
    assert len(list(tmp_path.glob("*.json.gz"))) == 2
    fewer = open_data(tmp_path, SomePublishedNumbers(NOVEMBER_QUARTERS, [LINE]), 33)
    assert asyncio.run(fewer.prepare()) == ("2026-11",)
    (after,) = tmp_path.glob("*.parquet")
    assert [path.name for path in tmp_path.glob("*.json.gz")] == [f"{LINE.id}.2026-11.json.gz"]
    assert after.name != before.name
    assert set(pq.read_table(after)["counter"].to_pylist()) == {LINE.id}
    assert asyncio.run(open_data(tmp_path, SomePublishedNumbers(0, []), 33).prepare()) == ()
    assert list(tmp_path.iterdir()) == []


def test_a_file_goes_when_its_numbers_are_kept_no_longer(tmp_path: Path) -> None:
    numbers = SomePublishedNumbers(NOVEMBER_QUARTERS, [LINE])
    asyncio.run(open_data(tmp_path, numbers, 33).prepare())
    late = OpenData(numbers, tmp_path, lambda: UTC, lambda: DESCRIPTION, lambda: BEGAN_NS + 70 * DAY_NS, lambda: 40)
    assert asyncio.run(late.prepare()) == ("2026-12",)
    assert [path.name[:7] for path in tmp_path.glob("*.parquet")] == ["2026-12"]
    assert [path.name for path in tmp_path.glob("*.json.gz")] == [f"{LINE.id}.2026-12.json.gz"]


def test_a_day_is_read_from_the_store_once_in_a_quarter_of_an_hour(tmp_path: Path) -> None:
    numbers = SomePublishedNumbers(5 * 96, [LINE])
    data = open_data(tmp_path, numbers, 5)
    first = read(data, "2026-11")
    asked = len(numbers.asked)
    assert read(data, "2026-11").equals(first)
    assert len(numbers.asked) == asked == 5


def test_months_are_the_sites_own(tmp_path: Path) -> None:
    data = open_data(tmp_path, SomePublishedNumbers(NOVEMBER_QUARTERS, [LINE]), 40, ZoneInfo("America/New_York"))
    assert asyncio.run(data.months()) == ("2026-10", "2026-11", "2026-12")
    october, november = read(data, "2026-10"), read(data, "2026-11")
    assert october.num_rows == 4 * 4 * LINE.series  # until 04:00 UTC
    assert october.num_rows + november.num_rows == NOVEMBER_QUARTERS * LINE.series


def test_without_counters_there_is_no_month(tmp_path: Path) -> None:
    data = open_data(tmp_path, SomePublishedNumbers(100, []), 40)
    assert asyncio.run(data.months()) == ()
    assert asyncio.run(data.prepare()) == ()


def test_only_the_public_audience_is_asked_for(tmp_path: Path) -> None:
    numbers = SomePublishedNumbers(100)
    read(open_data(tmp_path, numbers, 2), "2026-11")
    assert {query.audience for query in numbers.asked} == {Audience.PUBLIC}


@pytest.mark.parametrize("month", ["2026-13", "../../etc", "2026-1"])
def test_what_is_no_month_is_refused(tmp_path: Path, month: str) -> None:
    with pytest.raises(ValueError, match=r"month|isoformat"):
        read(open_data(tmp_path, SomePublishedNumbers(100), 2), month)
