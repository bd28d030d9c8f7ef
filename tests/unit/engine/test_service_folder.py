"""Where a service's files lie, and whether one runs on them."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from passerby.domain.errors import PasserbyError
from passerby.engine.service_folder import (
    FRESH_S,
    PRIVATE_UMASK,
    ServiceFolder,
    is_running,
    read_status,
    service_folder,
    status_age_s,
    supervisor,
)


def test_the_command_line_comes_first_then_the_site_then_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/h/share")
    system = {"STATE_DIRECTORY": "/var/lib/passerby:/x"}
    assert service_folder("n", Path("/a"), Path("/b"), system).path == Path("/b")
    assert service_folder("n", Path("/a"), None, system).path == Path("/a")
    assert service_folder("n", None, None, system).path == Path("/var/lib/passerby")
    assert service_folder("n", None, None, {}).path == Path("/h/share/passerby/n")


def test_a_site_gets_a_folder_of_its_own_among_the_users_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/s")
    assert service_folder("Größer & Co", None, None, {}).path == Path("/s/passerby/gr-er-co")
    monkeypatch.delenv("XDG_DATA_HOME")
    assert service_folder("§", None, None, {}).path == Path.home() / ".local" / "share" / "passerby" / "site"


def test_a_site_without_a_store_of_its_own_has_a_file() -> None:
    folder = ServiceFolder(Path("/d"))
    assert folder.store_url(None) == "sqlite:////d/passerby.sqlite"
    assert folder.store_url("postgresql://h/d") == "postgresql://h/d"


def test_a_status_has_an_age(tmp_path: Path) -> None:
    folder = ServiceFolder(tmp_path)
    assert read_status(folder) is None
    assert status_age_s(None) is None
    assert status_age_s({"time_ns": "soon"}) is None
    assert status_age_s({"time_ns": 5e9}, now_s=8.0) == 3.0
    folder.status.write_text(json.dumps({"time_ns": time.time_ns()}))
    assert is_running(folder)
    folder.status.write_text(json.dumps({"time_ns": time.time_ns() - 2 * FRESH_S * 1e9}))
    assert not is_running(folder)
    folder.status.write_text("[1]")
    assert read_status(folder) is None
    for broken in ("{", "[" * 100_000):
        folder.status.write_text(broken)
        with pytest.raises(PasserbyError, match="no status that passerby wrote"):
            read_status(folder)


def test_a_process_number_counts_only_while_it_is_ours(tmp_path: Path) -> None:
    folder = ServiceFolder(tmp_path)
    assert supervisor(folder) is None
    ours = subprocess.Popen([sys.executable, "-c", "input()", "passerby"], stdin=subprocess.PIPE)
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        folder.process_id.write_text(f"{ours.pid}\n")
        assert supervisor(folder) == ours.pid
        folder.process_id.write_text(f"{other.pid}\n")
        assert supervisor(folder) is None
    finally:
        for process in (ours, other):
            process.communicate(b"\n")
    folder.process_id.write_text(f"{ours.pid}\n")
    assert supervisor(folder) is None
    for nonsense in ("", "x", "-1", "0", str(2**40)):
        folder.process_id.write_text(nonsense)
        assert supervisor(folder) is None
    assert os.getpid() > 1


def test_no_other_account_reads_what_a_service_writes(tmp_path: Path) -> None:
    before = os.umask(PRIVATE_UMASK)
    try:
        (tmp_path / "folder").mkdir()
        (tmp_path / "file").touch()
    finally:
        os.umask(before)
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("folder", "file")]
    assert modes == [0o700, 0o600]


def test_a_status_has_at_most_sixteen_mebibytes(tmp_path: Path) -> None:
    folder, most = ServiceFolder(tmp_path), 16 * 2**20
    head, tail = '{"text": "', '"}'
    folder.status.write_text(head + "x" * (most - len(head + tail)) + tail)
    assert read_status(folder) is not None
    folder.status.write_text(head + "x" * (most + 1 - len(head + tail)) + tail)
    with pytest.raises(PasserbyError, match="no status that passerby wrote"):
        read_status(folder)


def test_files_of_a_service_have_fixed_names() -> None:
    folder = ServiceFolder(Path("/d"))
    assert (folder.status, folder.process_id) == (Path("/d/status.json"), Path("/d/passerby.pid"))
    assert (folder.link, folder.database) == (Path("/d/link"), Path("/d/passerby.sqlite"))


def test_the_last_checkpoint_is_read_from_its_own_file(tmp_path: Path) -> None:
    folder = ServiceFolder(tmp_path)
    assert folder.audit_checkpoint.parent == tmp_path
    assert folder.audit_checkpoint != folder.audit_key
    assert folder.last_checkpoint() is None
