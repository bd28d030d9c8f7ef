"""Percentiles of long intervals: of their merged histograms, in place of means of the minutes' percentiles."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.intervals import Interval, Intervals
from passerby.domain.observations import PERCENTILES, Quantity
from passerby.domain.queries import ObservationQuery
from passerby.store.databases.backend import Backend
from passerby.store.observations.bins import percentiles_of
from passerby.store.observations.histogram_rows import HistogramRows, Histograms
from passerby.store.schema import series_keys

_STARTS: Final = 1 << 34
"""A group and a start make one number; no start that can be stored is later than the year 2262."""

_Integers = npt.NDArray[np.int64]
_Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LongRows:
    """Rows of long intervals, sorted by group and start.

    Attributes:
        group: int64 (N,), from 0.
        start_s: int64 (N,), UTC seconds.
        count: int64 (N,), how many values each rests on.
        value: float64 (N,), NaN where it cannot be known.
    """

    group: _Integers
    start_s: _Integers
    count: _Integers
    value: _Numbers


class _Asked(NamedTuple):
    """A series of percentiles: its group, its share (0-1), and the number of the series with its histograms, if any."""

    group: int
    share: float
    carrier: int | None


class PercentileReader:
    """Works out true percentiles where every value is in a histogram.

    Args:
        backend: the database.
        intervals: where intervals begin.
    """

    def __init__(self, backend: Backend, intervals: Intervals) -> None:
        self._backend = backend
        self._histograms = HistogramRows(backend, intervals)

    async def true(
        self,
        connection: AsyncConnection,
        query: ObservationQuery,
        groups: Mapping[int, int],
        rows: LongRows,
        spans: Sequence[Interval] = (),
    ) -> tuple[_Numbers, npt.NDArray[np.bool_]]:
        """Returns the values of the rows with true percentiles in them, and which ones are estimates all the same.

        Args:
            connection: to read with.
            query: in whose range and stored intervals the rows lie.
            groups: of series' numbers; of a group all are of one quantity.
            rows: of any quantities; those that are no percentiles stay as they are.
            spans: of which the rows are, where these are longer than the stored intervals.
        """
        none = np.zeros(len(rows.value), np.bool_)
        if not groups or not rows.value.size:
            return rows.value, none
        asked = await self._asked(connection, groups)
        shares = np.full(len(rows.value), np.nan)
        for each in asked:
            first, last = np.searchsorted(rows.group, [each.group, each.group + 1])
            shares[first:last] = each.share
        carriers = [(each.carrier, each.group) for each in asked if each.carrier is not None]
        parts = await self._histograms.read(connection, query, sorted({carrier for carrier, _ in carriers}))
        # In a thread: the live view goes on meanwhile.
        found, number = await asyncio.to_thread(_percentiles, parts, carriers, rows, spans, np.nan_to_num(shares))
        of_percentiles = ~np.isnan(shares)
        # A minute whose value rests on no road user has one all the same.
        whole = of_percentiles & (number >= np.maximum(1, rows.count))
        return np.where(whole, found, rows.value), of_percentiles & ~whole & ~np.isnan(rows.value)

    async def _asked(self, connection: AsyncConnection, groups: Mapping[int, int]) -> Sequence[_Asked]:
        asked, carrier = series_keys.alias("asked"), series_keys.alias("carrier")
        same = [asked.c[name] == carrier.c[name] for name in ("camera", "series", "road_user", "direction")]
        kept = sa.or_(
            *(
                sa.and_(asked.c.quantity == one.value, carrier.c.quantity == distributed.kept_with.value)
                for one, (distributed, _) in PERCENTILES.items()
            )
        )
        wanted = sa.select(asked.c.key_id, asked.c.quantity, carrier.c.key_id).join_from(
            asked, carrier, sa.and_(*same, kept), isouter=True
        )
        found = await connection.execute(wanted.where(self._backend.among(asked.c.key_id, sorted(groups))))
        return [
            _Asked(groups[number], PERCENTILES[Quantity(quantity)][1], carried) for number, quantity, carried in found
        ]


def _percentiles(
    parts: Histograms,
    carriers: Sequence[tuple[int, int]],
    rows: LongRows,
    spans: Sequence[Interval],
    shares: _Numbers,
) -> tuple[_Numbers, _Integers]:
    """Returns the percentile of each row's histograms, and how many values it rests on.

    `carriers` are the numbers of series with histograms, and the groups of percentiles that these are for.
    """
    parts = parts.put_into(spans) if spans else parts
    there = rows.group * _STARTS + rows.start_s
    order = np.argsort(parts.key_id, kind="stable")
    in_order = parts.key_id[order]
    chosen: list[_Integers] = [np.zeros(0, np.int64)]
    rows_of: list[_Integers] = [np.zeros(0, np.int64)]
    for carrier, group in carriers:
        first, last = np.searchsorted(in_order, [carrier, carrier + 1])
        of_carrier = order[first:last]
        wanted = group * _STARTS + parts.start_s[of_carrier]
        place = np.minimum(np.searchsorted(there, wanted), len(there) - 1)
        found = there[place] == wanted
        chosen.append(of_carrier[found])
        rows_of.append(place[found])
    bins = [parts.bins[each] for each in np.concatenate(chosen).tolist()]
    return percentiles_of(bins, np.concatenate(rows_of), shares)
