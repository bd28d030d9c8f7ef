"""A sandboxed process reads a camera through its brokered connection, and reaches nothing else."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from passerby.domain.sources import CameraSource, SourceKind, Transport
from passerby.sandbox.connection_broker import AllowList, broker_connections
from passerby.sandbox.process import Sandbox
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film
from testing.rtsp_camera.mjpeg_camera import MjpegCamera
from testing.waiting import WITHIN_S
from tests.integration.streams.watching import HERE

VIEWER = Path(__file__).with_name("sandboxed_viewer.py")
CANARY = "C4nary-S3cret"


@pytest.fixture(params=[True, False], ids=["bubblewrap", "bare"])
def room(request: pytest.FixtureRequest) -> Sandbox:
    made = Sandbox.around([VIEWER])
    if request.param and not made.wrapped:
        pytest.skip("bubblewrap is not installed here, or the system allows it no namespaces")
    return made if request.param else made.bare()


@pytest.fixture
def elsewhere() -> Iterator[socket.socket]:
    """A port of this machine that notices every call."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def called(listener: socket.socket) -> bool:
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        return False
    connection.close()
    return True


def looked_at(room: Sandbox, source: CameraSource, frames: int, seconds: float, allowed: AllowList = HERE) -> list[str]:
    """Returns what the sandboxed viewer reports about a camera."""
    ours, theirs = socket.socketpair()
    command = room.command("unused")[:-2]
    command += [str(room.inside(VIEWER)), str(theirs.fileno()), source.kind.value, str(source.port)]
    command += [str(frames), str(seconds), source.transport.value]
    with ours, subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=room.environment(), pass_fds=(theirs.fileno(),),
    ) as process:  # fmt: skip
        theirs.close()
        server = threading.Thread(target=broker_connections, args=(ours, source, allowed))
        server.start()
        out, err = process.communicate(f"{source.password}\n", timeout=60)
    server.join(WITHIN_S)
    assert not server.is_alive()
    assert process.returncode == 0, err
    assert source.password not in out + err
    return out.splitlines()


def test_it_sees_the_camera_and_reaches_nothing_by_itself(room: Sandbox, noise: Film) -> None:
    with RtspCamera(noise, user="viewer", password=CANARY) as camera:
        source = CameraSource(SourceKind.RTSP, "127.0.0.1", camera.port, "/main", "viewer", CANARY)
        said = looked_at(room, source, 8, 20.0)
        assert camera.connections == 1
    assert said[:2] == ["alone: PermissionError", f"level: {3 if room.wrapped else 2}"]
    assert said.count("frame: 160 128 True") == 8
    assert said[-1] == "state: online pictures come and change"


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.HTTP])
def test_it_sees_the_camera_another_way(room: Sandbox, noise: Film, transport: Transport) -> None:
    with RtspCamera(noise, user="viewer", password=CANARY) as camera:
        source = CameraSource(SourceKind.RTSP, "127.0.0.1", camera.port, "/main", "viewer", CANARY, transport=transport)
        said = looked_at(room, source, 8, 20.0)
    assert said.count("frame: 160 128 True") == 8
    assert said[-1] == "state: online pictures come and change"


@pytest.mark.parametrize("kind", [SourceKind.RTSP, SourceKind.HTTP])
def test_a_redirect_is_refused_and_never_followed(
    room: Sandbox, noise: Film, jpegs: tuple[bytes, ...], elsewhere: socket.socket, kind: SourceKind
) -> None:
    there = f"{kind.value}://viewer:{CANARY}@127.0.0.1:{elsewhere.getsockname()[1]}/main?token={CANARY}"
    shown = f"{kind.value}://127.0.0.1:{elsewhere.getsockname()[1]}/main"
    camera: RtspCamera | MjpegCamera = RtspCamera(noise) if kind is SourceKind.RTSP else MjpegCamera(jpegs)
    with camera:
        camera.faults.redirect_to = there
        source = CameraSource(kind, "127.0.0.1", camera.port, "/main", "viewer", CANARY)
        said = looked_at(room, source, 1, 2.0)
        assert camera.connections >= 1
    assert not called(elsewhere)
    assert said[-1].startswith(f"state: offline the camera redirects to {shown}: refused")


def test_an_address_that_the_site_does_not_allow_is_not_called(room: Sandbox, elsewhere: socket.socket) -> None:
    source = CameraSource(SourceKind.RTSP, "127.0.0.1", elsewhere.getsockname()[1], "/main", "viewer", CANARY)
    said = looked_at(room, source, 1, 1.0, AllowList())
    assert not called(elsewhere)
    assert said[-1].startswith("state: offline 127.0.0.1 is not in the networks that this site")
