"""What an actor has started ends with it, and never has Ray's token."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from passerby.service.ray_engine.tied_child import child_environment, tied_command
from testing.waiting import until


def test_it_has_nothing_of_rays() -> None:
    environment = {
        "RAY_AUTH_TOKEN_PATH": "/t",
        "RAY_AUTH_TOKEN": "t",
        "PATH": "/bin",
        "PASSERBY_X": "1",
        "AWS_KEY": "k",
    }
    assert child_environment(environment) == {"PATH": "/bin", "PASSERBY_X": "1"}


@pytest.mark.slow
def test_it_ends_with_who_has_started_it(tmp_path: Path) -> None:
    module = "passerby.service.ray_engine.tied_child"
    code = (
        f"import subprocess, time; from {module} import tied_command\n"
        "child = subprocess.Popen(tied_command('http.server', '--bind', '127.0.0.1', '0'))\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid)); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    try:
        until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        child = int((tmp_path / "pid").read_text())
        until(lambda: b"http.server" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[3:4])
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    until(lambda: not Path(f"/proc/{child}/cmdline").exists() or not Path(f"/proc/{child}/cmdline").read_bytes())


def test_one_whose_parent_has_ended_does_not_begin(tmp_path: Path) -> None:
    command = [str(os.getpid() + 1) if word == str(os.getpid()) else word for word in tied_command("http.server")]
    assert subprocess.run(command, timeout=60, check=False).returncode == 1
