"""A picture that nothing else looks like goes in; it comes out nowhere."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from passerby.ingest.sources.file.video_file import VideoFile

SIZE_PX = (320, 240)
PATCH_PX = (32, 72)
FRAMES = 68
RATE_FPS = 5
NEEDLE_BYTES = 12

WORKER = """
import logging, os, sys
from pathlib import Path
import cv2, numpy as np
from passerby.domain.detections import Detections
from passerby.ingest.anonymise.anonymiser import Anonymiser
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.sandbox.isolation import isolate
from passerby.ingest.sources.file.video_file import VideoFile

logging.basicConfig(level=logging.DEBUG)
source = VideoFile(Path(sys.argv[1]), "square")
level = isolate()
assert level.level >= 2, level
anonymiser = Anonymiser({size}, Mode(sys.argv[2]))
for raw in source:
    logging.debug("%r %s", raw, raw)
    index = raw.stamp.index
    # Found every second time only: what the detector misses must not come out either.
    boxes = [[20 + 4 * index, 80, 52 + 4 * index, 152]] if index % 2 else []
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    found = Detections(raw.stamp, boxes, np.full(len(boxes), 0.5, np.float32), np.zeros(len(boxes), np.int16))
    anonymiser.learn(raw, found)
    if index == 30:
        anonymiser._drawing.picture = None  # a fault in mid-stream
    if index == 40:
        from passerby.ingest.anonymise.drawing import Drawing
        anonymiser._drawing = Drawing(anonymiser.canvas, Mode(sys.argv[2]))
    frame = anonymiser.show(raw, found, Silhouettes(found.xyxy_px, found.road_user))
    sys.stdout.buffer.write(frame.image.tobytes())
    logging.debug("%r %s", frame.stamp, frame.method)
sys.stdout.buffer.flush()
os.abort()
"""


def canary() -> np.ndarray:
    return np.random.default_rng(2024).integers(20, 232, PATCH_PX[::-1], np.uint8)


def frames() -> Iterator[np.ndarray]:
    """The canary walks over a textured ground."""
    random = np.random.default_rng(5)
    small = random.normal(0, 1, (SIZE_PX[1] // 8, SIZE_PX[0] // 8)).astype(np.float32)
    ground = np.clip(110 + 25 * cv2.resize(small, SIZE_PX), 20, 230).astype(np.uint8)
    for index in range(FRAMES):
        luma = ground.copy()
        left = 20 + 4 * index
        luma[80 : 80 + PATCH_PX[1], left : left + PATCH_PX[0]] = canary()
        yield luma


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lossless film of the canary, outside of where the worker runs."""
    path = tmp_path_factory.mktemp("camera") / "canary.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=RATE_FPS)
        stream.width, stream.height = SIZE_PX
        stream.pix_fmt = "yuv420p"
        chroma = np.full((SIZE_PX[1] // 2, SIZE_PX[0]), 128, np.uint8)
        for luma in frames():
            picture = av.VideoFrame.from_ndarray(np.concatenate([luma, chroma]), format="yuv420p")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


def needles() -> list[bytes]:
    """Stretches of the canary's rows: as camera luma, as full-range luma, and as grey pixels of three bytes each."""
    wide = np.clip((canary().astype(np.float32) - 16) * 255 / 219, 0, 255).astype(np.uint8)
    forms = [canary(), wide, np.repeat(wide, 3, axis=1)]
    return [form[row, : NEEDLE_BYTES * (1 + (form is forms[2]))].tobytes() for form in forms for row in range(0, 72, 5)]


def holds_canary(haystack: bytes) -> bool:
    return any(needle in haystack for needle in needles())


@pytest.fixture(scope="module", params=["redrawn", "mosaic"])
def run(request: pytest.FixtureRequest, film: Path, tmp_path_factory: pytest.TempPathFactory):
    """A whole worker over the film, which ends in a crash: where it ran, and all that came out of it."""
    folder = tmp_path_factory.mktemp("worker")
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": "", "XDG_CACHE_HOME": str(folder)}
    program = WORKER.format(size=SIZE_PX)
    worker = subprocess.run(
        [sys.executable, "-B", "-c", program, str(film), request.param],
        cwd=folder, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert worker.returncode == -6, worker.stderr.decode()
    return folder, worker


def test_the_search_would_find_it(film: Path) -> None:
    with VideoFile(film, "square") as source:
        raw = next(iter(source))
    assert holds_canary(raw.luma.tobytes())
    assert holds_canary(raw.picture(SIZE_PX).tobytes())


def test_it_is_in_no_output(run) -> None:
    _, worker = run
    assert len(worker.stdout) == FRAMES * SIZE_PX[0] * SIZE_PX[1] * 3
    assert not holds_canary(worker.stdout)


def test_it_is_in_no_log(run) -> None:
    _, worker = run
    assert b"RawFrame(FrameStamp" in worker.stderr
    assert not holds_canary(worker.stderr)


def test_it_is_in_no_file_and_there_is_no_core_dump(run) -> None:
    folder, _ = run
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_no_detail_of_it_is_in_any_picture(run) -> None:
    _, worker = run
    pictures = np.frombuffer(worker.stdout, np.uint8).reshape(FRAMES, SIZE_PX[1], SIZE_PX[0], 3)
    detail = canary().astype(np.float32)
    detail -= cv2.GaussianBlur(detail, (0, 0), 2)
    sharp = 0
    for index, picture in enumerate(pictures):
        left = 20 + 4 * index
        patch = picture[80 : 80 + PATCH_PX[1], left : left + PATCH_PX[0], 1].astype(np.float32)
        shown = patch - cv2.GaussianBlur(patch, (0, 0), 2)
        likeness = (detail * shown).sum() / np.sqrt((detail**2).sum() * (shown**2).sum() + 1e-3)
        assert abs(likeness) < 0.15, index
        sharp += bool(picture.std() > 10)
    assert sharp > FRAMES / 3  # pictures were drawn, not only masked


def test_a_fault_in_mid_stream_masks(run) -> None:
    _, worker = run
    pictures = np.frombuffer(worker.stdout, np.uint8).reshape(FRAMES, SIZE_PX[1], SIZE_PX[0], 3)
    for index in range(30, 40):
        assert (pictures[index][:80] == pictures[index][0, 0]).all(), index
