"""Anonymising a whole film: looked through first, then drawn from its first picture to its last."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import av.error
import numpy as np
import numpy.typing as npt
from av.codec.context import Flags

from passerby.domain.detections import Detections
from passerby.domain.errors import OutputError
from passerby.domain.frames import AnonymousFrame
from passerby.ingest.anonymise.anonymiser import FilmAnonymiser, FilmLearner
from passerby.ingest.anonymise.coverage import Coverage
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.inspection import Finder
from passerby.ingest.anonymise.learner import LearnedPlace
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import RawFrame

FORMATS = {".mp4": "mp4", ".webm": "webm", ".mkv": "matroska"}
CODEC = "libvpx-vp9"
"""VP9 plays in every current browser, and libvpx is BSD-licensed, unlike x264, which is GPL."""

CODEC_OPTIONS = {"deadline": "realtime", "cpu-used": "7", "crf": "28", "b": "0", "row-mt": "1"}
TICKS_PER_S = 1000

Frames = Iterable[RawFrame]


class FilmWriter:
    """Writes anonymous frames to a film without any metadata; the film appears whole or not at all."""

    def __init__(self, path: Path, size_px: tuple[int, int], rate_fps: float) -> None:
        """Opens the film beside its final place.

        Args:
            path: ends in .mp4, .webm or .mkv.
            size_px: width and height, even.
            rate_fps: nominal rate; the frames' own stamps decide.

        Raises:
            OutputError: another ending, or it cannot be written there.
        """
        self._path, self._part = path, path.with_name(f".{path.name}.part")
        if path.suffix.lower() not in FORMATS:
            raise OutputError(f"{path}: a film's name ends in {', '.join(FORMATS)}; got '{path.suffix}'. Rename it.")
        options = {"fflags": "+bitexact"}
        if path.suffix.lower() == ".mp4":
            options["movflags"] = "+faststart"
        rate = Fraction(rate_fps).limit_denominator(1000)
        try:
            self._container = av.open(str(self._part), "w", format=FORMATS[path.suffix.lower()], options=options)
            stream = self._container.add_stream(CODEC, rate=rate, options=CODEC_OPTIONS)
            if not isinstance(stream, av.VideoStream):
                raise OutputError(f"{path}: the codec {CODEC} makes no video here. Install PyAV from its own wheels.")
            self._stream = stream
            stream.width, stream.height = size_px
            stream.pix_fmt = "yuv420p"
            stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
            stream.codec_context.flags |= Flags.bitexact
            self._container.start_encoding()
        except (av.error.FFmpegError, OSError) as fault:
            raise OutputError(
                f"{path}: the film cannot be written: {getattr(fault, 'strerror', None) or type(fault).__name__}. "
                "Check that the folder is there and writable."
            ) from None
        self._start_s: float | None = None
        self._last_tick = -1

    def write(self, frame: AnonymousFrame) -> None:
        """Adds one frame at its time on the source's clock; raises OutputError where the disk does."""
        picture = av.VideoFrame.from_ndarray(frame.image, format="bgr24")
        self._start_s = frame.stamp.stream_s if self._start_s is None else self._start_s
        tick = max(round((frame.stamp.stream_s - self._start_s) * TICKS_PER_S), self._last_tick + 1)
        picture.pts, picture.time_base, self._last_tick = tick, Fraction(1, TICKS_PER_S), tick
        self._mux(picture)

    def _mux(self, picture: "av.VideoFrame | None") -> None:
        try:
            self._container.mux(self._stream.encode(picture))
        except (av.error.FFmpegError, OSError) as fault:
            reason = getattr(fault, "strerror", None) or type(fault).__name__
            raise OutputError(
                f"{self._path}: the film could not be written whole: {reason}. Is the disk full?"
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._mux(None)
            self._container.close()
            if kind is None:
                self._part.replace(self._path)
        finally:
            self._part.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class FilmReport:
    """What was done to a film.

    Attributes:
        frames: pictures written.
        masked: reason in words -> pictures masked wholly.
        sharp_share: the part of the picture, 0-1, shown as it is when nobody is there; of the last scene.
        scenes: empty places learned.
        learn_ms: CPU milliseconds an analysed picture for learning and inspecting, detection not included.
        draw_ms: CPU milliseconds a picture for drawing.
        heads, bodies: coverage where truth was given.
    """

    frames: int
    masked: dict[str, int]
    sharp_share: float
    scenes: int
    learn_ms: float
    draw_ms: float
    heads: Coverage | None
    bodies: Coverage | None


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
    places, found, learn_s = _look_through(job, lambda part: progress(0.7 * part))
    anonymiser = FilmAnonymiser(job.size_px, job.mode, places)
    heads = None if job.heads is None else Coverage(job.heads)
    bodies = None if job.bodies is None else Coverage(job.bodies)
    measures = [coverage for coverage in (heads, bodies) if coverage is not None]
    with FilmWriter(out, anonymiser.canvas.size_px, job.rate_fps) as writer:
        draw_s = _draw(job, anonymiser, found, writer, measures, lambda part: progress(0.7 + 0.3 * part))
    frames = anonymiser.shown + anonymiser.masked.total()
    return FilmReport(
        frames=frames,
        masked={reason.value: count for reason, count in anonymiser.masked.items()},
        sharp_share=anonymiser.sharp_share,
        scenes=len(places),
        learn_ms=1000 * learn_s / max(len(found), 1),
        draw_ms=1000 * draw_s / max(frames, 1),
        heads=heads,
        bodies=bodies,
    )


def _look_through(
    job: FilmJob, progress: Callable[[float], None]
) -> tuple[list[LearnedPlace], dict[int, Detections], float]:
    """The empty places, what was found in every frame, and the CPU seconds that learning took."""
    masks = job.masks or StaticMasks()
    learner = FilmLearner(job.size_px, job.finders, job.duration_s)
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
    writer: FilmWriter,
    measures: Sequence[Coverage],
    progress: Callable[[float], None],
) -> float:
    """Draws and writes every picture; the CPU seconds that drawing took."""
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
            writer.write(frame)
            for coverage in measures:
                coverage.take(raw, frame, anonymiser)
            progress(min(raw.stamp.stream_s / max(job.duration_s, 1e-3), 1.0))
    return draw_s
