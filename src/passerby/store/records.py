"""The versions of the site file."""

from collections.abc import Callable
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.domain.audit import AuditEntry
from passerby.domain.configurations import ConfigurationVersion
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend
from passerby.store.databases.texts import check_texts
from passerby.store.schema import configuration_versions


class Records:
    """The table of configuration versions.

    Args:
        backend: the database.
        audit: appends to the audit log.
        clock: UTC nanoseconds now.
    """

    def __init__(self, backend: Backend, audit: AuditWriter, clock: Callable[[], int]) -> None:
        self._backend = backend
        self._audit = audit
        self._clock = clock

    async def add_configuration(self, text: str, author: str) -> ConfigurationVersion:
        """See `Store.add_configuration`."""
        check_texts("configuration", text, author)
        async with self._backend.writing() as connection:
            await self._backend.take_turn(connection)
            newest = await self._newest(connection)
            if newest is not None and newest.text == text:
                return newest
            version = ConfigurationVersion(newest.number + 1 if newest else 1, self._clock(), author, text)
            await connection.execute(sa.insert(configuration_versions).values(**asdict(version)))
            subject = f"version {version.number}"
            await self._audit.append(connection, AuditEntry(version.time_ns, author, "configuration.added", subject))
        return version

    async def configuration(self, number: int | None) -> ConfigurationVersion | None:
        """See `Store.configuration`."""
        async with self._backend.reading() as connection:
            return await self._newest(connection, number)

    async def configurations(self) -> tuple[ConfigurationVersion, ...]:
        """See `Store.configurations`."""
        table = configuration_versions
        async with self._backend.reading() as connection:
            found = (await connection.execute(sa.select(table).order_by(table.c.number))).all()
        return tuple(ConfigurationVersion(row.number, row.time_ns, row.author, row.text) for row in found)

    async def _newest(self, connection: AsyncConnection, number: int | None = None) -> ConfigurationVersion | None:
        table = configuration_versions
        wanted = sa.select(table).order_by(table.c.number.desc()).limit(1)
        if number is not None:
            wanted = wanted.where(table.c.number == number)
        row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else ConfigurationVersion(row.number, row.time_ns, row.author, row.text)
