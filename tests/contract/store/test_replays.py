"""Encrypted replays of events: kept for three days at most, a few of each camera, and in no backup."""

import gzip
from pathlib import Path

import pytest

from passerby.domain.retention import Kind, Retention
from passerby.store.backup.archive import back_up, restore
from passerby.store.events import replays as replays_module
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper
from testing.web.made import open_event
from testing.web.replays import encrypted

HOUR_NS = 3600 * NS_PER_S
START_NS = MONDAY_S * NS_PER_S
ONE, TWO = open_event("north", "crowd", START_NS), open_event("plaça", "queue", START_NS)
BOX = b"\x00nonce and ciphertext\xff" * 20


def opened(keeper: Keeper, **limits: int):
    keeper.clock.now_s = MONDAY_S + 60
    return keeper.open(retention=Retention({Kind(kind): days for kind, days in limits.items()}))


def there(keeper: Keeper, store, *events) -> list[bool]:
    return [keeper.run(store.replay(event.event_id)) is not None for event in events or (ONE, TWO)]


def test_a_replay_comes_out_as_it_went_in_and_the_first_one_stays(keeper: Keeper) -> None:
    store = opened(keeper)
    keeper.run(store.store_replays([encrypted(TWO, BOX), encrypted(ONE, b"x")]))
    keeper.run(store.store_replays([encrypted(TWO, b"another")]))
    found = keeper.run(store.replay(TWO.event_id))
    assert (found.event_id, found.camera, found.time_ns) == (TWO.event_id, "plaça", TWO.raised_ns)
    assert found.box.tobytes() == BOX
    wanted = [ONE.event_id, TWO.event_id, "0" * 32]
    until = {event.event_id: event.raised_ns + 72 * HOUR_NS for event in (ONE, TWO)}
    assert keeper.run(store.replays_until(wanted)) == until
    assert keeper.run(store.replays_until([])) == {}


@pytest.mark.parametrize(
    ("limits", "hours"), [({}, 72), ({"replays": 1}, 24), ({"events": 1}, 24), ({"events": 2}, 48)]
)
def test_it_is_gone_after_three_days_at_most_and_with_its_event(
    keeper: Keeper, limits: dict[str, int], hours: int
) -> None:
    store = opened(keeper, **limits)
    keeper.run(store.store_replays([encrypted(ONE, BOX, START_NS)]))
    keeper.clock.now_s = MONDAY_S + hours * 3600
    assert there(keeper, store, ONE) == [True]
    assert keeper.run(store.keep_replays(["north"])) == 0
    keeper.clock.now_s += 1
    assert there(keeper, store, ONE) == [False]
    assert keeper.run(store.replays_until([ONE.event_id])) == {}
    assert keeper.execute("SELECT count(*) FROM event_replays") == [(1,)]  # not to be opened, before it is deleted
    assert keeper.run(store.keep_replays(["north"])) == 1
    assert keeper.execute("SELECT count(*) FROM event_replays") == [(0,)]
    keeper.run(store.store_replays([encrypted(ONE, BOX, START_NS)]))  # late, after an outage
    assert keeper.execute("SELECT count(*) FROM event_replays") == [(0,)]


def test_one_that_was_made_by_a_clock_that_was_ahead_is_kept_no_longer(keeper: Keeper) -> None:
    store = opened(keeper)
    keeper.run(store.store_replays([encrypted(ONE, BOX, START_NS + 10_000 * HOUR_NS)]))
    assert keeper.run(store.keep_replays(["north"])) == 0
    until_ns = round(keeper.clock.now_s) * NS_PER_S + 72 * HOUR_NS
    assert keeper.run(store.replays_until([ONE.event_id])) == {ONE.event_id: until_ns}
    keeper.clock.now_s += 72 * 3600 + 1
    assert keeper.run(store.keep_replays(["north"])) == 1


@pytest.mark.asvs("14.2.4")
def test_the_retention_run_deletes_and_records_it(keeper: Keeper) -> None:
    store = opened(keeper)
    keeper.run(store.store_replays([encrypted(ONE, BOX, START_NS), encrypted(TWO, BOX, START_NS + 5 * HOUR_NS)]))
    keeper.run(store.enforce_retention())
    keeper.clock.now_s = MONDAY_S + 73 * 3600
    runs = {run.kind: run.deleted for run in keeper.run(store.enforce_retention())}
    assert runs[Kind.REPLAYS] == 1
    assert there(keeper, store) == [False, True]
    line = next(line for line in keeper.run(store.retention_report()) if line.kind is Kind.REPLAYS)
    assert (line.keep_days, line.kept, line.oldest_ns) == (3, True, START_NS + 5 * HOUR_NS)


def test_what_the_register_does_not_allow_any_more_is_deleted_at_once_and_its_bytes_with_it(keeper: Keeper) -> None:
    store = opened(keeper)
    keeper.run(store.store_replays([encrypted(ONE, BOX), encrypted(TWO, BOX)]))
    assert keeper.run(store.keep_replays(["north", "plaça"])) == 0
    assert keeper.run(store.keep_replays(["plac\u0327a"])) == 1  # however its name is written
    assert there(keeper, store) == [False, True]
    assert keeper.run(store.keep_replays([])) == 1
    if keeper.url.startswith("sqlite"):
        path = Path(keeper.url.removeprefix("sqlite:///"))
        assert [file.name for file in path.parent.glob(f"{path.name}*") if BOX[:30] in file.read_bytes()] == []


def test_a_flood_of_one_camera_leaves_its_newest_and_all_of_another(
    keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replays_module, "MAX_EACH", 4)
    store = opened(keeper)
    many = [open_event("north", "crowd", START_NS + number * NS_PER_S) for number in range(10)]
    keeper.run(store.store_replays([encrypted(TWO, BOX), *(encrypted(event, BOX) for event in many[:6])]))
    for event in many[6:]:
        keeper.run(store.store_replays([encrypted(event, BOX)]))
    assert there(keeper, store, *many) == [False] * 6 + [True] * 4
    assert there(keeper, store, TWO) == [True]


def test_no_backup_holds_one(keeper: Keeper, new_database, tmp_path: Path) -> None:
    store = opened(keeper)
    keeper.run(store.store_events([ONE]))
    keeper.run(store.store_replays([encrypted(ONE, BOX)]))
    file = keeper.run(back_up(keeper.url, tmp_path, clock=keeper.clock))
    content = gzip.decompress(file.read_bytes())
    assert BOX[:30] not in content
    assert BOX[:30].hex().encode() not in content
    assert there(keeper, store, ONE) == [True]
    with Keeper(new_database(keeper.url.partition(":")[0])) as other:
        other.run(restore(other.url, file, clock=keeper.clock))
        other.clock.now_s = keeper.clock.now_s
        again = other.open()
        assert other.run(again.event(ONE.event_id)) == ONE
        assert there(other, again, ONE) == [False]
        other.run(again.store_replays([encrypted(ONE, BOX)]))
        assert there(other, again, ONE) == [True]
