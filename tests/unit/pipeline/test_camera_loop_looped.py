"""A looped recording counts as often as it is played what it counts once: real files, through the live source."""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from passerby.domain.events import LineCrossing
from passerby.domain.layout import Line
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.attention.frame_detector import FrameDetector
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.detector import Boxes, Detector
from passerby.ingest.detectors.loader import open_detector
from passerby.ingest.raw import Picture
from passerby.ingest.sources.live import LiveSource
from passerby.ingest.stage import LiveStage
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.views.live_view import LiveView
from passerby.measure.camera_measures import CameraMeasures
from passerby.pipeline.camera_loop import CameraLoop
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker
from testing.pictures.frames import boxes

SIZE_PX = (320, 240)
FPS = 10
LINES = tuple(Line(f"x{at}", np.array([[at / 10, 0.0], [at / 10, 1.0]], np.float32)) for at in range(1, 10))


class DarkThings:
    """Finds what is darker than the made street."""

    def find(self, picture: Picture) -> Boxes:
        dark = (picture.max(axis=2) < 60).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(dark)
        found = [row for row in stats[1:].astype(float).tolist() if row[4] > 60]
        return boxes(*[(left, top, left + width, top + height) for left, top, width, height, _ in found])

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        return [self.find(picture) for picture in pictures]


def street(path: Path, walkers: Sequence[tuple[float, float, float, int]], frames: int = 50) -> Path:
    """A film of dark figures; each is (x in the first picture, px a second, foot y, height)."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("h264", rate=FPS, options={"bf": "0", "crf": "12"})
        assert isinstance(stream, av.video.stream.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *SIZE_PX, "yuv420p"
        for number in range(frames):
            picture = np.full((SIZE_PX[1], SIZE_PX[0], 3), 150, np.uint8)
            for x_px, speed, foot_px, height_px in walkers:
                at = round(x_px + speed * number / FPS)
                cv2.rectangle(
                    picture,
                    (at - height_px // 6, round(foot_px) - height_px),
                    (at + height_px // 6, round(foot_px)),
                    (20, 20, 20),
                    -1,
                )
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def played(path: Path, passes: int, detector: Detector, fps: float) -> list[Counter[tuple[str, str, str]]]:
    """The crossings of each pass, by the stretch of time that they were made in."""
    source = LiveSource(CameraSource(SourceKind.FILE, file=path), "loop", analysed_fps=fps, connector=None, pace=None)
    stage = LiveStage(
        source,
        lambda: FrameDetector(detector, CropPlan(), StageTimes()),
        ImageQualityMeter(),
        LiveView(Mode.REDRAWN, (detector.find,), ()),
    )
    loop = CameraLoop(stage, Tracker(), lambda: CameraMeasures("loop", LINES), StageTimes())
    starts_ns: list[int] = []
    crossings: list[LineCrossing] = []
    for step in loop:
        if step.tracks is None or step.measured is None:
            continue
        if step.tracks.stamp.stretch == len(starts_ns):
            starts_ns.append(step.tracks.stamp.time_ns)
        crossings += step.measured.crossings
        if step.tracks.stamp.stretch == passes:
            break
    stage.stop()
    counts: list[Counter[tuple[str, str, str]]] = [Counter() for _ in range(passes)]
    for one in crossings:
        number = sum(one.time_ns >= start_ns for start_ns in starts_ns) - 1
        counts[number][one.line, one.direction.value, one.road_user.name] += 1
    return counts


@pytest.mark.parametrize(
    "walkers",
    [
        pytest.param(
            [(40.0, 40.0, 200.0, 60)], marks=pytest.mark.slow
        ),  # right of the middle at the end, left of it at the start
        [(40.0, 40.0, 200.0, 60), (280.0, -30.0, 120.0, 50), (150.0, 2.0, 160.0, 60)],
        [(100.0, 12.0, 200.0, 60)],  # so slow that the seam is a step like any other
        pytest.param([(159.0, 0.5, 200.0, 60), (161.0, -0.5, 100.0, 60)], marks=pytest.mark.slow),
    ],
)
def test_each_pass_of_a_made_street_counts_what_the_first_does(
    walkers: list[tuple[float, float, float, int]], tmp_path: Path
) -> None:
    first, *others = played(street(tmp_path / "street.mp4", walkers), 4, DarkThings(), FPS)
    assert others == [first] * 3
    assert {way for _, way, _ in first} <= {"forward", "backward"}
    fast = [one for one in walkers if abs(one[1]) > 10]
    assert bool(first) is bool(fast)
    forwards = sum(count for (_, way, _), count in first.items() if way == "forward")
    assert (forwards > 0) is any(speed < 0 for _, speed, _, _ in fast)


@pytest.mark.slow
@pytest.mark.footage
@pytest.mark.parametrize(
    ("video", "fps", "passes"), [("junction/cars-cyclist.mp4", 10.0, 3), ("town-centre/video.mp4", 5.0, 2)]
)
def test_each_pass_of_a_recording_counts_what_the_first_does(
    video: str, fps: float, passes: int, footage: Path
) -> None:
    first, *others = played(footage / video, passes, open_detector(), fps)
    assert sum(first.values()) >= 3
    assert others == [first] * (passes - 1)
