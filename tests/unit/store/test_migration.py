"""The migrations lead to the tables that the software works with."""

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
