"""What the parts of the access store share: a transaction with the database's errors translated, and the audit log."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.audit import AuditEntry
from passerby.store.databases.backend import Backend, Row

KEPT_S = 1.0
MAX_HOLDERS = 1000

Append: TypeAlias = Callable[[AsyncConnection, AuditEntry], Awaitable[None]]
"""Appends an entry to the audit log within the transaction of its act."""


class HolderCache:
    """Who holds a session or a token, for a second: a page asks many times in it, and a read takes some milliseconds.

    A change that this process makes clears it at once; one that the command line makes is seen after that second.
    """

    def __init__(self, keep_s: float = KEPT_S, now_s: Callable[[], float] = time.monotonic) -> None:
        self._keep_s = keep_s
        self._now_s = now_s
        self._changes = 0
        self._held: dict[str, tuple[float, object]] = {}

    @property
    def changes(self) -> int:
        """Number that grows with every change; what was read before one is not kept after it."""
        return self._changes

    def clear(self) -> None:
        """Drops everything, because something was changed."""
        self._changes += 1
        self._held.clear()

    def get(self, key: str) -> object:
        """Returns what was read for a key within the last second; None where nothing was."""
        until_s, holder = self._held.get(key, (0.0, None))
        return holder if self._now_s() < until_s else None

    def keep(self, key: str, holder: object, changes: int) -> None:
        """Keeps what was read, unless something was changed since `changes` was asked for."""
        if changes == self._changes:
            if len(self._held) >= MAX_HOLDERS:
                self._held.clear()
            self._held[key] = (self._now_s() + self._keep_s, holder)


class Part:
    """Some of the tables.

    Args:
        backend: the database.
        append: appends to the audit log.
    """

    def __init__(self, backend: Backend, append: Append) -> None:
        self._backend = backend
        self._append = append
        self._holders = HolderCache()

    async def append_audit(self, entry: AuditEntry) -> None:
        """See `AccessStore`."""
        async with self._backend.failures.reported("auditing"), self._backend.writing() as connection:
            await self._append(connection, entry)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._backend.failures.reported("reading accounts"), self._backend.reading() as connection:
            yield connection

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        async with self._backend.failures.reported("changing accounts"), self._backend.writing() as connection:
            yield connection
        self._holders.clear()

    async def _changed(self, statement: sa.Delete | sa.Update, entry: AuditEntry | None) -> int:
        """Executes a statement; appends the entry if any row was changed. Returns how many were."""
        async with self._writing() as connection:
            changed = (await connection.execute(statement)).rowcount
            if changed and entry is not None:
                await self._append(connection, entry)
        return changed

    async def _added(self, table: sa.Table, row: Row, entry: AuditEntry) -> bool:
        """Inserts a row with its entry; False where a unique column has its value already."""
        async with self._writing() as connection:
            added = await insert_new(connection, table, row)
            if added:
                await self._append(connection, entry)
        return added


async def insert_new(connection: AsyncConnection, table: sa.Table, row: Row) -> bool:
    """Inserts a row; False, and nothing changed, where a unique column has its value already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table).values(dict(row)).on_conflict_do_nothing().inline()
    return (await connection.execute(statement)).rowcount == 1
