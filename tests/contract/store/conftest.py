"""The databases of the contract: every test runs on each of them, and none is left running."""

import asyncio
import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import asyncpg
import pytest

from passerby.store.migration import migrate
from passerby.store.opening import backend_of
from testing.servers import postgresql_server
from testing.store_keeper import Keeper, asyncpg_place

TABLES = "with_tables"
"""The database of each kind that others begin as: as a store has made it that has not kept anything yet."""


class NewDatabase(Protocol):
    """Makes a database of a kind and gives its URL; empty, or with the tables in it, which saves making them anew."""

    def __call__(self, kind: str, *, tables: bool = False) -> str: ...


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of our own, with a hole for the database's name."""
    why_not = postgresql_server.missing()
    if why_not:
        pytest.skip(why_not)
    with postgresql_server.running(tmp_path_factory.mktemp("postgresql")) as url:
        asyncio.run(_create(url, TABLES))
        asyncio.run(_make_tables(url.format(database=TABLES)))
        yield url


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the tables in it, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / f"{TABLES}.db"
    asyncio.run(_make_tables(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Makes an empty database of a kind and gives its URL."""
    numbers = itertools.count()

    def make(kind: str, *, tables: bool = False) -> str:
        if kind == "sqlite":
            path = tmp_path_factory.mktemp("sqlite") / "passerby.db"
            if tables:
                shutil.copy(request.getfixturevalue("sqlite_with_tables"), path)
            return f"sqlite:///{path}"
        server: str = request.getfixturevalue("postgresql")
        name = f"passerby_{next(numbers)}"
        asyncio.run(_create(server, name, f"TEMPLATE {TABLES}" if tables else ""))
        return server.format(database=name)

    return make


async def _create(server: str, name: str, more: str = "") -> None:
    connection = await asyncpg.connect(**asyncpg_place(server.format(database="postgres")))
    try:
        await connection.execute(f"CREATE DATABASE {name} {more}")
    finally:
        await connection.close()


async def _make_tables(url: str) -> None:
    backend = backend_of(url)
    try:
        async with backend.writing() as connection:
            await connection.run_sync(migrate, url)
    finally:
        await backend.close()


@pytest.fixture(scope="module")
def with_tables() -> bool:
    """Whether a keeper's database has its tables from the start; files that try how they are made say no."""
    return True


@pytest.fixture(params=["sqlite", "postgresql"])
def keeper(request: pytest.FixtureRequest, new_database: NewDatabase, with_tables: bool) -> Iterator[Keeper]:
    """A database of each kind without anything kept."""
    with Keeper(new_database(request.param, tables=with_tables)) as one:
        yield one


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_keeper(request: pytest.FixtureRequest, new_database: NewDatabase, with_tables: bool) -> Iterator[Keeper]:
    """One database of each kind for a whole file: for tests with many examples, which keep apart by camera."""
    with Keeper(new_database(request.param, tables=with_tables)) as one:
        yield one


@pytest.fixture
def postgresql_keeper(new_database: NewDatabase, with_tables: bool) -> Iterator[Keeper]:
    """A PostgreSQL database, for what SQLite has not."""
    with Keeper(new_database("postgresql", tables=with_tables)) as one:
        yield one


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """Where an SQLite file may be made."""
    return tmp_path / "passerby.db"
