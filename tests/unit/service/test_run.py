"""What is checked before a service starts: its site file, its folder, and that nobody else uses it."""

import fcntl
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.config.texts.site_storage import applied_file, write_applied
from passerby.domain.errors import OutputError, SiteFileError
from passerby.domain.service import SitePlan
from passerby.engine.service_folder import LOCK_FILE, PID_FILE
from passerby.service import run as running

GOOD = "cameras:\n  square:\n    source: {rtsp: rtsp://10.0.0.5/main}\n"
BAD = "cameras: ["
CHECK_PORT = running.check_port


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[Path, SitePlan | None]]]:
    """What would have been supervised."""
    found: list[tuple[Path, SitePlan | None]] = []

    async def note(_site: Path, folder: Path, plan: SitePlan | None, *_: object) -> None:
        assert (folder / PID_FILE).read_text() == f"{os.getpid()}\n"
        found.append((folder, plan))

    monkeypatch.setattr(running, "_supervise", note)
    monkeypatch.setattr(running, "check_port", lambda _server: None)  # the default port may be in use here
    before = os.umask(0o022)
    os.umask(before)
    yield found
    os.umask(before)


def site(folder: Path, text: str) -> Path:
    path = folder / "site.yaml"
    path.write_text(text)
    return path


def test_only_what_is_published_runs_at_once(tmp_path: Path, started) -> None:
    path, data = site(tmp_path, GOOD), tmp_path / "data"
    running.run_service(path, data)
    assert started == [(data, None)]
    assert data.stat().st_mode & 0o077 == 0
    assert not (data / PID_FILE).exists()
    write_applied(data, GOOD, 1)
    site(tmp_path, GOOD.replace("square", "market"))
    running.run_service(path, data)
    site(tmp_path, BAD)
    running.run_service(path, data)
    assert [plan.cameras[0].name for _, plan in started[1:]] == ["square", "square"]
    assert applied_file(data).read_text() == GOOD


def test_a_port_that_is_taken_ends_it_at_once(tmp_path: Path, started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "check_port", CHECK_PORT)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        path = site(tmp_path, f"{GOOD}server: {{port: {port}}}\n")
        with pytest.raises(OutputError, match=f"127.0.0.1 port {port}: cannot listen there: Address already in use"):
            running.run_service(path, tmp_path / "data")
    assert not started
    running.run_service(path, tmp_path / "data")
    assert len(started) == 1


def test_a_copy_that_was_changed_does_not_run(tmp_path: Path, started) -> None:
    path, data = site(tmp_path, GOOD), tmp_path / "data"
    data.mkdir()
    write_applied(data, GOOD, 1)
    applied_file(data).write_text(GOOD.replace("10.0.0.5", "10.0.0.6"))
    running.run_service(path, data)
    assert started == [(data, None)]


def test_a_bad_file_that_never_was_good_is_reported(tmp_path: Path, started) -> None:
    with pytest.raises(SiteFileError):
        running.run_service(site(tmp_path, BAD), tmp_path / "data")
    assert started == []


def test_two_services_do_not_share_a_folder(tmp_path: Path, started) -> None:
    data = tmp_path / "data"
    data.mkdir()
    with (data / LOCK_FILE).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match="another passerby runs with this data folder"):
            running.run_service(site(tmp_path, GOOD), data)
    running.run_service(site(tmp_path, GOOD), data)
    assert len(started) == 1


def test_a_folder_too_deep_for_a_socket_is_reported(tmp_path: Path, started) -> None:
    with pytest.raises(OutputError, match="too long"):
        running.run_service(site(tmp_path, GOOD), tmp_path / ("deep" * 40))


def test_a_folder_that_is_a_file_is_reported(tmp_path: Path, started) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(OutputError, match="--data"):
        running.run_service(site(tmp_path, GOOD), tmp_path / "data")
