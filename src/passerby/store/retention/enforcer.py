"""Retention: rows older than their limit are deleted, each run is recorded, and a report proves what is left."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.audit.leaves import time_of_leaf
from passerby.domain.audit import AuditEntry
from passerby.domain.intervals import Intervals
from passerby.domain.queries import Bin
from passerby.domain.retention import DeletionRun, Kind, Retention, RetentionLine
from passerby.store.access import staff_rows
from passerby.store.audit_log.eraser import AuditEraser
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend
from passerby.store.events.notices import delete_notices_before
from passerby.store.events.place_events import delete_decisions_before
from passerby.store.observations.hand_overs.tables import minute_parts, part_rows
from passerby.store.schema import (
    audit_checkpoints,
    audit_leaves,
    camera_health,
    cases,
    configuration_versions,
    deletion_runs,
    event_decisions,
    event_replays,
    hand_counts,
    minutes,
    newest_health,
    place_events,
    published_bins,
    roll_up_due,
    roll_ups,
    series_keys,
)
from passerby.text import utc_time
from passerby.units import DAY_S, NS_PER_S

ACTOR = "retention"
"""Who deletes, in the audit log."""

_COLUMNS: dict[Kind, "sa.Column[Any]"] = {
    Kind.MINUTES: minutes.c.start_s,
    Kind.QUARTERS: roll_ups[Bin.QUARTER].c.start_s,
    Kind.HOURS: roll_ups[Bin.HOUR].c.start_s,
    Kind.DAYS: roll_ups[Bin.DAY].c.start_s,
    Kind.EVENTS: place_events.c.updated_ns,
    Kind.REPLAYS: event_replays.c.time_ns,
    Kind.HEALTH: camera_health.c.time_ns,
    Kind.AUDIT: audit_leaves.c.time,
    Kind.CONFIGURATIONS: configuration_versions.c.time_ns,
    Kind.CASES: cases.c.answered_ns,
    Kind.VALIDATIONS: hand_counts.c.sent_ns,
    Kind.PUBLISHED: published_bins.c.to_ns,
}
"""The time that a row's age is counted from."""

_NEEDED_BY = {Kind.MINUTES: (Bin.QUARTER,), Kind.QUARTERS: (Bin.HOUR, Bin.DAY)}
"""Which longer intervals are made from a kind: none of them may be deleted from under one that is still due."""

_WHOLE = {Kind.MINUTES: Bin.QUARTER, Kind.QUARTERS: Bin.DAY, Kind.HOURS: Bin.HOUR, Kind.DAYS: Bin.DAY}
"""Rows are deleted by the whole longer interval that they belong to, so that none is ever made anew from a part."""


_SCRUBBED: dict[Kind, sa.Table] = {
    Kind.AUDIT: audit_leaves, Kind.CASES: cases, Kind.EVENTS: event_decisions, Kind.REPLAYS: event_replays,
    Kind.VALIDATIONS: hand_counts,
}  # fmt: skip
"""Whose bytes are removed from the database's files as well: they are about persons. PostgreSQL writes the table anew
for that, and nothing reads or writes it meanwhile, so that it is done only after something was deleted."""


