"""The decoder and the analysis process of a camera, real ones: what a decoder that was taken over achieves."""

import os
import time
from contextlib import suppress
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from passerby.domain.errors import WorkerError
from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.layout import Layout
from passerby.domain.preview import Preview
from passerby.domain.service import CameraPlan, DetectorPlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.separated_camera import SeparatedCamera
from passerby.messages.sandbox_orders import StartPreview, WatchPlan
from passerby.sandbox import process as sandbox_process
from passerby.sandbox.process import BOOTSTRAP, Sandbox
from passerby.sandbox.shared_memory import WRITE_OPTION
from testing.source_tree import ROOT
from tests.unit.engine.torn_picture import torn

pytestmark = pytest.mark.slow

HOSTILE = "tests.unit.engine.hostile_decoder"
SECRET = "S3cret-canary"
LARGEST = 24 << 20
"""Larger areas are work space of the numeric libraries."""


@pytest.fixture(autouse=True)
def hostile_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = sandbox_process._folders()
    monkeypatch.setattr(sandbox_process, "_folders", lambda: [*folders, str(ROOT)])


def separated(word: str, module: str = HOSTILE, readable: Path | None = None) -> SeparatedCamera:
    decoding, analysing = Sandbox.around([readable] if readable else []), Sandbox.with_model(None, [])
    path = "/main" if readable is None else str(decoding.inside(readable))
    source = CameraSource(SourceKind.RTSP, "127.0.0.1", 9, path, word, SECRET)
    plan = WatchPlan(CameraPlan("square", source, Layout((), (), (), None)), DetectorPlan())
    return SeparatedCamera(decoding, analysing, plan, source, (), module)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("message", r"decodes the camera: it sent what it may not send \(CameraHealth\)"),
        ("failure", r"decodes the camera: it sent what it may not send \(Failure\)\.$"),
        ("die", "the process that decodes the camera"),
        ("huge frame", "the decoder gives a frame of a size that none has"),
    ],
)
def test_a_decoder_that_was_taken_over_ends_both_and_no_word_of_it_is_passed_on(word: str, why: str) -> None:
    passed_on: list[object] = []
    with separated(word) as camera, pytest.raises(WorkerError, match=why) as ended:
        passed_on += camera.messages()
    assert not any(isinstance(message, CameraHealth) and "smuggled" in message.why for message in passed_on)
    assert "smuggled" not in str(ended.value)


MISSING = f"""
import sys
if any(word.startswith({WRITE_OPTION!r}) for word in sys.orig_argv):
    sys.modules["av.subtitles.subtitle"] = None
"""


def test_a_decoder_that_lacks_a_library_says_so_and_its_sandbox_is_not_taken_for_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(MISSING)
    folders = sandbox_process._folders()
    monkeypatch.setattr(sandbox_process, "_folders", lambda: [str(tmp_path), *folders])
    with separated("", BOOTSTRAP) as camera:
        with pytest.raises(WorkerError, match="decodes the camera: it could not load its libraries"):
            list(camera.messages())
        assert not camera.never_started


def test_both_run_report_the_weaker_isolation_and_end_together() -> None:
    with separated("", BOOTSTRAP) as camera:
        messages = camera.messages()
        first = next(messages)
        assert isinstance(first, Isolation)
        assert first.level >= 2
        report = next(message for message in messages if isinstance(message, CameraHealth))
        assert report.camera == "square"
        assert camera.pid != camera.decoder_pid
        pids = (camera.pid, camera.decoder_pid)
    end_s = time.monotonic() + 120
    while any(Path("/proc", str(pid)).exists() for pid in pids):
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_the_process_that_draws_for_viewers_never_gets_the_cameras_password() -> None:
    with separated("", BOOTSTRAP) as camera:
        next(camera.messages())
        if os.geteuid() != 0:
            pytest.skip("only root may look into the memory of a process that is not dumpable")
        assert not holds(camera.pid, SECRET.encode())
        assert holds(camera.decoder_pid, SECRET.encode())


def holds(pid: int, secret: bytes) -> bool:
    """Whether the secret stands in the written memory of a process, or of one that it started; the ring left out."""
    for task in Path("/proc", str(pid), "task").iterdir():
        if any(holds(int(child), secret) for child in (task / "children").read_text().split()):
            return True
    with Path("/proc", str(pid), "mem").open("rb", buffering=0) as memory:
        for row in Path("/proc", str(pid), "maps").read_text().splitlines():
            area, rights, *_ = row.split()
            start, end = (int(word, 16) for word in area.split("-"))
            if rights.startswith("rw-p") and end - start <= LARGEST:
                with suppress(OSError):
                    memory.seek(start)
                    if secret in memory.read(end - start):
                        return True
    return False


@pytest.mark.footage
def test_a_limit_tried_a_torn_picture_that_is_held_still_is_learned_and_shown_as_it_is(
    tmp_path: Path, footage: Path
) -> None:
    """What a decoder that was taken over can show a viewer, if nothing is found in it: it can be put together again.

    No rule on what places look like would help for long: there are more ways to tear a picture than rules.
    """
    still = tmp_path / "still.npz"
    with av.open(str(footage / "near-overhead/video.mp4")) as container:
        picture = np.asarray(next(container.decode(video=0)).reformat(format="yuv420p").to_ndarray(), np.uint8)
    height = picture.shape[0] * 2 // 3
    halves = picture[height:].reshape(2, height // 2, -1)
    np.savez(still, y=picture[:height], u=halves[0], v=halves[1])
    last: Preview | None = None
    with separated("torn", readable=still) as camera:
        camera.send(StartPreview())
        end_s = time.monotonic() + 120
        for message in camera.messages():
            if isinstance(message, Preview):
                last = message
                if message.sharp_share > 0.7:
                    break
            assert time.monotonic() < end_s
    assert last is not None
    shown = cv2.imdecode(last.jpeg, cv2.IMREAD_GRAYSCALE)
    assert shown is not None
    sent = cv2.resize(torn(picture[:height]), shown.shape[::-1], interpolation=cv2.INTER_AREA)
    assert np.corrcoef(shown.ravel(), sent.ravel())[0, 1] > 0.7
