"""Anonymising one recording: from a video to a film in which nobody can be recognised."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from passerby.app.counting import DEFAULT_FPS
from passerby.app.detectors import DetectorChoice, ready_detector
from passerby.domain.detections import Detections
from passerby.domain.errors import OutputError
from passerby.ingest.anonymise.coverage import read_truth
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.film import FilmJob, FilmReport, anonymise_film
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.looks import LookPlan
from passerby.ingest.sight import Sight
from passerby.ingest.sources.video_file import VideoFile
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker, TrackerSettings

DEFAULT_DURATION_S = 600.0
"""For the pace of learning where a file does not say how long it is."""


@dataclass(frozen=True, slots=True)
class AnonymisePlan:
    """What to anonymise, and how.

    Attributes:
        video: the recording.
        out: the film to write.
        mode: `redrawn` or `mosaic`.
        fps: pictures a second of the film.
        model: name or file of the detector, None for the default.
        masks: polygons, float32 (P, 2), 0-1 of the picture, that nobody looks at.
        tracker: thresholds of the tracker.
        heads, bodies: files with labelled boxes, for the report.
    """

    video: Path
    out: Path
    mode: str = Mode.REDRAWN.value
    fps: float = DEFAULT_FPS
    model: str | None = None
    masks: tuple[npt.NDArray[np.float32], ...] = ()
    tracker: TrackerSettings | None = None
    heads: Path | None = None
    bodies: Path | None = None


def anonymise_video(plan: AnonymisePlan, on_progress: Callable[[float], None]) -> FilmReport:
    """Looks through a recording and writes it anew.

    Args:
        plan: what to anonymise.
        on_progress: told the part done, 0-1.

    Raises:
        SourceError: the video or a file with truth cannot be read.
        ModelError: the detector cannot be used.
        OutputError: the film cannot be written.
    """
    if plan.out.resolve() == plan.video.resolve():
        raise OutputError(f"{plan.out}: this is the recording itself. Name another file for the anonymous film.")
    cv2.setNumThreads(1)
    ready = ready_detector(DetectorChoice(plan.model))
    sight = Sight(ready.detector, LookPlan(), StageTimes())
    tracker = Tracker(plan.tracker or ready.tracker)

    def follow(detections: Detections) -> Silhouettes:
        return Silhouettes.of(tracker.update(detections))

    with VideoFile(plan.video, plan.video.stem) as video:
        duration_s = video.duration_s or DEFAULT_DURATION_S
        rate_fps = min(plan.fps, video.rate_fps or plan.fps)
        size_px = next((raw.size_px for raw in video), video.size_px)
    job = FilmJob(
        open_frames=lambda: VideoFile(plan.video, plan.video.stem, analysed_fps=plan.fps),
        size_px=size_px,
        duration_s=duration_s,
        rate_fps=rate_fps,
        find=sight.find,
        follow=follow,
        finders=(ready.detector.find,),
        mode=Mode(plan.mode),
        masks=StaticMasks(plan.masks),
        heads=None if plan.heads is None else read_truth(plan.heads),
        bodies=None if plan.bodies is None else read_truth(plan.bodies),
    )
    return anonymise_film(job, plan.out, on_progress)
