"""A camera whose decoder may sleep counts what one that is always awake does, to the same nanosecond.

Pictures are given by the stream's own time: each waits until all that came of the one before it has been analysed.
"""

import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from passerby.domain.events import LineCrossing, ZoneVisit
from passerby.domain.film import Mode
from passerby.domain.layout import Layout, Line, Zone
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.attention.attentive_detector import AttentiveDetector
from passerby.ingest.attention.rate import RateSettings, borders_of
from passerby.ingest.detectors.detector import Boxes
from passerby.ingest.raw import Picture
from passerby.ingest.sources import live as live_module
from passerby.ingest.sources.coded_pictures import CodedPicture, Track
from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.live import LiveSource
from passerby.ingest.sources.sleep.resting_decoder import Phase, RestingDecoder
from passerby.ingest.sources.sleep.sleep_state import SleepState
from passerby.ingest.sources.streams.network_stream import HeldPicture, ReceivedPicture
from passerby.ingest.stage import LiveStage
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.views.live_view import LiveView
from passerby.measure.camera_measures import CameraMeasures
from passerby.measure.coverage import Coverage
from passerby.pipeline.camera_loop import CameraLoop
from passerby.pipeline.watch_job import Quietness
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker
from passerby.units import NS_PER_S
from testing.pictures.night import Luma, Passing, block, coded_night

START_NS = 1_800_000_000 * NS_PER_S
LENGTH_S = 74.0
LINES = tuple(Line(f"at {x:g}", np.array([[x, 0.0], [x, 1.0]], np.float32)) for x in (0.3, 0.5, 0.7))
ZONE = Zone("middle", np.array([[0.35, 0.0], [0.65, 0.0], [0.65, 1.0], [0.35, 1.0]], np.float32))
SOURCE = CameraSource(SourceKind.RTSP, "camera", 554, "/main")
LAYOUT = Layout(LINES, (ZONE,), (), None)


class Bright:
    """Finds each bright thing of a picture, as people."""

    def find(self, picture: Picture) -> Boxes:
        bright = cv2.GaussianBlur(picture[..., 1], (0, 0), 2.0) > 105
        _, _, stats, _ = cv2.connectedComponentsWithStats(bright.astype(np.uint8))
        boxes = np.asarray(stats, np.float32)[1:]
        boxes = boxes[boxes[:, 4] > 60]
        xyxy = np.column_stack([boxes[:, :2], boxes[:, :2] + boxes[:, 2:4]]).astype(np.float32)
        return Boxes(xyxy, np.full(len(xyxy), 0.9, np.float32), np.zeros(len(xyxy), np.int16))

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        return [self.find(one) for one in pictures]


@dataclass
class Camera:
    """Gives the pictures of a stream, each once all that came of those before it has been analysed.

    Attributes:
        delay: so many pictures later is it told what the analysis of a frame gave.
        slept: so many pictures came while its decoder slept.
    """

    track: Track
    pictures: Sequence[CodedPicture]
    may_sleep: bool
    delay: int = 0
    slept: int = 0
    now_ns: int = START_NS
    _number: int = 0
    _answers: deque[tuple[int, int, bool]] = field(default_factory=deque)
    _live: "Told | None" = None

    def source(self, analysed_fps: float) -> "Told":
        self._live = Told(self, analysed_fps)
        return self._live

    def open(self) -> socket.socket:
        raise AssertionError("nothing is to be connected")

    def answer(self, index: int, *, quiet: bool) -> None:
        self._answers.append((self._number + self.delay, index, quiet))

    def received(self, *more: object) -> Iterator[ReceivedPicture]:
        assert self._live is not None
        assert isinstance(more[-1], SleepState)
        sleep, resting = more[-1], RestingDecoder[HeldPicture](PictureDecoder(self.track), self.track)
        for number, coded in enumerate(self.pictures):
            self._number = number
            stamp_s = (coded.ticks or 0) / self.track.clock_hz
            self.now_ns = START_NS + round(stamp_s * NS_PER_S)
            while self._answers and self._answers[0][0] <= number:
                _, index, quiet = self._answers.popleft()
                self._live.tell(index, quiet=quiet)
            for one in resting.put(coded, HeldPicture(), quiet=sleep.quiet, answered=sleep.answered):
                time_s = stamp_s if one.frame is None else (one.frame.pts or 0) / self.track.clock_hz
                yield ReceivedPicture(one.frame, time_s, 1000.0 + stamp_s, phase=one.phase, held=one.tag)
                while not self._live.idle and one.phase is not Phase.HELD:
                    time.sleep(0.0002)
            sleep.note(asleep=resting.asleep, notice=resting.notice)
            self.slept += resting.asleep
        self._live.stop()


