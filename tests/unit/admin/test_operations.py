"""What a sysadmin does to a service, on a real SQLite store."""

import asyncio
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from passerby.admin.operations import apply_site, back_up_site, new_link, restore_site, retention_proof
from passerby.config.site_storage import folder_of
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.queries import EventQuery
from passerby.engine.service_folder import ServiceFolder
from passerby.ports import StoreError
from passerby.store.opening import open_store

TEXT = """\
# mine; the password is in the service's own environment alone
cameras: {a: {source: {rtsp: rtsp://10.0.0.1/x, user: u, password_from: NOT_HERE}}}
data: kept
"""
DAY_NS = 86_400 * 10**9


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site file with a store that holds one health report."""
    path = tmp_path / "site.yaml"
    path.write_text(TEXT)
    (tmp_path / "kept").mkdir()
    keep(tmp_path / "kept", time.time_ns())
    return path


def keep(folder: Path, time_ns: int) -> None:
    async def store_one() -> None:
        store = await open_store(ServiceFolder(folder).store_url(None))
        await store.store_health([CameraHealth("a", time_ns, CameraState.ONLINE, time_ns, "it answers")])
        await store.close()

    asyncio.run(store_one())


def kept(folder: Path) -> int:
    async def ask() -> int:
        store = await open_store(ServiceFolder(folder).store_url(None))
        try:
            return len((await store.health(EventQuery(start_ns=0, end_ns=2**62))).rows)
        finally:
            await store.close()

    return asyncio.run(ask())


def test_a_backup_holds_everything_and_is_private(site: Path, tmp_path: Path) -> None:
    made = back_up_site(site, tmp_path / "backups")
    assert made.site.read_text() == TEXT
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.folder.iterdir()} == {0o600}
    elsewhere = tmp_path / "elsewhere" / "site.yaml"
    elsewhere.parent.mkdir()
    assert restore_site(elsewhere, made.folder) == made.store
    assert elsewhere.read_text() == TEXT
    assert kept(elsewhere.parent / "kept") == 1


def test_restoring_overwrites_only_by_force(site: Path, tmp_path: Path) -> None:
    made = back_up_site(site, tmp_path)
    keep(tmp_path / "kept", time.time_ns() + 1)
    site.write_text(TEXT + "# edited since\n")
    with pytest.raises(StoreError, match="there is a store already"):
        restore_site(site, made.folder)
    assert kept(tmp_path / "kept") == 2
    restore_site(site, made.store, force=True)
    assert kept(tmp_path / "kept") == 1
    assert site.read_text().endswith("# edited since\n")


def test_what_is_no_backup_is_refused(site: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path, got in (
        (tmp_path / "gone", "no folder and no file"),
        (tmp_path / "empty", "a folder with 0 possible files"),
    ):
        with pytest.raises(PasserbyError, match=got):
            restore_site(site, path)
    with pytest.raises(StoreError):
        restore_site(site, site, force=True)
    assert kept(tmp_path / "kept") == 1


def test_nothing_is_made_by_looking_for_it(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text(TEXT)
    with pytest.raises(PasserbyError, match="there is no database here yet"):
        back_up_site(site, tmp_path / "out")
    with pytest.raises(PasserbyError, match="there is no database here yet"):
        retention_proof(site)
    with pytest.raises(SiteFileError):
        back_up_site(tmp_path / "gone.yaml", tmp_path / "out")
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


SUPERVISOR = """
    import pathlib, signal, sys, time
    link = pathlib.Path(sys.argv[2]) / "link"
    answer = sys.argv[3]
    def renew(*_):
        if answer:
            link.write_text(answer)
    signal.signal(signal.SIGUSR1, renew)
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(7))
    print("ready", flush=True)
    time.sleep(60)
"""


class Running:
    """Stands for a supervisor: answers signals as one does."""

    def __init__(self, folder: ServiceFolder, answer: str) -> None:
        program = textwrap.dedent(SUPERVISOR)
        command = [sys.executable, "-c", program, "passerby", str(folder.path), answer]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self.process.stdout.readline()
        folder.process_id.write_text(str(self.process.pid))

    def __enter__(self) -> subprocess.Popen[bytes]:
        return self.process

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def test_a_running_service_is_asked(site: Path, tmp_path: Path) -> None:
    folder = folder_of(site, None)
    assert folder.path == tmp_path / "kept"
    made = back_up_site(site, tmp_path)
    with Running(folder, "http://127.0.0.1:8642/open/new\n") as process:
        assert new_link(folder) == "http://127.0.0.1:8642/open/new"
        with pytest.raises(PasserbyError, match="passerby runs on this folder"):
            restore_site(site, made.folder, force=True)
        assert apply_site(site) == process.pid
        assert process.wait(10) == 7
    with pytest.raises(PasserbyError, match="no passerby runs"):
        apply_site(site)
    with pytest.raises(PasserbyError, match="no passerby runs"):
        new_link(folder)


@pytest.mark.parametrize("answer", ["", "javascript:1", "http://h/\x1b[31m"])
def test_a_link_that_does_not_come_or_is_none(answer: str, site: Path) -> None:
    folder = folder_of(site, None)
    with Running(folder, answer), pytest.raises(PasserbyError, match="did not answer with a link"):
        new_link(folder, wait_s=0.5)


def test_a_file_with_faults_is_not_asked_for(site: Path) -> None:
    folder = folder_of(site, None)
    with Running(folder, "") as process:
        site.write_text("cameras: 5\n")
        with pytest.raises(SiteFileError):
            apply_site(site, folder.path)
        assert process.poll() is None


def test_a_folder_or_a_site_is_needed(site: Path, tmp_path: Path) -> None:
    assert folder_of(None, tmp_path).path == tmp_path
    assert folder_of(site, tmp_path).path == tmp_path
    with pytest.raises(PasserbyError, match="name a site file"):
        folder_of(None, None)
