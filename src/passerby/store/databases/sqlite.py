"""SQLite: one file, write-ahead log, one writer at a time and readers that never wait for it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from passerby.ports import StoreUnavailableError
from passerby.store.databases.backend import Row, disposed
from passerby.store.databases.failures import Failures
from passerby.store.databases.upserts import from_query, settled

_WAIT_MS = 10_000
_READERS = 4


class SqliteBackend:
    """An SQLite file.

    Args:
        url: `sqlite:///path`; the file is made where it is missing, readable by its owner only.
    """

    def __init__(self, url: sa.URL) -> None:
        self.failures = Failures(url)
        path = Path(url.database or "")
        with self.failures.reported_now("opening the store"):
            # Made by hand, because SQLite would make it readable by every account.
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._turn = asyncio.Lock()
        self._writer = _engine(path, connections=1, begin="BEGIN IMMEDIATE", read_only=False)
        self._readers = _engine(path, connections=_READERS, begin="BEGIN", read_only=True)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """See `Backend`."""
        async with self._turn, self._writer.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """See `Backend`."""
        async with self._readers.begin() as connection:
            yield connection

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncConnection]:
        """See `Backend`; every transaction of SQLite's sees one moment."""
        async with self.reading() as connection:
            yield connection

    async def scrub(self, table: sa.Table) -> None:
        """See `Backend`; what is overwritten in the file lies in its log until that is written back and cut off."""
        del table
        async with self._turn, self._writer.connect() as connection:
            # Not through SQLAlchemy, which would open a transaction first.
            raw = (await connection.get_raw_connection()).driver_connection
            if raw is None or (await (await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")).fetchone())[0]:
                raise StoreUnavailableError(
                    f"{self.failures.place}: what was deleted is still in the log beside the file, because another "
                    "program reads there. The next deletion run removes it"
                )

    async def put(
        self,
        connection: AsyncConnection,
        table: sa.Table,
        rows: Sequence[Row],
        *,
        update: Sequence[str] = (),
        if_greater: str | None = None,
    ) -> None:
        """See `Backend`."""
        if not rows:
            return
        insert = settled(sqlite.insert(table), table, update, if_greater)
        await connection.execute(insert, [dict(row) for row in rows])

    def insert_select(self, table: sa.Table, rows: sa.Select[tuple[object, ...]]) -> sa.Executable:
        """See `Backend`."""
        return from_query(sqlite.insert(table), table, rows)

    def among(self, column: sa.ColumnElement[object], values: Sequence[int] | Sequence[str]) -> sa.ColumnElement[bool]:
        """See `Backend`; as JSON, because the number of variables in a statement is limited."""
        each = sa.func.json_each(sa.bindparam(None, json.dumps(list(values)), sa.Text, unique=True))
        return column.in_(sa.select(each.table_valued("value").c.value))

    def pairs(self, pairs: Sequence[tuple[int, int]], names: tuple[str, str]) -> sa.FromClause:
        """See `Backend`."""
        each = sa.func.json_each(sa.bindparam(None, json.dumps(list(pairs)), sa.Text, unique=True))
        value = each.table_valued("value").c.value
        columns = (sa.func.json_extract(value, f"$[{place}]", type_=sa.BigInteger) for place in (0, 1))
        return sa.select(*(column.label(name) for column, name in zip(columns, names, strict=True))).subquery()

    async def make_room(self, table: sa.Table, times: Iterable[int]) -> None:
        """See `Backend`; an SQLite table has no partitions."""

    async def take_turn(self, connection: AsyncConnection) -> None:
        """See `Backend`; there is one writer at a time anyway."""

    async def delete_before(self, connection: AsyncConnection, column: "sa.Column[int]", cutoff: int) -> int:
        """See `Backend`."""
        return (await connection.execute(sa.delete(column.table).where(column < cutoff))).rowcount

    async def close(self) -> None:
        """See `Backend`."""
        try:
            await disposed(self._readers)
        finally:
            await disposed(self._writer)


def _engine(path: Path, *, connections: int, begin: str, read_only: bool) -> AsyncEngine:
    engine = create_async_engine(
        sa.URL.create("sqlite+aiosqlite", database=str(path)),
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
    )

    @sa.event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: AsyncAdapt_aiosqlite_connection, _: ConnectionPoolEntry) -> None:
        # The driver's own idea of when a transaction begins leaves DDL and reads outside; ours begins at BEGIN.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA journal_mode = WAL")
            # What was acknowledged to a worker must survive a power cut, so the log is synced at each commit.
            cursor.execute("PRAGMA synchronous = FULL")
            # What is deleted or replaced is overwritten with zeros.
            cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    @sa.event.listens_for(engine.sync_engine, "begin")
    def begin_by_hand(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
