"""Anonymising a whole film: looked through first, then drawn from its first picture to its last."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.domain.film import FilmReport
from passerby.domain.frames import AnonymousFrame
from passerby.ingest.anonymise.anonymiser import FilmAnonymiser, FilmLearner
from passerby.ingest.anonymise.background_learner import LearnedBackground
from passerby.ingest.anonymise.canvas import Canvas
from passerby.ingest.anonymise.concealment import ConcealmentMeter
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.film_writer import FilmWriter
from passerby.ingest.anonymise.inspection import Finder
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import RawFrame

Frames = Iterable[RawFrame]


@dataclass(frozen=True, slots=True, eq=False)
class FilmJob:
    """What is asked for.

    Attributes:
        open_frames: opens the film's analysed frames, from the start each time; called twice.
        size_px: width and height of its pictures.
        duration_s: how long it is.
        rate_fps: analysed frames a second.
        find: the detector's whole answer for a frame, down to its floor.
        follow: who is to be drawn, frame after frame; a tracker.
        finders: who sweeps and inspects.
        mode: how pictures are made.
        masks: parts nobody looks at.
        heads, bodies: labelled boxes by frame number, for the report.
        face_finders: who looks for faces in the learned places.
    """

    open_frames: Callable[[], AbstractContextManager[Frames]]
    size_px: tuple[int, int]
    duration_s: float
    rate_fps: float
    find: Callable[[RawFrame], Detections]
    follow: Callable[[Detections], Silhouettes]
    finders: Sequence[Finder]
    mode: Mode = Mode.REDRAWN
    masks: StaticMasks | None = None
    heads: dict[int, npt.NDArray[np.float32]] | None = None
    bodies: dict[int, npt.NDArray[np.float32]] | None = None
    face_finders: Sequence[Finder] = ()


def anonymise_film(job: FilmJob, out: Path, progress: Callable[[float], None]) -> FilmReport:
    """Looks through the film, then writes it anew.

    Args:
        job: what is asked for.
        out: where to; appears when it is whole.
        progress: told the part done, 0-1.

    Raises:
        OutputError: the film cannot be written.
        SourceError: it cannot be read.
    """
    with FilmWriter(out, Canvas.for_source(job.size_px).size_px, job.rate_fps) as writer:
        return drawn_film(job, writer.write, progress)


def drawn_film(job: FilmJob, show: Callable[[AnonymousFrame], None], progress: Callable[[float], None]) -> FilmReport:
    """Looks through the film, then shows every picture of it, drawn anew.

    Args:
        job: what is asked for.
        show: given one picture after the other.
        progress: told the part done, 0-1.

    Raises:
        SourceError: it cannot be read.
    """
    places, found, learn_s = _look_through(job, lambda part: progress(0.7 * part))
    anonymiser = FilmAnonymiser(job.size_px, job.mode, places)
    heads = None if job.heads is None else ConcealmentMeter(job.heads)
    bodies = None if job.bodies is None else ConcealmentMeter(job.bodies)
    measures = [coverage for coverage in (heads, bodies) if coverage is not None]
    draw_s = _draw(job, anonymiser, found, show, measures, lambda part: progress(0.7 + 0.3 * part))
    frames = anonymiser.shown + anonymiser.masked.total()
    return FilmReport(
        frames=frames,
        masked={reason.value: count for reason, count in anonymiser.masked.items()},
        sharp_share=anonymiser.sharp_share,
        scenes=len(places),
        learn_ms=1000 * learn_s / max(len(found), 1),
        draw_ms=1000 * draw_s / max(frames, 1),
        heads=None if heads is None else heads.summed(),
        bodies=None if bodies is None else bodies.summed(),
    )


def _look_through(
    job: FilmJob, progress: Callable[[float], None]
) -> tuple[list[LearnedBackground], dict[int, Detections], float]:
    """The empty places, what was found in every frame, and the CPU seconds that learning took."""
    masks = job.masks or StaticMasks()
    learner = FilmLearner(job.size_px, job.finders, job.duration_s, face_finders=job.face_finders)
    found: dict[int, Detections] = {}
    learn_s = 0.0
    with job.open_frames() as frames:
        for camera_raw in frames:
            raw = masks.applied(camera_raw)
            found[raw.stamp.index] = job.find(raw)
            start_s = time.process_time()
            learner.learn(raw, found[raw.stamp.index])
            learn_s += time.process_time() - start_s
            progress(min(raw.stamp.stream_s / max(job.duration_s, 1e-3), 1.0))
    start_s = time.process_time()
    places = learner.places()
    return places, found, learn_s + time.process_time() - start_s


def _draw(
    job: FilmJob,
    anonymiser: FilmAnonymiser,
    found: dict[int, Detections],
    show: Callable[[AnonymousFrame], None],
    measures: Sequence[ConcealmentMeter],
    progress: Callable[[float], None],
) -> float:
    """Draws and shows every picture; the CPU seconds that drawing took."""
    masks = job.masks or StaticMasks()
    draw_s = 0.0
    with job.open_frames() as frames:
        for camera_raw in frames:
            raw = masks.applied(camera_raw)
            detections = found.get(raw.stamp.index)
            silhouettes = Silhouettes() if detections is None else job.follow(detections)
            start_s = time.process_time()
            anonymiser.learn(raw, detections)
            frame = anonymiser.show(raw, detections, silhouettes)
            draw_s += time.process_time() - start_s
            show(frame)
            for coverage in measures:
                coverage.take(raw, frame, anonymiser)
            progress(min(raw.stamp.stream_s / max(job.duration_s, 1e-3), 1.0))
    return draw_s
