"""A store opens where it can, is brought up to date where it is old, and says why where it cannot."""

import itertools
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from passerby.domain.health import CameraState
from passerby.domain.queries import Bin, EventQuery, ObservationQuery, PlaceEventQuery
from passerby.ports import StoreError, StoreUnavailableError, StoreVersionError
from passerby.store.migration import VERSION_TABLE
from passerby.store.opening import backend_of
from passerby.store.schema import PARTITION_SPANS, tables
from testing.servers.postgresql_server import PASSWORD
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, minute

OLDER = Path(__file__).parent / "older"
CUT_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'passerby'"
DAY = (MONDAY_S * NS_PER_S, (MONDAY_S + 86_400) * NS_PER_S)


@pytest.fixture(scope="module")
def with_tables() -> bool:
    return False


def kind_of(keeper: Keeper) -> str:
    return "sqlite" if keeper.url.startswith("sqlite") else "postgresql"


def fill_from(keeper: Keeper, dump: Path) -> None:
    text = dump.read_text(encoding="utf-8")
    if kind_of(keeper) == "postgresql":
        keeper.execute(text)
        return
    statements = [part.strip() for part in text.split(";\n")]
    keeper.execute(*(part for part in statements if part not in ("", "BEGIN TRANSACTION", "COMMIT")))


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_an_older_store_is_brought_up_to_date_with_all_that_is_in_it(keeper, revision):
    fill_from(keeper, OLDER / f"{revision}-{kind_of(keeper)}.sql")
    for _ in range(2):
        store = keeper.open()
        newest = keeper.run(store.newest_health())
        assert [(one.camera, one.state, one.why) for one in newest] == [
            ("north", CameraState.ONLINE, "Why 2."),
            ("south", CameraState.OFFLINE, "Why 1."),
        ]
        hour = keeper.run(store.observations(ObservationQuery(*DAY, bin=Bin.HOUR))).rows
        assert [(one.series, one.value, one.count) for one in hour] == [("gate", 3.0, 3), ("square", 0.5, 450)]
        assert all(one.reliable for one in hour)
        assert [one.rule for one in keeper.run(store.events(PlaceEventQuery(*DAY))).rows] == ["crowd"]
        assert [one.subject for one in keeper.run(store.audit(EventQuery(*DAY))).rows] == ["north"]
        version = keeper.run(store.configuration())
        assert version is not None
        assert version.text == "cameras: []"
        keeper.run(store.roll_up())
        keeper.close()
    assert keeper.run(keeper.open().store_observations([minute(5, camera="north")])).new == 1


