"""A month of public numbers: closed months as Parquet files, the others as they are published.

Months and days are those of the site's clock. What is published never changes, so that the file of a closed month is
written once; its name says of which counters it is. Where a place is not public any more, or the numbers are deleted,
it is deleted too, and what remains is written anew.
"""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from passerby.domain.errors import PasserbyError
from passerby.domain.published import Audience, BinStatus, PublishedBin, PublishedCounter
from passerby.domain.retention import DEFAULT_KEEP_DAYS, Kind
from passerby.files import replacing
from passerby.ports.published import PublishedNumbers, PublishedQuery, Span
from passerby.publish.open_data.counts_table import SCHEMA, ParquetFile, counts_table
from passerby.publish.open_data.day_sums import DaySums, file_name
from passerby.publish.open_data.description import OpenDataDescription
from passerby.publish.open_data.periods import Period
from passerby.units import DAY_S, NS_PER_S, QUARTER_S

CLOSED_AFTER_NS: Final = 2 * DAY_S * NS_PER_S
"""After its end: a day for what is published late at sensitive places, and a day for machines that were away."""

_READABLE: Final = 0o644
_NAME_LETTERS: Final = 16
_MAX_KEPT_DAYS: Final = 40
"""A day of 100 lines is under a megabyte."""

ADD_UP_S: Final = 20.0
"""For so long the days of closed months are added up at a time, each counter's month some 0.4 s; a minute later it goes
on. So 100 lines take two minutes after a month has closed, and a year of them, after an import, half an hour."""


class NothingPublicError(PasserbyError):
    """The site publishes nothing for everyone."""


class _StillWaitingError(Exception):
    """Some of a month's numbers are not published yet."""


@dataclass(frozen=True, slots=True)
class _Day:
    """A day's numbers as Parquet: of when (0: for good, -1: never again), of which counters, and whether some wait."""

    content: bytes
    stamp: int
    counters: frozenset[str]
    waits: bool


