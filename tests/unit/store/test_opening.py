"""Which URLs name a store, and what is said of those that do not; stores are opened in `tests/contract/store`."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from passerby.ports import StoreError
from passerby.store.databases.postgresql import PostgresqlBackend
from passerby.store.databases.sqlite import SqliteBackend
from passerby.store.opening import backend_of, open_store, parsed_url
from testing.store_keeper import Keeper


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("canary", "not a URL"),
        ("mysql://u:canary@h/d", "SQLite and PostgreSQL are known"),
        ("sqlite://", "a file without options, got no path"),
        ("sqlite:///:memory:", "a file without options, got :memory:"),
        ("sqlite:///a.db?mode=ro", "a file without options"),
        ("sqlite:////nowhere/at/all.db", "the folder of /nowhere/at/all.db does not exist"),
    ],
)
def test_what_is_no_store_is_refused_without_its_password(url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as refused:
        parsed_url(url)
    assert "canary" not in str(refused.value)


def test_each_database_has_its_backend(tmp_path: Path) -> None:
    assert isinstance(backend_of(f"sqlite:///{tmp_path / 'a.db'}"), SqliteBackend)
    for name in ("postgresql", "postgresql+psycopg2"):
        assert isinstance(backend_of(f"{name}://u:p@h/d"), PostgresqlBackend)
        assert parsed_url(f"{name}://u:p@h/d").drivername == "postgresql"


def test_the_zone_of_a_store_is_fixed_once_it_is_made(keeper: Keeper) -> None:
    async def opened(zone: str) -> None:
        await (await open_store(keeper.url, zone=ZoneInfo(zone))).close()

    keeper.run(opened("Europe/Berlin"))
    keeper.run(opened("Europe/Berlin"))
    with pytest.raises(StoreError, match="its days are those of Europe/Berlin, the site file has UTC"):
        keeper.run(opened("UTC"))
