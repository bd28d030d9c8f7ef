"""Files what is measured under clock-aligned intervals."""

from passerby.domain.events import Encounter, LineCrossing, MovementCount, ZoneVisit
from passerby.domain.intervals import Interval, Intervals, SiteClock
from passerby.domain.observations import Observation
from passerby.measure.coverage import Coverage, WatchedSpan
from passerby.measure.tally import Inside, Series, Tally
from passerby.measure.totals import FiledCrossing
from passerby.measure.unexplained_motion import UnexplainedMotion
from passerby.measure.zones import ZoneEntry
from passerby.units import DAY_S, NS_PER_S

_LONGEST_FILLED_S = DAY_S
"""A longer silence leaves no rows of "no data": a camera whose clock starts in 1970 must not write 50 years."""


class IntervalAggregator:
    """Keeps the open intervals of one camera and closes them when nothing can come late any more.

    Intervals begin by the site's own clock (see `domain.intervals.Intervals`). What happened belongs to the interval of
    its own time (a crossing's is interpolated), not of the frame that made it certain; so an interval stays open for
    `grace_s` after its end. Later than that, or in time that was not watched, it goes to the next interval that was
    watched: nothing is dropped, so that the intervals' sums equal the totals.

    Args:
        series: the camera's places.
        length_s: length of an interval by the clock; must divide a day.
        grace_s: how long after its end an interval stays open.
        clock: the site's clock; None for UTC.
        lists_crossings: keep every crossing of the closed intervals in `crossings`.
        unexplained: how much of what moved no detection explains; None where that is not measured.

    Attributes:
        crossings: what the closed intervals count, one by one.

    Raises:
        ValueError: a day is not a multiple of the length.
    """

    def __init__(
        self,
        series: Series,
        *,
        length_s: int = 60,
        grace_s: float = 15.0,
        clock: SiteClock | None = None,
        lists_crossings: bool = False,
        unexplained: UnexplainedMotion | None = None,
    ) -> None:
        if length_s <= 0 or DAY_S % length_s:
            raise ValueError(f"length_s: a day must be a whole number of intervals, got {length_s}")
        self._series = series
        self._intervals = Intervals(clock or SiteClock())
        self._length_s = length_s
        self._grace_ns = round(grace_s * NS_PER_S)
        self._open: dict[int, Tally] = {}
        self._next: int | None = None
        self._lists_crossings = lists_crossings
        self._unexplained = unexplained
        self._late = self._empty()
        self.crossings: list[FiledCrossing] = []

    @property
    def open_from_ns(self) -> int | None:
        """UTC nanoseconds from which coverage is still needed; None before the first frame."""
        return None if self._next is None else self._next * NS_PER_S

    def watched(self, span: WatchedSpan, inside: Inside, *, new_frame: bool = True) -> None:
        """Adds a watched stretch.

        Args:
            span: the stretch; of no length for the first frame after a gap.
            inside: who was in the zones at its end.
            new_frame: it ends with a frame; False for the time after the last one.
        """
        last = self._open_around(span.end_ns if new_frame else span.end_ns - 1)
        interval = self._open_around(span.start_ns)
        while interval <= last:
            start_ns = max(span.start_ns, interval.start_s * NS_PER_S)
            end_ns = min(span.end_ns, interval.end_s * NS_PER_S)
            tally = self._open_tally(interval.start_s)
            tally.occupancy(inside, max(0, end_ns - start_ns) / NS_PER_S, new_frame=new_frame and interval == last)
            interval = self._around_s(interval.end_s)

    def crossing(self, crossing: LineCrossing) -> None:
        """Adds a crossing."""
        self._tally_at(crossing.time_ns).crossing(crossing)

    def movement(self, count: MovementCount) -> None:
        """Adds a movement."""
        self._tally_at(count.time_ns).movement(count)

    def encounter(self, encounter: Encounter) -> None:
        """Adds an encounter."""
        self._tally_at(encounter.time_ns).encounter(encounter)

    def entry(self, entry: ZoneEntry) -> None:
        """Adds an entry."""
        self._tally_at(entry.time_ns).entry(entry)

    def visit(self, visit: ZoneVisit) -> None:
        """Adds an ended visit; it belongs to the interval in which it ended."""
        self._tally_at(visit.end_ns).visit(visit)

    def take_closed(self, now_ns: int, coverage: Coverage) -> list[Observation]:
        """The observations of all intervals that have been over for the grace time, each once, in order."""
        return self._close_before(self._around(now_ns - self._grace_ns).start_s, coverage)

    def so_far(self, coverage: Coverage) -> list[Observation]:
        """The observations of the intervals that are still open, as they stand; nothing is closed."""
        observations: list[Observation] = []
        for start_s in sorted(self._open):
            interval = self._around_s(start_s)
            share = coverage.share(interval.start_s * NS_PER_S, interval.end_s * NS_PER_S)
            if share > 0:
                observations += self._observations(self._open[start_s], interval, share, coverage)
        return observations

    def finish(self, coverage: Coverage) -> list[Observation]:
        """The observations of all intervals that are still open."""
        return self._close_before(max(self._open) + 1, coverage) if self._open else []

    def _empty(self) -> Tally:
        return Tally(self._series, lists_crossings=self._lists_crossings)

    def _around(self, time_ns: int) -> Interval:
        return self._around_s(time_ns // NS_PER_S)

    def _around_s(self, time_s: int) -> Interval:
        return self._intervals.around(self._length_s, time_s)

    def _open_around(self, time_ns: int) -> Interval:
        """The interval around a time; the first that has not been closed, where that one has."""
        interval = self._around(time_ns)
        return interval if self._next is None or interval.start_s >= self._next else self._around_s(self._next)

    def _open_tally(self, start_s: int) -> Tally:
        if self._next is None:
            self._next = start_s
        if start_s not in self._open:
            self._open[start_s] = self._empty()
        return self._open[start_s]

    def _tally_at(self, time_ns: int) -> Tally:
        """The interval's tally; the newest one when that interval was not watched or has been closed."""
        watched = {start_s: tally for start_s, tally in self._open.items() if tally.watched_s > 0}
        own = watched.get(self._around(time_ns).start_s)
        return own or (watched[max(watched)] if watched else self._late)

    def _close_before(self, end_s: int, coverage: Coverage) -> list[Observation]:
        observations: list[Observation] = []
        while self._open and self._next is not None:
            if min(self._open) - self._next > _LONGEST_FILLED_S:
                self._next = min(self._open)
            if self._next >= end_s:
                break
            interval = self._around_s(self._next)
            observations += self._close(interval, coverage)
            self._next = interval.end_s
        return observations

    def _close(self, interval: Interval, coverage: Coverage) -> list[Observation]:
        tally = self._open.pop(interval.start_s, None) or self._empty()
        share = coverage.share(interval.start_s * NS_PER_S, interval.end_s * NS_PER_S)
        if share <= 0:
            self._late.absorb(tally)
        elif not self._late.empty:
            tally.absorb(self._late)
            self._late = self._empty()
        kept = tally if share > 0 else self._empty()
        self.crossings += (FiledCrossing(interval.start_s * NS_PER_S, each) for each in kept.crossings or ())
        return self._observations(kept, interval, share, coverage)

    def _observations(self, tally: Tally, interval: Interval, share: float, coverage: Coverage) -> list[Observation]:
        unexplained = 0.0 if self._unexplained is None else self._unexplained.of(interval, coverage)
        return list(tally.observations(interval.start_s * NS_PER_S, interval.length_s, share, unexplained))
