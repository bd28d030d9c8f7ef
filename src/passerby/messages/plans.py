"""What is asked of a run, and what came of it; kept apart from the libraries that do it, which are slow to load."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerby.domain.errors import OutputError
from passerby.domain.film import Mode
from passerby.domain.frames import AnonymousFrame
from passerby.domain.layout import Layout
from passerby.domain.report import CountReport
from passerby.domain.service import CameraPlan
from passerby.messages.sandbox_messages import ViewMemory

DEFAULT_FPS = 10.0
"""Frames looked at a second: a cyclist then moves less than her own length between two of them."""


@dataclass(frozen=True, slots=True)
class DetectorChoice:
    """What a user may say of the detector; None leaves it to the model's own card.

    Attributes:
        model: a name that `passerby models` lists, or an ONNX file.
        start_confidence: 0-1, from which a detection may begin a track.
        keep_confidence: 0-1, from which one may go on with a track.
    """

    model: str | None = None
    start_confidence: float | None = None
    keep_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class CountPlan:
    """What to count, and how.

    Attributes:
        video: the recording.
        camera_id: the name that results are filed under.
        places: lines, zones, movements and ground.
        analysed_fps: frames looked at a second.
        start_ns: UTC nanoseconds of the first frame.
        report_s: length of the reported intervals.
        detector: what the user says of the detector.
        closer_areas: polygons, 0-1 of the picture, that are always looked at closer.
        masks: polygons, 0-1 of the picture, that nobody looks at.
        with_picture: learn the empty place, for a picture of it.
    """

    video: Path
    camera_id: str
    places: Layout
    analysed_fps: float = DEFAULT_FPS
    start_ns: int = 0
    report_s: int = 900
    detector: DetectorChoice = field(default_factory=DetectorChoice)
    closer_areas: tuple[npt.NDArray[np.float32], ...] = ()
    masks: tuple[npt.NDArray[np.float32], ...] = ()
    with_picture: bool = False


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
        heads, bodies: files with labelled boxes, for the report.
    """

    video: Path
    out: Path
    mode: str = Mode.REDRAWN.value
    fps: float = DEFAULT_FPS
    model: str | None = None
    masks: tuple[npt.NDArray[np.float32], ...] = ()
    heads: Path | None = None
    bodies: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """A run's results.

    Attributes:
        report: the numbers.
        stage_cpu_s: stage -> CPU seconds.
        complete: everything that the file promised was watched.
        empty_scene: the place with nobody in it, where it was asked for and could be learned.
    """

    report: CountReport
    stage_cpu_s: dict[str, float]
    complete: bool
    empty_scene: AnonymousFrame | None


def check_film(plan: AnonymisePlan) -> None:
    """Raises OutputError where a plan would write over the recording itself."""
    if plan.out.resolve() == plan.video.resolve():
        raise OutputError(f"{plan.out}: this is the recording itself. Name another file for the anonymous film.")


@dataclass(frozen=True, slots=True, eq=False)
class WatchPlan:
    """A live camera to watch until told to stop.

    Attributes:
        camera: the camera.
        detector: what the site says of the detector.
        route: descriptor over which connections to the camera are asked for; None where none are needed.
        memory: what the camera remembers of its own view, None where it is new.
        pace: how many times faster than it was taken a looped file is played; 0 as fast as it goes.
    """

    camera: CameraPlan
    detector: DetectorChoice = field(default_factory=DetectorChoice)
    route: int | None = None
    memory: ViewMemory | None = None
    pace: float = 1.0
