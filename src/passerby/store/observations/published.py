"""The tables of published counters and of what was drawn of their bins: written once, never changed."""

import asyncio
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.audit import AuditEntry
from passerby.domain.class_groups import ClassGroup
from passerby.domain.publish_plan import SentUntil
from passerby.domain.published import OUTSIDE, DrawnNumber, PlaceKind, PublishedCounter, Way
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend
from passerby.store.databases.texts import check_texts
from passerby.store.schema import audit_logs, published_bins, published_counters, sent_numbers


class _OtherWriterError(Exception):
    """Another process changed the counters before; undoes the transaction."""


class PublishedRecords:
    """The tables of what is published; a `PublishedStore`.

    Args:
        backend: the database.
        audit: appends to the audit log.
    """

    def __init__(self, backend: Backend, audit: AuditWriter) -> None:
        self._backend, self._audit, self._reported = backend, audit, backend.failures.reported

    async def counters(self) -> tuple[PublishedCounter, ...]:
        """See `PublishedStore`."""
        async with self._reported("reading published counters"), self._backend.reading() as connection:
            return tuple(_counter(row) for row in await _counter_rows(connection))

    async def change_counters(
        self, begun: Sequence[PublishedCounter], ended: Sequence[PublishedCounter], entry: AuditEntry
    ) -> bool:
        """See `PublishedStore`."""
        for one in begun:
            check_texts("published counter", one.id, one.camera, one.place, one.geometry, *one.way_names)
        try:
            async with self._reported("storing published counters"), self._backend.writing() as connection:
                await self._backend.take_turn(connection)
                await _end(connection, ended)
                await _begin(connection, begun)
                await self._audit.append(connection, entry)
        except _OtherWriterError:
            return False
        return True

    async def add_drawn(self, drawn: Sequence[DrawnNumber], entry: AuditEntry) -> int:
        """See `PublishedStore`."""
        async with self._reported("storing numbers that are published"), self._backend.writing() as connection:
            await self._backend.take_turn(connection)
            numbers = {row.counter_id: row.number for row in await _counter_rows(connection)}
            from_ns = min((one.from_ns for one in drawn), default=0)
            known = await _known_bins(connection, from_ns)
            lost_before_ns = await _lost_before_ns(connection)
            bins: dict[tuple[int, int], list[DrawnNumber]] = {}
            for one in drawn:
                key = (numbers[one.counter], one.from_ns)
                if key not in known:
                    bins.setdefault(key, []).append(one)
            rows = [_row(number, of_bin, lost_before_ns) for (number, _), of_bin in bins.items()]
            if rows:
                await self._audit.append(connection, entry)
                await connection.execute(sa.insert(published_bins), rows)
        return len(rows)

    async def drawn(self, from_ns: int, to_ns: int, counters: Sequence[str] = ()) -> tuple[DrawnNumber, ...]:
        """See `PublishedStore`."""
        table = published_bins
        wanted = sa.select(table).where(table.c.from_ns >= from_ns, table.c.from_ns < to_ns)
        async with self._reported("reading published numbers"), self._backend.reading() as connection:
            known = {row.number: _counter(row) for row in await _counter_rows(connection)}
            if counters:
                numbers = [number for number, one in known.items() if one.id in set(counters)]
                wanted = wanted.where(self._backend.among(table.c.counter, numbers))
            rows = (await connection.execute(wanted.order_by(table.c.counter, table.c.from_ns))).all()
        # In a thread: a month of 100 lines is more than a million numbers.
        return await asyncio.to_thread(_all_numbers, rows, known)

    async def drawn_bins(self, from_ns: int) -> frozenset[tuple[str, int]]:
        """See `PublishedStore`."""
        async with self._reported("reading published numbers"), self._backend.reading() as connection:
            ids = {row.number: row.counter_id for row in await _counter_rows(connection)}
            return frozenset((ids[number], start_ns) for number, start_ns in await _known_bins(connection, from_ns))

    async def sent(self, outlet: str) -> tuple[SentUntil, ...]:
        """See `PublishedStore`."""
        table = sent_numbers
        wanted = sa.select(table).where(table.c.outlet == outlet).order_by(table.c.counter_id)
        async with self._reported("reading what was sent"), self._backend.reading() as connection:
            return tuple(SentUntil(row.counter_id, row.until_ns, row.topic) for row in await connection.execute(wanted))

    async def note_sent(
        self, outlet: str, sent: Sequence[SentUntil], ended: Sequence[str], entry: AuditEntry | None
    ) -> None:
        """See `PublishedStore`."""
        check_texts("outlet", outlet)
        table = sent_numbers
        gone = [*ended, *(one.counter for one in sent)]
        rows = [{"outlet": outlet, "counter_id": one.counter, "until_ns": one.until_ns, "topic": one.topic}
                for one in sent]  # fmt: skip
        async with self._reported("storing what was sent"), self._backend.writing() as connection:
            await self._backend.take_turn(connection)
            replaced = sa.delete(table).where(table.c.outlet == outlet)
            await connection.execute(replaced.where(self._backend.among(table.c.counter_id, gone)))
            if rows:
                await connection.execute(sa.insert(table), rows)
            if entry is not None:
                await self._audit.append(connection, entry)


