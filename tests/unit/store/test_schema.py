"""The tables as both databases are asked to make them."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from passerby.store.schema import minutes, roll_ups, tables


@pytest.mark.parametrize("table", [minutes, *roll_ups.values()], ids=lambda table: table.name)
def test_intervals_have_keys_that_are_given_and_never_numbered(table: sa.Table) -> None:
    made = str(CreateTable(table).compile(dialect=postgresql.dialect()))
    assert "SERIAL" not in made
    assert "PARTITION BY RANGE (start_s)" in made
    assert "PRIMARY KEY (start_s, key_id)" in made or "PRIMARY KEY (key_id, start_s)" in made
    # What was not measured is not known, and most quantities have no histogram; the rest of an interval is known.
    assert {column.name for column in table.c if column.nullable} == {"value", "error", "bins"}


def test_every_table_can_be_made_on_both() -> None:
    for table in tables.sorted_tables:
        for dialect in (postgresql.dialect(), sqlite.dialect()):
            assert table.name in str(CreateTable(table).compile(dialect=dialect))