def test_the_migrations_make_the_tables_that_the_software_uses(keeper):
    keeper.open()
    keeper.close()
    backend = backend_of(keeper.url)

    def ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or (name != VERSION_TABLE and "_p" not in str(name))

    def differences(connection: sa.Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": ours})
        return list(compare_metadata(context, tables))

    async def compare() -> list[object]:
        async with backend.writing() as connection:
            found = await connection.run_sync(differences)
        await backend.close()
        return found

    assert keeper.run(compare()) == []


def test_a_store_of_a_newer_passerby_is_left_alone(keeper):
    keeper.open()
    keeper.close()
    keeper.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    with pytest.raises(StoreVersionError, match=r"newer passerby.*9999.*Install") as raised:
        keeper.open()
    assert PASSWORD not in str(raised.value)
    assert keeper.execute(f"SELECT version_num FROM {VERSION_TABLE}") == [("9999",)]


def test_the_zone_that_days_are_counted_by_stays(keeper):
    keeper.open(zone="Europe/Berlin")
    keeper.close()
    with pytest.raises(StoreError, match=r"Europe/Berlin.*Asia/Tokyo.*Set"):
        keeper.open(zone="Asia/Tokyo")
    keeper.open(zone="Europe/Berlin")


def test_partitions_are_there_before_they_are_needed(postgresql_keeper):
    store = postgresql_keeper.open()
    query = "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY relname"
    first = {name for (name,) in postgresql_keeper.execute(query)}
    today = postgresql_keeper.clock.now_s // 86_400
    assert {f"observations_60_p{today + ahead}" for ahead in range(4)} <= first
    assert {name.rpartition("_p")[0] for name in first} == set(PARTITION_SPANS)
    postgresql_keeper.clock.now_s += 5 * 86_400
    postgresql_keeper.run(store.roll_up())
    assert f"observations_60_p{today + 8}" in {name for (name,) in postgresql_keeper.execute(query)}


def test_old_partitions_are_dropped_whole(postgresql_keeper):
    store = postgresql_keeper.open()
    postgresql_keeper.run(store.store_observations([minute(1440 * day) for day in range(3)]))
    postgresql_keeper.leap(store, 50)
    query = "SELECT relname FROM pg_class WHERE relname LIKE 'observations_60_p%' AND relkind = 'r'"
    assert len(postgresql_keeper.execute(query)) >= 3
    postgresql_keeper.run(store.enforce_retention())
    assert postgresql_keeper.execute(query) == []


@pytest.mark.parametrize(
    "url",
    [
        "", "nothing", "S3cret", "postgresql://me:S3cret@host:port/db", "mysql://me:S3cret@host/db", "sqlite://",
        "sqlite:///:memory:", "sqlite:////nowhere/at/all/passerby.db", "postgresql+nothing://me:S3cret@host/db",
    ],
)  # fmt: skip
def test_a_url_that_is_none_is_reported_without_its_password(url):
    with Keeper(url) as keeper, pytest.raises(StoreError) as raised:
        keeper.open()
    assert "S3cret" not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:S3cret@127.0.0.1:1/passerby",
        "postgresql://me:S3cret@/passerby?host=/nowhere/S3cret",
        "postgresql://me:S3cret@no-such-host.invalid/passerby",
    ],
)
def test_a_server_that_is_not_there_is_unavailable(url):
    with Keeper(url) as keeper, pytest.raises(StoreUnavailableError, match="try again") as raised:
        keeper.open()
    assert "S3cret" not in str(raised.value)


def test_a_wrong_password_is_not_repeated(postgresql):
    url = postgresql.format(database="postgres").replace(PASSWORD, "S3cret-wrong")
    with Keeper(url) as keeper, pytest.raises(StoreError, match="password authentication failed") as raised:
        keeper.open()
    assert "S3cret" not in str(raised.value)


def test_a_file_of_other_software_is_left_alone(sqlite_path):
    with Keeper(f"sqlite:///{sqlite_path}") as keeper:
        keeper.execute("CREATE TABLE recipes (name TEXT)")
        with pytest.raises(StoreVersionError, match="recipes"):
            keeper.open()
        assert keeper.execute("SELECT name FROM sqlite_master") == [("recipes",)]


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be looked at" * 20, b"\0" * 4096])
def test_a_file_that_is_no_database_is_left_alone(sqlite_path, content):
    sqlite_path.write_bytes(content)
    with (
        Keeper(f"sqlite:///{sqlite_path}") as keeper,
        pytest.raises(StoreError, match=r"not a database.*damaged.*passerby restore"),
    ):
        keeper.open()
    assert sqlite_path.read_bytes() == content


def test_only_the_owner_reads_the_file(sqlite_path):
    with Keeper(f"sqlite:///{sqlite_path}") as keeper:
        keeper.open()
        files = [sqlite_path, *sqlite_path.parent.glob("passerby.db-*")]
        assert {each.stat().st_mode & 0o777 for each in files} == {0o600}
        assert len(files) == 3


def test_a_connection_that_was_cut_is_made_again(postgresql_keeper):
    store = postgresql_keeper.open()
    numbers = itertools.count()
    for _ in range(2):
        postgresql_keeper.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'passerby'"
        )
        assert postgresql_keeper.run(store.store_observations([minute(next(numbers))])).new == 1
