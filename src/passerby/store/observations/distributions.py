"""Reads histograms and merges them: from the roll-ups where they are up to date, from the rows below where not."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.columns import Distribution, Grouping
from passerby.domain.intervals import Interval, Intervals
from passerby.domain.queries import Bin, ObservationQuery
from passerby.store.databases.backend import Backend
from passerby.store.observations.bins import histogram_of, merged_bins
from passerby.store.observations.columns import ColumnReader, grouped
from passerby.store.observations.rows import ObservationRows, Rows
from passerby.store.schema import minutes, roll_ups
from passerby.units import NS_PER_S


class DistributionReader:
    """Reads distributions.

    Args:
        backend: the database.
        intervals: where intervals begin.
    """

    def __init__(self, backend: Backend, intervals: Intervals) -> None:
        self._backend = backend
        self._rows = ObservationRows(backend, intervals)
        self._series = ColumnReader(backend, intervals)

    async def distributions(self, query: ObservationQuery, grouping: Grouping) -> tuple[Distribution, ...]:
        """See `Store.distributions`."""
        async with self._backend.reading() as connection:
            groups = grouped(await self._series.named(connection, query), grouping, histograms=True)
            place = {number: at for at, numbers in enumerate(groups.values()) for number in numbers}
            if not place:
                return ()
            rows: list[Sequence[Any]] = []
            for wanted in await self._queries(connection, query, list(place)):
                rows += (await connection.execute(wanted)).all()
        begins = [span.start_s for span in grouping.spans]
        parts: defaultdict[tuple[int, int], list[tuple[bytes, int]]] = defaultdict(list)
        for key_id, start_s, bins, reliable in rows:
            at = bisect_right(begins, start_s) - 1
            if at >= 0 and start_s < grouping.spans[at].end_s:
                parts[place[key_id], at].append((bins, reliable))
        names = tuple(groups)
        return tuple(
            Distribution(
                names[group],
                begins[at],
                histogram_of(merged_bins([bins for bins, _ in found])),
                all(reliable for _, reliable in found),
            )
            for (group, at), found in sorted(parts.items())
        )

    async def _queries(self, connection: AsyncConnection, query: ObservationQuery, numbers: list[int]) -> list[Rows]:
        """Returns the queries for all rows with bins, none of which rests on another one's."""
        range_s = Interval(-(-query.start_ns // NS_PER_S), -(-query.end_ns // NS_PER_S))
        if query.bin is Bin.MINUTE:
            return [self._of(minutes, range_s, numbers)]
        quarters, stale = await self._rows.stale(connection, query, range_s)
        table, among = roll_ups[query.bin], self._backend.among
        fresh = self._of(table, range_s, numbers)
        if not stale:
            return [fresh]
        queries = [fresh.where(sa.not_(among(table.c.start_s, [each.start_s for each in stale])))]
        # Of an interval that is not up to date: the quarters that are, and the minutes of those that are not.
        begun = {each.start_s for each in quarters}
        for interval in stale:
            below = roll_ups[Bin.QUARTER]
            if query.bin is not Bin.QUARTER:
                known = self._of(below, interval, numbers)
                queries.append(known.where(sa.not_(among(below.c.start_s, sorted(begun)))))
            queries += [
                self._of(minutes, quarter, numbers)
                for quarter in quarters
                if interval.start_s <= quarter.start_s < interval.end_s
            ]
        return queries

    def _of(self, table: sa.Table, range_s: Interval, numbers: list[int]) -> Rows:
        wanted = sa.select(table.c.key_id, table.c.start_s, table.c.bins, table.c.reliable)
        return self._rows.of(wanted.where(table.c.bins.is_not(None)), table, range_s, numbers)
