"""The hub verifies its audit log before it appends to it, and signs it again and again."""

import asyncio
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.audit.checkpoints import checkpoint_of
from passerby.audit.notes import parsed_note
from passerby.domain.audit import AuditEntry
from passerby.domain.queries import EventQuery
from passerby.engine.service_folder import ServiceFolder
from passerby.ports import AuditBrokenError
from passerby.service.hub.audit_keeper import AuditKeeper
from testing.store_keeper import Keeper


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    with Keeper(f"sqlite:///{tmp_path / 'passerby.sqlite'}") as one:
        yield one


def entry(number: int) -> AuditEntry:
    return AuditEntry(number, "ada", "live.opened", "square")


def signed_size(folder: ServiceFolder) -> int:
    return checkpoint_of(parsed_note(folder.audit_checkpoint.read_bytes()).text).size


def test_the_log_is_signed_at_the_start_and_on(keeper: Keeper, tmp_path: Path) -> None:
    store, folder = keeper.open(), ServiceFolder(tmp_path)
    audit = AuditKeeper(store.audit_log, folder, {})
    assert keeper.run(audit.start())
    assert stat.S_IMODE(folder.audit_key.stat().st_mode) == 0o600
    assert signed_size(folder) == 0
    keeper.run(store.append_audit(entry(1)))

    async def run_for_a_while() -> None:
        task = asyncio.create_task(audit.run(every_s=0.0))
        while signed_size(folder) == 0:
            await asyncio.sleep(0)
        task.cancel()

    keeper.run(run_for_a_while())
    assert signed_size(folder) == 1


def test_a_broken_log_is_said_and_not_appended_to(
    keeper: Keeper, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store, folder = keeper.open(), ServiceFolder(tmp_path)
    for number in range(9):
        keeper.run(store.append_audit(entry(number)))
    keeper.execute("UPDATE audit_leaves SET content = zeroblob(300) WHERE leaf_index = 4")
    assert not keeper.run(AuditKeeper(store.audit_log, folder, {}).start())
    said = "".join(capsys.readouterr())
    assert "the audit log is broken" in said
    assert "entry 4 was changed" in said
    assert not folder.audit_checkpoint.exists()
    with pytest.raises(AuditBrokenError):
        keeper.run(store.append_audit(entry(10)))


def test_an_older_database_put_back_by_hand_is_noticed(keeper: Keeper, tmp_path: Path) -> None:
    store, folder = keeper.open(), ServiceFolder(tmp_path)
    keeper.run(store.append_audit(entry(1)))
    keeper.run(AuditKeeper(store.audit_log, folder, {}).start())
    keeper.execute("DELETE FROM audit_leaves", "DELETE FROM audit_tiles", "DELETE FROM audit_checkpoints",
                   "UPDATE audit_logs SET size = 0")  # fmt: skip
    assert not keeper.run(AuditKeeper(store.audit_log, folder, {}).start())
    with pytest.raises(AuditBrokenError, match="1 entries were signed, and 0 are there"):
        keeper.run(store.append_audit(entry(10)))


def test_another_database_begins_a_log_that_names_the_lost_one(keeper: Keeper, tmp_path: Path) -> None:
    store, folder = keeper.open(), ServiceFolder(tmp_path)
    keeper.run(AuditKeeper(store.audit_log, folder, {}).start())
    lost = folder.audit_checkpoint.read_text("utf-8")
    (tmp_path / "other").mkdir()
    with Keeper(f"sqlite:///{tmp_path / 'other' / 'passerby.sqlite'}") as other:
        audit_log = other.open().audit_log
        assert other.run(AuditKeeper(audit_log, folder, {}).start())
        (leaf,) = other.run(audit_log.leaves(EventQuery(0, 2**62))).rows
        assert leaf.entry is not None
        assert leaf.entry.action == "audit.log_started"
        assert lost in leaf.entry.detail
        assert other.run(AuditKeeper(audit_log, folder, {}).start())
        assert len(other.run(audit_log.heads())) == 2


def test_a_key_that_others_can_read_signs_nothing_and_entries_are_still_kept(keeper: Keeper, tmp_path: Path) -> None:
    store, folder = keeper.open(), ServiceFolder(tmp_path)
    keeper.run(AuditKeeper(store.audit_log, folder, {}).start())
    folder.audit_key.chmod(0o644)
    other = keeper.open()
    keeper.run(other.append_audit(entry(1)))
    assert keeper.run(AuditKeeper(other.audit_log, folder, {}).start())
    assert signed_size(folder) == 0
