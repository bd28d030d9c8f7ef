"""The migrations lead to the tables that the software works with."""

import re
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from passerby.store import schema
from passerby.store.migration import VERSION_TABLE, known_revisions, migrate


def test_the_migrated_tables_are_those_of_the_schema(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    with engine.begin() as connection:
        migrate(connection, "new.db")
        opts = {"version_table": VERSION_TABLE, "compare_type": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=opts), schema.tables)
        found = connection.execute(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one()
    engine.dispose()
    assert differences == []
    assert found == known_revisions()[0]


def _made(connection: sa.Connection) -> dict[str, list[str]]:
    """Table or index -> the words that SQLite keeps of how it was made, in order of the alphabet."""
    found = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
    return {name: sorted(re.findall(r"\w+", sql)) for name, sql in found if name != VERSION_TABLE}


def test_the_migrated_tables_are_made_as_the_schema_would_make_them(tmp_path: Path) -> None:
    migrated, made = (sa.create_engine(f"sqlite:///{tmp_path / name}") for name in ("migrated.db", "made.db"))
    with migrated.begin() as connection, made.begin() as other:
        migrate(connection, "migrated.db")
        schema.tables.create_all(other)
        assert _made(connection) == _made(other)
    migrated.dispose()
    made.dispose()
