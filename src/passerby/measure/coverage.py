"""How much of the time was really watched."""

import bisect
from dataclasses import dataclass

from passerby.domain.frames import FrameStamp
from passerby.domain.leases import NS_PER_MS, MinuteSpan
from passerby.units import MINUTE_S, NS_PER_S

_MINUTE_NS = MINUTE_S * NS_PER_S
_JITTER_NS = 500_000_000  # more is a wall clock that was set, not a frame that was late
MAX_REST_S = 12.0
"""One key picture in eight seconds is analysed while the decoder sleeps, and the next one may be two seconds off."""

_CLOCK_GRAIN_S = 0.001  # time stamps are rounded: frames exactly `max_gap_s` apart must not be lost every second time


@dataclass(frozen=True, slots=True)
class WatchedSpan:
    """A stretch of time that was watched without a gap.

    Attributes:
        start_ns, end_ns: UTC nanoseconds.
    """

    start_ns: int
    end_ns: int

    @property
    def length_s(self) -> float:
        """Seconds from start to end."""
        return (self.end_ns - self.start_ns) / NS_PER_S


class WatchedMinutes:
    """Keeps from when to when something was watched of each minute, whatever was found not to be watched later."""

    def __init__(self) -> None:
        self._spans: dict[int, WatchedSpan] = {}

    def add(self, span: WatchedSpan) -> None:
        """Adds a watched stretch."""
        if span.end_ns <= span.start_ns:
            return
        for start_ns in range(span.start_ns // _MINUTE_NS * _MINUTE_NS, span.end_ns, _MINUTE_NS):
            within = WatchedSpan(max(span.start_ns, start_ns), min(span.end_ns, start_ns + _MINUTE_NS))
            known = self._spans.get(start_ns, within)
            self._spans[start_ns] = WatchedSpan(min(known.start_ns, within.start_ns), max(known.end_ns, within.end_ns))

    def take(self, before_ns: int | None) -> tuple[MinuteSpan, ...]:
        """Returns all minutes, in order, and drops those that begin before a moment.

        >>> minutes = WatchedMinutes()
        >>> minutes.add(WatchedSpan(59_000_000_000, 61_000_000_000))
        >>> [(one.from_ms, one.to_ms) for one in minutes.take(60_000_000_000)]
        [(59000, 60000), (0, 1000)]
        >>> [one.start_ns for one in minutes.take(None)]
        [60000000000]
        """
        found = tuple(
            MinuteSpan(start_ns, (span.start_ns - start_ns) // NS_PER_MS, -((start_ns - span.end_ns) // NS_PER_MS))
            for start_ns, span in sorted(self._spans.items())
        )
        if before_ns is not None:
            self._spans = {start_ns: span for start_ns, span in self._spans.items() if start_ns >= before_ns}
        return found


class Coverage:
    """Adds up watched time from the stamps of the frames that were analysed.

    The time between two frames counts as watched when it is at most `max_gap_s` on the source's own clock (so that a
    wall clock that jumps makes no gap and hides none) and no picture that was due in it is missing; or when nothing
    moved in it, as the stream itself showed while its decoder slept, for `MAX_REST_S` at most. Else all of it is lost.
    It is placed on the wall clock as the stretch that ends with the later frame. Stretches that overlap, after a wall
    clock was set back, count once.

    Args:
        max_gap_s: the longest time between two analysed frames in which no road user can pass unseen.
    """

    def __init__(self, *, max_gap_s: float = 2.0) -> None:
        self._max_gap_s = max_gap_s
        self._spans: list[WatchedSpan] = []
        self._last: FrameStamp | None = None
        self._last_step_s = 0.0
        self._dropped_ns = 0
        self._counted_s = 0.0

    def update(self, stamp: FrameStamp) -> WatchedSpan:
        """Adds an analysed frame; returns the stretch that it adds, of no length at a start or after a gap."""
        last, self._last = self._last, stamp
        step_s = stamp.stream_s - last.stream_s if last else 0.0
        longest_s = max(self._max_gap_s, MAX_REST_S) if stamp.after_rest else self._max_gap_s
        if stamp.after_loss or not 0 < step_s <= longest_s + _CLOCK_GRAIN_S:
            return WatchedSpan(stamp.time_ns, stamp.time_ns)
        self._last_step_s = min(step_s, self._max_gap_s)
        span = WatchedSpan(self._start_ns(last, stamp, step_s), stamp.time_ns)
        self._add(span)
        return span

    @staticmethod
    def _start_ns(last: FrameStamp | None, stamp: FrameStamp, step_s: float) -> int:
        """Where the stretch before a frame begins: at the frame before, as far as the two clocks agree.

        Frames of a live camera arrive some milliseconds early or late; steps of its own clock laid side by side would
        leave gaps and overlaps, half a percent of the time at 10 frames a second.
        """
        by_step_ns = stamp.time_ns - round(step_s * NS_PER_S)
        if last is not None and abs(last.time_ns - by_step_ns) <= _JITTER_NS and last.time_ns < stamp.time_ns:
            return last.time_ns
        return by_step_ns

    def finish(self) -> WatchedSpan | None:
        """Adds the time for which the last frame stands: as long as the step before it. None when there was no step."""
        if self._last is None or self._last_step_s <= 0:
            return None
        start_ns = self._last.time_ns
        span = WatchedSpan(start_ns, start_ns + round(self._last_step_s * NS_PER_S))
        self._add(span)
        self._last = None
        return span

    def lost(self, start_ns: int, end_ns: int) -> None:
        """Removes a stretch that was not watched after all, such as undecodable pictures between two good ones."""
        kept: list[WatchedSpan] = []
        for span in self._spans:
            parts = (
                WatchedSpan(span.start_ns, min(span.end_ns, start_ns)),
                WatchedSpan(max(span.start_ns, end_ns), span.end_ns),
            )
            kept += [part for part in parts if part.end_ns > part.start_ns]
        self._spans = kept

    def watched_s(self, start_ns: int, end_ns: int) -> float:
        """Returns the seconds watched between two moments that have not been dropped."""
        first = bisect.bisect_right(self._spans, start_ns, key=lambda span: span.end_ns)
        watched_ns = 0
        for span in self._spans[first:]:
            if span.start_ns >= end_ns:
                break
            watched_ns += min(span.end_ns, end_ns) - max(span.start_ns, start_ns)
        return watched_ns / NS_PER_S

    def share(self, start_ns: int, end_ns: int) -> float:
        """Returns the watched share, 0-1, of the time between two moments.

        Raises:
            ValueError: the end is not after the start.
        """
        if end_ns <= start_ns:
            raise ValueError(f"coverage: an interval needs an end after its start, got {start_ns} to {end_ns}")
        return min(1.0, self.watched_s(start_ns, end_ns) * NS_PER_S / (end_ns - start_ns))

    @property
    def total_s(self) -> float:
        """All seconds watched so far, dropped ones included."""
        return self._counted_s + sum(span.length_s for span in self._spans)

    def drop_before(self, before_ns: int) -> None:
        """Drops what was watched before a moment, so that memory stays flat; `total_s` keeps it."""
        kept: list[WatchedSpan] = []
        for span in self._spans:
            if span.start_ns >= before_ns:
                kept.append(span)
                continue
            cut_ns = min(span.end_ns, before_ns)
            self._counted_s += (cut_ns - span.start_ns) / NS_PER_S
            if span.end_ns > cut_ns:
                kept.append(WatchedSpan(cut_ns, span.end_ns))
        self._spans = kept
        self._dropped_ns = max(self._dropped_ns, before_ns)

    def _add(self, span: WatchedSpan) -> None:
        start_ns, end_ns = max(span.start_ns, self._dropped_ns), span.end_ns
        if end_ns <= start_ns:
            return
        first = bisect.bisect_left(self._spans, start_ns, key=lambda kept: kept.end_ns)
        after = bisect.bisect_right(self._spans, end_ns, key=lambda kept: kept.start_ns)
        for touched in self._spans[first:after]:
            start_ns, end_ns = min(start_ns, touched.start_ns), max(end_ns, touched.end_ns)
        self._spans[first:after] = [WatchedSpan(start_ns, end_ns)]
