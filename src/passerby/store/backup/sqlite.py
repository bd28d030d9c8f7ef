"""How an SQLite store is copied: by VACUUM INTO, and put back by SQLite's own online backup, in one transaction."""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from passerby.ports import StoreError, StoreVersionError
from passerby.store.databases.failures import Failures
from passerby.store.migration import VERSION_TABLE, check_revision
from passerby.store.schema import NOT_IN_BACKUPS

_BLOCK = 1 << 20
_WAIT_S = 2.0
"""How long to wait for a writer to finish; a service that runs keeps its connection open."""


class SqliteCopier:
    """Copies one SQLite file.

    Args:
        url: `sqlite:///path`.
    """

    magic = b"SQLite format 3\0"

    def __init__(self, url: sa.URL) -> None:
        self._failures = Failures(url)
        self._path = Path(url.database or "")

    async def check_source(self) -> None:
        """Raises a StoreError where there is no store of ours."""
        if not self._is_ours():
            raise StoreError(f"{self._failures.place}: there is no store. Check the path")

    async def check_target(self, *, force: bool) -> None:
        """Raises a StoreError where a store is and may not be overwritten, or where other software keeps its own."""
        if self._is_ours() and not force:
            raise StoreError(
                f"{self._failures.place}: there is a store already, and restoring would replace all of it. "
                "Name another place with --data, or overwrite it with --force"
            )

    def save(self, to: BinaryIO, scratch: Path) -> None:
        """Writes the whole database to a stream; `scratch` is a file that it may use meanwhile."""
        with self._failures.reported_now("backing up"):
            try:
                # Made by hand, because SQLite would make it readable by every account.
                os.close(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
                with closing(sqlite3.connect(self._path)) as connection:
                    connection.execute("VACUUM INTO ?", (str(scratch),))
                _leave_out(scratch)
                with scratch.open("rb") as plain:
                    shutil.copyfileobj(plain, to, _BLOCK)
            finally:
                scratch.unlink(missing_ok=True)

    def load(self, plain: BinaryIO, *, force: bool) -> None:
        """Puts the content of a stream in the place of the store, which `check_target` has allowed.

        Raises:
            StoreError: the store is open elsewhere, or the content is no sound store; nothing was changed.
        """
        del force  # A file is replaced page by page, whatever was in it.
        scratch = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
                shutil.copyfileobj(plain, copy, _BLOCK)
            with self._failures.reported_now("restoring"), closing(sqlite3.connect(scratch)) as source:
                _check_content(source, self._failures.place)
                with self._alone() as target:
                    source.backup(target)
        finally:
            scratch.unlink(missing_ok=True)

    def _is_ours(self) -> bool:
        if not self._path.exists() or self._path.stat().st_size == 0:
            return False
        with self._failures.reported_now("looking at the store"), closing(sqlite3.connect(self._path)) as connection:
            names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if names and VERSION_TABLE not in names:
            raise StoreVersionError(
                f"{self._failures.place}: not a passerby store, it has the tables {', '.join(sorted(names)[:3])}. "
                "Name another file"
            )
        return bool(names)

    @contextmanager
    def _alone(self) -> Iterator[sqlite3.Connection]:
        """Opens the store's file for this connection alone; a file that was not there is gone again if this fails."""
        new = not self._path.exists()
        if new:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            with closing(sqlite3.connect(self._path, timeout=_WAIT_S, isolation_level=None)) as target:
                # With a log beside the file, this lock is granted only where no other connection has the file open.
                target.execute("PRAGMA locking_mode = EXCLUSIVE")
                try:
                    target.execute("BEGIN EXCLUSIVE")
                    target.execute("COMMIT")
                except sqlite3.OperationalError:
                    raise StoreError(
                        f"{self._failures.place}: it is in use. Stop passerby, and restore again"
                    ) from None
                yield target
        except BaseException:
            if new:
                self._path.unlink()
            raise


def _leave_out(copy: Path) -> None:
    """Empties the tables that no backup holds; their bytes are overwritten in the copy."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = MEMORY")
        connection.execute("PRAGMA secure_delete = ON")
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in NOT_IN_BACKUPS:
            if table.name in there:  # a store of an earlier release has none
                connection.execute(f"DELETE FROM {table.name}")  # noqa: S608  # nosec B608 - a constant


def _check_content(source: sqlite3.Connection, place: str) -> None:
    found = source.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise StoreError(f"{place}: the backup is damaged: {found}. Nothing was changed; choose another backup")
    revision = source.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()[0]  # noqa: S608  # nosec B608 - a constant
    check_revision(revision, place)
