"""Roll-ups: minutes are added up to quarters, and quarters to hours and days, where something new was stored.

Storing a minute marks its quarter as due for its camera. A due interval is made anew from the rows below it, so a row
that comes late or is replaced by a better one does no harm, and doing it twice changes nothing. Days are made from
quarters, not hours: in some time zones a day begins at half past.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.intervals import Interval, Intervals
from passerby.domain.observations import Distributed
from passerby.domain.queries import Bin
from passerby.store.databases.backend import Backend, Row
from passerby.store.observations.aggregation import Aggregation
from passerby.store.observations.bins import histogram_of, merged_bins, stored_bins
from passerby.store.schema import minutes, roll_up_due, roll_ups, series_keys
from passerby.units import NS_PER_S

GRACE_S = 120
"""An interval is rolled up once it has been over for this long: minutes arrive up to a minute late, and rolling up an
interval at each of them would cost more than reading them live."""

_INTERVALS_AT_ONCE = 32
"""In one transaction: enough that the disk's sync is not what takes the time, few enough that no writer waits long."""


class RollUp:
    """Makes the roll-ups that are due.

    Args:
        backend: the database.
        intervals: where intervals begin.
        clock: UTC nanoseconds now.
    """

    def __init__(self, backend: Backend, intervals: Intervals, clock: Callable[[], int]) -> None:
        self._backend = backend
        self._intervals = intervals
        self._clock = clock
        self._aggregation = Aggregation(backend)

    async def roll_up(self) -> int:
        """Makes all intervals that are due and over; see `Store.roll_up`."""
        over_s = self._clock() // NS_PER_S - GRACE_S
        written = 0
        for length in (Bin.QUARTER, Bin.HOUR, Bin.DAY):
            due = [self._intervals.around(length, start_s) for start_s in await self._due(length)]
            over = [interval for interval in due if interval.end_s <= over_s]
            await self._backend.make_room(roll_ups[length], {interval.start_s for interval in over})
            for first in range(0, len(over), _INTERVALS_AT_ONCE):
                async with self._backend.writing() as connection:
                    for interval in over[first : first + _INTERVALS_AT_ONCE]:
                        written += await self._make(connection, length, interval)
        return written

    async def _due(self, length: Bin) -> Sequence[int]:
        starts = sa.select(roll_up_due.c.start_s).where(roll_up_due.c.length_s == int(length)).distinct()
        async with self._backend.reading() as connection:
            return (await connection.execute(starts.order_by(roll_up_due.c.start_s))).scalars().all()

    async def _make(self, connection: AsyncConnection, length: Bin, interval: Interval) -> int:
        # The marks go first: a minute that is stored meanwhile waits here, and then marks the interval anew.
        mark = sa.and_(roll_up_due.c.length_s == int(length), roll_up_due.c.start_s == interval.start_s)
        gone = await connection.execute(sa.delete(roll_up_due).where(mark).returning(roll_up_due.c.camera))
        cameras = sorted(gone.scalars().all())
        if not cameras:
            return 0
        below = self._aggregation.stored(Bin.MINUTE if length is Bin.QUARTER else Bin.QUARTER)
        rows = self._aggregation.aggregated(below, [interval])
        rows = rows.where(self._backend.among(series_keys.c.camera, cameras))
        # Those of the rows below come next: none may stay of rows that do not count any more.
        rows = rows.add_columns(sa.cast(sa.null(), sa.LargeBinary).label("bins"))
        written = await connection.execute(self._backend.insert_select(roll_ups[length], rows))
        await self._merge_bins(connection, length, interval, cameras)
        if length is Bin.QUARTER:
            await self._mark_above(connection, interval.start_s, cameras)
        return written.rowcount

    async def _merge_bins(
        self, connection: AsyncConnection, length: Bin, interval: Interval, cameras: Sequence[str]
    ) -> None:
        """Puts the histograms of the rows below, merged, into the rows that have just been written."""
        below, table = minutes if length is Bin.QUARTER else roll_ups[Bin.QUARTER], roll_ups[length]
        wanted = (
            sa.select(below.c.key_id, below.c.bins)
            .join_from(below, series_keys, below.c.key_id == series_keys.c.key_id)
            .where(
                below.c.start_s >= interval.start_s,
                below.c.start_s < interval.end_s,
                below.c.bins.is_not(None),
                self._backend.among(series_keys.c.camera, cameras),
                series_keys.c.quantity.in_([each.kept_with.value for each in Distributed]),
            )
        )
        parts: defaultdict[int, list[bytes]] = defaultdict(list)
        for key_id, bins in await connection.execute(wanted):
            parts[key_id].append(bins)
        if parts:
            update = sa.update(table).where(
                table.c.key_id == sa.bindparam("number"), table.c.start_s == interval.start_s
            )
            rows = [
                {"number": key_id, "merged": stored_bins(histogram_of(merged_bins(found)))}
                for key_id, found in sorted(parts.items())
            ]
            await connection.execute(update.values(bins=sa.bindparam("merged")), rows)

    async def _mark_above(self, connection: AsyncConnection, start_s: int, cameras: Sequence[str]) -> None:
        rows: list[Row] = [
            {"length_s": int(length), "start_s": self._intervals.around(length, start_s).start_s, "camera": camera}
            for length in (Bin.HOUR, Bin.DAY)
            for camera in cameras
        ]
        await self._backend.put(connection, roll_up_due, rows)
