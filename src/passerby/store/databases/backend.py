"""What differs between the two databases, as one protocol; everything else is written once, in SQL for both."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from passerby.store.databases.failures import Failures
from passerby.store.schema import PARTITION_SPANS, tables
from passerby.units import NS_PER_S

_AHEAD = 3
"""Partitions made ahead of now: making one locks its table for a moment, which nothing should meet while storing."""

Row: TypeAlias = Mapping[str, object]


class Backend(Protocol):
    """One database, open."""

    @property
    def failures(self) -> Failures:
        """The translation of its errors."""
        ...

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Opens a transaction that may write; committed at its end, or undone if something was raised."""
        ...

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Opens a transaction that only reads, and never waits for a writer."""
        ...

    def snapshot(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Opens a transaction as `reading()` does, in which all statements see the same moment."""
        ...

    async def scrub(self, table: sa.Table) -> None:
        """Removes what was deleted or overwritten from the files of the database; not within a transaction.

        Args:
            table: where it was.
        """
        ...

    async def put(
        self,
        connection: AsyncConnection,
        table: sa.Table,
        rows: Sequence[Row],
        *,
        update: Sequence[str] = (),
        if_greater: str | None = None,
    ) -> None:
        """Inserts rows, all with the same columns; where a row of the same key is there, updates it or leaves it.

        Args:
            connection: of `writing()`.
            table: where to.
            rows: column -> value.
            update: the columns to overwrite in a row that is there; none leaves the row alone.
            if_greater: overwrite only where the new row has more in this column.
        """
        ...

    def insert_select(self, table: sa.Table, rows: sa.Select[tuple[object, ...]]) -> sa.Executable:
        """Returns a statement that inserts what a query finds, over rows of the same key."""
        ...

    def among(self, column: sa.ColumnElement[object], values: Sequence[int] | Sequence[str]) -> sa.ColumnElement[bool]:
        """Returns the condition that the column is one of any number of values."""
        ...

    def pairs(self, pairs: Sequence[tuple[int, int]], names: tuple[str, str]) -> sa.FromClause:
        """Returns two columns of whole numbers, to join with."""
        ...

    async def make_room(self, table: sa.Table, times: Iterable[int]) -> None:
        """Makes the partitions that rows of these times (in the table's own unit) go to.

        Not within `writing()`: making a table while others wait for what that transaction holds is a deadlock.
        """
        ...

    async def take_turn(self, connection: AsyncConnection) -> None:
        """Waits until no other transaction that has taken its turn is open."""
        ...

    async def delete_before(self, connection: AsyncConnection, column: "sa.Column[int]", cutoff: int) -> int:
        """Deletes the rows of a table whose time column is under `cutoff`; returns how many."""
        ...

    async def close(self) -> None:
        """Ends all connections."""
        ...


async def disposed(engine: AsyncEngine) -> None:
    """Closes the connections of an engine; where that is cancelled in between, the others are closed all the same."""
    try:
        await engine.dispose()
    except asyncio.CancelledError:
        await engine.dispose()
        raise


async def make_partitions_ahead(backend: Backend, clock: Callable[[], int]) -> None:
    """Makes the partitions of now and of the time to come, where they are missing and the database has any."""
    for name, span in PARTITION_SPANS.items():
        now = clock() if name == "camera_health" else clock() // NS_PER_S
        await backend.make_room(tables.tables[name], [now + ahead * span for ahead in range(_AHEAD + 1)])
