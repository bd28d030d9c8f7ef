"""A month of public numbers: closed months as Parquet files that are written once, the others as they are published.

Months and days are those of the site's clock. What is published never changes, so that a closed month never does.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from passerby.domain.published import Audience, BinStatus, PublishedBin, PublishedCounter
from passerby.files import replacing
from passerby.ports.published import PublishedNumbers, PublishedQuery
from passerby.publish.open_data.counts_table import ParquetFile, counts_table
from passerby.publish.open_data.description import OpenDataDescription
from passerby.units import DAY_S, NS_PER_S

CLOSED_AFTER_NS: Final = 2 * DAY_S * NS_PER_S
"""After its end: a day for what is published late at sensitive places, and a day for machines that were away."""

_READABLE: Final = 0o644


class _StillWaitingError(Exception):
    """Some of a month's numbers are not published yet."""


class OpenData:
    """What the public gets: the counters, and their numbers by the month.

    Args:
        numbers: the port.
        folder: where closed months are kept.
        zone: the site's clock.
        describe: returns who publishes, and where cameras are, as it is now.
        clock: UTC nanoseconds now.
    """

    def __init__(
        self,
        numbers: PublishedNumbers,
        folder: Path,
        zone: ZoneInfo,
        describe: Callable[[], OpenDataDescription],
        clock: Callable[[], int],
    ) -> None:
        self.numbers, self.describe, self.clock, self.zone = numbers, describe, clock, zone
        self._folder = folder
        self._turn = asyncio.Lock()

    async def counters(self) -> tuple[PublishedCounter, ...]:
        """Returns the public counters, those that have ended among them; none where nothing is public."""
        return await self.numbers.counters(Audience.PUBLIC)

    async def months(self) -> tuple[str, ...]:
        """Returns the months that have public numbers or may get some, in order, such as `2026-11`."""
        known = await self.counters()
        now_ns = self.clock()
        if not known:
            return ()
        first = self._day(min(counter.began_ns for counter in known))
        last = self._day(max(now_ns if each.ended_ns is None else min(each.ended_ns - 1, now_ns) for each in known))
        return tuple(
            f"{number // 12:04}-{number % 12 + 1:02}"
            for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        )

    def closed_file(self, month: str) -> Path | None:
        """Returns the Parquet file of a closed month; None where it is not written.

        Raises:
            ValueError: there is no such month.
        """
        _days(month)
        path = self._folder / f"{month}.parquet"
        return path if path.is_file() else None

    async def prepare(self) -> tuple[str, ...]:
        """Writes the files of months that have closed; returns those that it wrote."""
        async with self._turn:
            written = []
            for month in await self.months():
                over = self._midnight_ns(_days(month)[-1] + timedelta(days=1)) + CLOSED_AFTER_NS <= self.clock()
                if over and self.closed_file(month) is None and await self._write(month):
                    written.append(month)
            return tuple(written)

    async def tables(self, month: str) -> AsyncIterator[pa.Table]:
        """Yields the numbers of a month day by day, as tables of `counts_table`; days without any are left out."""
        path = self.closed_file(month)
        if path is None:
            async for table in self._published(month, whole=False):
                yield table
            return
        file = await asyncio.to_thread(pq.ParquetFile, path)
        with file:
            for number in range(file.num_row_groups):
                yield await asyncio.to_thread(file.read_row_group, number)

    async def day(self, counter: PublishedCounter, day: date) -> tuple[PublishedBin, ...]:
        """Returns the numbers of a counter on a day."""
        return await self._bins(day, (counter.id,))

    async def _write(self, month: str) -> bool:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with (
                replacing(self._folder / f"{month}.parquet", mode=_READABLE) as stream,
                closing(ParquetFile(stream, self.describe())) as file,
            ):
                async for table in self._published(month, whole=True):
                    await asyncio.to_thread(file.add, table)
        except _StillWaitingError:
            return False
        return True

    async def _published(self, month: str, *, whole: bool) -> AsyncIterator[pa.Table]:
        by_id = {counter.id: counter for counter in await self.counters()}
        now_ns = self.clock()
        for day in _days(month):
            if self._midnight_ns(day) >= now_ns:
                break
            bins = await self._bins(day)
            if whole and any(one.status is BinStatus.WAITING for one in bins):
                raise _StillWaitingError
            table = await asyncio.to_thread(counts_table, bins, by_id)
            if table.num_rows:
                yield table

    async def _bins(self, day: date, counters: tuple[str, ...] = ()) -> tuple[PublishedBin, ...]:
        from_ns, to_ns = self._midnight_ns(day), self._midnight_ns(day + timedelta(days=1))
        return await self.numbers.bins(PublishedQuery(Audience.PUBLIC, from_ns, to_ns, counters))

    def _day(self, time_ns: int) -> date:
        return datetime.fromtimestamp(time_ns // NS_PER_S, self.zone).date()

    def _midnight_ns(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self.zone).timestamp()) * NS_PER_S


def _days(month: str) -> list[date]:
    """The days of a month; raises ValueError where there is no such month."""
    day = date.fromisoformat(f"{month}-01")
    days = []
    while day.strftime("%Y-%m") == month:
        days.append(day)
        day += timedelta(days=1)
    return days
