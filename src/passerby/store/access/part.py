"""What the parts of the access store share: a transaction with the database's errors translated, and the audit log."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.audit import AuditEntry
from passerby.store.databases.backend import Backend, Row

Append: TypeAlias = Callable[[AsyncConnection, AuditEntry], Awaitable[None]]
"""Appends an entry to the audit log within the transaction of its act."""


class Part:
    """Some of the tables.

    Args:
        backend: the database.
        append: appends to the audit log.
    """

    def __init__(self, backend: Backend, append: Append) -> None:
        self._backend = backend
        self._append = append

    async def append_audit(self, entry: AuditEntry) -> None:
        """See `AccessStore`."""
        async with self._writing() as connection:
            await self._append(connection, entry)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        async with self._backend.failures.reported("reading accounts"), self._backend.reading() as connection:
            yield connection

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        async with self._backend.failures.reported("changing accounts"), self._backend.writing() as connection:
            yield connection

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
