"""The databases of the contract: every test runs on each of them, and none is left running."""

import asyncio
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from testing.servers import postgresql_server
from testing.store_keeper import Keeper, asyncpg_place

NewDatabase = Callable[[str], str]


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server of our own, with a hole for the database's name."""
    why_not = postgresql_server.missing()
    if why_not:
        pytest.skip(why_not)
    with postgresql_server.running(tmp_path_factory.mktemp("postgresql")) as url:
        yield url


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Makes an empty database of a kind and gives its URL."""
    numbers = itertools.count()

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'passerby.db'}"
        server: str = request.getfixturevalue("postgresql")
        name = f"passerby_{next(numbers)}"
        asyncio.run(_create(server.format(database="postgres"), name))
        return server.format(database=name)

    return make


async def _create(url: str, name: str) -> None:
    connection = await asyncpg.connect(**asyncpg_place(url))
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def keeper(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[Keeper]:
    """An empty database of each kind."""
    with Keeper(new_database(request.param)) as one:
        yield one


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_keeper(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[Keeper]:
    """One database of each kind for a whole file: for tests with many examples, which keep apart by camera."""
    with Keeper(new_database(request.param)) as one:
        yield one


@pytest.fixture
def postgresql_keeper(new_database: NewDatabase) -> Iterator[Keeper]:
    """An empty PostgreSQL database, for what SQLite has not."""
    with Keeper(new_database("postgresql")) as one:
        yield one


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    """Where an SQLite file may be made."""
    return tmp_path / "passerby.db"
