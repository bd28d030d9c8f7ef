"""Reads the audit log: its logs, pages of entries, tiles, checkpoints, and all rows for verification."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.audit.erasures import MARK, Range, named_in
from passerby.audit.leaves import SALT_BYTES, entry_of, leaf_time
from passerby.audit.tiles import Tile
from passerby.audit.verification import CHUNK_ROWS
from passerby.domain.audit import AuditEntry, AuditLeaf, LogHead
from passerby.domain.queries import AuditQuery, EventQuery, Page
from passerby.ports import StoreError
from passerby.store.databases.paging import cursor_of, numbers_of
from passerby.store.schema import audit_checkpoints, audit_leaves, audit_logs, audit_tiles

Contents = list[tuple[int, bytes | None]]
"""Places and contents of leaves."""

_PLACES = 1 << 44
"""More entries than a log will have: a log's number and a place in it are one number of a page's cursor."""

_MANY_TILES = 500

_READ_AT_ONCE = 1000
_READ_LIMIT = 20_000
"""Entries are no columns to the database, but sealed texts: a search reads them one by one."""


async def heads(connection: AsyncConnection) -> tuple[LogHead, ...]:
    """Returns all logs, oldest first."""
    found = (await connection.execute(sa.select(audit_logs).order_by(audit_logs.c.log_id))).all()
    # SQLite lets a column of numbers hold anything.
    if any(not isinstance(row.size, int) or row.size < 0 for row in found):
        raise StoreError("the audit log's own row is damaged: it does not say how many entries there are")
    return tuple(LogHead(row.log_id, row.origin, row.size, row.start_ns, row.fault) for row in found)


async def last_head(connection: AsyncConnection) -> LogHead:
    """Returns the log that is appended to.

    Raises:
        StoreError: there is none.
    """
    found = await heads(connection)
    if not found:
        raise StoreError("the audit log is gone from the database: restore a backup")
    return found[-1]


async def search(connection: AsyncConnection, query: AuditQuery) -> Page[AuditLeaf]:
    """Returns the entries of a stretch of time that match; reads at most `_READ_LIMIT` of them for a page."""
    found: list[AuditLeaf] = []
    after = query.after
    for _ in range(_READ_LIMIT // _READ_AT_ONCE):
        part = EventQuery(query.start_ns, query.end_ns, limit=_READ_AT_ONCE, after=after)
        page = await leaves(connection, part, newest_first=query.newest_first)
        for leaf in page.rows:
            if leaf.entry is not None and query.matches(leaf.entry):
                found.append(leaf)
                if len(found) == query.limit:
                    last = leaf is page.rows[-1] and page.after is None
                    return Page(tuple(found), None if last else _cursor(leaf, leaf.entry))
        after = page.after
        if after is None:
            break
    return Page(tuple(found), after)


async def leaves(connection: AsyncConnection, query: EventQuery, *, newest_first: bool = False) -> Page[AuditLeaf]:
    """Returns the entries of a stretch of time, oldest first or newest first."""
    table = audit_leaves
    wanted = sa.select(table).where(
        table.c.time >= leaf_time(query.start_ns).encode(), table.c.time < leaf_time(query.end_ns).encode()
    )
    after = numbers_of(query.after)
    if after is not None:
        log_id, index = divmod(after[1], _PLACES)
        place = sa.tuple_(table.c.time, table.c.log_id, table.c.leaf_index)
        reached = leaf_time(after[0]).encode(), log_id, index
        wanted = wanted.where(place < reached if newest_first else place > reached)
    columns = (table.c.time, table.c.log_id, table.c.leaf_index)
    order = [column.desc() for column in columns] if newest_first else columns
    found = (await connection.execute(wanted.order_by(*order).limit(query.limit + 1))).all()
    rows = tuple(AuditLeaf(row.log_id, row.leaf_index, readable(row.content)) for row in found[: query.limit])
    last = rows[-1] if len(found) > query.limit else None
    if last is None or last.entry is None:
        return Page(rows, None)
    return Page(rows, _cursor(last, last.entry))


def _cursor(leaf: AuditLeaf, entry: AuditEntry) -> str:
    return cursor_of((entry.time_ns, leaf.log * _PLACES + leaf.index))


def readable(content: bytes | None) -> AuditEntry | None:
    """Returns a leaf's entry; None where it is erased.

    Raises:
        StoreError: it is none of ours.
    """
    try:
        return None if content is None else entry_of(content)
    except ValueError as error:
        raise StoreError(f"{error}. Run `passerby audit verify SITE.yaml`") from None


async def content_of(connection: AsyncConnection, log_id: int, index: int) -> bytes | None:
    """Returns a leaf's salt and text; None where they are erased."""
    table = audit_leaves
    wanted = sa.select(table.c.content).where(table.c.log_id == log_id, table.c.leaf_index == index)
    found: bytes | None = (await connection.execute(wanted)).scalar_one_or_none()
    return found


