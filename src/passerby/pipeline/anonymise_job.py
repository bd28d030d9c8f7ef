"""Anonymises one recording: from a video to a film in which no person can be recognised."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from passerby.domain.detections import Detections
from passerby.domain.errors import OutputError, SourceError
from passerby.domain.film import FilmReport
from passerby.domain.service import DetectorPlan
from passerby.ingest.anonymise.concealment import read_truth
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.film import FilmJob, Frames, anonymise_film
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.attention.frame_detector import FrameDetector, use_one_thread
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.centerface import open_face_finder
from passerby.ingest.display_shape import fitted
from passerby.ingest.sources.file.opening import Hints
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.messages.sandbox_orders import AnonymisePlan
from passerby.pipeline.detector_setup import ready_detector
from passerby.pipeline.recorded.losses import film_losses
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker

MIN_FPS = 0.1
"""The lowest rate that can be asked for; stamps that are absurd make a container's own rate absurd too."""

DEFAULT_DURATION_S = 600.0
"""For the pace of learning where a file does not say how long it is."""


def anonymise_video(plan: AnonymisePlan, on_progress: Callable[[float], None]) -> FilmReport:
    """Looks through a recording and writes it anew, all in this process.

    Args:
        plan: what to anonymise.
        on_progress: called with the part done, 0-1.

    Raises:
        SourceError: the video or a file with truth cannot be read.
        ModelError: the detector cannot be used.
        OutputError: the film cannot be written.
    """
    if plan.writes_over_input():
        raise OutputError(f"{plan.out}: this is the recording itself. Name another file for the anonymous film.")
    return anonymise_film(film_job(plan), plan.out, on_progress)


def film_job(plan: AnonymisePlan) -> FilmJob:
    """The plan, with everything opened that it needs.

    Raises:
        SourceError: the video or a file with truth cannot be read.
        ModelError: the detector or the face finder cannot be used.
    """
    use_one_thread()
    ready = ready_detector(DetectorPlan(plan.model))
    frame_detector = FrameDetector(ready.detector, CropPlan(), StageTimes())
    tracker = Tracker(ready.tracker)

    def follow(detections: Detections) -> Silhouettes:
        return Silhouettes.of(tracker.update(detections))

    hints = Hints(plan.like, plan.recorded_fps)
    with VideoFile(plan.video, plan.video.stem, hints=hints) as video:
        duration_s = video.duration_s or DEFAULT_DURATION_S
        rate_fps = max(min(plan.fps, video.rate_fps or plan.fps), MIN_FPS)
        size_px = next((raw.size_px for raw in video), video.size_px)
    recording = _Recording(plan, hints, size_px)
    return FilmJob(
        open_frames=recording.open,
        size_px=size_px,
        duration_s=duration_s,
        rate_fps=rate_fps,
        find=frame_detector.find,
        follow=follow,
        finders=(ready.detector.find,),
        face_finders=(open_face_finder().find,),
        mode=Mode(plan.mode),
        masks=StaticMasks(plan.masks),
        heads=None if plan.heads is None else read_truth(plan.heads),
        bodies=None if plan.bodies is None else read_truth(plan.bodies),
        losses=recording.losses,
    )


class _Recording:
    """The recording of a film: opened for each pass, and what its last pass could not read."""

    def __init__(self, plan: AnonymisePlan, hints: Hints, size_px: tuple[int, int]) -> None:
        self._plan, self._hints, self._size_px = plan, hints, size_px
        self._newest: VideoFile | None = None

    @contextmanager
    def open(self) -> Iterator[Frames]:
        """Opens its frames from the start; those of another shape than the film's are fitted into it."""
        plan = self._plan
        with VideoFile(plan.video, plan.video.stem, analysed_fps=plan.fps, hints=self._hints) as video:
            self._newest = video
            yield (fitted(raw, self._size_px) for raw in video)

    def losses(self) -> tuple[str, ...]:
        """Returns what the film lacks of its recording.

        Raises:
            SourceError: it has one picture of many, and is no film.
        """
        video = self._newest
        if video is None:
            return ()
        losses = film_losses(video, video.end_s, 1 / self._plan.fps)
        if video.frames_read == 1 and len(losses) > 1:
            raise SourceError(f"{self._plan.video}: {' '.join(losses)} No film was written.")
        return losses
