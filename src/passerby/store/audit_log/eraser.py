"""Erases text and salt of entries; their hashes stay, and a new entry names them."""

from collections.abc import Callable, Sequence
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.audit.erasures import ERASED, Range, concerns, joined, named_in, written
from passerby.audit.leaves import entry_of, leaf_time
from passerby.domain.audit import AuditEntry, LogHead
from passerby.ports import StoreError
from passerby.store.audit_log import reading
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend
from passerby.store.schema import audit_leaves

_AT_ONCE = 10_000
"""Entries in one statement: databases take some 30,000 values."""


class AuditEraser:
    """Erases entries.

    Args:
        backend: the database.
        writer: appends the entries that name erased ones.
        clock: UTC nanoseconds now.
    """

    def __init__(self, backend: Backend, writer: AuditWriter, clock: Callable[[], int]) -> None:
        self._backend, self._writer, self._clock = backend, writer, clock

    async def erase(self, indices: Sequence[int], actor: str, why: str) -> int:
        """See `AuditLog.erase`."""
        async with self._backend.writing() as connection:
            head = await reading.last_head(connection)
            beyond = [index for index in indices if not 0 <= index < head.size]
            if beyond or not indices:
                raise StoreError(f"erasing: the log has the entries 0 to {head.size - 1}, got {beyond or 'none'}")
            stretches = joined((index, index) for index in indices)
            chosen = sa.or_(*(audit_leaves.c.leaf_index.between(*each) for each in stretches))
            erased = await self._erase(connection, [head], chosen, actor, why)
        await self._backend.scrub(audit_leaves)
        return erased

    async def erase_about(self, account: str, actor: str, why: str) -> int:
        """See `AuditLog.erase_about`."""
        erased = 0
        async with self._backend.writing() as connection:
            for head in await reading.heads(connection):
                indices = await self._about(connection, head, account)
                for at in range(0, len(indices), _AT_ONCE):
                    which = audit_leaves.c.leaf_index.in_(indices[at : at + _AT_ONCE])
                    erased += await self._erase(connection, [head], which, actor, why)
        await self._backend.scrub(audit_leaves)
        return erased

    async def _about(self, connection: AsyncConnection, head: LogHead, account: str) -> list[int]:
        table, written_name = audit_leaves, account.encode()
        rows = sa.select(table.c.leaf_index, table.c.content)
        rows = rows.where(table.c.log_id == head.number, table.c.content.is_not(None)).order_by(table.c.leaf_index)
        found = []
        async with connection.stream(rows) as stream:
            async for index, content in stream:
                if written_name in content:
                    with suppress(ValueError):  # one that was changed is named by verification
                        found += [index] if concerns(entry_of(content), account) else []
        return found

    async def erase_older(self, connection: AsyncConnection, cutoff_ns: int, actor: str) -> int:
        """Erases the entries of all logs that are older, within a transaction; returns how many.

        The bytes are gone from the database's files only after `Backend.scrub`.
        """
        old = audit_leaves.c.time < leaf_time(cutoff_ns).encode()
        why = f"nothing from before {leaf_time(cutoff_ns)} is kept"
        return await self._erase(connection, await reading.heads(connection), old, actor, why)

    async def _erase(
        self, connection: AsyncConnection, logs: Sequence[LogHead], which: sa.ColumnElement[bool], actor: str, why: str
    ) -> int:
        named: dict[str, list[Range]] = {}
        erased = 0
        for head in logs:
            chosen = (audit_leaves.c.log_id == head.number, audit_leaves.c.content.is_not(None), which)
            places = sa.select(audit_leaves.c.leaf_index).where(*chosen).order_by(audit_leaves.c.leaf_index)
            indices = (await connection.execute(places)).scalars().all()
            if not indices:
                continue
            named.setdefault(head.origin, []).extend((index, index) for index in indices)
            # What erasing entries name that are now erased themselves, the new ones have to name from now on.
            for content in await reading.erasing(connection, *chosen):
                with suppress(ValueError):  # one that was changed names nothing; verification names it
                    origin, stretches = named_in(entry_of(content))
                    named.setdefault(origin, []).extend(stretches)
            await connection.execute(sa.update(audit_leaves).where(*chosen).values(content=None))
            erased += len(indices)
        for origin, stretches in named.items():
            for subject in written(origin, stretches):
                await self._writer.append(connection, AuditEntry(self._clock(), actor, ERASED, subject, why))
        return erased