async def tiles(connection: AsyncConnection, log_id: int, wanted: Collection[Tile]) -> Mapping[Tile, bytes]:
    """Returns those of the tiles that are there."""
    table, found, rest = audit_tiles, {}, sorted(wanted)
    while rest:
        some, rest = rest[:_MANY_TILES], rest[_MANY_TILES:]
        places = sa.tuple_(table.c.level, table.c.number).in_([(tile.level, tile.number) for tile in some])
        rows = await connection.execute(sa.select(table).where(table.c.log_id == log_id, places))
        found.update({Tile(row.level, row.number): bytes(row.hashes) for row in rows})
    return found


async def all_tiles(connection: AsyncConnection, log_id: int) -> Mapping[Tile, bytes]:
    """Returns all tiles of a log."""
    table = audit_tiles
    wanted = sa.select(table.c.level, table.c.number, _raw(table.c.hashes)).where(table.c.log_id == log_id)
    return {Tile(level, number): _bytes(hashes) for level, number, hashes in await connection.execute(wanted)}


async def chunks(connection: AsyncConnection, head: LogHead) -> AsyncIterator[tuple[int, Contents]]:
    """Yields the rows of a log by chunks of numbers, all of them, also where there is none."""
    table = audit_leaves
    columns = sa.select(table.c.leaf_index, _raw(table.c.content))
    for start in range(0, head.size, CHUNK_ROWS):
        end = min(start + CHUNK_ROWS, head.size)
        wanted = columns.where(table.c.log_id == head.number, table.c.leaf_index >= start, table.c.leaf_index < end)
        found = (await connection.execute(wanted.order_by(table.c.leaf_index))).all()
        yield start, [(index, content if type(content) is bytes else _content(content)) for index, content in found]


async def outside(connection: AsyncConnection, head: LogHead) -> Contents:
    """Returns the rows with numbers that the log does not have."""
    table = audit_leaves
    wanted = sa.select(table.c.leaf_index, _raw(table.c.content)).where(
        table.c.log_id == head.number, sa.or_(table.c.leaf_index < 0, table.c.leaf_index >= head.size)
    )
    return [
        (index if isinstance(index, int) else -1, _content(content))
        for index, content in await connection.execute(wanted)
    ]


async def rows_of(connection: AsyncConnection, head: LogHead) -> int:
    """Returns how many rows with numbers of the log there are."""
    table = audit_leaves
    wanted = (
        sa.select(sa.func.count())
        .select_from(table)
        .where(table.c.log_id == head.number, table.c.leaf_index >= 0, table.c.leaf_index < head.size)
    )
    return int((await connection.execute(wanted)).scalar_one())


def _raw(column: "sa.Column[bytes]") -> sa.ColumnElement[object]:
    """A column as the database gives it: SQLite lets it hold anything, and that must not stop the reading."""
    return sa.type_coerce(column, sa.types.NullType())


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _content(value: object) -> bytes | None:
    return None if value is None else _bytes(value)


async def erased_later(connection: AsyncConnection, head: LogHead) -> list[Range]:
    """Returns the stretches of a log that erasing entries of later logs name."""
    found = []
    for content in await erasing(connection, audit_leaves.c.log_id > head.number):
        with suppress(ValueError):  # one that was changed names nothing, and its own log's verification shows it
            origin, named = named_in(entry_of(content))
            found += named if origin == head.origin else []
    return found


async def erasing(connection: AsyncConnection, *which: sa.ColumnElement[bool]) -> list[bytes]:
    """Returns the contents of the erasing entries among some leaves."""
    is_one = sa.func.substr(audit_leaves.c.content, SALT_BYTES + 1, len(MARK)) == MARK
    return list((await connection.execute(sa.select(audit_leaves.c.content).where(*which, is_one))).scalars())


async def checkpoints(connection: AsyncConnection, log_id: int) -> tuple[str, ...]:
    """Returns the stored checkpoints of a log, the smallest first."""
    table = audit_checkpoints
    wanted = sa.select(table.c.note).where(table.c.log_id == log_id).order_by(table.c.size)
    return tuple((await connection.execute(wanted)).scalars())


async def newest_checkpoint(connection: AsyncConnection, log_id: int) -> str | None:
    """Returns the newest stored checkpoint of a log."""
    table = audit_checkpoints
    wanted = sa.select(table.c.note).where(table.c.log_id == log_id).order_by(table.c.size.desc()).limit(1)
    found: str | None = (await connection.execute(wanted)).scalar_one_or_none()
    return found