async def _counter_rows(connection: AsyncConnection) -> Sequence[sa.Row[Any]]:
    table = published_counters
    ordered = sa.select(table).order_by(table.c.camera, table.c.place, table.c.began_ns)
    return (await connection.execute(ordered)).all()


async def _known_bins(connection: AsyncConnection, from_ns: int) -> set[tuple[int, int]]:
    table = published_bins
    # Every bin that begins then or later ends later; the index is by the end.
    found = sa.select(table.c.counter, table.c.from_ns).where(table.c.to_ns > from_ns, table.c.from_ns >= from_ns)
    return {(row.counter, row.from_ns) for row in await connection.execute(found)}


async def _lost_before_ns(connection: AsyncConnection) -> int:
    """Returns when the newest audit log began that is not the first: bins from before may have been drawn elsewhere."""
    table = audit_logs
    newest = sa.select(table.c.start_ns).order_by(table.c.log_id.desc()).limit(1)
    earlier = sa.select(sa.func.count()).select_from(table)
    if (await connection.execute(earlier)).scalar_one() < 2:
        return 0
    return int((await connection.execute(newest)).scalar_one())


async def _end(connection: AsyncConnection, ended: Iterable[PublishedCounter]) -> None:
    table = published_counters
    for one in ended:
        open_row = sa.update(table).where(table.c.counter_id == one.id, table.c.ended_ns.is_(None))
        if (await connection.execute(open_row.values(ended_ns=one.ended_ns))).rowcount != 1:
            raise _OtherWriterError


async def _begin(connection: AsyncConnection, begun: Sequence[PublishedCounter]) -> None:
    rows = await _counter_rows(connection)
    going_on = {(row.camera, row.place) for row in rows if row.ended_ns is None}
    ids = {row.counter_id for row in rows}
    if any((one.camera, one.place) in going_on or one.id in ids for one in begun):
        raise _OtherWriterError
    if begun:
        await connection.execute(sa.insert(published_counters), [_counter_row(one) for one in begun])


def _counter_row(one: PublishedCounter) -> dict[str, Any]:
    return {
        "counter_id": one.id,
        "camera": one.camera,
        "place": one.place,
        "kind": one.kind.value,
        "way_names": json.dumps(one.way_names),
        "class_groups": json.dumps([group.value for group in one.groups]),
        "sensitive": int(one.sensitive),
        "geometry": one.geometry,
        "began_ns": one.began_ns,
        "ended_ns": one.ended_ns,
    }


def _counter(row: sa.Row[Any]) -> PublishedCounter:
    first, second = json.loads(row.way_names)
    groups = tuple(ClassGroup(value) for value in json.loads(row.class_groups))
    return PublishedCounter(
        row.counter_id, row.camera, row.place, PlaceKind(row.kind), (first, second), groups,
        bool(row.sensitive), row.geometry, row.began_ns, row.ended_ns,
    )  # fmt: skip


def _row(counter: int, of_bin: Sequence[DrawnNumber], lost_before_ns: int) -> dict[str, Any]:
    first = of_bin[0]
    gap = first.from_ns < lost_before_ns or any(one.noisy is None for one in of_bin)
    noisy = [[one.group.value, one.way.value, *(one.for_audience(each) for each in OUTSIDE)] for one in of_bin]
    return {
        "counter": counter,
        "from_ns": first.from_ns,
        "to_ns": first.to_ns,
        "coverage": 0.0 if gap else first.coverage,
        "noisy": None if gap else json.dumps(noisy),
    }


def _all_numbers(rows: Sequence[sa.Row[Any]], counters: Mapping[int, PublishedCounter]) -> tuple[DrawnNumber, ...]:
    by_id = sorted(rows, key=lambda row: (counters[row.counter].id, row.from_ns))
    return tuple(one for row in by_id for one in _numbers(row, counters[row.counter]))


def _numbers(row: sa.Row[Any], counter: PublishedCounter) -> Iterable[DrawnNumber]:
    """Returns the numbers of a bin by group and way; those of a gap are none."""
    stored = {} if row.noisy is None else {(each[0], each[1]): each[2:] for each in json.loads(row.noisy)}
    for group in counter.groups:
        for way in counter.ways:
            noisy = stored.get((group.value, way.value))
            drawn = None if noisy is None else dict(zip(OUTSIDE, noisy, strict=True))
            yield DrawnNumber(counter.id, group, Way(way), row.from_ns, row.to_ns, row.coverage, drawn)
