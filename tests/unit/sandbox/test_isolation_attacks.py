"""What a hijacked sandbox would try, tried: at level 2 as a user without rights, and at level 3."""

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from passerby.sandbox.file_system import landlock_version
from passerby.sandbox.process import Sandbox

ATTACKER = Path(__file__).with_name("attacker.py")
UNKNOWN_CALLS = {"clone3", "setxattrat"}
"""A list that is older than a call answers that there is no such call; so does clone3, which glibc does without."""

pytestmark = [
    pytest.mark.skipif(platform.system() != "Linux", reason="the isolation is Linux's"),
    pytest.mark.skipif(landlock_version() == 0, reason="this kernel has no Landlock, without which level 2 is 1"),
]


def attempts(sandbox: Sandbox) -> dict[str, str]:
    command = [*sandbox.command("unused")[:-2], str(sandbox.inside(ATTACKER))]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=sandbox.environment(), timeout=60)
    assert run.returncode == 0, run.stderr
    first, *rest = run.stdout.splitlines()
    return {**dict(word.split("=") for word in first.split()), **dict(line.rsplit("=", 1) for line in rest)}


@pytest.fixture(scope="module", params=["level 2", "level 3"])
def tried(request: pytest.FixtureRequest) -> dict[str, str]:
    sandbox = Sandbox.around([ATTACKER])
    if request.param == "level 2":
        found = attempts(sandbox.bare())
        # Root's rights must not be what decides: as root the program drops to a user without any.
        assert found.pop("user") == str(65534 if os.geteuid() == 0 else os.geteuid())
    else:
        if not sandbox.wrapped:
            pytest.skip("bubblewrap is not installed here, or the system allows it no namespaces")
        found = attempts(sandbox)
        found.pop("user")
    assert found.pop("level") == str(request.param)[-1]
    return found


def test_it_can_still_read_what_it_is_to_read(tmp_path: Path) -> None:
    """A sandbox that could do nothing at all would pass every other test here."""
    video = tmp_path / "video: 100 %.mp4"
    video.write_text("pixels")
    program = tmp_path / "reader.py"
    program.write_text(
        "import sys\nfrom pathlib import Path\nfrom passerby.sandbox.isolation import isolate\nisolate()\n"
        "import av, cv2, numpy, onnxruntime, ssl\nprint(Path(sys.argv[1]).read_text())\n"
        "print(len(list(Path(sys.argv[1]).parent.iterdir())))\n"
    )
    for sandbox in (Sandbox.around([video, program]), Sandbox.around([video, program]).bare()):
        command = [*sandbox.command("unused")[:-2], str(sandbox.inside(program)), str(sandbox.inside(video))]
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=sandbox.environment())
        assert run.stdout.split()[0] == "pixels", run.stderr
        if not sandbox.wrapped:
            assert "Permission denied" in run.stderr  # the folder beside it is closed


def test_every_attempt_is_refused(tried: dict[str, str]) -> None:
    assert len(tried) > (70 if platform.machine() == "x86_64" else 12)
    refused = {name: answer for name, answer in tried.items() if answer not in {"EPERM", "EACCES"}}
    allowed_answers = {name: "ENOSYS" for name in UNKNOWN_CALLS if name in tried}
    assert {name: answer for name, answer in refused.items() if not is_empty(name, answer)} == allowed_answers


def is_empty(name: str, answer: str) -> bool:
    """At level 3 there is no such file, and a folder holds what Python is read from."""
    return answer == "ENOENT" or (name == "list /root" and answer == "done")


def test_what_is_not_there_at_level_3_is_closed_at_level_2() -> None:
    found = attempts(Sandbox.around([ATTACKER]).bare())
    for name in ("read /etc/passwd", "list /root", "open /proc/PID/environ"):
        assert found[name] == "EACCES"


def test_a_limit_tried_a_sandbox_can_answer_its_own_camera_and_no_other() -> None:
    program = (
        "import socket\n"
        "from passerby.sandbox.isolation import isolate\n"
        "camera, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        "isolate()\n"
        "ours.send(b'a frame'); print(camera.recv(99).decode())\n"
        "for step in (lambda: ours.sendto(b'a frame', '/tmp/other'), lambda: ours.connect('/tmp/other'),\n"
        "             lambda: ours.sendmsg([b'x']), lambda: ours.sendmsg([b'x'], [], 0, '/tmp/other')):\n"
        "    try:\n"
        "        step(); print('sent')\n"
        "    except PermissionError:\n"
        "        print('refused')\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines() == ["a frame", *["refused"] * 4]


@pytest.mark.asvs("13.2.1")
def test_a_process_of_the_service_is_closed_to_its_own_user() -> None:
    """The memory, the environment and the descriptors of hub, worker and supervisor hold passwords and sessions."""
    program = (
        "import os, sys\n"
        "if os.geteuid() == 0:\n"
        "    os.setgroups([]); os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)\n"
        "from passerby.sandbox.limits import forbid_dumps\n"
    )
    # Imported before the user changes, who may not read Python's files.
    program = "from passerby.sandbox.limits import forbid_dumps\n" + program.rsplit("from", 1)[0]
    program += (
        "ready, told = os.pipe(), os.pipe()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    forbid_dumps(); os.write(told[1], b'x'); os.read(ready[0], 1); os._exit(0)\n"
        "os.read(told[0], 1)\n"
        "for name in ('mem', 'environ', 'fd/0', 'maps'):\n"
        "    try:\n"
        "        os.open(f'/proc/{child}/{name}', os.O_RDONLY); print('read')\n"
        "    except PermissionError:\n"
        "        print('refused')\n"
        "os.write(ready[1], b'x')\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["refused"] * 4


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the other interface is that of 32 bits on x86-64")
def test_a_call_over_the_interface_of_32_bits_ends_the_process() -> None:
    program = (
        "import ctypes, mmap\n"
        "from passerby.sandbox.isolation import isolate\n"
        "code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)\n"
        "code.write(b'\\xb8\\x14\\0\\0\\0\\xcd\\x80\\xc3')  # getpid, number 20 there\n"
        "getpid = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))\n"
        "isolate(); print('isolated', flush=True); getpid(); print('done', flush=True)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert run.stdout == "isolated\n", run.stderr
    # A kernel without that interface ends it, too.
    assert run.returncode in {-signal.SIGSYS, -signal.SIGSEGV}