class Told(LiveSource):
    """A source that is told later what the analysis of a frame gave."""

    def __init__(self, camera: Camera, analysed_fps: float) -> None:
        super().__init__(
            SOURCE, "street", analysed_fps=analysed_fps, connector=camera, may_sleep=camera.may_sleep,
            clock=lambda: camera.now_ns,
        )  # fmt: skip
        self._camera = camera

    def attend(self, index: int, *, quiet: bool, small: float = 0.0) -> None:
        self._camera.answer(index, quiet=quiet)

    def tell(self, index: int, *, quiet: bool) -> None:
        super().attend(index, quiet=quiet)


@dataclass
class Counted:
    """What was counted, how many were in the zone when that changed, how long each stayed, and what was looked at."""

    crossings: list[LineCrossing] = field(default_factory=list)
    occupancy: list[tuple[int, int]] = field(default_factory=list)
    visits: list[ZoneVisit] = field(default_factory=list)
    looks: int = 0
    slept: int = 0
    watched_s: float = 0.0


def counted(
    monkeypatch: pytest.MonkeyPatch,
    film: tuple[Track, Sequence[CodedPicture]],
    *,
    may_sleep: bool,
    delay: int = 0,
    analysed_fps: float = 5.0,
) -> Counted:
    camera, times = Camera(*film, may_sleep, delay), StageTimes()
    monkeypatch.setattr(live_module, "network_pictures", camera.received)
    borders = borders_of([line.points for line in LINES], [ZONE.points])
    stage = LiveStage(
        camera.source(analysed_fps),
        lambda: AttentiveDetector(Bright(), times, borders=borders, rate=RateSettings()),
        ImageQualityMeter(None),
        LiveView(Mode.REDRAWN, (), ()),
    )
    coverage = Coverage(max_gap_s=1.5)
    loop = CameraLoop(stage, Tracker(), lambda: CameraMeasures.of_layout("street", LAYOUT), times, stage.expect)
    quietness, found = Quietness(), Counted()
    for step in loop:
        if step.tracks is None or step.measured is None:
            continue
        stamp, inside = step.tracks.stamp, sum(step.measured.occupancy[0].counts.values())
        coverage.update(stamp)
        found.crossings += step.measured.crossings
        found.visits += step.measured.visits
        if not found.occupancy or found.occupancy[-1][1] != inside:
            found.occupancy.append((stamp.time_ns, inside))
        found.looks += 1
        stage.attend(stamp.index, quiet=quietness.update(step.tracks))
    found.slept, found.watched_s = camera.slept, coverage.total_s
    return found


def street(now_s: float, luma: Luma) -> None:
    """Two who walk, one who stops half-way for ten seconds, and one who is gone within a second and a half."""
    for passing in PASSING:
        passing(now_s, luma)


def pausing(from_s: float, walk_s: float, pause_s: float) -> Passing:
    """Who stops half-way."""
    walk = block(0.0, walk_s, (14, 28), 36)

    def draw(now_s: float, luma: Luma) -> None:
        at_s = now_s - from_s
        walk(min(at_s, walk_s / 2) + max(0.0, at_s - walk_s / 2 - pause_s), luma)

    return draw


PASSING = (
    block(22.3, 29.3, (12, 24), 50),
    block(24.9, 30.4, (14, 30), 8),
    pausing(40.7, 6.0, 10.0),
    block(66.3, 67.8, (40, 60)),
)


@pytest.mark.parametrize(("analysed_fps", "delay"), [(5.0, 0), (10.0, 25)])
def test_counts_and_times_are_those_of_an_always_awake_run(
    monkeypatch: pytest.MonkeyPatch, analysed_fps: float, delay: int
) -> None:
    film = coded_night(LENGTH_S, street)
    awake = counted(monkeypatch, film, may_sleep=False, analysed_fps=analysed_fps)
    asleep = counted(monkeypatch, film, may_sleep=True, analysed_fps=analysed_fps, delay=delay)
    assert awake.slept == 0
    assert asleep.slept > 80
    assert asleep.looks < awake.looks - 20
    assert len(awake.crossings) >= 9
    assert asleep.crossings == awake.crossings
    assert asleep.visits == awake.visits
    assert asleep.occupancy == awake.occupancy
    assert asleep.watched_s > awake.watched_s - 8.0
