"""A camera with two streams: the smaller one is watched where people are large enough in it, and the counts go on."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from passerby.domain.film import Mode
from passerby.domain.health import CameraState
from passerby.domain.layout import Layout, Line
from passerby.domain.sources import CameraSource
from passerby.ingest.attention.attentive_detector import AttentiveDetector
from passerby.ingest.attention.rate import RateSettings, borders_of
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.raw import Picture
from passerby.ingest.sources.live import LiveSource
from passerby.ingest.sources.streams.choice import StreamSettings
from passerby.ingest.stage import LiveStage
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.views.live_view import LiveView
from passerby.measure.camera_measures import CameraMeasures
from passerby.pipeline.camera_loop import CameraLoop
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, encode, packed
from testing.waiting import WITHIN_S
from tests.integration.streams.watching import HASTY, LocalConnector, source_of

MAIN, SUB = (640, 384), (320, 192)
SOON = StreamSettings(enough_px=24.0, every_s=0.2, looks=3, retry_s=1e6, wait_s=1e6)
MIDDLE = Line("middle", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32))
ROUND_S, CROSSES_S, FPS = 3.0, 2.4, 10


class Bright:
    """Finds each bright thing of a picture, as people."""

    def find(self, picture: Picture) -> Boxes:
        bright = cv2.GaussianBlur(picture[..., 1], (0, 0), 2.0) > 150
        _, _, stats, _ = cv2.connectedComponentsWithStats(bright.astype(np.uint8))
        boxes = np.asarray(stats, np.float32)[1:]
        boxes = boxes[boxes[:, 4] > 100]
        xyxy = np.column_stack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:4]]).astype(np.float32)
        return Boxes(xyxy, np.full(len(xyxy), 0.9, np.float32), np.zeros(len(xyxy), np.int16))

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        return [self.find(one) for one in pictures]


def street() -> Iterator[np.ndarray]:
    """Someone bright crosses a place from left to right, again and again."""
    chance = np.random.default_rng(4)
    place = np.kron(chance.integers(20, 100, (12, 20)), np.ones((32, 32))).astype(np.uint8)
    for number in range(round(ROUND_S * FPS)):
        picture, now_s = place.copy(), number / FPS
        if now_s <= CROSSES_S:
            left = round((MAIN[0] - 48) * now_s / CROSSES_S)
            picture[140:260, left : left + 48] = 230
        yield picture


def streamed(folder: Path, size_px: tuple[int, int], part: float = 1.0) -> Film:
    """The street as a stream of that size, of `part` of its sides, sends it."""
    path = folder / f"{size_px[0]}-{part}.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("mpeg4", rate=FPS, options={"qscale": "2"})
        stream.width, stream.height, stream.pix_fmt = *size_px, "yuv420p"
        for picture in street():
            height, width = (round(side * part) for side in picture.shape)
            luma = cv2.resize(picture[:height, :width], size_px, interpolation=cv2.INTER_AREA)
            planes = np.full((size_px[1] * 3 // 2, size_px[0]), 128, np.uint8)
            planes[: size_px[1]] = luma
            output.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        output.mux(stream.encode(None))
    encode(path, path.with_suffix(".coded.mp4"))
    return packed(path.with_suffix(".coded.mp4"))


class Watch:
    """A camera's frames through the stages of a live camera, with what was counted of each stream's."""

    def __init__(self, source: CameraSource) -> None:
        self.live = LiveSource(
            source, "street", analysed_fps=10.0, connector=LocalConnector(source), timeouts=HASTY, streams=SOON
        )
        layout, times = Layout((MIDDLE,), (), (), None), StageTimes()
        borders = borders_of([MIDDLE.points], [])
        self._stage = LiveStage(
            self.live,
            lambda: AttentiveDetector(Bright(), times, borders=borders, rate=RateSettings()),
            ImageQualityMeter(None),
            LiveView(Mode.REDRAWN, (), ()),
        )
        self._loop = CameraLoop(
            self._stage, Tracker(), lambda: CameraMeasures.of_layout("street", layout), times, self._stage.expect
        )
        self.sizes: list[tuple[int, int]] = []
        self.crossed: dict[tuple[int, int], int] = {}
        self.ways: set[str] = set()
        self.whys: list[str] = []

    def until(self, size_px: tuple[int, int], crossings: int) -> None:
        """Watches until so many have crossed the line in pictures of a size."""
        ends_s = time.monotonic() + 2 * WITHIN_S
        for step in self._loop:
            assert time.monotonic() < ends_s, (self.sizes, self.crossed, self.live.condition)
            if self.live.condition.why not in self.whys[-1:]:
                self.whys.append(self.live.condition.why)
            if step.tracks is None or step.measured is None:
                continue
            size = step.tracks.stamp.size_px
            if size not in self.sizes[-1:]:
                self.sizes.append(size)
            self._stage.attend(step.tracks.stamp.index, quiet=False)
            self.crossed[size] = self.crossed.get(size, 0) + len(step.measured.crossings)
            self.ways |= {one.direction.value for one in step.measured.crossings}
            if self.crossed.get(size_px, 0) >= crossings:
                return
        raise AssertionError("the camera ended by itself")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Film:
    return streamed(tmp_path_factory.mktemp("large"), MAIN)


def test_the_smaller_stream_is_watched_and_the_counts_go_on(large: Film, tmp_path: Path) -> None:
    with RtspCamera(large, others={"/sub": streamed(tmp_path, SUB)}, user="viewer", password="S3cret") as camera:
        watch = Watch(replace(source_of(camera), streams=("/sub",)))
        watch.until(SUB, 3)
        watch.live.stop()
        assert watch.sizes == [MAIN, SUB]
        assert watch.ways == {"backward"}
        assert watch.live.condition.state is CameraState.ONLINE
        assert "watches its second stream, 320x192: small road users are" in watch.whys[-1]
        assert not any("S3cret" in why for why in watch.whys)


def test_a_sub_stream_that_shows_a_part_is_refused_and_the_first_goes_on(large: Film, tmp_path: Path) -> None:
    with RtspCamera(large, others={"/sub": streamed(tmp_path, SUB, 0.8)}) as camera:
        watch = Watch(replace(source_of(camera), streams=("/sub",)))
        watch.until(MAIN, 5)
        watch.live.stop()
        assert watch.sizes == [MAIN]
        assert "it does not show the same view as the first, in 320x192" in watch.whys[-1]
        asked = [address.rpartition("/")[2] for method, address in camera.requests if method == "DESCRIBE"]
        assert asked == ["main", "sub", "main"]


def test_a_sub_stream_that_there_is_not_costs_one_try(large: Film) -> None:
    with RtspCamera(large) as camera:
        watch = Watch(replace(source_of(camera), streams=("/sub",)))
        watch.until(MAIN, 5)
        watch.live.stop()
        assert "its second stream is not watched: " in watch.whys[-1]
        asked = [address.rpartition("/")[2] for method, address in camera.requests if method == "DESCRIBE"]
        assert (asked[0], asked[-1], set(asked)) == ("main", "main", {"main", "sub"})
