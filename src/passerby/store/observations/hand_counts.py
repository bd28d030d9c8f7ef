"""Counts by hand: stored once, compared once, withdrawn and never changed."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from passerby.domain.audit import AuditEntry
from passerby.domain.events import Direction
from passerby.domain.hand_counts import CountedFrom, CountedMinute, HandCount, MinutePair
from passerby.domain.road_user import RoadUser
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend
from passerby.store.databases.texts import check_texts
from passerby.store.schema import hand_counts


class HandCounts:
    """The table of counts by hand; a `HandCountStore`.

    Args:
        backend: the database.
        audit: appends to the audit log.
    """

    def __init__(self, backend: Backend, audit: AuditWriter) -> None:
        self._backend, self._audit, self._reported = backend, audit, backend.failures.reported

    async def add(self, counted: HandCount, entry: AuditEntry) -> HandCount:
        """See `HandCountStore`."""
        check_texts("count by hand", counted.camera, counted.line, counted.account, counted.void)
        async with self._reported("storing a count by hand"), self._backend.writing() as connection:
            await self._backend.take_turn(connection)
            before = (await connection.execute(_wanted(counted.validation_id))).one_or_none()
            if before is not None:
                return _count(before)
            await connection.execute(sa.insert(hand_counts).values(**_row(counted)))
            await self._audit.append(connection, entry)
        return counted

    async def settle(self, validation_id: str, pairs: Sequence[MinutePair], void: str) -> None:
        """See `HandCountStore`."""
        table = hand_counts
        values: dict[str, Any] = {"pairs": json.dumps([_pair_row(pair) for pair in pairs])}
        if void:
            values["void"] = void
        change = sa.update(table).where(table.c.validation_id == validation_id, table.c.pairs.is_(None))
        async with self._reported("comparing a count by hand"), self._backend.writing() as connection:
            await connection.execute(change.values(**values))

    async def withdraw(self, validation_id: str, account: str, time_ns: int, entry: AuditEntry) -> bool:
        """See `HandCountStore`."""
        check_texts("count by hand", account)
        table = hand_counts
        change = sa.update(table).where(table.c.validation_id == validation_id, table.c.withdrawn_ns.is_(None))
        async with self._reported("withdrawing a count by hand"), self._backend.writing() as connection:
            changed = (await connection.execute(change.values(withdrawn_ns=time_ns, withdrawn_by=account))).rowcount
            if changed:
                await self._audit.append(connection, entry)
        return bool(changed)

    async def one(self, validation_id: str) -> HandCount | None:
        """See `HandCountStore`."""
        async with self._reported("reading a count by hand"), self._backend.reading() as connection:
            row = (await connection.execute(_wanted(validation_id))).one_or_none()
        return None if row is None else _count(row)

    async def of(self, cameras: Sequence[str], line: str | None = None) -> tuple[HandCount, ...]:
        """See `HandCountStore`."""
        table = hand_counts
        wanted = sa.select(table).order_by(table.c.start_ns, table.c.validation_id)
        if cameras:
            wanted = wanted.where(self._backend.among(table.c.camera, list(cameras)))
        if line is not None:
            wanted = wanted.where(table.c.line == line)
        async with self._reported("reading counts by hand"), self._backend.reading() as connection:
            return tuple(map(_count, (await connection.execute(wanted)).all()))


def _wanted(validation_id: str) -> sa.Select[Any]:
    return sa.select(hand_counts).where(hand_counts.c.validation_id == validation_id)


def _row(counted: HandCount) -> dict[str, Any]:
    return {
        "validation_id": counted.validation_id,
        "camera": counted.camera,
        "line": counted.line,
        "line_version": counted.line_version,
        "counted_from": counted.counted_from.value,
        "start_ns": counted.start_ns,
        "end_ns": counted.end_ns,
        "road_users": json.dumps([int(road_user) for road_user in counted.road_users]),
        "minutes": json.dumps([[one.start_s, int(one.road_user), one.direction.value, one.count]
                               for one in counted.minutes]),
        "whole_s": json.dumps(list(counted.whole_s)),
        "account": counted.account,
        "sent_ns": counted.sent_ns,
        "clock_error_s": counted.clock_error_s,
        "void": counted.void,
        "pairs": None if counted.pairs is None else json.dumps([_pair_row(pair) for pair in counted.pairs]),
        "withdrawn_ns": counted.withdrawn_ns,
        "withdrawn_by": counted.withdrawn_by,
    }  # fmt: skip


def _pair_row(pair: MinutePair) -> list[int | str]:
    return [pair.start_s, int(pair.road_user), pair.direction.value, pair.by_hand, pair.by_system]


def _count(row: sa.Row[Any]) -> HandCount:
    pairs = None if row.pairs is None else json.loads(row.pairs)
    return HandCount(
        row.validation_id,
        row.camera,
        row.line,
        row.line_version,
        CountedFrom(row.counted_from),
        row.start_ns,
        row.end_ns,
        tuple(RoadUser(number) for number in json.loads(row.road_users)),
        tuple(
            CountedMinute(start_s, RoadUser(number), Direction(way), count)
            for start_s, number, way, count in json.loads(row.minutes)
        ),
        tuple(json.loads(row.whole_s)),
        row.account,
        row.sent_ns,
        row.clock_error_s,
        row.void,
        None
        if pairs is None
        else tuple(
            MinutePair(start_s, RoadUser(number), Direction(way), by_hand, by_system)
            for start_s, number, way, by_hand, by_system in pairs
        ),
        row.withdrawn_ns,
        row.withdrawn_by,
    )
