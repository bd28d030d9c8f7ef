"""Copies of a whole store: made while it is in use, and put back whole or not at all.

A backup is one file: what the database's own program makes of itself, compressed by gzip, whose checksum shows damage.
"""

import asyncio
import gzip
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from passerby.files import PRIVATE, partial_file
from passerby.ports import StoreError
from passerby.store.backup.new_log import begin_after_restore, last_words
from passerby.store.backup.postgresql import PostgresqlCopier
from passerby.store.backup.sqlite import SqliteCopier
from passerby.store.databases.failures import place_of
from passerby.store.opening import parsed_url
from passerby.units import NS_PER_S

_COPIERS: dict[str, type[SqliteCopier] | type[PostgresqlCopier]] = {
    "sqlite": SqliteCopier,
    "postgresql": PostgresqlCopier,
}
_COMPRESSION = 3
"""Of gzip's nine: minutes become 3.4 times smaller. 6 takes twice the time for 3.7 times, 9 ten times for 3.8."""


async def back_up(url: str, folder: Path, *, clock: Callable[[], int] = time.time_ns) -> Path:
    """Writes everything that is stored to one new file, while the store may be in use.

    Args:
        url: of the store, as for `open_store`.
        folder: where the file goes.
        clock: UTC nanoseconds now, for the file's name.

    Returns:
        `folder/passerby-20261123T221500Z.sqlite.gz` or `….postgresql.gz`, readable by its owner only.

    Raises:
        StoreError: there is no store, the folder cannot be written to, or PostgreSQL's programs are not installed. No
            half of a file is left.
    """
    parsed = parsed_url(url)
    stamp = datetime.fromtimestamp(clock() // NS_PER_S, UTC).strftime("%Y%m%dT%H%M%SZ")
    kind = parsed.get_backend_name()
    target = folder / f"passerby-{stamp}.{kind}.gz"
    copier = _COPIERS[kind](parsed)
    await copier.check_source()
    await asyncio.to_thread(_write, target, copier)
    return target


async def restore(url: str, file: Path, *, force: bool = False, clock: Callable[[], int] = time.time_ns) -> None:
    """Puts a backup in the place of a store that is not open; afterwards everything is as it was, or as in it.

    What is appended to the audit log from then on is a new log: the restored one may have gone on elsewhere, and two
    logs of one name would contradict each other. Its first entry names both, and the log that was replaced.

    Args:
        url: of the store, as for `open_store`; of the same kind of database as the backup's.
        file: what `back_up` wrote.
        force: put it over a store that is there, which is then lost.
        clock: UTC nanoseconds now.

    Raises:
        StoreVersionError: the backup is of a newer passerby.
        StoreError: the backup is damaged or of the other kind, there is a store already, or it is in use. What
            was there is untouched.
    """
    parsed = parsed_url(url)
    kind = parsed.get_backend_name()
    copier = _COPIERS[kind](parsed)
    with _reported_file_errors(file), _Packed(file) as plain:
        if not plain.begins_with(copier.magic):
            raise StoreError(
                f"{file}: not a backup of {kind}, which {place_of(parsed)} is. Restore it into the kind of database "
                "that it was made of, or choose another file"
            )
        await copier.check_target(force=force)
        replaced = await last_words(parsed) if force else ""
        await asyncio.to_thread(copier.load, cast("BinaryIO", plain), force=force)
    await begin_after_restore(parsed, replaced, clock())


def _write(target: Path, copier: SqliteCopier | PostgresqlCopier) -> None:
    with _reported_file_errors(target):
        if target.exists():
            raise StoreError(f"{target}: is there already. Wait a second, or choose another folder")
        with (
            partial_file(target, mode=PRIVATE, follow=False) as part,
            part.open("wb") as raw,
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=_COMPRESSION) as packed,
        ):
            copier.save(cast("BinaryIO", packed), part.with_suffix(".plain"))


class _Packed(gzip.GzipFile):
    """A backup that is read; damage is reported as such wherever it shows."""

    def read(self, size: int | None = -1) -> bytes:
        with self._reported_damage():
            return super().read(size)

    def begins_with(self, magic: bytes) -> bool:
        """Whether this is the content's beginning."""
        with self._reported_damage():
            return self.peek(len(magic)).startswith(magic)

    @contextmanager
    def _reported_damage(self) -> Iterator[None]:
        try:
            yield
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise StoreError(
                f"{self.name}: damaged, or no backup of passerby. Nothing was changed; choose another backup"
            ) from None


@contextmanager
def _reported_file_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{path}: cannot be read or written: {error.strerror}. Check the path, its rights and the space on the disk"
        ) from None
