"""Pages of observations."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from passerby.domain.intervals import Intervals
from passerby.domain.observations import Observation
from passerby.domain.queries import Bin, ObservationQuery, Page
from passerby.store.databases.backend import Backend
from passerby.store.databases.paging import cursor_of, numbers_of
from passerby.store.observations.rows import ObservationRows
from passerby.store.observations.series import SeriesNames
from passerby.units import NS_PER_S

_READ = ("key_id", "start_s", "value", "error", "count", "watched_s", "reliable")


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
        more = cursor_of((kept[-1].start_s, kept[-1].key_id)) if len(found) > query.limit else None
        return Page(self._observations(kept, query.bin), more)

    def _observations(self, rows: Sequence[Sequence[Any]], length: Bin) -> tuple[Observation, ...]:
        lengths_s = {start_s: self._intervals.around(length, start_s).length_s for start_s in {row[1] for row in rows}}
        found = []
        for key_id, start_s, value, error, count, watched_s, reliable in rows:
            camera, series, quantity, road_user, direction = self._names[key_id]
            length_s = lengths_s[start_s]
            coverage = min(1.0, watched_s / length_s)
            start_ns = start_s * NS_PER_S
            found.append(
                Observation(
                    camera, series, quantity, road_user, direction, start_ns, length_s, value, count, coverage, error,
                    bool(reliable),
                )
            )  # fmt: skip
        return tuple(found)
