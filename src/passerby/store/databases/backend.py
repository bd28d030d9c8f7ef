"""What differs between the two databases, as one protocol; everything else is written once, in SQL that both speak."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from passerby.store.databases.failures import Failures

Row: TypeAlias = Mapping[str, object]


class Backend(Protocol):
    """One database, open."""

    @property
    def failures(self) -> Failures:
        """How its errors are told."""
        ...

    def writing(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that may write; committed at its end, or undone if something was raised."""
        ...

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction that only reads, and never waits for a writer."""
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
        """A statement that inserts what a query finds, over rows of the same key."""
        ...

    def among(self, column: sa.ColumnElement[object], values: Sequence[int] | Sequence[str]) -> sa.ColumnElement[bool]:
        """True where the column is one of any number of values."""
        ...

    def pairs(self, pairs: Sequence[tuple[int, int]], names: tuple[str, str]) -> sa.FromClause:
        """Two columns of whole numbers, to join with."""
        ...

    async def make_room(self, table: sa.Table, times: Iterable[int]) -> None:
        """Sees to it that rows of these times (in the table's own unit) have somewhere to go.

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
