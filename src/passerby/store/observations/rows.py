"""The query for the rows of a range: from the roll-ups where they are up to date, from the rows below where not."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.intervals import Interval, Intervals
from passerby.domain.queries import Bin, ObservationQuery
from passerby.store.databases.backend import Backend
from passerby.store.observations.aggregation import COLUMNS, Aggregation
from passerby.store.schema import ALL_USERS, NO_DIRECTION, minutes, roll_up_due, roll_ups, series_keys
from passerby.units import NS_PER_S

_NAMED = 31 * 1440
"""Most intervals that are named one by one: a month of minutes of one series is 45,000 steps into an index."""

Rows = sa.Select[tuple[object, ...]]


class ObservationRows:
    """Composes the queries; each has the columns of `aggregation.COLUMNS`.

    Args:
        backend: the database.
        intervals: where intervals begin.
    """

    def __init__(self, backend: Backend, intervals: Intervals) -> None:
        self._backend = backend
        self._intervals = intervals
        self._aggregation = Aggregation(backend)

    async def numbers(self, connection: AsyncConnection, query: ObservationQuery) -> list[int] | None:
        """Returns the numbers of the series that are asked for; None for all."""
        among = self._backend.among
        users = [ALL_USERS if user is None else int(user) for user in query.road_users]
        clauses = [
            among(column, values)
            for column, values in (
                (series_keys.c.camera, list(query.cameras)),
                (series_keys.c.series, list(query.series)),
                (series_keys.c.quantity, [quantity.value for quantity in query.quantities]),
                (series_keys.c.road_user, users),
                (series_keys.c.direction, [direction or NO_DIRECTION for direction in query.directions]),
            )
            if values
        ]
        if not clauses:
            return None
        return list((await connection.execute(sa.select(series_keys.c.key_id).where(*clauses))).scalars())

    async def rows(
        self, connection: AsyncConnection, query: ObservationQuery, numbers: list[int] | None
    ) -> Rows | sa.CompoundSelect[tuple[object, ...]]:
        """Returns the query for the rows of a range, of the series of these numbers; of all where they are None."""
        # Rounded up: an interval belongs to the range if its beginning does.
        range_s = Interval(-(-query.start_ns // NS_PER_S), -(-query.end_ns // NS_PER_S))
        if query.bin is Bin.MINUTE:
            return self._minutes([range_s], numbers)
        quarters, stale = await self.stale(connection, query, range_s)
        table = roll_ups[query.bin]
        fresh = self.of(self._aggregation.stored(query.bin), table, range_s, numbers)
        if not stale:
            return fresh
        fresh = fresh.where(sa.not_(self._backend.among(table.c.start_s, [each.start_s for each in stale])))
        live = self._aggregation.aggregated(self._minutes(quarters, numbers), quarters)
        if query.bin is not Bin.QUARTER:
            below = roll_ups[Bin.QUARTER]
            whole = Interval(stale[0].start_s, stale[-1].end_s)
            known = self.of(self._aggregation.stored(Bin.QUARTER), below, whole, numbers)
            known = known.where(sa.not_(self._backend.among(below.c.start_s, [each.start_s for each in quarters])))
            parts = sa.union_all(known, live).subquery()
            live = self._aggregation.aggregated(sa.select(*(parts.c[name] for name in COLUMNS)), stale)
        return sa.union_all(fresh, live)

    def _minutes(self, spans: Sequence[Interval], numbers: list[int] | None) -> Rows:
        return self.within(self._aggregation.stored(Bin.MINUTE), Bin.MINUTE, spans, numbers)

    def within(self, rows: Rows, length: Bin, spans: Sequence[Interval], numbers: list[int] | None) -> Rows:
        """Returns a query for the rows of minutes or quarters, kept to sorted spans, of which there may be none.

        Minutes lie by time, so those of one line are spread over all that every camera measured meanwhile. Naming each
        interval and each series lets the database go to each of them, instead of reading what lies between. Where
        there are too many to name, what lies between the spans is found, too.
        """
        table = minutes if length is Bin.MINUTE else roll_ups[length]
        whole = Interval(spans[0].start_s, spans[-1].end_s) if spans else Interval(0, 0)
        rows = self.of(rows, table, whole, numbers)
        if numbers is None or sum(span.length_s for span in spans) > _NAMED * length:
            return rows
        starts = [each for span in spans for each in range(-(-span.start_s // length) * length, span.end_s, length)]
        return rows.where(self._backend.among(table.c.start_s, starts))

    def of(self, rows: Rows, table: sa.Table, range_s: Interval, numbers: list[int] | None) -> Rows:
        """Returns a query for the rows of a table, kept to a range and to the series of these numbers."""
        rows = rows.where(table.c.start_s >= range_s.start_s, table.c.start_s < range_s.end_s)
        return rows if numbers is None else rows.where(self._backend.among(table.c.key_id, numbers))

    async def stale(
        self, connection: AsyncConnection, query: ObservationQuery, range_s: Interval
    ) -> tuple[Sequence[Interval], Sequence[Interval]]:
        """Returns the quarters that are not rolled up yet, and the queried intervals that are not; both sorted."""
        end_s = self._intervals.around(query.bin, range_s.end_s).end_s
        marks = sa.select(roll_up_due.c.length_s, roll_up_due.c.start_s).where(
            roll_up_due.c.length_s.in_((int(Bin.QUARTER), int(query.bin))),
            roll_up_due.c.start_s >= range_s.start_s,
            roll_up_due.c.start_s < end_s,
        )
        if query.cameras:
            marks = marks.where(self._backend.among(roll_up_due.c.camera, list(query.cameras)))
        found = (await connection.execute(marks.distinct())).all()
        around = self._intervals.around
        stale = {around(query.bin, row.start_s) for row in found}
        stale = {each for each in stale if range_s.start_s <= each.start_s < range_s.end_s}
        quarters = {around(Bin.QUARTER, row.start_s) for row in found if row.length_s == Bin.QUARTER}
        return sorted(quarters), sorted(stale)
