"""Verification finds whatever is done to a log, and names the entry as far as it can be known."""

import random
from collections.abc import Callable

import pytest

from passerby.audit.checkpoints import Checkpoint
from passerby.audit.leaves import leaf_of
from passerby.audit.tiles import Tile
from passerby.audit.tree import leaf_hash, root_of
from passerby.audit.verification import Reference
from passerby.domain.audit_reports import Fault
from tests.unit.audit.stored_log import ORIGIN, StoredLog, entry, rebuilt, stored_log

SIZE = 600


def kept(log: StoredLog, size: int, *, elsewhere: bool = True) -> Reference:
    hashes = b"".join(leaf_hash(log.rows[number] or b"") for number in range(size))
    return Reference("kept.txt" if elsewhere else "the store", elsewhere, Checkpoint(ORIGIN, size, root_of(hashes)))


def faults(log: StoredLog) -> list[tuple[Fault, int | None, int | None]]:
    return [(one.fault, one.first, one.last) for one in log.report().findings]


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 4096, 5000])
def test_a_log_that_was_left_alone_is_sound(size: int) -> None:
    log = stored_log(size)
    assert log.report().sound
    log.references = [kept(log, number) for number in {0, size // 2, size}]
    report = log.report()
    assert report.sound
    assert (report.size, report.erased, report.covered) == (size, 0, size)


@pytest.mark.parametrize("place", [0, 1, 255, 256, 511, 512, 598, 599])
@pytest.mark.asvs("16.4.2")
def test_an_entry_that_was_changed_removed_inserted_or_moved_is_named(place: int) -> None:
    for tamper, fault in (
        (lambda log: log.rows.update({place: leaf_of(entry(9999))}), Fault.CHANGED),
        (lambda log: log.rows.pop(place), Fault.REMOVED),
    ):
        log = stored_log(SIZE)
        tamper(log)
        assert faults(log) == [(fault, place, place)]
    log = stored_log(SIZE)
    contents = [log.rows[number] for number in range(SIZE)]
    log.rows = dict(enumerate([*contents[:place], leaf_of(entry(9999)), *contents[place:]]))
    assert faults(log) == [(Fault.INSERTED, place, place)]
    log.rows = dict(enumerate([*contents[:place], *contents[place + 1 :]]))
    assert faults(log) == [(Fault.REMOVED, place, place)]
    other = (place + 300) % SIZE
    log.rows = dict(enumerate(contents))
    log.rows[place], log.rows[other] = log.rows[other], log.rows[place]
    assert sorted(faults(log)) == sorted([(Fault.MOVED, place, place), (Fault.MOVED, other, other)])


def test_an_entry_beyond_the_end_is_inserted() -> None:
    for place in (SIZE, SIZE + 500, -1):
        log = stored_log(SIZE)
        log.rows[place] = leaf_of(entry(9999))
        assert faults(log) == [(Fault.INSERTED, place, place)]


def test_a_changed_hash_of_the_tree_is_reported_from_a_changed_entry() -> None:
    log = stored_log(SIZE)
    tile = bytearray(log.tiles[Tile(0, 0)])
    tile[5 * 32] ^= 1
    log.tiles[Tile(0, 0)] = bytes(tile)
    assert faults(log) == [(Fault.HASH, 0, 255)]
    for broken in (Tile(0, 0), Tile(0, 1), Tile(1, 0)):
        log = stored_log(SIZE)
        del log.tiles[broken]
        assert {fault for fault, _, _ in faults(log)} == {Fault.HASH}


def test_an_entry_changed_with_its_hash_is_found_by_the_level_above() -> None:
    log = stored_log(SIZE)
    rows = {number: content or b"" for number, content in log.rows.items()}
    rows[300] = leaf_of(entry(9999))
    log.rows[300] = rows[300]
    log.tiles[Tile(0, 1)] = rebuilt(rows)[Tile(0, 1)]
    assert faults(log) == [(Fault.CHANGED, 256, 511)]


def test_history_rewritten_with_its_tree_is_found_only_by_a_checkpoint() -> None:
    log = stored_log(SIZE)
    references = [kept(log, 100, elsewhere=False), kept(log, 400), kept(log, 500)]
    rows = {number: content or b"" for number, content in log.rows.items()}
    rows[300] = leaf_of(entry(9999))
    log.rows, log.tiles = dict(rows), rebuilt(rows)
    assert faults(log) == []
    log.references = references
    assert faults(log) == [(Fault.CHECKPOINT, 100, 399)]
    assert [one.agrees for one in log.report().checkpoints] == [False, False, True]
    assert log.report().covered == 0


def test_a_log_cut_off_is_found_only_by_a_checkpoint() -> None:
    log = stored_log(SIZE)
    reference = kept(log, SIZE)
    cut = stored_log(SIZE - 50)
    assert faults(cut) == []
    cut.references = [reference]
    assert faults(cut) == [(Fault.TRUNCATED, SIZE - 50, SIZE - 1)]


def test_an_erased_entry_that_none_names_is_a_fault() -> None:
    log = stored_log(SIZE)
    log.rows.update(dict.fromkeys(range(10, 20)))
    assert faults(log) == [(Fault.ERASED, 10, 19)]
    assert log.report().erased == 10


def test_tiles_that_grew_meanwhile_are_no_fault() -> None:
    log, longer = stored_log(SIZE), stored_log(SIZE + 100)
    log.tiles = longer.tiles
    assert log.report().sound


def _change(log: StoredLog, chance: random.Random) -> None:
    place = chance.randrange(log.size)
    content = bytearray(log.rows[place] or b"")
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    log.rows[place] = bytes(content)


def _remove(log: StoredLog, chance: random.Random) -> None:
    del log.rows[chance.randrange(log.size)]


def _remove_and_close_up(log: StoredLog, chance: random.Random) -> None:
    _remove(log, chance)
    log.rows = dict(enumerate(content for _, content in sorted(log.rows.items())))


def _insert(log: StoredLog, chance: random.Random) -> None:
    contents = [content for _, content in sorted(log.rows.items())]
    contents.insert(chance.randrange(log.size + 1), leaf_of(entry(chance.randrange(log.size))))
    log.rows = dict(enumerate(contents))


def _swap(log: StoredLog, chance: random.Random) -> None:
    one, other = chance.sample(range(log.size), 2)
    log.rows[one], log.rows[other] = log.rows[other], log.rows[one]


def _copy(log: StoredLog, chance: random.Random) -> None:
    one, other = chance.sample(range(log.size), 2)
    log.rows[one] = log.rows[other]


def _erase(log: StoredLog, chance: random.Random) -> None:
    log.rows[chance.randrange(log.size)] = None


def _hash(log: StoredLog, chance: random.Random) -> None:
    tile = chance.choice(sorted(log.tiles))
    hashes = bytearray(log.tiles[tile])
    hashes[chance.randrange(len(hashes))] ^= 1 << chance.randrange(8)
    log.tiles[tile] = bytes(hashes)


def _lose_tile(log: StoredLog, chance: random.Random) -> None:
    del log.tiles[chance.choice(sorted(log.tiles))]


def _shorten(log: StoredLog, chance: random.Random) -> None:
    log.size -= chance.randint(1, 5)


TAMPERINGS: list[Callable[[StoredLog, random.Random], None]] = [
    _change, _remove, _remove_and_close_up, _insert, _swap, _copy, _erase, _hash, _lose_tile, _shorten,
]  # fmt: skip


def _all_found(times: int, size: int) -> None:
    chance = random.Random(20261129)
    whole = stored_log(size)
    for number in range(times):
        log = StoredLog(dict(whole.rows), dict(whole.tiles), size)
        tamper = TAMPERINGS[number % len(TAMPERINGS)]
        tamper(log, chance)
        if log.rows != whole.rows or log.tiles != whole.tiles or log.size != size:
            assert not log.report().sound, (number, tamper.__name__)


def test_every_one_of_some_hundred_random_tamperings_is_found() -> None:
    _all_found(300, 700)


@pytest.mark.slow
@pytest.mark.no_cover
def test_every_one_of_ten_thousand_random_tamperings_is_found() -> None:
    _all_found(10_000, 100)
