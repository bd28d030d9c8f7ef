"""Makes a count's review film: each moment that comes out of the sandbox becomes a page, and is encoded at once."""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import tzinfo
from math import inf
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from passerby.domain.errors import OutputError
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.report import CountReport
from passerby.domain.review import FilmEnd, FilmMoment
from passerby.ingest.anonymise.film_writer import FilmWriter, check_ending
from passerby.messages.sandbox_orders import CountPlan
from passerby.report.film.counts import FilmCounts
from passerby.report.film.overlay import Picture
from passerby.report.film.page import PAGE_PX, Clock, FilmPage, as_bgr
from passerby.report.wording import how_many, watched_sentences
from passerby.text import duration, moment
from passerby.units import MINUTE_S, NS_PER_S

GAP_S: Final = 2.0
"""A longer time without a picture is shown as a gap of `GAP_SHOWN_S`, with from when to when."""

GAP_SHOWN_S: Final = 2.0
LAST_S: Final = 2.0
"""For how long the table at the end stands."""

MAX_GAPS_NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class FilmedPart:
    """One of the recordings of a film: its name, and UTC nanoseconds of its first frame."""

    name: str
    start_ns: int


class ReviewFilm:
    """A review film while it grows; it appears whole or not at all, and holds no more than one page in memory.

    What goes wrong with the file does not end the count: it is kept in `fault`, and nothing more is written.

    Attributes:
        fault: why the film could not be written; empty where it could.
        counts: the counters as they are.
    """

    def __init__(self, path: Path, plan: CountPlan, *, site: str | None, zone: tzinfo) -> None:
        """Makes nothing yet: the file is begun with the first moment.

        Args:
            path: ends as a film's name does.
            plan: what is counted; its `film` says which part is shown.
            site: the site's name; None without one.
            zone: the zone that times are shown in.

        Raises:
            OutputError: the film has another ending, would replace a recording, or there is no line to show.
        """
        check_ending(path)
        if path.resolve() in {video.resolve() for video in (plan.video, *(part.video for part in plan.then))}:
            raise OutputError(f"{path}: this is the recording itself. Name another file for the review film.")
        if not plan.layout.lines:
            raise OutputError(
                "--film: the film shows who is counted at the lines, and there is none. Draw a line first."
            )
        self._path, self._zone, self._plan = path, zone, plan
        self._rate_fps, self._known = plan.analysed_fps, plan.start_ns != 0
        parts = [FilmedPart(plan.video.name, plan.start_ns)]
        self._parts = [*parts, *(FilmedPart(part.video.name, part.start_ns) for part in plan.then)]
        self.counts = FilmCounts(plan.layout.lines)
        names = [part.name for part in self._parts]
        title = plan.camera_id if site is None else f"{site}: {plan.camera_id}"
        self._page = FilmPage(title, f"Review of the count in {_spoken(names)}", self.counts, names)
        self._files = ExitStack()
        self._writer: FilmWriter | None = None
        self._film_s = 0.0
        self._first: FrameStamp | None = None
        self._before: tuple[FilmMoment, Clock] | None = None
        self._gaps: list[tuple[FrameStamp, FrameStamp]] = []
        self._late: tuple[int, str] = (0, "")
        self.fault = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leaves the film where it was finished, and nothing where it was not."""
        if self._writer is not None:
            self._abandon(fault or OutputError("the film was not finished"))

    def take(self, message: FilmMoment | FilmEnd) -> None:
        """Adds a moment to the film, or what was counted after the last."""
        if isinstance(message, FilmEnd):
            self.counts.add(message.crossings, self._film_s)
            self._late = (len(message.crossings), ", ".join(_numbers(message)))
            return
        if self.fault:
            return
        try:
            self._add(message)
        except OutputError as fault:
            self._failed(fault)

    def finish(self, report: CountReport) -> None:
        """Ends the film with the table of what was counted.

        Args:
            report: the count that it is of.
        """
        if self.fault:
            return
        if self._writer is None or self._before is None or self._first is None:
            self.fault = (
                f"{self._path}: no film was written: no picture of the time that it is to show could be looked at."
            )
            return
        try:
            page = self._page.last(self._sentences(report))
            frame = self._before[0].frame
            for step in range(3):
                self._write(frame, page, self._film_s + 1 / self._rate_fps + step * LAST_S / 2)
            self._files.close()
            self._writer = None
        except OutputError as fault:
            self._failed(fault)

    def _add(self, message: FilmMoment) -> None:
        stamp = message.frame.stamp
        clock = self._clock(stamp)
        if self._writer is None:
            self._writer = self._files.enter_context(FilmWriter(self._path, PAGE_PX, self._rate_fps))
            self._first = stamp
        if self._before is not None:
            before = self._before[0].frame.stamp
            passed_s = stamp.stream_s - before.stream_s
            if passed_s > GAP_S:
                self._show_gap(before, stamp)
                passed_s = 1 / self._rate_fps
            self._film_s += max(passed_s, 0.0)
        self.counts.add(message.crossings, self._film_s)
        self._before = (message, clock)
        self._write(message.frame, self._page.drawn(message, clock, self._film_s), self._film_s)

    def _show_gap(self, before: FrameStamp, after: FrameStamp) -> None:
        """Shows that for a while nothing was watched, for two seconds however long it was."""
        if self._before is None:
            return
        self._gaps.append((before, after))
        self._film_s += 1 / self._rate_fps
        message, clock = self._before
        empty = replace(message, xyxy=message.xyxy[:0], road_user=message.road_user[:0], mark=message.mark[:0])
        page = self._page.drawn(empty, clock, inf, f"Not watched: {self._between(before, after)}")
        for second in (0.0, GAP_SHOWN_S - 1 / self._rate_fps):
            self._write(self._before[0].frame, page, self._film_s + second)
        self._film_s += GAP_SHOWN_S - 1 / self._rate_fps

    def _write(self, frame: AnonymousFrame, page: Picture, film_s: float) -> None:
        if self._writer is not None:
            self._writer.write(frame.on_page(as_bgr(page), film_s))

    def _failed(self, fault: OutputError) -> None:
        self.fault = str(fault)
        self._abandon(fault)

    def _abandon(self, fault: BaseException) -> None:
        self._writer = None
        # Closing what could not be written fails as well; what was begun is removed all the same.
        with suppress(OutputError, OSError):
            self._files.__exit__(type(fault), fault, fault.__traceback__)

    def _clock(self, stamp: FrameStamp) -> Clock:
        part = self._parts[0]
        for other in self._parts[1:]:
            part = other if other.start_ns <= stamp.time_ns else part
        within = f"{part.name}, {_minutes((stamp.time_ns - part.start_ns) / NS_PER_S)}"
        if not self._known:
            return Clock("", "", within)
        local = moment(stamp.time_ns, self._zone)
        return Clock(f"{local:%H:%M:%S}.{local.microsecond // 100_000}", f"{local:%Y-%m-%d} {local.tzname()}", within)

    def _between(self, start: FrameStamp, end: FrameStamp) -> str:
        if self._known:
            first, last = (moment(stamp.time_ns, self._zone) for stamp in (start, end))
            day = "" if first.date() == last.date() else "%Y-%m-%d "
            return f"{first.strftime(f'{day}%H:%M:%S')} to {last.strftime(f'{day}%H:%M:%S')}"
        first_s, last_s = ((stamp.time_ns - self._plan.start_ns) / NS_PER_S for stamp in (start, end))
        return f"{_minutes(first_s)} to {_minutes(last_s)}"

    def _sentences(self, report: CountReport) -> list[str]:
        """The sentences below the table at the end: what the film is of, and how much of it was watched."""
        if self._first is None or self._before is None:
            return []
        last = self._before[0].frame.stamp
        length_s = last.stream_s - self._first.stream_s + 1 / self._rate_fps
        sentences = [f"Filmed: {self._between(self._first, last)} ({duration(length_s)})."]
        number, crossings = self._late
        if number:
            sentences.append(f"Certain only after the last picture: {crossings}.")
        part = self._plan.film is not None and (self._plan.film.from_s > 0 or self._plan.film.for_s is not None)
        if part:
            sentences.append("These are the counts of the filmed time alone.")
            sentences += [f"Not watched: {self._between(*gap)}." for gap in self._gaps[:MAX_GAPS_NAMED]]
            more = len(self._gaps) - MAX_GAPS_NAMED
            return [*sentences, f"And {more} more such gaps."] if more > 0 else sentences
        return [*sentences, *watched_sentences(report), *(f"Note: {note}." for note in report.notes)]


def _numbers(end: FilmEnd) -> Sequence[str]:
    found = Counter((crossing.line, crossing.road_user) for crossing in end.crossings)
    return [f"{how_many(road_user, count)} at {line}" for (line, road_user), count in found.items()]


def _spoken(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]} ({len(names)} recordings)"


def _minutes(seconds: float) -> str:
    """A second of a recording as players show it, with tenths."""
    tenths = round(max(seconds, 0.0) * 10)
    minutes, rest = divmod(tenths, 10 * MINUTE_S)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest // 10:02d}.{rest % 10}" if hours else f"{minutes}:{rest // 10:02d}.{rest % 10}"
