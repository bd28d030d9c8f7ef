"""The right to be the one active hub of a database; and that of an SQLite file, which is for one hub alone."""

import asyncio
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, runtime_checkable

import sqlalchemy as sa

from passerby.ports import StoreError
from passerby.store.databases.failures import Failures


class Claim(Protocol):
    """Held by one hub of a database at a time; what that hub writes is refused as soon as it holds it no more.

    Attributes:
        place: this hub's machine and folder, as other hubs see it.
    """

    place: str

    async def take(self) -> str:
        """Tries to become the active hub; returns who is, in words, and nothing where this hub is by now.

        Raises:
            StoreUnavailableError: the database does not answer.
            StoreError: no hub can see there which one is active; explained.
        """
        ...

    async def watch(self) -> None:
        """Keeps the claim, also over a restart of the database; returns once another hub has it."""
        ...

    async def last(self) -> str:
        """Returns the place of the hub that was active last, this one or another; empty where that is not known."""
        ...

    async def begin(self) -> None:
        """Stores that this hub is the active one now; the tables have to be there."""
        ...

    async def setting(self, name: str) -> str:
        """Returns what a hub has put under a name; empty where there is nothing, or the database is a file."""
        ...

    async def put(self, name: str, value: str) -> None:
        """Puts a text under a name, for the hub that takes over."""
        ...

    async def close(self) -> None:
        """Gives the claim up."""
        ...


@runtime_checkable
class HubSessions(Protocol):
    """What the sessions of a hub on a server need to know of its claim.

    Attributes:
        name: the name of each of them.
    """

    name: str

    def refusal(self) -> StoreError | None:
        """Returns why this hub may not write now; None where it may."""
        ...

    def may_begin(self, ask: Callable[[str], tuple[object, ...] | None]) -> None:
        """Refuses a new session of a hub that is not the active one.

        Args:
            ask: asks the database within that session.

        Raises:
            StoreUnavailableError: another hub is.
        """
        ...


class SqliteClaim:
    """That of an SQLite file: a lock on a file beside it.

    Args:
        url: the database's.
        place: this hub's machine and folder.
    """

    def __init__(self, url: sa.URL, place: str) -> None:
        self.place = place
        self._failures = Failures(url)
        # Not the database's own file: to close it would end the locks that SQLite has on it.
        self._file, self._lock = Path(f"{url.database}-hub"), -1

    async def take(self) -> str:
        """See `Claim`."""
        with self._failures.reported_now("opening the store"):
            lock = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise StoreError(
                f"{self._failures.place}: another hub uses this file, and SQLite is for one hub alone. Two hubs, of "
                "which one takes over from the other, need PostgreSQL: name it in `store` of the site file"
            ) from None
        self._lock = lock
        return ""

    async def watch(self) -> None:
        """See `Claim`; a lock on a file is kept until the process ends."""
        await asyncio.get_running_loop().create_future()

    async def last(self) -> str:
        """See `Claim`."""
        return ""

    async def begin(self) -> None:
        """See `Claim`."""

    async def setting(self, name: str) -> str:  # noqa: ARG002 - as the protocol has it
        """See `Claim`."""
        return ""

    async def put(self, name: str, value: str) -> None:
        """See `Claim`; there is no other hub."""

    async def close(self) -> None:
        """See `Claim`."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
