"""Counting by hand from a real camera's pictures: whom the detector does not find is seen by the person who counts."""

import io
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from PIL import Image

from passerby.domain.preview import DIFFERENCES
from passerby.ingest.anonymise.drawing import SHADE_BGR
from testing.pictures.scenes import SIZE_PX, street
from testing.ports import free_port
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, packed
from testing.trial_service.service import Service
from testing.trial_service.viewing import Picture, entered, viewed

pytestmark = pytest.mark.slow

FPS = 10
PERSON = (300, 150, 348, 278)
SITE = """
network: {cameras: [127.0.0.0/8]}
server: {port: PORT}
cameras:
  square:
    source: {rtsp: "ADDRESS"}
    lines: {gate: {points: [[0.1, 0.6], [0.9, 0.6]]}}
"""


def film(path: Path, *people: tuple[int, int, int, int]) -> Film:
    """Two seconds of the drawn street, in which people stand who are stripes and nothing that a detector knows."""
    luma = street()
    for left, top, right, bottom in people:
        rows, columns = np.mgrid[0 : bottom - top, 0 : right - left]
        luma[top:bottom, left:right] = np.where((rows // 6 + columns // 8) % 2 == 0, 30, 220)
    chance = np.random.default_rng(1)
    with av.open(str(path), "w") as output:
        options = {"preset": "ultrafast", "tune": "zerolatency", "crf": "20"}
        stream = output.add_stream("libx264", rate=FPS, options=options)
        (stream.width, stream.height), stream.pix_fmt = SIZE_PX, "yuv420p"
        stream.codec_context.gop_size = FPS
        for _ in range(2 * FPS):
            noisy = np.clip(luma + chance.normal(0, 1.5, luma.shape), 16, 235).astype(np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(noisy, format="gray").reformat(format="yuv420p")))
        output.mux(stream.encode(None))
    return packed(path)


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[RtspCamera]:
    with RtspCamera(film(tmp_path / "empty.mp4")) as camera:
        yield camera


@pytest.fixture
def service(camera: RtspCamera) -> Iterator[Service]:
    with tempfile.TemporaryDirectory(prefix="pb-") as folder:
        site = SITE.replace("PORT", str(free_port())).replace("ADDRESS", camera.address)
        with Service(Path(folder), site) as service:
            yield service


def coloured(shown: Picture, box: tuple[int, int, int, int] | None = None) -> float:
    """How much of a picture, or of a box in it, is in the colour of what differs, 0-1."""
    with Image.open(io.BytesIO(shown.jpeg)) as image:
        red, _, blue = np.moveaxis(np.asarray(image.convert("RGB").resize(SIZE_PX), np.int16), 2, 0)
    left, top, right, bottom = box or (0, 0, *SIZE_PX)
    differs = (red - blue) > (SHADE_BGR[2] - SHADE_BGR[0]) // 5
    return float(differs[top:bottom, left:right].mean())


def first(shown: Iterator[Picture], wanted: Any) -> Picture:
    """The first picture that is as it is wanted; the view's own patience ends the wait."""
    for number, one in enumerate(shown):
        if wanted(one):
            return one
        assert number < 3000, (one.said, coloured(one))
    raise AssertionError("the view ended")


def test_whom_the_detector_does_not_find_is_seen_by_the_person_who_counts(
    camera: RtspCamera, service: Service, tmp_path: Path
) -> None:
    service.until((service.data / "link").exists, "a one-time link")
    door = entered(service.data / "link")
    with closing(cast("Any", viewed(door, "square", which="tally"))) as shown:
        empty = first(shown, lambda one: one.said["method"] == DIFFERENCES)
        assert coloured(empty) < 0.01
        camera.show(film(tmp_path / "person.mp4", PERSON))
        seen = first(shown, lambda one: coloured(one, PERSON) > 0.75)
        assert seen.said["method"] == DIFFERENCES
        assert coloured(seen) < 0.1
        assert seen.said["boxes"] == []
    with closing(cast("Any", viewed(door, "square"))) as live:
        assert next(live).said["boxes"] == []  # nothing was found there
