"""What share of all that moves steadily no detection explains, lately and in an interval."""

from collections import deque
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.intervals import Interval
from passerby.domain.tracks import Tracks
from passerby.measure.coverage import Coverage
from passerby.units import MINUTE_S, NS_PER_S

WINDOW_S: Final = 300.0
"""In one minute alone a single lorry in its own spray may be all that moves."""

MIN_STEADY_S: Final = 20.0
"""Seconds of steady motion in the window, added up over all that moved, below which a share says little."""

STEPS: Final = 60
"""In so many parts a window passes."""


class UnexplainedMotion:
    """Measures the share of steady motion that was followed by its motion, with at most a faint detection.

    A minute has the share of the five minutes up to its end. A longer interval has the mean of its minutes by how long
    each was watched, so that a recording's quarters of an hour say what a service's minutes add up to.

    Args:
        keep_confidence: a detection of this confidence knows a road user.
    """

    def __init__(self, keep_confidence: float) -> None:
        self._keep_confidence = keep_confidence
        self._begun: dict[int, tuple[npt.NDArray[np.float32], bool]] = {}
        self._sums: deque[tuple[float, float, float]] = deque()
        self._last_s: float | None = None
        self._minute = 0
        self._over: dict[int, float] = {}

    @property
    def recent(self) -> float | None:
        """The share of the last five minutes, 0-1; None where too little moved to say."""
        unknown_s, steady_s = self._window()
        return unknown_s / steady_s if steady_s >= MIN_STEADY_S else None

    def update(self, tracks: Tracks) -> None:
        """Takes one more frame.

        Args:
            tracks: of a later frame; after a step back in time everything begins anew.
        """
        now_s, minute = tracks.stamp.stream_s, tracks.stamp.time_ns // (MINUTE_S * NS_PER_S)
        if minute != self._minute:
            self._over[self._minute] = self._share()
            self._minute = minute
        if self._last_s is None or now_s < self._last_s:
            self._begun.clear()
            self._sums.clear()
            self._last_s = now_s
        step_s, self._last_s = min(now_s - self._last_s, 1.0), now_s
        for ended in tracks.ended.tolist():
            self._begun.pop(ended, None)
        steady = self._steady(tracks)
        unknown = steady & (tracks.confidence < self._keep_confidence)
        self._add(now_s, step_s * int(unknown.sum()), step_s * int(steady.sum()))

    def of(self, interval: Interval, coverage: Coverage) -> float:
        """Returns the share in an interval, 0-1; below `MIN_STEADY_S` what is missing counts as explained.

        Args:
            interval: whole minutes; the newest one may still be open.
            coverage: how long each of them was watched.
        """
        weighed = watched = 0.0
        for minute in range(interval.start_s // MINUTE_S, -(-interval.end_s // MINUTE_S)):
            start_s = max(minute * MINUTE_S, interval.start_s)
            watched_s = coverage.watched_s(start_s * NS_PER_S, min((minute + 1) * MINUTE_S, interval.end_s) * NS_PER_S)
            share = self._share() if minute == self._minute else self._over.get(minute, 0.0)
            weighed, watched = weighed + share * watched_s, watched + watched_s
        return min(weighed / watched, 1.0) if watched > 0 else 0.0

    def drop_before(self, time_ns: int) -> None:
        """Drops minutes that no interval asks for any more."""
        first = time_ns // (MINUTE_S * NS_PER_S)
        self._over = {minute: share for minute, share in self._over.items() if minute >= first}

    def _share(self) -> float:
        unknown_s, steady_s = self._window()
        return unknown_s / max(steady_s, MIN_STEADY_S)

    def _window(self) -> tuple[float, float]:
        unknown_s, steady_s = (sum(each[part] for each in self._sums) for part in (1, 2))
        return unknown_s, steady_s

    def _steady(self, tracks: Tracks) -> npt.NDArray[np.bool_]:
        """Which tracks count and have come farther than they are long: what stands, parked or waiting, says nothing."""
        steady = np.zeros(len(tracks), np.bool_)
        feet, sizes = tracks.foot_xy_px, (tracks.xyxy_px[:, 2:] - tracks.xyxy_px[:, :2]).max(1, initial=0.0)
        for row, track in enumerate(tracks.track_id.tolist()):
            begin, went = self._begun.setdefault(track, (feet[row], False))
            went = went or float(np.hypot(*(feet[row] - begin))) > sizes[row]
            self._begun[track] = (begin, went)
            steady[row] = went
        return steady & tracks.confirmed

    def _add(self, now_s: float, unknown_s: float, steady_s: float) -> None:
        if self._sums and now_s - self._sums[-1][0] < WINDOW_S / STEPS:
            start_s, *sums = self._sums[-1]
            self._sums[-1] = (start_s, sums[0] + unknown_s, sums[1] + steady_s)
        else:
            self._sums.append((now_s, unknown_s, steady_s))
        while self._sums[0][0] < now_s - WINDOW_S:
            self._sums.popleft()
