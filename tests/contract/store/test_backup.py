"""A backup holds everything, goes back whole or not at all, and over a store only by force."""

import asyncio
import gzip
import zlib
from pathlib import Path

import pytest

from passerby.domain.accounts import Account, Challenge, ChallengeKind, Method, Session
from passerby.domain.audit import AuditEntry
from passerby.domain.decisions import Decision, DecisionKind, Judgement
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.place_events import event_id_of
from passerby.domain.queries import Bin, EventQuery, ObservationQuery, PlaceEventQuery
from passerby.ports import Store, StoreError, StoreVersionError
from passerby.store.backup import programs
from passerby.store.backup.archive import back_up, restore
from passerby.store.migration import VERSION_TABLE
from testing.servers.postgresql_server import PASSWORD
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper, minute
from testing.web.made import place_event

RANGE = (MONDAY_S * NS_PER_S, (MONDAY_S + 3 * 86_400) * NS_PER_S)
NOON_NS = RANGE[0] + 12 * 3600 * NS_PER_S


def filled(keeper: Keeper) -> Store:
    store = keeper.open(zone="Europe/Berlin")
    rows = [minute(number, float(number), series=line) for number in range(100) for line in ("a", "b")]
    keeper.run(store.store_observations([*rows, minute(5, None, coverage=0.0, reliable=False)]))
    keeper.run(store.roll_up())
    keeper.run(store.store_observations([minute(101)]))
    event = place_event("cam", "crowd", NOON_NS)
    keeper.run(store.store_events([event]))
    decision = Decision(event.event_id, NOON_NS, "ana", DecisionKind.JUDGED, verdict=Judgement.FALSE, note="plaça")
    assert keeper.run(store.add_decisions([(decision, AuditEntry(NOON_NS, "ana", "event.judged", event.event_id))]))
    keeper.run(store.store_health([CameraHealth("cam", NOON_NS, CameraState.MOVED, NOON_NS, "It looks elsewhere.")]))
    keeper.run(store.append_audit(AuditEntry(NOON_NS, "ada", "camera.added", "cam")))
    keeper.run(store.add_configuration("cameras: [] # plaça", "ada"))
    return store


def answers(keeper: Keeper, store: Store) -> list[tuple[object, ...]]:
    """Everything that a store can tell; the minutes first."""
    queries = [ObservationQuery(*RANGE, bin=length, limit=10_000) for length in Bin]
    events = EventQuery(*RANGE)
    return [
        *(keeper.run(store.observations(query)).rows for query in queries),
        keeper.run(store.events(PlaceEventQuery(*RANGE))).rows,
        keeper.run(store.decisions([event_id_of("cam", "crowd", NOON_NS)])),
        keeper.run(store.health(events)).rows,
        keeper.run(store.audit(events)).rows,
        keeper.run(store.newest_health()),
        keeper.run(store.configurations()),
    ]


@pytest.fixture
def kind(keeper):
    return keeper.url.partition(":")[0]


@pytest.fixture
def other_place(new_database, kind):
    with Keeper(new_database(kind)) as place:
        yield place


def backed_up(keeper: Keeper, folder: Path) -> tuple[Path, list[tuple[object, ...]]]:
    """A backup of a store that is filled and still open, and what the store answered."""
    store = filled(keeper)
    before = answers(keeper, store)
    return keeper.run(back_up(keeper.url, folder, clock=keeper.clock)), before


