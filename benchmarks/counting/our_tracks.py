"""passerby's tracks of a recording, frame by frame, from its engine at the default settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passerby.config.loader import load_layout
from passerby.domain.detections import Detections
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.ingest.attention.frame_detector import FrameDetector
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.loader import open_detector
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.ingest.stage import FileStage
from passerby.measure.camera_measures import CameraMeasures
from passerby.pipeline.camera_loop import CameraLoop, Step
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker

CAMERA = "benchmark"


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """One analysed frame.

    Attributes:
        number: the frame's number in the file, from 1, as the truth counts them.
        tracks: what was followed in it.
        found: everything that was detected in it.
    """

    number: int
    tracks: Tracks
    found: Detections | None = None


def look(video: Path, fps: float) -> list[Looked]:
    """Every analysed frame of a video with its tracks, those not confirmed included."""
    steps = _steps(video, (), fps, StageTimes())
    return [
        Looked(step.tracks.stamp.index + 1, step.tracks, step.detections) for step in steps if step.tracks is not None
    ]


def stage_times(video: Path, lines: Path, fps: float) -> dict[str, float]:
    """CPU ms by stage for an analysed frame, start-up left out."""
    times = StageTimes()
    frames = sum(1 for _ in _steps(video, read_lines(lines), fps, times))
    return {stage: 1000 * cpu_s / frames for stage, cpu_s in times.cpu_s.items() if stage != "start"}


def read_lines(path: Path) -> tuple[Line, ...]:
    """The lines of a lines file, by passerby's own reader."""
    return tuple(
        Line(name, np.array(keys.points, np.float32), frozenset(RoadUser.from_label(label) for label in keys.count))
        for name, keys in load_layout(path).lines.items()
    )


def _steps(video: Path, lines: tuple[Line, ...], fps: float, times: StageTimes) -> Iterator[Step]:
    times.start("start")
    detector = FrameDetector(open_detector(), CropPlan(), times)
    with VideoFile(video, CAMERA, analysed_fps=fps) as source:
        yield from CameraLoop(
            FileStage(source, detector, times), Tracker(), lambda: CameraMeasures(CAMERA, lines), times
        )