class RetentionEnforcer:
    """Enforces retention.

    Args:
        backend: the database.
        audit: appends to the audit log.
        intervals: where intervals begin.
        retention: the limits.
        clock: UTC nanoseconds now.
    """

    def __init__(
        self,
        backend: Backend,
        audit: AuditWriter,
        intervals: Intervals,
        retention: Retention,
        clock: Callable[[], int],
    ) -> None:
        self._backend = backend
        self._audit = audit
        self._eraser = AuditEraser(backend, audit, clock)
        self._intervals = intervals
        self._retention = retention
        self._clock = clock
        self._unscrubbed = set(_SCRUBBED)  # the process before may have ended between deleting and scrubbing

    def cutoff_ns(self, kind: Kind, now_ns: int) -> int:
        """Returns UTC nanoseconds; what began before is too old."""
        oldest_ns = now_ns - self._retention.days(kind) * DAY_S * NS_PER_S
        if kind not in _WHOLE:
            return oldest_ns
        # A clock that has not been set shows 1970; nothing began before that.
        return self._intervals.around(_WHOLE[kind], max(0, oldest_ns // NS_PER_S)).start_s * NS_PER_S

    async def horizon_s(self) -> int:
        """Returns the UTC second before which minutes have been deleted at any time."""
        table = deletion_runs
        newest = sa.select(sa.func.max(table.c.cutoff_ns)).where(table.c.kind == Kind.MINUTES.value)
        async with self._backend.reading() as connection:
            return int((await connection.execute(newest)).scalar_one() or 0) // NS_PER_S

    async def enforce(self) -> tuple[DeletionRun, ...]:
        """See `Store.enforce_retention`; everything that is over must have been rolled up before."""
        now_ns = self._clock()
        runs = []
        for kind in Kind:
            async with self._backend.writing() as connection:
                run = await self._delete(connection, kind, now_ns)
            if run is not None:
                runs.append(run)
        async with self._backend.writing() as connection:
            await self._delete_old_runs(connection, self.cutoff_ns(Kind.AUDIT, now_ns))
            await self._thin_out_checkpoints(connection, now_ns)
        await self._scrub(runs)
        return tuple(runs)

    async def _scrub(self, runs: Sequence[DeletionRun]) -> None:
        """Removes the bytes of what was deleted, if anything was, or if an earlier time did not succeed."""
        self._unscrubbed |= {run.kind for run in runs if run.deleted} & _SCRUBBED.keys()
        for kind in sorted(self._unscrubbed):
            await self._backend.scrub(_SCRUBBED[kind])
            self._unscrubbed.discard(kind)

    async def report(self) -> tuple[RetentionLine, ...]:
        """See `Store.retention_report`."""
        now_ns = self._clock()
        newest = {run.kind: run for run in await self.runs()}
        lines = []
        async with self._backend.reading() as connection:
            for kind in Kind:
                oldest_ns = await self._oldest_ns(connection, kind)
                cutoff_ns = self.cutoff_ns(kind, now_ns)
                days = self._retention.days(kind)
                lines.append(RetentionLine(kind, days, cutoff_ns, oldest_ns, newest.get(kind)))
        return tuple(lines)

    async def runs(self) -> tuple[DeletionRun, ...]:
        """See `Store.deletion_runs`."""
        async with self._backend.reading() as connection:
            found = await connection.execute(sa.select(deletion_runs).order_by(deletion_runs.c.run_id))
            return tuple(DeletionRun(Kind(row.kind), row.time_ns, row.cutoff_ns, row.deleted) for row in found)

    async def _delete(self, connection: AsyncConnection, kind: Kind, now_ns: int) -> DeletionRun | None:
        cutoff_ns = self.cutoff_ns(kind, now_ns)
        cutoff = cutoff_ns // NS_PER_S if kind in _WHOLE else cutoff_ns
        if kind in _NEEDED_BY and await self._still_due(connection, kind, cutoff):
            # Something came late between rolling up and now: it goes in the next run.
            return None
        if kind is Kind.CONFIGURATIONS:
            deleted = await self._delete_configurations(connection, cutoff)
        elif kind is Kind.AUDIT:
            deleted = await self._eraser.erase_older(connection, cutoff_ns, ACTOR)
        elif kind is Kind.ACCOUNTS:
            deleted = await staff_rows.delete_before(connection, cutoff_ns)
        else:
            if kind is Kind.EVENTS:
                await delete_decisions_before(connection, cutoff)
                await delete_notices_before(connection, cutoff)
            if kind is Kind.MINUTES:
                for parts in (minute_parts, part_rows):
                    await self._backend.delete_before(connection, parts.c.start_s, cutoff)
            deleted = await self._backend.delete_before(connection, _COLUMNS[kind], cutoff)
        if kind is Kind.HEALTH:
            # The newest report of a camera that is long gone.
            await self._backend.delete_before(connection, newest_health.c.time_ns, cutoff)
        run = DeletionRun(kind, now_ns, cutoff_ns, deleted)
        await connection.execute(sa.insert(deletion_runs).values(**{**asdict(run), "kind": kind.value}))
        detail = f"{deleted} rows from before {utc_time(cutoff_ns)}"
        await self._audit.append(connection, AuditEntry(now_ns, ACTOR, "retention.deleted", kind.value, detail))
        return run

    async def _still_due(self, connection: AsyncConnection, kind: Kind, cutoff_s: int) -> bool:
        lengths = [int(length) for length in _NEEDED_BY[kind]]
        due = sa.select(sa.func.count()).select_from(roll_up_due)
        due = due.where(roll_up_due.c.length_s.in_(lengths), roll_up_due.c.start_s < cutoff_s)
        return bool((await connection.execute(due)).scalar_one())

    async def _delete_configurations(self, connection: AsyncConnection, cutoff_ns: int) -> int:
        """Deletes all that are too old but the newest of all, which is in force."""
        table = configuration_versions
        newest = sa.select(sa.func.max(table.c.number)).scalar_subquery()
        gone = sa.delete(table).where(table.c.time_ns < cutoff_ns, table.c.number < newest)
        return (await connection.execute(gone)).rowcount

    async def _delete_old_runs(self, connection: AsyncConnection, cutoff_ns: int) -> None:
        """Deletes runs as old as the audit log's limit, but for each kind's newest, which holds its horizon."""
        table = deletion_runs
        newest = sa.select(sa.func.max(table.c.run_id)).group_by(table.c.kind)
        await connection.execute(
            sa.delete(table).where(table.c.time_ns < cutoff_ns, table.c.run_id.not_in(newest.scalar_subquery()))
        )

    async def _thin_out_checkpoints(self, connection: AsyncConnection, now_ns: int) -> None:
        """Leaves one checkpoint a day of those that are older than two days: there is one every few minutes."""
        table = audit_checkpoints
        is_old = table.c.time_ns < now_ns - 2 * DAY_S * NS_PER_S
        last = sa.select(table.c.log_id, sa.func.max(table.c.size)).where(is_old)
        last = last.group_by(table.c.log_id, table.c.time_ns // (DAY_S * NS_PER_S))
        kept = {(log_id, size) for log_id, size in await connection.execute(last)}
        for log_id, size in await connection.execute(sa.select(table.c.log_id, table.c.size).where(is_old)):
            if (log_id, size) not in kept:
                await connection.execute(sa.delete(table).where(table.c.log_id == log_id, table.c.size == size))

    async def _oldest_ns(self, connection: AsyncConnection, kind: Kind) -> int | None:
        if kind is Kind.ACCOUNTS:
            return await staff_rows.oldest_ns(connection)
        column = _COLUMNS[kind]
        if kind in (Kind.QUARTERS, Kind.HOURS, Kind.DAYS):
            # These lie by series: one step into the index for each series, instead of reading everything.
            table = column.table
            first = sa.select(sa.func.min(column)).where(table.c.key_id == series_keys.c.key_id).scalar_subquery()
            each = sa.select(first.label("first")).select_from(series_keys).subquery()
            oldest = sa.select(sa.func.min(each.c.first))
        elif kind is Kind.AUDIT:
            # PostgreSQL has no min() of bytes.
            oldest = sa.select(column).where(column.is_not(None)).order_by(column).limit(1)
        else:
            oldest = sa.select(sa.func.min(column))
        if kind is Kind.CONFIGURATIONS:
            table = configuration_versions
            oldest = oldest.where(table.c.number < sa.select(sa.func.max(table.c.number)).scalar_subquery())
        if kind is Kind.HEALTH:
            # A camera that is long gone still has its newest report.
            both = sa.union_all(sa.select(column), sa.select(newest_health.c.time_ns)).subquery()
            oldest = sa.select(sa.func.min(both.c.time_ns))
        found: int | bytes | None = (await connection.execute(oldest)).scalar_one_or_none()
        if found is None or isinstance(found, bytes):
            return None if found is None else time_of_leaf(found.decode())
        return found * NS_PER_S if kind in _WHOLE else found
