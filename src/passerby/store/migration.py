"""Migration of a database to the newest tables, and refusal of one that is too new."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from passerby.ports import StoreVersionError

VERSION_TABLE = "passerby_version"
"""Not alembic's own name: other software may keep that one in the same database."""

_ONE_AT_A_TIME = 7_211_519
"""Key of the PostgreSQL lock that two hubs starting at once take turns by; any number that is only ours."""


def settings() -> Config:
    """Returns alembic's settings: the migrations are in the package, so that an installed one has them."""
    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(connection: sa.Connection, place: str, *, to: str = "head") -> None:
    """Runs the migrations that are missing, within the connection's transaction.

    Args:
        connection: in a transaction that may write.
        place: the database, for errors.
        to: the revision to stop at.

    Raises:
        StoreVersionError: the database is of a newer passerby, or an SQLite file is of other software.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
    config = settings()
    _refuse_unknown(connection, place)
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _refuse_unknown(connection: sa.Connection, place: str) -> None:
    tables = sa.inspect(connection).get_table_names()
    if connection.dialect.name == "sqlite" and tables and VERSION_TABLE not in tables:
        raise StoreVersionError(
            f"{place}: not a passerby store, it has the tables {', '.join(sorted(tables)[:3])}. Name another file"
        )
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    for revision in context.get_current_heads():
        check_revision(revision, place)


def known_revisions() -> tuple[str, ...]:
    """Returns all revisions that this software knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(settings()).walk_revisions())


def check_revision(revision: str, place: str) -> None:
    """Raises a StoreVersionError where tables are of a revision that this software does not know."""
    known = known_revisions()
    if revision not in known:
        raise StoreVersionError(
            f"{place}: written by a newer passerby, its tables are of revision {revision} and this software knows "
            f"none after {known[0]}. Install the newer passerby, or restore a backup from before"
        )
