"""What a restored store begins with: a new audit log, and no session that has ended since the backup."""

from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from passerby.ports import StoreError
from passerby.store.access.session_rows import end_all
from passerby.store.audit_log import reading
from passerby.store.audit_log.log import begin_log, last_words_of
from passerby.store.audit_log.writer import AuditWriter
from passerby.store.databases.backend import Backend
from passerby.store.migration import migrate
from passerby.store.opening import backend_of

ACTOR = "restore"


async def last_words(url: sa.URL) -> str:
    """Returns the last checkpoint of a store that is about to be replaced; empty where it has none that can be read."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return ""  # to open it would make it, and a restore that is refused leaves nothing behind
    backend = _opened(url)
    try:
        with suppress(StoreError):
            async with backend.failures.reported("reading the audit log"), backend.reading() as connection:
                return await last_words_of(connection, await reading.last_head(connection))
    finally:
        await backend.close()
    return ""


async def begin_after_restore(url: sa.URL, replaced: str, now_ns: int) -> None:
    """Ends all sessions of a store that was restored, and begins a new log in it.

    Args:
        url: the store.
        replaced: the last checkpoint of the store that was there before; empty where there was none.
        now_ns: UTC nanoseconds.
    """
    backend = _opened(url)
    why = "A backup was restored." + (f" It replaced a store with this log:\n{replaced}" if replaced else "")
    try:
        async with backend.failures.reported("beginning a new audit log"), backend.writing() as connection:
            await connection.run_sync(migrate, backend.failures.place)
            await end_all(connection)
            await begin_log(connection, AuditWriter(backend), ACTOR, why, now_ns)
    finally:
        await backend.close()


def _opened(url: sa.URL) -> Backend:
    return backend_of(url.render_as_string(hide_password=False))
