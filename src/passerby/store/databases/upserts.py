"""Inserts that overwrite or keep a row of the same key; both databases have the same syntax for them."""

from collections.abc import Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

_Insert = TypeVar("_Insert", sqlite.Insert, postgresql.Insert)


def settled(insert: _Insert, table: sa.Table, update: Sequence[str], if_greater: str | None = None) -> _Insert:
    """The statement, with the row that is there overwritten in the columns of `update`, or left alone without any.

    Args:
        insert: into `table`.
        table: its primary key decides which rows are the same.
        update: names of columns.
        if_greater: overwrite only where the new row has more in this column.
    """
    if not update:
        return insert.on_conflict_do_nothing()
    return insert.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={name: insert.excluded[name] for name in update},
        where=None if if_greater is None else insert.excluded[if_greater] > table.c[if_greater],
    )


def from_query(insert: _Insert, table: sa.Table, rows: sa.Select[tuple[object, ...]]) -> _Insert:
    """The statement, with what a query finds put over rows of the same key."""
    names = [column.name for column in rows.selected_columns]
    keys = set(table.primary_key.columns.keys())
    return settled(insert.from_select(names, rows), table, [name for name in names if name not in keys])
