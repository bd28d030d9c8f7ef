"""A picture that nothing else looks like is seen by the camera of a whole service; it comes out nowhere.

The canary walks before a real RTSP camera while the service watches and somebody looks. Then everything is searched:
what went over the hub's socket, what a viewer got, every file that is left, and every log.
"""

import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from passerby.engine.service_folder import HUB_SOCKET, LINK_FILE
from passerby.ingest.sources.file.video_file import VideoFile
from testing.ports import free_port
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, packed
from testing.trial_service.service import Service
from testing.trial_service.viewing import entered, viewed
from tests.rules.test_canary import SIZE_PX, canary, frames, holds_canary

pytestmark = pytest.mark.slow

PASSWORD = "canary+S3cret"
PICTURES = 12
LINE = "points: [[0.5, 0.1], [0.5, 0.9]]"


def coded(folder: Path) -> Path:
    """The canary's film as a camera sends it, and lossless, so that every byte of it would be known again."""
    path = folder / "canary.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"preset": "ultrafast", "qp": "0", "bf": "0"})
        stream.width, stream.height = SIZE_PX
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = 10
        chroma = np.full((SIZE_PX[1] // 2, SIZE_PX[0]), 128, np.uint8)
        for luma in frames():
            picture = av.VideoFrame.from_ndarray(np.concatenate([luma, chroma]), format="yuv420p")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded(tmp_path_factory.mktemp("camera"))


class Tap:
    """Stands between the workers and the hub, and keeps all that goes by.

    It takes the hub's socket away from under its name, and listens there itself.
    """

    def __init__(self, path: Path) -> None:
        self._behind = path.with_name("behind.sock")
        path.rename(self._behind)
        self.heard = bytearray()
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(str(self._behind))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(1 << 16):
                self.heard += part
                sink.sendall(part)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def site(address: str, mode: str) -> str:
    return (
        f"site: {{name: canary}}\nnetwork: {{cameras: [127.0.0.0/8]}}\nserver: {{port: {free_port()}}}\n"
        f'cameras:\n  square:\n    source: {{rtsp: "{address}", user: watcher, password_from: CAMERA_PASSWORD}}\n'
        f"    analysed_fps: 10\n    anonymise: {{mode: {mode}}}\n    lines: {{middle: {{{LINE}}}}}\n"
    )


class Run:
    """Everything that came out of a service which had watched the canary."""

    def __init__(self, folder: Path, film: Film, mode: str) -> None:
        self.folder = folder
        with RtspCamera(film, user="watcher", password=PASSWORD) as camera:
            with Service(folder, site(camera.address, mode), {"CAMERA_PASSWORD": PASSWORD}) as service:
                hub = service.data / HUB_SOCKET
                service.until(hub.exists, "the hub's socket")
                self.tap = Tap(hub)
                for name, pid in service.processes().items():
                    if name.startswith("worker"):
                        service.kill(pid)  # whoever is on the line already comes again, through the tap
                door = entered(service.data / LINK_FILE)
                service.until(lambda: _frames(service) > 0, "frames of the camera")
                self.pictures = list(islice(viewed(door, "square"), PICTURES))
                sealed = [pid for name, pid in service.processes().items() if name.startswith("sealed")]
                service.kill(sealed[0])  # a crash leaves nothing either
                service.until(lambda: _restarted(service, sealed), "the camera's next process")
            self.tap.close()

    def files(self) -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in self.folder.rglob("*") if path.is_file()}


def _frames(service: Service) -> int:
    return max((one["frames_in"] or 0 for one in service.status()["cameras"]), default=0)


def _restarted(service: Service, before: list[int]) -> bool:
    now = [pid for name, pid in service.processes().items() if name.startswith("sealed")]
    return bool(now) and not set(now) & set(before)


@pytest.fixture(scope="module", params=["redrawn", "mosaic"])
def run(request: pytest.FixtureRequest, recording: Path) -> Iterator[Run]:
    folder = Path(tempfile.mkdtemp(prefix="psb-"))
    try:
        yield Run(folder, packed(recording), request.param)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_the_search_would_find_it(recording: Path) -> None:
    """What the camera sends is the canary to the byte."""
    with VideoFile(recording, "square") as source:
        assert holds_canary(next(iter(source)).luma.tobytes())


def test_it_goes_over_no_socket(run: Run) -> None:
    heard = bytes(run.tap.heard)
    assert b"\xff\xd8\xff" in heard  # pictures went by
    assert all(word in heard for word in (b'"sharp_share"', b'"detect_p95_ms"', b'"worker-1"'))
    assert not holds_canary(heard)


def test_it_is_in_no_file_and_in_no_log(run: Run) -> None:
    files = run.files()
    assert {"log", "site.yaml"} <= {path.name for path in files}
    assert any(path.suffix in (".sqlite", ".db") for path in files)
    assert [path for path, content in files.items() if holds_canary(content)] == []
    assert [path for path in files if path.name.startswith("core")] == []
    assert [path for path, content in files.items() if b"\xff\xd8\xff" in content] == []  # no picture at all


def test_the_password_is_in_no_file_and_on_no_socket(run: Run) -> None:
    secret = PASSWORD.encode()
    assert [path for path, content in run.files().items() if secret in content] == []
    assert secret not in bytes(run.tap.heard)


def likeness(shown: np.ndarray) -> float:
    """How much of the canary's detail is anywhere in a grey picture: 1 for all, 0 for none."""
    sharp, detail = (
        each - cv2.GaussianBlur(each, (0, 0), 2) for each in (shown.astype(np.float32), canary().astype(np.float32))
    )
    return float(np.abs(cv2.matchTemplate(sharp, detail, cv2.TM_CCOEFF_NORMED)).max())


def decoded(jpeg: bytes) -> np.ndarray:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return cv2.resize(picture, SIZE_PX)


def test_no_detail_of_it_is_in_any_picture(run: Run) -> None:
    assert len(run.pictures) == PICTURES
    for number, picture in enumerate(run.pictures):
        shown = decoded(picture.jpeg)
        assert not holds_canary(shown.tobytes())
        assert likeness(shown) < 0.3, (number, picture.said["method"])


def test_such_a_likeness_would_be_seen() -> None:
    """The camera's own picture, sent as the live view sends pictures, is known again at once."""
    _, jpeg = cv2.imencode(".jpg", next(frames()), [cv2.IMWRITE_JPEG_QUALITY, 75])
    assert likeness(decoded(jpeg.tobytes())) > 0.6
