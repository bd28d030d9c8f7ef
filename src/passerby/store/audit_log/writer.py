"""Appends to the audit log, in the transaction of the act that is audited."""

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.audit import AuditEntry
from passerby.store.databases.backend import Backend
from passerby.store.databases.texts import check_texts
from passerby.store.schema import audit_entries


class AuditWriter:
    """Appends entries; every part of the store that does an audited act holds the same one.

    Args:
        backend: the database.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    async def append_alone(self, entry: AuditEntry) -> None:
        """See `Store.append_audit`: an entry in a transaction of its own."""
        async with self._backend.writing() as connection:
            await self.append(connection, entry)

    async def append(self, connection: AsyncConnection, entry: AuditEntry) -> None:
        """Appends an entry within the transaction of its act: both are stored, or neither.

        Args:
            connection: of `Backend.writing()`.
            entry: the act.

        Raises:
            AuditBrokenError: the log is broken.
            StoreError: a text of the entry cannot be stored.
        """
        check_texts("audit", entry.actor, entry.action, entry.subject, entry.detail, entry.purpose, entry.case)
        await connection.execute(sa.insert(audit_entries).values(**asdict(entry)))
