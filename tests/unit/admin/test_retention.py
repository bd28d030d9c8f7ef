"""The proof that nothing is stored for longer than its limit, on a real SQLite store."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest

from passerby.admin.retention import retention_proof
from passerby.domain.accounts import Challenge, ChallengeKind
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraHealth, CameraState
from passerby.engine.journal import Journal
from passerby.engine.service_folder import ServiceFolder
from passerby.store.opening import open_store
from passerby.units import DAY_S, NS_PER_S
from tests.unit.admin.stored_site import TEXT, keep

DAY_NS = DAY_S * NS_PER_S


def test_nothing_is_made_by_asking_for_the_proof(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(TEXT)
    with pytest.raises(PasserbyError, match="there is no database here yet"):
        retention_proof(site)
    assert [path.name for path in tmp_path.iterdir()] == ["site.yaml"]


def test_retention_is_proved_or_not(site: Path, tmp_path: Path) -> None:
    assert retention_proof(site).kept
    keep(tmp_path / "kept", time.time_ns() - 40 * DAY_NS)
    proof = retention_proof(site)
    assert not proof.kept
    assert [line.kind.value for line in proof.lines if not line.kept] == ["health"]
    assert proof.runs == ()
    site.write_text(TEXT + "retention: {health: 60}\n")
    assert retention_proof(site).kept


def test_the_newest_report_of_a_camera_that_is_gone_has_a_limit_too(site: Path, tmp_path: Path) -> None:
    keep(tmp_path / "kept", time.time_ns())
    with sqlite3.connect(tmp_path / "kept" / "passerby.sqlite") as database:
        database.execute("DELETE FROM camera_health")
        assert database.execute("UPDATE newest_health SET time_ns = time_ns - ?", (40 * DAY_NS,)).rowcount
    proof = retention_proof(site)
    assert [line.kind.value for line in proof.lines if not line.kept] == ["health"]


def test_ended_sessions_are_not_left_over(site: Path, tmp_path: Path) -> None:
    async def begin(end_ns: int) -> None:
        store = await open_store(ServiceFolder(tmp_path / "kept").store_url(None))
        challenge = Challenge("a" * 64, ChallengeKind.LINK, "", "", end_ns)
        await store.access.add_challenge(challenge, end_ns - 1, None)
        await store.close()

    asyncio.run(begin(time.time_ns() - DAY_NS // 2))
    assert retention_proof(site).kept
    with sqlite3.connect(tmp_path / "kept" / "passerby.sqlite") as database:
        database.execute("UPDATE challenges SET end_ns = end_ns - ?", (DAY_NS,))
    proof = retention_proof(site)
    assert [(each.what, each.rows) for each in proof.left] == [("ended sessions and questions", 1)]
    assert not proof.kept


def test_what_a_worker_never_delivered_is_found(site: Path, tmp_path: Path) -> None:
    path = tmp_path / "kept" / "worker-3.sqlite"
    now_ns = time.time_ns()
    with Journal(path) as journal:
        journal.store_health(CameraHealth("a", now_ns, CameraState.ONLINE, now_ns, "it answers"))
        assert retention_proof(site).kept
    path.unlink()
    with Journal(path) as journal:
        old_ns = now_ns - 40 * DAY_NS
        journal.store_health(CameraHealth("a", old_ns, CameraState.ONLINE, old_ns, "it answers"))
        proof = retention_proof(site)
    assert [(each.what, each.oldest_ns) for each in proof.left] == [("undelivered results in worker-3.sqlite", old_ns)]
    path.write_bytes(b"no database" * 100)
    with pytest.raises(PasserbyError, match=r"worker-3\.sqlite: the journal cannot be read"):
        retention_proof(site)
