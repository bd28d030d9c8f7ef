"""Pages of observations."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.intervals import Intervals
from passerby.domain.observations import PERCENTILES, Observation
from passerby.domain.queries import Bin, ObservationQuery, Page
from passerby.store.databases.backend import Backend
from passerby.store.databases.paging import cursor_of, numbers_of
from passerby.store.observations.percentiles import LongRows, PercentileReader
from passerby.store.observations.rows import ObservationRows
from passerby.store.observations.series import SeriesNames
from passerby.units import NS_PER_S

_READ = ("key_id", "start_s", "value", "error", "count", "watched_s", "reliable", "unexplained")

_Row = Sequence[Any]


class ObservationReader:
    """Reads observations.

    Args:
        backend: the database.
        intervals: where intervals begin.
    """

    def __init__(self, backend: Backend, intervals: Intervals) -> None:
        self._backend = backend
        self._intervals = intervals
        self._rows = ObservationRows(backend, intervals)
        self._names = SeriesNames(backend)
        self._percentiles = PercentileReader(backend, intervals)

    async def observations(self, query: ObservationQuery) -> Page[Observation]:
        """See `Store.observations`."""
        after = numbers_of(query.after)
        async with self._backend.reading() as connection:
            numbers = await self._rows.numbers(connection, query)
            if numbers is not None and not numbers:
                return Page((), None)
            rows = (await self._rows.rows(connection, query, numbers)).subquery()
            place = sa.tuple_(rows.c.start_s, rows.c.key_id)
            wanted = sa.select(*(rows.c[name] for name in _READ)).order_by(rows.c.start_s, rows.c.key_id)
            if after is not None:
                wanted = wanted.where(place > sa.tuple_(sa.literal(after[0]), sa.literal(after[1])))
            found = (await connection.execute(wanted.limit(query.limit + 1))).all()
            await self._names.learn(connection, {row.key_id for row in found})
            kept = found[: query.limit]
            true = await self._with_true_percentiles(connection, query, kept)
        more = cursor_of((kept[-1].start_s, kept[-1].key_id)) if len(found) > query.limit else None
        return Page(self._observations(true, query.bin), more)

    async def _with_true_percentiles(
        self, connection: AsyncConnection, query: ObservationQuery, rows: Sequence[_Row]
    ) -> Sequence[_Row]:
        """Returns the rows, each with whether it is an estimate; a minute's percentiles are those of its values."""
        numbers = {row[0] for row in rows if self._names[row[0]][2] in PERCENTILES}
        if query.bin is Bin.MINUTE or not numbers:
            return [(*row, False) for row in rows]
        groups = {number: group for group, number in enumerate(sorted(numbers))}
        places = sorted((groups[row[0]], row[1], place) for place, row in enumerate(rows) if row[0] in groups)
        asked = [rows[place] for _, _, place in places]
        long = LongRows(
            np.array([group for group, _, _ in places], np.int64),
            np.array([row[1] for row in asked], np.int64),
            np.array([row[4] for row in asked], np.int64),
            np.array([row[2] for row in asked], np.float64),
        )
        page = replace(query, start_ns=rows[0][1] * NS_PER_S, end_ns=(rows[-1][1] + 1) * NS_PER_S)
        values, estimated = await self._percentiles.true(connection, page, groups, long)
        whole: list[_Row] = [(*row, False) for row in rows]
        for (_, _, place), value, estimate in zip(places, values.tolist(), estimated.tolist(), strict=True):
            key_id, start_s, _, *others = rows[place]
            whole[place] = (key_id, start_s, None if math.isnan(value) else value, *others, estimate)
        return whole

    def _observations(self, rows: Sequence[_Row], length: Bin) -> tuple[Observation, ...]:
        lengths_s = {start_s: self._intervals.around(length, start_s).length_s for start_s in {row[1] for row in rows}}
        found = []
        for key_id, start_s, value, error, count, watched_s, reliable, unexplained, estimated in rows:
            camera, series, quantity, road_user, direction = self._names[key_id]
            length_s = lengths_s[start_s]
            coverage = min(1.0, watched_s / length_s)
            start_ns = start_s * NS_PER_S
            found.append(
                Observation(
                    camera, series, quantity, road_user, direction, start_ns, length_s, value, count, coverage, error,
                    bool(reliable), None, estimated, unexplained,
                )
            )  # fmt: skip
        return tuple(found)
