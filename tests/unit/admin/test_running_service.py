"""Requests to a running service, against a process that answers signals as a supervisor does."""

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from passerby.admin.backup import back_up_site, restore_site
from passerby.admin.running_service import apply_site, new_link
from passerby.config.texts.site_storage import folder_of
from passerby.domain.errors import PasserbyError, SiteFileError
from passerby.engine.service_folder import ServiceFolder

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
    time.sleep(120)
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
        assert process.wait(60) == 7
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
