"""Anonymises a whole film in two passes: the first learns its backgrounds, the second draws every picture."""

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
    """One film to anonymise, and how.

    Attributes:
        open_frames: opens the film's analysed frames, from the start each time; called twice.
        size_px: width and height of its pictures.
        duration_s: how long it is.
        rate_fps: analysed frames a second.
        find: returns everything the detector finds in a frame, down to its floor.
        follow: returns the figures to draw, frame after frame; a tracker.
        finders: sweep the pictures and inspect the backgrounds.
        mode: how pictures are made.
        masks: parts of the picture that nothing analyses.
        heads, bodies: labelled boxes by frame number, for the report.
        face_finders: search the learned backgrounds for faces.
        losses: returns what the film lacks of its recording, once it is drawn; raises where it is no film at all.
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
    losses: Callable[[], tuple[str, ...]] = tuple


def anonymise_film(job: FilmJob, out: Path, progress: Callable[[float], None]) -> FilmReport:
    """Writes a film anew, anonymised.

    Args:
        job: the film, and how.
        out: where to; appears when it is whole.
        progress: called with the part done, 0-1.

    Raises:
        OutputError: the film cannot be written.
        SourceError: it cannot be read.
    """
    with FilmWriter(out, Canvas.for_source(job.size_px).size_px, job.rate_fps) as writer:
        return drawn_film(job, writer.write, progress)


def drawn_film(job: FilmJob, show: Callable[[AnonymousFrame], None], progress: Callable[[float], None]) -> FilmReport:
    """Draws every picture of a film anew, after a first pass over it.

    Args:
        job: the film, and how.
        show: called with one picture after the other.
        progress: called with the part done, 0-1.

    Raises:
        SourceError: it cannot be read.
    """
    backgrounds, found, learn_s = _first_pass(job, lambda part: progress(0.7 * part))
    anonymiser = FilmAnonymiser(job.size_px, job.mode, backgrounds)
    heads = None if job.heads is None else ConcealmentMeter(job.heads)
    bodies = None if job.bodies is None else ConcealmentMeter(job.bodies)
    meters = [meter for meter in (heads, bodies) if meter is not None]
    draw_s = _draw(job, anonymiser, found, show, meters, lambda part: progress(0.7 + 0.3 * part))
    frames = anonymiser.shown + anonymiser.masked.total()
    return FilmReport(
        frames=frames,
        masked={reason.value: count for reason, count in anonymiser.masked.items()},
        sharp_share=anonymiser.sharp_share,
        scenes=len(backgrounds),
        learn_ms=1000 * learn_s / max(len(found), 1),
        draw_ms=1000 * draw_s / max(frames, 1),
        heads=None if heads is None else heads.summed(),
        bodies=None if bodies is None else bodies.summed(),
        losses=job.losses(),
    )


def _first_pass(
    job: FilmJob, progress: Callable[[float], None]
) -> tuple[list[LearnedBackground], dict[int, Detections], float]:
    """Returns the backgrounds, what was found in every frame, and the CPU seconds that learning took."""
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
    backgrounds = learner.backgrounds()
    return backgrounds, found, learn_s + time.process_time() - start_s


def _draw(
    job: FilmJob,
    anonymiser: FilmAnonymiser,
    found: dict[int, Detections],
    show: Callable[[AnonymousFrame], None],
    meters: Sequence[ConcealmentMeter],
    progress: Callable[[float], None],
) -> float:
    """Draws and shows every picture; returns the CPU seconds that drawing took."""
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
            for meter in meters:
                meter.measure(raw, frame, anonymiser)
            progress(min(raw.stamp.stream_s / max(job.duration_s, 1e-3), 1.0))
    return draw_s
