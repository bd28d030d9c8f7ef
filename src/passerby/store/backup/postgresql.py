"""How a PostgreSQL store is copied: by PostgreSQL's own programs, and put back in one transaction."""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.ports import StoreError
from passerby.store.backup.programs import Feeder, Program, environment_of, path_of
from passerby.store.databases.postgresql import PostgresqlBackend
from passerby.store.migration import VERSION_TABLE, known_revisions
from passerby.store.schema import NOT_IN_BACKUPS, PARTITION_SPANS, tables

_BLOCK = 1 << 20
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'passerby' "
    "AND pid <> pg_backend_pid()"
)


class PostgresqlCopier:
    """Copies our tables of one PostgreSQL database; what else is in it stays out.

    Args:
        url: `postgresql://user:password@host:port/database`.
    """

    magic = b"PGDMP"

    def __init__(self, url: sa.URL) -> None:
        self._backend = PostgresqlBackend(url)
        self._failures = self._backend.failures
        self._environment = environment_of(url)
        self._schema = ""
        self._ours: list[str] = []

    async def check_source(self) -> None:
        """Raises a StoreError where there is no store of ours, or no program to copy it with."""
        path_of("pg_dump")
        await self._look()
        if VERSION_TABLE not in self._ours:
            raise StoreError(f"{self._failures.place}: there is no store in this database. Check its name")

    async def check_target(self, *, force: bool) -> None:
        """Raises a StoreError where a store is and may not be overwritten, or where it is in use."""
        for name in ("pg_restore", "psql"):
            path_of(name)
        others = await self._look()
        if self._ours and not force:
            raise StoreError(
                f"{self._failures.place}: there is a store already, and restoring would replace all of it. "
                "Name another place with --data, or overwrite it with --force"
            )
        if others:
            raise StoreError(f"{self._failures.place}: it is in use. Stop passerby, and restore again")

    def save(self, to: BinaryIO, scratch: Path) -> None:
        """Writes our tables to a stream, all as of one moment; `scratch` is not needed here."""
        del scratch
        wanted = [
            f'--table="{self._schema}".{name}{"*" if name in PARTITION_SPANS else ""}'
            for name in (*tables.tables, VERSION_TABLE)
        ]
        wanted += [f'--exclude-table-data="{self._schema}".{table.name}' for table in NOT_IN_BACKUPS]
        # Compressed outside, where a checksum goes with it.
        command = [path_of("pg_dump"), "--format=custom", "--compress=0", "--no-owner", "--no-privileges", *wanted]
        with self._failures.reported_now("backing up"), self._started(command) as dump:
            shutil.copyfileobj(dump.output, to, _BLOCK)
            dump.end("backing up")

    def load(self, plain: BinaryIO, *, force: bool) -> None:
        """Puts the content of a stream in the place of the store, which `check_target` has allowed.

        Raises:
            StoreError: the content is no sound store; nothing was changed.
        """
        restore = [path_of("pg_restore"), "--no-owner", "--no-privileges", "--file=-"]
        psql = [path_of("psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"]
        with (
            self._failures.reported_now("restoring"),
            self._started(psql, answers=False) as database,
            self._started(restore) as archive,
        ):
            # What psql refuses shows in its exit code, below.
            with suppress(BrokenPipeError), database.input as script:
                script.write(("BEGIN;\n" + (self._drop() if force else "")).encode())
                feeder = Feeder(plain, archive.input)
                shutil.copyfileobj(archive.output, script, _BLOCK)
                feeder.end()
                archive.end("restoring")
                # Only now: whatever ends before this is undone by the database.
                script.write((self._check_revision() + "COMMIT;\n").encode())
            database.end("restoring")

    def _started(self, command: Sequence[str], *, answers: bool = True) -> Program:
        return Program(command, self._environment, self._failures, answers=answers)

    async def _look(self) -> int:
        """Learns which of our tables are there; returns how many others have the store open."""
        try:
            async with self._failures.reported("looking at the store"), self._backend.reading() as connection:
                self._ours = await connection.run_sync(_our_tables)
                self._schema = await _scalar(connection, "SELECT current_schema()")
                return int(await _scalar(connection, _OTHERS))
        finally:
            await self._backend.close()

    def _drop(self) -> str:
        names = ", ".join(f'"{self._schema}"."{name}"' for name in self._ours)
        return f"DROP TABLE IF EXISTS {names};\n" if names else ""

    def _check_revision(self) -> str:
        known = ", ".join(f"'{revision}'" for revision in known_revisions())
        found = f'SELECT FROM "{self._schema}".{VERSION_TABLE} WHERE version_num IN ({known})'  # nosec B608
        return (
            f"DO $$ BEGIN IF NOT EXISTS ({found}) THEN RAISE EXCEPTION 'the backup is of a newer passerby'; "
            "END IF; END $$;\n"
        )


async def _scalar(connection: AsyncConnection, query: str) -> Any:
    return (await connection.exec_driver_sql(query)).scalar_one()


def _our_tables(connection: sa.Connection) -> list[str]:
    known = {*tables.tables, VERSION_TABLE}
    names = sa.inspect(connection).get_table_names()
    return [name for name in names if name in known or name.rpartition("_p")[0] in PARTITION_SPANS]
