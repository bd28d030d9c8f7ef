"""The commands of the audit log, on a real store."""

import asyncio
import json
import sqlite3
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from passerby.admin.site_checks import database_finding
from passerby.cli import app
from passerby.config.service import load_service
from passerby.domain.audit import AuditEntry
from passerby.domain.errors import PasserbyError
from passerby.engine.service_folder import ServiceFolder
from passerby.service.hub.audit_keeper import AuditKeeper
from passerby.store.opening import open_store

SITE = "cameras: {a: {source: {rtsp: rtsp://10.0.0.1/x}}}\ndata: kept\n"
RUNNER = CliRunner()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.yaml"
    path.write_text(SITE)
    folder = ServiceFolder(tmp_path / "kept")
    folder.path.mkdir()

    async def fill() -> None:
        store = await open_store(folder.store_url(None))
        await AuditKeeper(store.audit_log, folder, {}).start()
        for number in range(5):
            entry = AuditEntry(time.time_ns(), "ada", "live.opened", "square", "", "maintenance", f"case {number}")
            await store.append_audit(entry)
        await store.close()

    asyncio.run(fill())
    return path


def run(*words: str, code: int = 0) -> str:
    done = RUNNER.invoke(app, ["audit", *words])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def tamper(site: Path, statement: str) -> None:
    with sqlite3.connect(site.parent / "kept" / "passerby.sqlite") as connection:
        connection.execute(statement)
    connection.close()


def test_a_sound_log_is_verified_and_it_is_said_against_what(site: Path, tmp_path: Path) -> None:
    text = run("verify", str(site))
    assert "Nothing was changed, removed, inserted or moved." in text
    assert "No checkpoint kept elsewhere vouches for this log" in text
    kept = tmp_path / "elsewhere.txt"
    run("checkpoint", str(site), "--out", str(kept))
    text = run("verify", str(site), "--checkpoint", str(kept))
    assert "kept elsewhere, signed by the log's key; it agrees" in text
    assert "The first 5 entries are those of a checkpoint kept elsewhere; 0 are newer." in text


def test_a_changed_entry_is_named_with_exit_code_1(site: Path) -> None:
    tamper(site, "UPDATE audit_leaves SET content = zeroblob(300) WHERE leaf_index = 2")
    text = run("verify", str(site), "--json", code=1)
    found = json.loads(text)
    assert found["sound"] is False
    assert [(one["fault"], one["first"]) for one in found["logs"][0]["findings"]] == [("changed", 2)]
    assert "changed: entry 2 was changed" in run("verify", str(site), code=1)


def test_a_log_that_was_cut_off_is_found_by_the_checkpoint_beside_it(site: Path, tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere.txt"
    run("checkpoint", str(site), "--out", str(kept))
    for statement in ("DELETE FROM audit_leaves WHERE leaf_index > 1", "UPDATE audit_logs SET size = 2",
                      "UPDATE audit_tiles SET hashes = substr(hashes, 1, 64)",
                      "DELETE FROM audit_checkpoints WHERE size > 2"):  # fmt: skip
        tamper(site, statement)
    assert "truncated" in run("verify", str(site), code=1)  # by the one in the data folder
    (site.parent / "kept" / "audit.checkpoint").unlink()
    assert "would look the same" in run("verify", str(site))
    assert "truncated" in run("verify", str(site), "--checkpoint", str(kept), code=1)


def test_an_entry_is_proved_and_the_proof_verified_without_the_site(site: Path, tmp_path: Path) -> None:
    proof = tmp_path / "entry.tlog-proof"
    run("prove", str(site), "3", "--out", str(proof))
    key = run("key", str(site)).strip()
    text = run("verify", "--proof", str(proof), "--key", key)
    assert "Entry 3" in text
    assert "case: case 3" in text
    assert json.loads(run("verify", "--proof", str(proof), "--key", key, "--json"))["entry"]["case"] == "case 3"
    proof.write_text(proof.read_text().replace("index 3", "index 2"))
    done = RUNNER.invoke(app, ["audit", "verify", "--proof", str(proof), "--key", key])
    assert isinstance(done.exception, PasserbyError)


def test_entries_are_listed_erased_and_a_new_log_begins(site: Path) -> None:
    rows = json.loads(run("list", str(site), "--json"))
    assert [(row["index"], row["entry"]["case"]) for row in rows] == [(n, f"case {n}") for n in range(5)]
    assert "case 4" in run("list", str(site), "--last", "2")
    assert "case 1" not in run("list", str(site), "--last", "2")
    assert "Erased: 2." in run("erase", str(site), "1", "2", "--why", "asked for")
    rows = json.loads(run("list", str(site), "--json"))
    assert [row["index"] for row in rows] == [0, 3, 4, 5]
    assert "2 of them erased" in run("verify", str(site))
    assert "Log 2 has begun" in run("renew", str(site), "--why", "a try")
    assert run("verify", str(site)).count("Nothing was changed") == 2


def test_what_is_missing_is_said(site: Path, tmp_path: Path) -> None:
    for words in (["verify"], ["verify", str(site), "--checkpoint", str(tmp_path / "none")],
                  ["prove", str(site), "99"], ["verify", str(site), "--key", "nonsense"]):  # fmt: skip
        done = RUNNER.invoke(app, ["audit", *words])
        assert isinstance(done.exception, PasserbyError), (words, done.output)


def test_a_broken_log_is_a_finding_of_the_doctor(site: Path) -> None:
    plan, folder = load_service(site, {}).plan, ServiceFolder(site.parent / "kept")
    assert database_finding(plan, folder).outcome.value == "ok"
    tamper(site, "UPDATE audit_logs SET fault = 'entry 2 was changed'")
    found = database_finding(plan, folder)
    assert (found.outcome.value, "entry 2 was changed" in found.why) == ("fail", True)
