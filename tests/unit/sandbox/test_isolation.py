"""The locks, tried for real in processes of their own."""

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from passerby.domain.isolation import Isolation
from passerby.sandbox.bubblewrap import bubblewrap, bubblewrap_works, wrapped
from passerby.sandbox.isolation import INSIDE_MARK, level_of

pytestmark = pytest.mark.skipif(platform.system() != "Linux", reason="the locks are Linux's")

LOCKED = """
import os, resource, socket, subprocess, sys, threading
from pathlib import Path
from passerby.sandbox.isolation import isolate
level = isolate(device={device}, readable=[Path({secret!r})])
def tried(step):
    try:
        step()
    except (OSError, RuntimeError) as fault:
        return type(fault).__name__
    return "done"
{steps}
"""


def locked(tmp_path: Path, steps: str, device: bool = False, environment: dict[str, str] | None = None) -> list[str]:
    """What a process prints that locks itself in first."""
    secret = tmp_path / "readable"
    secret.write_text("readable")
    program = LOCKED.format(secret=str(secret), device=device, steps=steps)
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


@pytest.mark.parametrize(
    "step",
    [
        'open("new", "w")',
        'open("readable", "a")',
        'open("readable", "r+")',
        'os.open("new", os.O_CREAT)',
        'os.open(".", os.O_TMPFILE | os.O_RDWR)',
        'os.mkdir("folder")',
        'os.rename("readable", "other")',
        'os.unlink("readable")',
        'os.symlink("readable", "link")',
        'os.link("readable", "link")',
        'os.truncate("readable", 0)',
        'os.mknod("node")',
        'os.memfd_create("memory")',
        "socket.socket()",
        "socket.socket(socket.AF_UNIX)",
        "subprocess.run([sys.executable, '-c', 'pass'])",
        "os.execv(sys.executable, [sys.executable])",
    ],
)
@pytest.mark.asvs("13.2.2")
def test_what_a_locked_worker_cannot_do(tmp_path: Path, step: str) -> None:
    answers = locked(tmp_path, f"print(level.level, tried(lambda: {step}))")
    assert answers == ["2", "PermissionError"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["readable"]
    assert (tmp_path / "readable").read_text() == "readable"


def test_what_a_locked_worker_still_can(tmp_path: Path) -> None:
    steps = """
print(open("readable").read())
thread = threading.Thread(target=lambda: print(tried(lambda: open("new", "w"))))
thread.start(); thread.join()
reader, writer = os.pipe()
os.write(writer, b"through"); print(os.read(reader, 9).decode())
"""
    assert locked(tmp_path, steps) == ["readable", "PermissionError", "through"]


def test_a_worker_with_a_usb_camera_may_open_its_device_and_write_nothing(tmp_path: Path) -> None:
    steps = """
device = os.open("/dev/null", os.O_RDWR)
print("open", tried(lambda: open("new", "w")), tried(lambda: open("readable", "a")), tried(socket.socket))
print(tried(lambda: os.open("readable", os.O_RDWR)), level.level)
"""
    # A camera's buffers are mapped shared and writable: that is reported as level 1 without bubblewrap.
    assert locked(tmp_path, steps, device=True) == ["open", *["PermissionError"] * 4, "1"]
    assert (tmp_path / "readable").read_text() == "readable"


def test_no_core_dump(tmp_path: Path) -> None:
    steps = """
import ctypes
print(resource.getrlimit(resource.RLIMIT_CORE)[1], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""
    assert locked(tmp_path, steps) == ["0", "0"]


def test_a_worker_cannot_take_its_limits_back(tmp_path: Path) -> None:
    steps = """
for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
    try:
        resource.setrlimit(kind, (1 << 20, 1 << 20))
    except ValueError:
        print("refused")
"""
    assert locked(tmp_path, steps) == ["refused", "refused"]


def test_limits_alone_stop_a_file_from_growing(tmp_path: Path) -> None:
    program = (
        "import os\nfrom passerby.sandbox.limits import Limits, limit\n"
        "file = open('grown', 'wb', buffering=0)\nlimit(Limits())\n"
        "try:\n    file.write(b'pixels')\nexcept OSError as fault:\n    print(fault.errno)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert run.stdout.strip() == "27"
    assert (tmp_path / "grown").stat().st_size == 0


@pytest.mark.parametrize(
    ("hardened", "filtered", "wrapped", "device", "level"),
    [
        (False, True, True, False, 0),
        (True, False, False, False, 1),
        (True, False, True, False, 1),
        (True, True, False, False, 2),
        (True, True, False, True, 1),
        (True, True, True, True, 3),
        (True, True, True, False, 3),
    ],
)
def test_levels_follow_from_what_holds(hardened: bool, filtered: bool, wrapped: bool, device: bool, level: int) -> None:
    assert level_of(hardened=hardened, filtered=filtered, wrapped=wrapped, device=device) == level


def test_an_isolation_names_what_is_missing() -> None:
    assert str(Isolation(2, ("no bwrap",))) == "isolation level 2 of 3 (no bwrap)"


def test_under_bubblewrap_there_is_nothing_to_see_and_nowhere_to_write(tmp_path: Path) -> None:
    program = bubblewrap()
    if program is None or not bubblewrap_works():
        pytest.skip("bubblewrap is not installed here, or the system allows it no namespaces")
    command = wrapped(
        [shutil.which("ls") or "/bin/ls", "/"], [Path("/usr"), Path("/bin"), Path("/lib"), Path("/lib64")],
        {INSIDE_MARK: "1"}, program=program,
    )  # fmt: skip
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert set(run.stdout.split()) == {"bin", "dev", "lib", "lib64", "proc", "tmp", "usr"}
    command[command.index("--") + 1 :] = ["/bin/sh", "-c", "echo $PASSERBY_BUBBLEWRAP; echo x > /usr/x || echo refused"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["1", "refused"]
