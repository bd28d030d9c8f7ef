"""Translation of the databases' own errors into ours, without a password in any of them."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import sqlalchemy as sa
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from passerby.ports import StoreError, StoreUnavailableError

_TEMPORARY = (
    "locked", "busy", "too many clients", "shutting down", "starting up", "terminating", "closed", "recovery mode",
    # asyncpg's, where the server has ended a session and its end has not been read yet
    "cannot switch to state",
)  # fmt: skip
"""Words in a database's error when trying again later may help."""

try:  # it is there with the extra `postgresql` only; SQLite needs none of it
    from asyncpg import InterfaceError, InternalClientError, PostgresError

    _LOST: tuple[type[Exception], ...] = (OSError, InterfaceError, InternalClientError)
    _REPORTED: tuple[type[Exception], ...] = (SQLAlchemyError, sqlite3.Error, CommandError, PostgresError, *_LOST)
except ModuleNotFoundError:
    _LOST = (OSError,)
    _REPORTED = (SQLAlchemyError, sqlite3.Error, CommandError, *_LOST)
"""What a database raises, and what is raised on the way to it."""

_PLAIN_OPTIONS = ("host", "port")


_DISK = ("disk i/o error", "is full", "no space left")
_DISK_HINT = ". Is the disk full? Free some space and try again"

_ONLY_READING = ("reading", "looking", "verifying", "proving", "checking", "comparing")
"""Beginnings of what stores nothing, so that an error does not speak of storing."""

_DAMAGED = ("malformed", "not a database")
_DAMAGED_HINT = (
    ". The file is damaged: stop the service, keep the file for who finds out why, and put a backup back with "
    "`passerby restore SITE.yaml BACKUP --force`"
)

_HINTS = ((_DISK, _DISK_HINT), (_DAMAGED, _DAMAGED_HINT))


def place_of(url: sa.URL) -> str:
    """Returns a database's address for people: no user, no password, no options.

    >>> place_of(sa.make_url("postgresql://me:S3cret@db.example:5432/passerby?password=S3cret"))
    'postgresql://db.example:5432/passerby'
    """
    plain = sa.URL.create(
        url.get_backend_name(),
        host=url.host or None,
        port=url.port,
        database=url.database,
    )
    return plain.render_as_string(hide_password=True)


def secrets_of(url: sa.URL) -> tuple[str, ...]:
    """Returns everything in a URL that may be secret: the password, and whatever its options hold."""
    options = [
        each
        for name, value in url.query.items()
        if name not in _PLAIN_OPTIONS
        for each in ((value,) if isinstance(value, str) else value)
    ]
    return tuple(secret for secret in (url.password, *options) if secret)


class Failures:
    """Translates the errors of one database.

    Args:
        url: where the database is.
    """

    def __init__(self, url: sa.URL) -> None:
        self.place = place_of(url)
        self._secrets = secrets_of(url)

    @asynccontextmanager
    async def reported(self, doing: str) -> AsyncIterator[None]:
        """Raises a StoreError for whatever the database raises within; its message names what was being done.

        Raises:
            StoreUnavailableError: the database does not answer, or not now.
            StoreError: the database refuses.
        """
        with self.reported_now(doing):
            yield

    @contextmanager
    def reported_now(self, doing: str) -> Iterator[None]:
        """As `reported`, where nothing is awaited."""
        try:
            yield
        except _REPORTED as error:
            # `from None`: the cause's own text may hold the URL, and a logged traceback would print it.
            raise self._error(doing, error) from None

    def _error(self, doing: str, error: Exception) -> StoreError:
        reason = self._reason(error)
        # asyncpg: class 08 is a lost connection, 40 two that block each other, 53 too few resources, 57 a stop.
        state = str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
        gone = isinstance(error, _LOST) or state[:2] in ("08", "40", "53", "57")
        gone = gone or (isinstance(error, DBAPIError) and error.connection_invalidated)
        if gone or any(word in reason.lower() for word in _TEMPORARY):
            return StoreUnavailableError(
                f"{self.place}: {doing} failed, the database does not answer now: {reason}. "
                f"{'Try' if doing.startswith(_ONLY_READING) else 'Nothing was stored; try'} again"
            )
        hint = next((hint for words, hint in _HINTS if any(word in reason.lower() for word in words)), "")
        return StoreError(f"{self.place}: {doing} failed: {reason}{hint}")

    def _reason(self, error: Exception) -> str:
        text = str(getattr(error, "orig", None) or error)
        first = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
        return self.cleaned(first).removeprefix("<class 'asyncpg.exceptions.").replace("'>", "")

    def cleaned(self, text: str) -> str:
        """Returns another program's text without our secrets in it."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text