def test_what_is_restored_answers_as_before(keeper, other_place, tmp_path):
    file, before = backed_up(keeper, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert file.stat().st_mode & 0o777 == 0o600
    other_place.run(restore(other_place.url, file))
    store = other_place.open(zone="Europe/Berlin")
    assert len(before[0]) == 202
    assert answers(other_place, store) == before
    assert other_place.run(store.store_observations([minute(0, series="new"), minute(101)])).new == 1
    other_place.clock.now_s += 86_400
    assert other_place.run(store.roll_up()) > 0
    other_place.run(store.append_audit(AuditEntry(NOON_NS, "ada", "camera.removed", "cam")))


def test_a_backup_is_of_one_moment(keeper, other_place, tmp_path):
    """A batch is in it whole or not at all, though batches are stored all the while."""
    store = keeper.open()

    async def both() -> Path:
        begun = asyncio.Event()

        async def store_on() -> None:
            for number in range(30):
                await store.store_observations([minute(number, series=f"line-{line}") for line in range(50)])
                begun.set()

        storing = asyncio.create_task(store_on())
        await begun.wait()
        file = await back_up(keeper.url, tmp_path)
        await storing
        return file

    file = keeper.run(both())
    other_place.run(restore(other_place.url, file))
    restored = other_place.open()
    rows = other_place.run(restored.observations(ObservationQuery(*RANGE, limit=10_000))).rows
    assert len(rows) % 50 == 0
    assert len(answers(keeper, store)[0]) == 1500


@pytest.mark.slow
def test_a_store_is_replaced_only_by_force(keeper, other_place, tmp_path):
    file, before = backed_up(keeper, tmp_path)
    theirs = other_place.open(zone="Europe/Berlin")
    other_place.run(theirs.store_observations([minute(7, 99.0, camera="theirs")]))
    mine = answers(other_place, theirs)
    other_place.close()
    with pytest.raises(StoreError, match=r"store already.*force") as raised:
        other_place.run(restore(other_place.url, file))
    assert PASSWORD not in str(raised.value)
    assert answers(other_place, other_place.open(zone="Europe/Berlin")) == mine
    other_place.close()
    other_place.run(restore(other_place.url, file, force=True))
    assert answers(other_place, other_place.open(zone="Europe/Berlin")) == before


def test_nothing_is_put_under_a_service_that_runs(keeper, tmp_path):
    file, before = backed_up(keeper, tmp_path)
    with pytest.raises(StoreError, match="Stop passerby"):
        keeper.run(restore(keeper.url, file, force=True))
    assert answers(keeper, keeper.stores[0]) == before


def turned(content: bytes, plain: bytes) -> bytes:
    """A bit turned in the middle; the next byte's where that one only says which of two runs of zeros is repeated."""
    for place in range(len(content) // 2, len(content)):
        damaged = content[:place] + bytes([content[place] ^ 8]) + content[place + 1 :]
        try:
            if gzip.decompress(damaged) != plain:
                return damaged
        except (OSError, EOFError, zlib.error):
            return damaged
    raise AssertionError("no bit matters")


def damages(content: bytes) -> dict[str, bytes]:
    middle = len(content) // 2
    plain = gzip.decompress(content)
    return {
        "cut off": content[:middle],
        "without its end": content[:-4],
        "a bit turned": turned(content, plain),
        "empty": b"",
        "not packed": plain,
        "something else": gzip.compress(b"something else" * 100),
        "only the beginning": gzip.compress(plain[: len(plain) // 2]),
        "a page lost": gzip.compress(plain[: len(plain) // 2] + bytes(4096) + plain[len(plain) // 2 + 4096 :]),
    }


@pytest.mark.slow
@pytest.mark.parametrize("there", [False, True])
def test_a_damaged_backup_is_refused_and_loses_nothing(keeper, other_place, tmp_path, there):
    file, _ = backed_up(keeper, tmp_path)
    store = other_place.open(zone="Europe/Berlin") if there else None
    if store is not None:
        other_place.run(store.store_observations([minute(7, 99.0)]))
    mine = answers(other_place, store) if store is not None else []
    other_place.close()
    for what, content in damages(file.read_bytes()).items():
        file.write_bytes(content)
        with pytest.raises(StoreError) as raised:
            other_place.run(restore(other_place.url, file, force=True))
        assert PASSWORD not in str(raised.value), what
        if there:
            assert answers(other_place, other_place.open(zone="Europe/Berlin")) == mine, what
            other_place.close()
    if not there and other_place.url.startswith("sqlite"):
        folder = Path(other_place.url.removeprefix("sqlite:///")).parent
        assert list(folder.iterdir()) == []


def test_a_backup_of_a_newer_passerby_is_refused(keeper, other_place, tmp_path):
    filled(keeper)
    keeper.close()
    keeper.execute(f"UPDATE {VERSION_TABLE} SET version_num = '9999'")
    file = keeper.run(back_up(keeper.url, tmp_path))
    with pytest.raises(StoreError, match="newer passerby"):
        other_place.run(restore(other_place.url, file))
    assert answers(other_place, other_place.open())[0] == ()


def test_a_backup_of_the_other_database_is_refused(new_database, tmp_path):
    with Keeper(new_database("sqlite")) as one, Keeper(new_database("postgresql")) as other:
        for source, target in ((one, other), (other, one)):
            file, _ = backed_up(source, tmp_path)
            with pytest.raises(StoreError, match="not a backup of"):
                target.run(restore(target.url, file, force=True))


@pytest.mark.parametrize("with_tables", [False])
def test_there_must_be_something_to_back_up(keeper, tmp_path):
    with pytest.raises(StoreError, match="there is no store"):
        keeper.run(back_up(keeper.url, tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_files_that_cannot_be_are_reported(keeper, tmp_path):
    keeper.open()
    with pytest.raises(StoreError, match=r"nowhere.*Check the path"):
        keeper.run(back_up(keeper.url, tmp_path / "nowhere"))
    with pytest.raises(StoreError, match=r"nothing\.gz.*Check the path"):
        keeper.run(restore(keeper.url, tmp_path / "nothing.gz"))
    keeper.run(back_up(keeper.url, tmp_path, clock=keeper.clock))
    with pytest.raises(StoreError, match="is there already"):
        keeper.run(back_up(keeper.url, tmp_path, clock=keeper.clock))


def test_a_file_of_other_software_is_not_overwritten_even_by_force(sqlite_path, tmp_path):
    with Keeper(f"sqlite:///{tmp_path / 'ours.db'}") as keeper:
        file, _ = backed_up(keeper, tmp_path)
        with Keeper(f"sqlite:///{tmp_path / 'theirs.db'}") as theirs:
            theirs.execute("CREATE TABLE recipes (name TEXT)")
            with pytest.raises(StoreVersionError, match="recipes"):
                theirs.run(restore(theirs.url, file, force=True))
            assert theirs.execute("SELECT name FROM sqlite_master") == [("recipes",)]


def test_other_tables_of_a_shared_database_stay_out(postgresql_keeper, new_database, tmp_path):
    postgresql_keeper.execute("CREATE TABLE recipes (name TEXT)")
    file, before = backed_up(postgresql_keeper, tmp_path)
    with Keeper(new_database("postgresql")) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
        for _ in range(2):
            other.run(restore(other.url, file, force=True))
        assert other.execute("SELECT count(*) FROM recipes") == [(0,)]
        assert answers(other, other.open(zone="Europe/Berlin")) == before


def test_missing_programs_are_named(postgresql_keeper, tmp_path, monkeypatch):
    postgresql_keeper.open()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "_DEBIAN", tmp_path)
    with pytest.raises(StoreError, match=r"pg_dump: not installed.*postgresql-client-15"):
        postgresql_keeper.run(back_up(postgresql_keeper.url, tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_no_session_comes_back_with_a_backup(keeper, other_place, tmp_path):
    """One that was ended since would be there again, with every cookie that was ever stolen."""
    store = filled(keeper)
    entry = AuditEntry(NOON_NS, "ada", "log_in", "session")
    keeper.run(store.access.add_account(Account("ada", "ada", "handle", NOON_NS), entry))
    session = Session("s1", "hash", "ada", Method.PASSWORD, True, NOON_NS, NOON_NS, NOON_NS + 1, NOON_NS)
    keeper.run(store.access.add_session(session, entry))
    keeper.run(store.access.add_challenge(Challenge("c", ChallengeKind.LINK, "", "", NOON_NS + 1), NOON_NS))
    file = keeper.run(back_up(keeper.url, tmp_path, clock=keeper.clock))
    other_place.run(restore(other_place.url, file))
    restored = other_place.open(zone="Europe/Berlin").access
    assert other_place.run(restored.account("ada")) is not None
    assert other_place.run(restored.session_holder("hash")) is None
    assert other_place.run(restored.challenge("c", ChallengeKind.LINK)) is None


def test_a_link_where_a_backup_goes_is_replaced_and_not_followed(tmp_path):
    with Keeper(f"sqlite:///{tmp_path / 'ours.db'}") as keeper:
        filled(keeper)
        name = keeper.run(back_up(keeper.url, tmp_path, clock=keeper.clock)).name
        elsewhere, folder = tmp_path / "elsewhere", tmp_path / "backups"
        folder.mkdir()
        (folder / name).symlink_to(elsewhere)
        written = keeper.run(back_up(keeper.url, folder, clock=keeper.clock))
    assert written.is_file()
    assert not written.is_symlink()
    assert not elsewhere.exists()
