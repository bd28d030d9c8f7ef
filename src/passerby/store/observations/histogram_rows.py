"""The stored histograms of a range: from the roll-ups where they are up to date, from the rows below where not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.intervals import Interval, Intervals
from passerby.domain.queries import Bin, ObservationQuery
from passerby.store.databases.backend import Backend
from passerby.store.observations.rows import ObservationRows, Rows
from passerby.store.schema import minutes, roll_ups
from passerby.units import NS_PER_S

_COLUMNS: Final = ("key_id", "start_s", "bins", "reliable")


@dataclass(frozen=True, slots=True)
class Histograms:
    """Histograms of intervals that were asked for, or of parts of them.

    Attributes:
        key_id: int64 (N,), the series' numbers.
        start_s: int64 (N,), UTC seconds at which the intervals begin.
        bins: N, as `stored_bins` gives them.
        reliable: bool (N,), see `Observation`.
    """

    key_id: npt.NDArray[np.int64]
    start_s: npt.NDArray[np.int64]
    bins: Sequence[bytes]
    reliable: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Sequence[Sequence[Any]]) -> Self:
        """Returns those of rows with `_COLUMNS`."""
        key_id, start_s, bins, reliable = zip(*rows, strict=True) if rows else ((), (), (), ())
        return cls(np.array(key_id, np.int64), np.array(start_s, np.int64), bins, np.array(reliable, np.int64) > 0)

    def put_into(self, intervals: Sequence[Interval]) -> Self:
        """Returns those that lie in one of the sorted intervals, with its beginning."""
        places = places_in(intervals, self.start_s)
        kept = np.flatnonzero(places >= 0)
        begins = np.array([each.start_s for each in intervals], np.int64)
        bins = [self.bins[each] for each in kept.tolist()]
        return replace(
            self, key_id=self.key_id[kept], start_s=begins[places[kept]], bins=bins, reliable=self.reliable[kept]
        )

    def plus(self, other: Self) -> Self:
        """Returns both."""
        return replace(
            self,
            key_id=np.concatenate([self.key_id, other.key_id]),
            start_s=np.concatenate([self.start_s, other.start_s]),
            bins=[*self.bins, *other.bins],
            reliable=np.concatenate([self.reliable, other.reliable]),
        )


class HistogramRows:
    """Reads histograms as they are stored.

    Args:
        backend: the database.
        intervals: where intervals begin.
    """

    def __init__(self, backend: Backend, intervals: Intervals) -> None:
        self._backend = backend
        self._rows = ObservationRows(backend, intervals)

    async def read(self, connection: AsyncConnection, query: ObservationQuery, numbers: list[int]) -> Histograms:
        """Returns all histograms of the query's range, of the series of these numbers; none is part of another one."""
        range_s = Interval(-(-query.start_ns // NS_PER_S), -(-query.end_ns // NS_PER_S))
        if query.bin is Bin.MINUTE:
            return await _found(connection, self._rows.of(_histograms(minutes), minutes, range_s, numbers))
        quarters, stale = await self._rows.stale(connection, query, range_s)
        table, among = roll_ups[query.bin], self._backend.among
        fresh = self._rows.of(_histograms(table), table, range_s, numbers)
        if not stale:
            return await _found(connection, fresh)
        found = await _found(connection, fresh.where(sa.not_(among(table.c.start_s, [each.start_s for each in stale]))))
        # Of intervals that are not up to date: the minutes of those quarters that are not, and the other quarters.
        live = self._rows.within(_histograms(minutes), Bin.MINUTE, quarters, numbers)
        parts = (await _found(connection, live)).put_into(quarters)
        if query.bin is not Bin.QUARTER:
            below = roll_ups[Bin.QUARTER]
            known = self._rows.within(_histograms(below), Bin.QUARTER, stale, numbers)
            known = known.where(sa.not_(among(below.c.start_s, [each.start_s for each in quarters])))
            parts = parts.plus(await _found(connection, known))
        return found.plus(parts.put_into(stale))


def places_in(spans: Sequence[Interval], start_s: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Returns the place of the span that each time lies in, -1 where it lies in none.

    Args:
        spans: in order and without overlap.
        start_s: int64 (N,), UTC seconds.
    """
    begins = np.array([span.start_s for span in spans], np.int64)
    ends = np.array([span.end_s for span in spans], np.int64)
    places = np.searchsorted(begins, start_s, "right") - 1
    within = (places >= 0) & (start_s < np.append(ends, 0)[places])
    return np.where(within, places, -1)


def _histograms(table: sa.Table) -> Rows:
    return sa.select(*(table.c[name] for name in _COLUMNS)).where(table.c.bins.is_not(None))


async def _found(connection: AsyncConnection, wanted: Rows) -> Histograms:
    return Histograms.of((await connection.execute(wanted)).all())
