"""The audit log in both databases: one tree whoever writes, nothing on a broken one, and what is erased is gone."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from passerby.audit.checkpoints import Checkpoint, checkpoint_of
from passerby.audit.notes import Algorithm, SigningKey, parsed_key, parsed_note
from passerby.audit.proofs import parsed_proof, proof_text, verify_proof
from passerby.audit.tree import leaf_hash, verify_inclusion
from passerby.domain.audit import AuditEntry
from passerby.domain.audit_reports import Fault, KeptCheckpoint
from passerby.domain.queries import AuditQuery, EventQuery
from passerby.domain.retention import Kind, Retention
from passerby.ports import AuditBrokenError, StoreError
from passerby.store.audit_log import reading
from passerby.store.audit_log.log import STARTED
from passerby.store.backup.archive import back_up, restore
from testing.store_keeper import MONDAY_S, NS_PER_S, Keeper

EVER = EventQuery(0, 2**62)
KEY = Ed25519PrivateKey.generate().private_bytes_raw()
SECRET = "Musterfrau-erased-canary"


def entry(number: int, case: str = "") -> AuditEntry:
    return AuditEntry(MONDAY_S * NS_PER_S + number, "ada", "live.opened", "square", f"é {number}", "maintenance", case)


def filled(keeper: Keeper, count: int):
    store = keeper.open()
    store.audit_log.use_key(KEY)
    for number in range(count):
        keeper.run(store.append_audit(entry(number)))
    return store


def findings(keeper: Keeper, store, kept: tuple[KeptCheckpoint, ...] = ()):
    (report,) = keeper.run(store.audit_log.verify(kept))
    return [(one.fault, one.first, one.last) for one in report.findings]


@pytest.mark.asvs("16.2.1")
def test_entries_lie_in_the_tree_in_their_order(keeper):
    store = filled(keeper, 260)
    leaves = keeper.run(store.audit_log.leaves(EVER)).rows
    assert [(leaf.index, leaf.entry) for leaf in leaves] == [(number, entry(number)) for number in range(260)]
    (head,) = keeper.run(store.audit_log.heads())
    assert (head.number, head.size) == (1, 260)
    assert findings(keeper, store) == []
    assert len(keeper.run(store.audit_log.tile(0, 0, 256))) == 256 * 32
    assert len(keeper.run(store.audit_log.tile(1, 0, 1))) == 32
    assert len(keeper.run(store.audit_log.tile(0, 1, 3))) == 96
    assert keeper.run(store.audit_log.tile(0, 1, 5)) is None
    assert keeper.run(store.audit_log.tile(3, 0, 1)) is None


def test_a_search_reads_on_from_page_to_page_in_both_orders(keeper, monkeypatch):
    monkeypatch.setattr(reading, "_READ_AT_ONCE", 4)
    monkeypatch.setattr(reading, "_READ_LIMIT", 8)
    store = keeper.open()
    for number in range(30):
        actor = "ben" if number in (3, 4, 25) else "ada"
        act = AuditEntry(MONDAY_S * NS_PER_S + number // 2, actor, "view.opened", "square")
        keeper.run(store.append_audit(act))

    def found(limit: int, *, newest_first: bool) -> tuple[list[int], int]:
        query = AuditQuery(0, 2**62, actors=("ben",), actions=("view",), newest_first=newest_first, limit=limit)
        indices: list[int] = []
        for pages in range(1, 20):
            page = keeper.run(store.audit_log.search(query))
            assert len(page.rows) <= limit
            indices += [leaf.index for leaf in page.rows]
            if page.after is None:
                return indices, pages
            query = replace(query, after=page.after)
        raise AssertionError("it never ends")

    assert found(10, newest_first=False) == ([3, 4, 25], 4)
    assert found(10, newest_first=True)[0] == [25, 4, 3]
    assert found(1, newest_first=False)[0] == [3, 4, 25]
    assert found(1, newest_first=True)[0] == [25, 4, 3]
    with pytest.raises(ValueError):
        keeper.run(store.audit_log.search(AuditQuery(0, 2**62, after="nonsense")))


def test_several_entries_are_proved_under_one_checkpoint(keeper):
    store = filled(keeper, 7)
    first = keeper.run(store.audit_log.prove_all((0, 3, 6), 1))
    assert len({proof.checkpoint for proof in first}) == 1
    point = checkpoint_of(parsed_note(first[0].checkpoint).text)
    for proof in first:
        verify_inclusion(proof.leaf_hash, proof.index, point.size, proof.path, point.root)
        assert leaf_hash(proof.content) == proof.leaf_hash
    keeper.run(store.append_audit(entry(7)))
    assert keeper.run(store.audit_log.prove_all((6,), 1))[0].checkpoint == first[0].checkpoint
    newer = keeper.run(store.audit_log.prove_all((7,), 1))
    assert checkpoint_of(parsed_note(newer[0].checkpoint).text).size == 8
    with pytest.raises(StoreError):
        keeper.run(store.audit_log.prove_all((8,), 1))


def test_many_who_write_at_once_make_one_tree(keeper):
    first, others = keeper.open(), [keeper.open() for _ in range(3)]

    async def write() -> None:
        stores = [first, *others]
        await asyncio.gather(
            *(stores[number % 4].append_audit(entry(number)) for number in range(80)),
            *(stores[number % 4].add_configuration(f"a: {number}", "ada") for number in range(8)),
        )

    keeper.run(write())
    (head,) = keeper.run(first.audit_log.heads())
    assert head.size == 80 + len(keeper.run(first.configurations()))
    assert findings(keeper, first) == []


@pytest.mark.asvs("2.3.3")
def test_an_act_that_fails_leaves_no_entry_and_the_other_way_round(keeper):
    store = keeper.open()
    with pytest.raises(StoreError):
        keeper.run(store.append_audit(AuditEntry(1, "ada", "a.b", "c", "x" * 10_001)))
    keeper.execute("UPDATE audit_logs SET fault = 'made so by the test'")
    with pytest.raises(AuditBrokenError, match=r"made so by the test.*passerby audit renew"):
        keeper.run(store.add_configuration("a: 1", "ada"))
    assert keeper.run(store.configurations()) == ()
    with pytest.raises(AuditBrokenError):
        keeper.run(store.enforce_retention())
    assert keeper.run(store.deletion_runs()) == ()


TAMPERED = {
    "a last entry that is gone": "DELETE FROM audit_leaves WHERE leaf_index = 4",
    "a last entry that is another": "UPDATE audit_leaves SET content = (SELECT content FROM audit_leaves WHERE "
    "leaf_index = 1) WHERE leaf_index = 4",
    "an entry beyond the end": "INSERT INTO audit_leaves (log_id, leaf_index, content) SELECT 1, 5, content FROM "
    "audit_leaves WHERE leaf_index = 1",
    "hashes that are gone": "DELETE FROM audit_tiles",
    "a size that is too small": "UPDATE audit_logs SET size = 3",
    "a size that is too large": "UPDATE audit_logs SET size = 9",
    "no log": "DELETE FROM audit_logs",
}


@pytest.mark.parametrize("tampering", TAMPERED)
def test_nothing_is_appended_to_a_tree_whose_end_is_wrong(keeper, tampering):
    store = filled(keeper, 5)
    keeper.execute(TAMPERED[tampering])
    before = keeper.execute("SELECT log_id, leaf_index FROM audit_leaves ORDER BY leaf_index")
    with pytest.raises(AuditBrokenError, match="the audit log is broken"):
        keeper.run(store.append_audit(entry(6)))
    assert keeper.execute("SELECT log_id, leaf_index FROM audit_leaves ORDER BY leaf_index") == before


def test_a_check_marks_a_log_that_is_broken_further_back_until_it_is_mended(keeper):
    store = filled(keeper, 300)
    assert keeper.run(store.audit_log.check()).sound
    content = "(SELECT content FROM audit_leaves WHERE leaf_index = 8)"
    keeper.execute("CREATE TABLE kept_content AS SELECT content FROM audit_leaves WHERE leaf_index = 7")
    keeper.execute(f"UPDATE audit_leaves SET content = {content} WHERE leaf_index = 7")
    report = keeper.run(store.audit_log.check())
    assert [(one.fault, one.first) for one in report.findings] == [(Fault.CHANGED, 7)]
    with pytest.raises(AuditBrokenError, match="entry 7 was changed"):
        keeper.run(store.append_audit(entry(1000)))
    keeper.execute("UPDATE audit_leaves SET content = (SELECT content FROM kept_content) WHERE leaf_index = 7")
    assert keeper.run(store.audit_log.check()).sound
    keeper.run(store.append_audit(entry(1000)))


def test_a_new_log_names_the_broken_one_which_stays_as_it_is(keeper):
    store = filled(keeper, 20)
    note = keeper.run(store.audit_log.checkpoint())
    keeper.execute("DELETE FROM audit_leaves WHERE leaf_index = 7")
    keeper.run(store.audit_log.check())
    with pytest.raises(AuditBrokenError):
        keeper.run(store.append_audit(entry(1)))
    head = keeper.run(store.audit_log.begin("ada", "entry 7 was lost in a test"))
    assert (head.number, head.size) == (2, 1)
    keeper.run(store.append_audit(entry(1)))
    old, new = keeper.run(store.audit_log.verify())
    assert [(one.fault, one.first) for one in old.findings] == [(Fault.REMOVED, 7)]
    assert new.sound
    assert new.size == 2
    leaves = keeper.run(store.audit_log.leaves(EVER)).rows
    first = next(leaf.entry for leaf in leaves if (leaf.log, leaf.index) == (2, 0))
    assert (first.action, first.subject) == (STARTED, old.origin)
    assert note in first.detail
    assert "entry 7 was lost in a test" in first.detail


def test_checkpoints_continue_each_other_or_none_is_signed(keeper, tmp_path):
    store = keeper.open()
    with pytest.raises(StoreError, match="key is not known"):
        keeper.run(store.audit_log.checkpoint())
    store.audit_log.use_key(KEY, tmp_path / "kept")
    first = keeper.run(store.audit_log.checkpoint())
    assert checkpoint_of(parsed_note(first).text).size == 0
    assert keeper.run(store.audit_log.checkpoint()) == first
    for number in range(5):
        keeper.run(store.append_audit(entry(number)))
    second = keeper.run(store.audit_log.checkpoint())
    assert keeper.run(store.audit_log.newest_checkpoint()) == second == (tmp_path / "kept").read_text("utf-8")
    key = parsed_key(keeper.run(store.audit_log.public_key()))
    assert [one.key for one in parsed_note(second).signed_by([key])] == [key]
    keeper.execute("UPDATE audit_tiles SET hashes = (SELECT substr(hashes, 1, 64) FROM audit_tiles)",
                   "UPDATE audit_logs SET size = 2")  # fmt: skip
    with pytest.raises(AuditBrokenError, match="does not continue the 5 entries"):
        keeper.run(store.audit_log.checkpoint())


def test_an_entry_is_proved_without_the_database(keeper):
    store = filled(keeper, 300)
    proof = parsed_proof(proof_text(keeper.run(store.audit_log.prove(257))))
    key = parsed_key(keeper.run(store.audit_log.public_key()))
    assert verify_proof(proof, [key]).checkpoint.size == 300
    assert b"\xc3\xa9 257" in (proof.content or b"")
    for index in (300, -1):
        with pytest.raises(StoreError, match=f"entry {index}"):
            keeper.run(store.audit_log.prove(index))


@pytest.mark.slow
def test_what_a_checkpoint_kept_elsewhere_shows(keeper):
    store = filled(keeper, 300)
    witness = SigningKey("ngo.example/w", Ed25519PrivateKey.generate(), Algorithm.COSIGNATURE)
    note = keeper.run(store.audit_log.checkpoint())
    kept = KeptCheckpoint("kept.txt", note + witness.line(parsed_note(note).text, 5))
    (report,) = keeper.run(store.audit_log.verify([kept], witnesses=[str(witness.verifier)]))
    assert report.sound
    assert report.covered == 300
    assert [(one.where, one.witnesses, one.signed) for one in report.checkpoints] == [
        ("kept.txt", ("ngo.example/w",), True), ("the store", (), True)
    ]  # fmt: skip
    # The key's thief rewrites everything: a shorter history of his own, with its tree, signed anew.
    head = keeper.run(store.audit_log.heads())[0]
    keeper.execute("DELETE FROM audit_leaves", "DELETE FROM audit_tiles", "DELETE FROM audit_checkpoints",
                   "UPDATE audit_logs SET size = 0")  # fmt: skip
    for number in range(200):
        keeper.run(store.append_audit(entry(number + 1000)))
    keeper.run(store.audit_log.checkpoint())
    assert findings(keeper, store) == []
    assert findings(keeper, store, (kept,)) == [(Fault.TRUNCATED, 200, 299)]
    for number in range(100):
        keeper.run(store.append_audit(entry(number)))
    assert findings(keeper, store, (kept,)) == [(Fault.CHECKPOINT, 200, 299)]
    forged = Checkpoint(head.origin, 3, bytes(32)).signed(SigningKey(head.origin, Ed25519PrivateKey.generate()))
    assert findings(keeper, store, (KeptCheckpoint("forged.txt", forged),)) == [(Fault.CHECKPOINT, None, None)]


def test_what_is_erased_stays_in_the_tree_and_is_named(keeper):
    store = filled(keeper, 10)
    keeper.run(store.append_audit(entry(10, SECRET)))
    keeper.run(store.append_audit(entry(11, SECRET)))
    note = keeper.run(store.audit_log.checkpoint())
    assert keeper.run(store.audit_log.erase([10, 11, 3], "grace", "asked for by the person")) == 3
    (report,) = keeper.run(store.audit_log.verify([KeptCheckpoint("kept", note)]))
    assert report.sound
    assert (report.size, report.erased) == (13, 3)
    last = keeper.run(store.audit(EVER)).rows[-1]
    assert (last.actor, last.action, last.detail) == ("grace", "audit.erased", "asked for by the person")
    assert last.subject.endswith(": 3, 10-11")
    assert all(SECRET not in str(one) for one in keeper.run(store.audit(EVER)).rows)
    with pytest.raises(StoreError, match="the log has the entries 0 to 12"):
        keeper.run(store.audit_log.erase([13], "grace", "none"))
    keeper.execute("UPDATE audit_leaves SET content = NULL WHERE leaf_index = 5")
    assert findings(keeper, store) == [(Fault.ERASED, 5, 5)]


def test_erasing_by_age_names_what_was_named_before(keeper):
    store = keeper.open(retention=Retention({Kind.AUDIT: 2}))
    for day in range(8):
        keeper.clock.now_s = MONDAY_S + day * 86_400
        keeper.run(store.append_audit(AuditEntry(keeper.clock(), "ada", "live.opened", f"day {day}")))
        keeper.run(store.enforce_retention())
        assert findings(keeper, store) == []
    (report,) = keeper.run(store.audit_log.verify())
    left = keeper.run(store.audit(EVER)).rows
    assert report.erased > 40
    assert [one.subject for one in left if one.actor == "ada"] == ["day 5", "day 6", "day 7"]
    named = [one.subject.partition(": ")[2] for one in left if one.action == "audit.erased"]
    assert any(ranges.startswith("0-") for ranges in named)
    assert all(line.kept for line in keeper.run(store.retention_report()))


def test_every_deletion_run_is_an_entry(keeper):
    store = keeper.open()
    keeper.run(store.enforce_retention())
    entries = keeper.run(store.audit(EVER)).rows
    assert [(one.action, one.subject) for one in entries] == [("retention.deleted", kind.value) for kind in Kind]
    assert all(one.detail.startswith("0 rows from before 20") for one in entries)


def test_a_restore_begins_a_new_log_that_names_both_that_were_there(keeper, new_database, tmp_path):
    store = filled(keeper, 20)
    note = keeper.run(store.audit_log.checkpoint())
    file = keeper.run(back_up(keeper.url, tmp_path, clock=keeper.clock))
    keeper.run(store.append_audit(entry(20)))
    newer = keeper.run(store.audit_log.checkpoint())
    keeper.close()
    keeper.run(restore(keeper.url, file, force=True))
    store = keeper.open()
    store.audit_log.use_key(KEY)
    old, new = keeper.run(store.audit_log.heads())
    assert (old.size, new.size, new.number) == (20, 1, 2)
    assert old.origin != new.origin
    first = keeper.run(store.audit(EVER)).rows[-1]
    assert (first.action, first.subject) == (STARTED, old.origin)
    assert note in first.detail
    assert newer in first.detail
    keeper.run(store.append_audit(entry(21)))
    assert all(report.sound for report in keeper.run(store.audit_log.verify()))
    lost, _ = keeper.run(store.audit_log.verify([KeptCheckpoint("kept", newer)]))
    assert [(one.fault, one.first, one.last) for one in lost.findings] == [(Fault.TRUNCATED, 20, 20)]


def test_checkpoints_of_earlier_days_are_thinned_out(keeper):
    store = filled(keeper, 0)
    for hour in range(0, 96, 6):
        keeper.clock.now_s = MONDAY_S + hour * 3600
        keeper.run(store.append_audit(entry(hour)))
        keeper.run(store.audit_log.checkpoint())
    keeper.run(store.enforce_retention())
    sizes = [row[0] for row in keeper.execute("SELECT size FROM audit_checkpoints ORDER BY size")]
    assert sizes == [4, 8, *range(9, 17)] or sizes == [4, 7, *range(8, 17)]
    assert findings(keeper, store) == []


def _bytes_of(path) -> bytes:
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))


@pytest.mark.slow
@pytest.mark.parametrize("by_age", [True, False])
@pytest.mark.asvs("14.2.4")
def test_erased_bytes_leave_the_file_and_its_log(sqlite_path, by_age):
    with Keeper(f"sqlite:///{sqlite_path}") as keeper:
        store = keeper.open(retention=Retention({Kind.AUDIT: 2}))
        keeper.clock.now_s = MONDAY_S
        reader = sa.create_engine(keeper.url)
        for number in range(600):
            case = f"{SECRET} {'long text ' * (number % 300)}" if number % 3 == 0 else ""
            keeper.run(store.append_audit(AuditEntry(keeper.clock() + number, "ada", "a.b", "c", "", "", case)))
        with reader.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM audit_leaves").scalar_one() == 600
        reader.dispose()
        assert SECRET.encode() in _bytes_of(sqlite_path)
        if by_age:
            keeper.clock.now_s += 3 * 86_400
            keeper.run(store.enforce_retention())
        else:
            keeper.run(store.audit_log.erase(range(0, 600, 3), "ada", "asked for"))
        assert SECRET.encode() not in _bytes_of(sqlite_path)
        assert findings(keeper, store) == []


DAMAGE = [
    "UPDATE audit_leaves SET content = 'a text' WHERE leaf_index = 3",
    "UPDATE audit_leaves SET content = 5 WHERE leaf_index = 3",
    "UPDATE audit_leaves SET content = zeroblob(0) WHERE leaf_index = 3",
    "UPDATE audit_leaves SET leaf_index = 'three' WHERE leaf_index = 3",
    "UPDATE audit_leaves SET leaf_index = 9223372036854775807 WHERE leaf_index = 3",
    "UPDATE audit_tiles SET hashes = 'a text'",
    "UPDATE audit_tiles SET hashes = 7",
    "UPDATE audit_logs SET size = 1000000000000000000",
    "UPDATE audit_checkpoints SET note = 'nonsense'",
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_whatever_a_damaged_table_holds_is_a_finding_and_no_crash(sqlite_path, damage):
    with Keeper(f"sqlite:///{sqlite_path}") as keeper:
        store = filled(keeper, 8)
        keeper.run(store.audit_log.checkpoint())
        keeper.execute(damage)
        assert not keeper.run(store.audit_log.check()).sound
        for act in (store.append_audit(entry(9)), store.audit_log.checkpoint(), store.enforce_retention()):
            with pytest.raises(StoreError):
                keeper.run(act)
        assert not keeper.run(store.audit_log.verify())[0].sound


@pytest.mark.parametrize("size", ["-1", "'many'", "NULL"])
def test_a_log_that_does_not_say_how_long_it_is_takes_no_entry(sqlite_path, size):
    with Keeper(f"sqlite:///{sqlite_path}") as keeper:
        store = filled(keeper, 8)
        if size == "NULL":
            keeper.execute("DELETE FROM audit_logs")
        else:
            keeper.execute(f"UPDATE audit_logs SET size = {size}")
        with pytest.raises(StoreError):
            keeper.run(store.audit_log.check())
        with pytest.raises(StoreError):
            keeper.run(store.append_audit(entry(9)))
