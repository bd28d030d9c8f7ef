"""The moments of a review film, made while a recording is counted: anonymous pictures, and who was counted when."""

from collections.abc import Callable
from math import inf

import numpy as np

from passerby.domain.errors import OutputError
from passerby.domain.events import Direction, LineCrossing
from passerby.domain.frames import AnonymousFrame
from passerby.domain.replays import order_of
from passerby.domain.review import (
    MARKED_BACKWARD,
    MARKED_FORWARD,
    UNMARKED,
    CountedCrossing,
    FilmEnd,
    FilmMoment,
    FilmSpan,
)
from passerby.domain.tracks import Tracks
from passerby.measure.camera_measures import Measured
from passerby.pipeline.camera_loop import Step
from passerby.text import duration
from passerby.units import NS_PER_S

MARKED_S = 0.9
"""For how long the box is marked of who has just been counted: long enough to be seen, short enough to say no more."""

KNOWN_AFTER_S = 300.0
"""A film that begins so late into a recording needs no look ahead: the place is learned on the way there."""

LEARNED_S = 600.0
"""For how long before a film begins its place is learned, so that it is known in the light of that time."""

OnFilm = Callable[[FilmMoment | FilmEnd], None]
Draw = Callable[[Tracks], tuple[AnonymousFrame, str]]


class FilmRecorder:
    """Makes the moments of one film. It keeps tracks' ids for as long as their boxes are marked, and sends none."""

    def __init__(self, span: FilmSpan, start_ns: int, on_film: OnFilm, draw: Draw) -> None:
        """Takes what it needs.

        Args:
            span: the part that is filmed.
            start_ns: UTC nanoseconds of the recording's first frame.
            on_film: gets the moments, and then what was counted after the last.
            draw: draws the newest frame anonymously; returns the picture, and why it is masked where it is.
        """
        until_s = inf if span.until_s is None else span.until_s
        self._from_s, self._until_s, self._start_ns = span.from_s, until_s, start_ns
        self._on_film, self._draw = on_film, draw
        self._late: list[CountedCrossing] = []
        self._marks: dict[int, tuple[float, int]] = {}

    def learns(self, time_ns: int) -> bool:
        """Returns whether the place is learned from a frame of that time."""
        return self._from_s - LEARNED_S <= self._second(time_ns) < self._until_s

    def take(self, step: Step) -> None:
        """Takes one step of the loop; sends a moment where it is filmed."""
        if step.tracks is None or step.measured is None:
            return
        tracks, second = step.tracks, self._second(step.tracks.stamp.time_ns)
        counted = self._counted(step.measured)
        if not self._from_s <= second < self._until_s:
            self._late += [crossing for crossing, _ in counted]
            return
        self._mark(tracks, counted)
        self._on_film(self._moment(tracks, tuple(crossing for crossing, _ in counted)))

    def finish(self, measured: Measured) -> None:
        """Sends what was counted of the filmed time only after its last picture.

        Args:
            measured: what became certain with the recording's end.
        """
        self._late += [crossing for crossing, _ in self._counted(measured)]
        self._on_film(FilmEnd(tuple(self._late)))

    def _second(self, time_ns: int) -> float:
        return (time_ns - self._start_ns) / NS_PER_S

    def _counted(self, measured: Measured) -> list[tuple[CountedCrossing, int | None]]:
        """The crossings within the filmed time, each with the row of who made it, where it is seen."""
        rows = measured.crossing_rows or (None,) * len(measured.crossings)
        return [
            (CountedCrossing(crossing.line, crossing.direction, crossing.road_user, row is not None), row)
            for crossing, row in zip(measured.crossings, rows, strict=True)
            if self._filmed(crossing)
        ]

    def _filmed(self, crossing: LineCrossing) -> bool:
        return self._from_s <= self._second(crossing.time_ns) < self._until_s

    def _mark(self, tracks: Tracks, counted: list[tuple[CountedCrossing, int | None]]) -> None:
        now_s = tracks.stamp.stream_s
        self._marks = {track: (until_s, mark) for track, (until_s, mark) in self._marks.items() if until_s > now_s}
        for crossing, row in counted:
            if row is not None:
                mark = MARKED_FORWARD if crossing.direction is Direction.FORWARD else MARKED_BACKWARD
                self._marks[int(tracks.track_id[row])] = (now_s + MARKED_S, mark)

    def _moment(self, tracks: Tracks, crossings: tuple[CountedCrossing, ...]) -> FilmMoment:
        frame, why = self._draw(tracks)
        marks = [self._marks.get(track, (0.0, UNMARKED))[1] for track in tracks.track_id.tolist()]
        shown = tracks.confirmed | (np.array(marks, np.int16) != UNMARKED)
        width_px, height_px = tracks.stamp.size_px
        scale = np.array([width_px, height_px, width_px, height_px], np.float32)
        xyxy = np.clip(tracks.xyxy_px[shown] / scale, 0.0, 1.0).astype(np.float32)
        road_user = np.ascontiguousarray(tracks.road_user[shown])
        mark = np.array(marks, np.int16)[shown]
        # An order that follows from the boxes alone says nothing of who is who.
        order = order_of(np.zeros(len(mark), np.int32), xyxy, road_user)
        return FilmMoment(frame, why, xyxy[order], road_user[order], mark[order], crossings)


def check_span(span: FilmSpan, duration_s: float) -> None:
    """Raises OutputError where nothing of a recording of that length would be filmed."""
    if 0 < duration_s <= span.from_s:
        raise OutputError(
            f"--film-from: the film would begin {duration(span.from_s)} into the recording, "
            f"which is {duration(duration_s)} long. Choose an earlier time."
        )