class OpenData:
    """What the public gets: the counters, and their numbers by the month.

    Args:
        numbers: the port.
        folder: where closed months are kept.
        zone: returns the time zone of the site's clock.
        describe: returns who publishes, and where cameras are, as it is now; None where nothing is public.
        clock: UTC nanoseconds now.
        keep_days: returns how long published numbers are kept.
    """

    def __init__(
        self,
        numbers: PublishedNumbers,
        folder: Path,
        zone: Callable[[], ZoneInfo],
        describe: Callable[[], OpenDataDescription | None],
        clock: Callable[[], int],
        keep_days: Callable[[], int] = lambda: DEFAULT_KEEP_DAYS[Kind.PUBLISHED],
    ) -> None:
        self.numbers, self.clock = numbers, clock
        self._folder, self._zone, self._describe, self._keep_days = folder, zone, describe, keep_days
        self._turn, self._reading = asyncio.Lock(), asyncio.Lock()
        self._kept: dict[date, _Day] = {}
        self._day_sums = DaySums(numbers, folder)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the site's clock."""
        return self._zone()

    @property
    def is_public(self) -> bool:
        """Numbers are published for everyone."""
        return self._describe() is not None

    def describe(self) -> OpenDataDescription:
        """Returns who publishes, and where cameras are; raises NothingPublicError."""
        found = self._describe()
        if found is None:
            raise NothingPublicError("nothing is published for everyone")
        return found

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

    async def closed_file(self, month: str) -> Path | None:
        """Returns the Parquet file of a closed month; None where it is not written.

        Raises:
            ValueError: there is no such month.
        """
        path = self._folder / self._name(month, await self.counters())
        return path if path.is_file() else None

    async def prepare(self) -> tuple[str, ...]:
        """Writes the files of months that have closed, and deletes those that are not to be there any more.

        Returns the months that it wrote. Raises OSError and OutputError where it cannot write.
        """
        async with self._turn:
            counters = await self.counters()
            closed = [month for month in await self.months() if self._closed(month)]
            names = {month: self._name(month, counters) for month in closed}
            for path in await asyncio.to_thread(lambda: list(self._folder.glob("*.parquet"))):
                if path.name not in names.values():
                    path.unlink()
            missing = [month for month in closed if not (self._folder / names[month]).is_file()]
            written = tuple([month for month in missing if await self._write(month, names[month])])
            await self._add_up_days({file_name(one, month): (one, month) for month in closed
                                     for one in counters if self._goes_on(one, month)})  # fmt: skip
            return written

    async def _add_up_days(self, wanted: Mapping[str, tuple[PublishedCounter, str]]) -> None:
        """Writes the sums of the days of closed months, some at a time, and deletes those that are not to be there."""
        await self._day_sums.delete_others({*wanted, *self._open_names(await self.counters())})
        there = await self._day_sums.names()
        until_s = asyncio.get_running_loop().time() + ADD_UP_S
        for name in [each for each in wanted if each not in there]:
            await self._month_sums(*wanted[name])
            if asyncio.get_running_loop().time() >= until_s:
                break

    def _open_names(self, counters: Sequence[PublishedCounter]) -> set[str]:
        """The names of what is kept of the months that are not closed yet."""
        days = [self._day(self.clock()), self._day(self.clock() - CLOSED_AFTER_NS)]
        return {file_name(one, day.strftime("%Y-%m")) for one in counters for day in days}

    async def day_sums(self, counter: PublishedCounter, period: Period) -> tuple[PublishedBin, ...]:
        """Returns the sums of a period's days: by group and way, of both ways, and of all groups and both ways.

        They are read from what is kept of each month, and not from the bins, but for the months that are not closed.
        """
        from_ns, to_ns = self.edges_ns(period)
        found: list[PublishedBin] = []
        for month in period.months:
            if self._goes_on(counter, month) and self._edges_ns(month)[0] < self.clock():
                found += await self._month_sums(counter, month)
        return tuple(one for one in found if from_ns <= one.from_ns < to_ns)

    async def _month_sums(self, counter: PublishedCounter, month: str) -> tuple[PublishedBin, ...]:
        stamp = self.clock() // (QUARTER_S * NS_PER_S)
        return await self._day_sums.month(
            counter, month, *self._edges_ns(month), stamp=stamp, closed=self._closed(month)
        )

    async def sums(
        self,
        counter: PublishedCounter,
        period: Period,
        span: Span = Span.BIN,
        *,
        add_groups: bool = False,
        add_ways: bool = False,
    ) -> tuple[PublishedBin, ...]:
        """Returns the numbers of a counter in a period of some days; for a year's see `day_sums`."""
        query = PublishedQuery(Audience.PUBLIC, *self.edges_ns(period), (counter.id,), span, add_groups, add_ways)
        return await self.numbers.bins(query)

    def edges_ns(self, period: Period) -> tuple[int, int]:
        """Returns when a period begins and ends by the site's clock, UTC nanoseconds."""
        return self._midnight_ns(period.first), self._midnight_ns(period.last + timedelta(days=1))

    def _closed(self, month: str) -> bool:
        """It is over for long enough, and its last day is not too old to be kept."""
        end_ns = self._midnight_ns(_days(month)[-1] + timedelta(days=1))
        return end_ns + CLOSED_AFTER_NS <= self.clock() < end_ns + self._keep_days() * DAY_S * NS_PER_S

    def _name(self, month: str, counters: Sequence[PublishedCounter]) -> str:
        """The name of a month's file: another one where it is of other counters."""
        ids = sorted(one.id for one in counters if self._goes_on(one, month))
        ids += SCHEMA.names  # a file of other columns is written anew
        return f"{month}-{hashlib.sha256(' '.join(ids).encode()).hexdigest()[:_NAME_LETTERS]}.parquet"

    def _goes_on(self, counter: PublishedCounter, month: str) -> bool:
        """Some of a counter's time lies in a month."""
        from_ns, to_ns = self._edges_ns(month)
        return counter.began_ns < to_ns and (counter.ended_ns is None or counter.ended_ns > from_ns)

    def _edges_ns(self, month: str) -> tuple[int, int]:
        days = _days(month)
        return self._midnight_ns(days[0]), self._midnight_ns(days[-1] + timedelta(days=1))

    async def tables(self, month: str) -> AsyncIterator[pa.Table]:
        """Yields the numbers of a month day by day, as tables of `counts_table`; days without any are left out."""
        path = await self.closed_file(month)
        if path is None:
            async for table in self._published(month, whole=False):
                yield table
            return
        file = await asyncio.to_thread(pq.ParquetFile, path)
        with file:
            for number in range(file.num_row_groups):
                yield await asyncio.to_thread(file.read_row_group, number)

    async def _write(self, month: str, name: str) -> bool:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            with (
                replacing(self._folder / name, mode=_READABLE) as stream,
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
            kept = await self._kept_day(day, by_id)
            if whole and kept.waits:
                raise _StillWaitingError
            table = await asyncio.to_thread(pq.read_table, pa.BufferReader(kept.content))
            if table.num_rows:
                yield table.cast(SCHEMA)

    async def _kept_day(self, day: date, by_id: Mapping[str, PublishedCounter]) -> "_Day":
        """A day's numbers, read from the store once in a quarter of an hour at most: anyone may ask for them."""
        over = self._midnight_ns(day + timedelta(days=1)) + CLOSED_AFTER_NS <= self.clock()
        stamp = 0 if over else self.clock() // (QUARTER_S * NS_PER_S)
        async with self._reading:
            kept = self._kept.get(day)
            if kept is None or (kept.stamp, kept.counters) != (stamp, frozenset(by_id)):
                bins = await self._bins(day)
                content = await asyncio.to_thread(_packed, bins, by_id)
                waits = any(one.status is BinStatus.WAITING for one in bins)
                kept = self._kept[day] = _Day(content, -1 if over and waits else stamp, frozenset(by_id), waits)
                while len(self._kept) > _MAX_KEPT_DAYS:
                    self._kept.pop(next(iter(self._kept)))
        return kept

    async def _bins(self, day: date) -> tuple[PublishedBin, ...]:
        from_ns, to_ns = self._midnight_ns(day), self._midnight_ns(day + timedelta(days=1))
        return await self.numbers.bins(PublishedQuery(Audience.PUBLIC, from_ns, to_ns))

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


def _packed(bins: Sequence[PublishedBin], by_id: Mapping[str, PublishedCounter]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(counts_table(bins, by_id), sink, compression="zstd")
    return sink.getvalue()
