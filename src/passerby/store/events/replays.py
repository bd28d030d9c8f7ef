"""Encrypted replays of events: few of each camera, not for long, and only while the register allows them."""

from collections.abc import Callable, Collection, Sequence
from typing import Final

import numpy as np
import sqlalchemy as sa

from passerby.domain.replays import EncryptedReplay
from passerby.domain.retention import Kind, Retention
from passerby.store.databases.backend import Backend, Row
from passerby.store.databases.texts import check_texts
from passerby.store.schema import event_replays
from passerby.text import in_nfc
from passerby.units import DAY_S, NS_PER_S

MAX_EACH: Final = 50
"""Of one camera, 3 MB on a quiet square and 30 MB in the densest crowd: a flood of events must not fill
the disk. The newest stay."""


class EventReplays:
    """The table of replays.

    Args:
        backend: the database.
        retention: how long they are kept.
        clock: UTC nanoseconds now.
    """

    def __init__(self, backend: Backend, retention: Retention, clock: Callable[[], int]) -> None:
        self._backend, self._clock = backend, clock
        self._kept_ns = retention.days(Kind.REPLAYS) * DAY_S * NS_PER_S

    async def store(self, replays: Sequence[EncryptedReplay]) -> None:
        """See `EventStore.store_replays`."""
        for one in replays:
            check_texts("replay", one.event_id, one.camera)
        rows = {one.event_id: _row_of(one) for one in replays if one.time_ns >= self._cutoff_ns()}
        table = event_replays
        async with self._backend.writing() as connection:
            await self._backend.put(connection, table, [rows[event_id] for event_id in sorted(rows)])
            for camera in sorted({str(row["camera"]) for row in rows.values()}):
                newest = sa.select(table.c.event_id).where(table.c.camera == camera)
                newest = newest.order_by(table.c.time_ns.desc(), table.c.event_id).limit(MAX_EACH)
                # Counted first, and named: no database deletes by a query of the same table with a limit as cheaply.
                kept = [event_id for (event_id,) in await connection.execute(newest)]
                beyond = ~self._backend.among(table.c.event_id, kept)
                await connection.execute(sa.delete(table).where(table.c.camera == camera, beyond))

    async def replay(self, event_id: str) -> EncryptedReplay | None:
        """See `EventStore.replay`."""
        table = event_replays
        wanted = sa.select(table).where(table.c.event_id == event_id, table.c.time_ns >= self._cutoff_ns())
        async with self._backend.reading() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        if row is None:
            return None
        return EncryptedReplay(row.event_id, row.camera, row.time_ns, np.frombuffer(row.box, np.uint8))

    async def until_ns(self, event_ids: Sequence[str]) -> dict[str, int]:
        """See `EventStore.replays_until`."""
        table = event_replays
        wanted = sa.select(table.c.event_id, table.c.time_ns)
        wanted = wanted.where(self._backend.among(table.c.event_id, list(event_ids)))
        wanted = wanted.where(table.c.time_ns >= self._cutoff_ns())
        async with self._backend.reading() as connection:
            return {row.event_id: row.time_ns + self._kept_ns for row in await connection.execute(wanted)}

    async def keep_only(self, cameras: Collection[str]) -> int:
        """See `EventStore.keep_replays`."""
        table, names = event_replays, sorted(map(in_nfc, cameras))
        now_ns = self._clock()
        gone = sa.or_(table.c.time_ns < self._cutoff_ns(), ~self._backend.among(table.c.camera, names))
        # Made by a clock that was ahead: its three days begin now, and not when that time comes.
        ahead = table.c.time_ns > now_ns
        counted = sa.select(sa.func.count().filter(gone).label("gone"), sa.func.count().filter(ahead).label("ahead"))
        async with self._backend.reading() as connection:
            found = (await connection.execute(counted.select_from(table))).one()
        if found.ahead:
            async with self._backend.writing() as connection:
                await connection.execute(sa.update(table).where(ahead).values(time_ns=now_ns))
        if not found.gone:
            return 0
        async with self._backend.writing() as connection:
            deleted = (await connection.execute(sa.delete(table).where(gone))).rowcount
        await self._backend.scrub(table)
        return deleted

    def _cutoff_ns(self) -> int:
        return self._clock() - self._kept_ns


def _row_of(one: EncryptedReplay) -> Row:
    return {
        "event_id": one.event_id,
        "camera": in_nfc(one.camera),
        "time_ns": one.time_ns,
        "box": one.box.tobytes(),
    }
