"""A live camera's clock: its stamps, held against the time at which its pictures arrive.

Pictures arrive late and in bursts, so that a camera's stamps are the better clock where they run right. Many do not:
the rate that the description states is not the one that is sent, stamps are seconds off now and then, or stand still.
What shows over some time is the rate of the least delayed pictures: a network, a stall or a reader that is late can
delay pictures, but none can hurry them.
"""

import itertools
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

RATE_TOLERANCE: Final = 0.01
"""A rate that is so near to the stated one counts as that: it makes less than any speed is measured to."""

GROSS: Final = 1.5
"""A rate that is off by such a factor is no network's doing."""

STANDING: Final = 3
"""So many equal stamps in a row stand still. Two may be the two fields of one picture."""

MIN_OUTLIERS: Final = 3
OUTLIERS_S: Final = 60.0
"""So many stamps that were off within such a time are reported; a camera that sets its clock is not."""


class ClockFault(StrEnum):
    """What can be wrong with a camera's stamps."""

    STANDING = "standing"
    RATE = "rate"
    OUTLIERS = "outliers"


@dataclass(frozen=True, slots=True)
class ClockFinding:
    """What is wrong with a camera's stamps.

    Attributes:
        fault: what it is.
        measured: the rate as a share of the stated one; of outliers, the seconds by which the farthest was off.
        threshold: what it is compared with: the rate's distance from 1, or the seconds.
    """

    fault: ClockFault
    measured: float
    threshold: float

    @property
    def why(self) -> str:
        """What was found and what is done about it, as a part of a sentence."""
        if self.fault is ClockFault.STANDING:
            return "the camera's time stamps stand still, and the arrival of its pictures counts instead"
        if self.fault is ClockFault.RATE:
            return f"the camera's time stamps run at {self.measured:.4g} of the stated rate, and are corrected"
        return f"some of the camera's time stamps are off, by up to {self.measured:.1f} s, and are left out"

    def alike(self, other: "ClockFinding | None") -> bool:
        """Returns whether another finding says the same, but for small changes of the value."""
        return (
            other is not None
            and self.fault is other.fault
            and abs(self.measured - other.measured) <= 0.02 * abs(other.measured)
        )


KEPT_OUTLIERS: Final = 100

NEW_SOURCE_S: Final = 1e6
"""A leap that far is a new source in the stream, which numbers anew, and no stamp that is off."""


@dataclass(frozen=True, slots=True)
class RateSettings:
    """How a rate is measured.

    Attributes:
        window_s: of each window one picture counts, the least delayed.
        windows: how many are kept.
        drift_s: by how much the stamps must have run away for the stated rate to be given up: a slow network, too,
            delays pictures more and more, until the camera's buffer is full.
        gross_drift_s: the same where the rate is off by half or more.
        correction_s: the same where the rate has been corrected already.
    """

    window_s: float
    windows: int
    drift_s: float = 2.5
    gross_drift_s: float = 2.0
    correction_s: float = 0.5

    def needed_s(self, rate: float, found: float) -> float:
        """Returns by how much stamps at the rate that was found must have run away from the rate until now."""
        if rate != 1:
            return self.correction_s
        return self.drift_s if 1 / GROSS < found < GROSS else self.gross_drift_s


QUICK: Final = RateSettings(0.5, 48)
SLOW: Final = RateSettings(5.0, 60)


class RateMeter:
    """The rate of stamps, as camera seconds a second, over the least delayed pictures of many windows.

    The slope is the median of the slopes of all pairs (Theil 1950, Sen 1968), which a third of the pictures may miss.
    """

    MIN_WINDOWS = 5
    MAX_SPREAD = 0.1
    MAX_BEND = 0.35
    MAX_STEP = 0.4
    """How far points may lie from the line, its two halves' slopes from each other, and how much one window may make
    up, as shares of the drift: what a network does to pictures is no straight line."""

    def __init__(self, settings: RateSettings) -> None:
        self._settings = settings
        self._points: deque[tuple[float, float]] = deque(maxlen=settings.windows)
        self._open: tuple[float, float] | None = None
        self._from_s = 0.0

    def reset(self) -> None:
        """Begins anew."""
        self._points.clear()
        self._open = None

    def add(self, camera_s: float, arrival_s: float, rate: float) -> float | None:
        """Adds a picture; returns the rate where it is certainly another than `rate`.

        Args:
            camera_s: the camera's own time, unbroken.
            arrival_s: monotonic clock, of a picture that was waited for.
            rate: what is taken for the rate now.
        """
        if self._open is None:
            self._open, self._from_s = (camera_s, arrival_s), arrival_s
            return None
        if arrival_s - self._from_s < self._settings.window_s:
            if camera_s / rate - arrival_s > self._open[0] / rate - self._open[1]:
                self._open = (camera_s, arrival_s)
            return None
        self._points.append(self._open)
        self._open, self._from_s = (camera_s, arrival_s), arrival_s
        return self._other_rate(rate)

    def _other_rate(self, rate: float) -> float | None:
        for count in sorted({self.MIN_WINDOWS, *range(8, len(self._points), 6), len(self._points)}):
            found = self._slope(rate, count)
            if found is not None:
                return found
        return None

    def _slope(self, rate: float, count: int) -> float | None:
        """Returns the slope of the last points where they drift away from `rate` along a straight line."""
        if count > len(self._points) or count < self.MIN_WINDOWS:
            return None
        begin, end = self._points[-count], self._points[-1]
        if abs((end[0] - begin[0]) / rate - (end[1] - begin[1])) < self._settings.correction_s:
            return None
        points = np.array(list(itertools.islice(self._points, len(self._points) - count, None)))
        camera_s, arrival_s = points[:, 0], points[:, 1]
        gained_s = np.diff(camera_s) / rate - np.diff(arrival_s)
        drift_s = abs(float(gained_s.sum()))
        # A stall or a burst is one step; a rate shows in all of them.
        if np.abs(gained_s).max() > self.MAX_STEP * drift_s:
            return None
        slope = _median_slope(camera_s, arrival_s)
        drift_s = min(drift_s, abs(slope / rate - 1) * float(arrival_s[-1] - arrival_s[0]))
        if drift_s < self._settings.needed_s(rate, slope) or abs(slope / rate - 1) < RATE_TOLERANCE / 3:
            return None
        rest_s = (camera_s - slope * arrival_s) / rate
        spread_s = float(np.percentile(np.abs(rest_s - np.median(rest_s)), 80))
        half = (count + 1) // 2
        first, last = (_median_slope(camera_s[part], arrival_s[part]) for part in (np.s_[:half], np.s_[-half:]))
        straight = spread_s <= self.MAX_SPREAD * drift_s and abs(first - last) <= self.MAX_BEND * abs(slope - rate)
        return slope if straight else None


def _median_slope(camera_s: np.ndarray, arrival_s: np.ndarray) -> float:
    first, second = np.triu_indices(len(camera_s), 1)
    return float(np.median((camera_s[second] - camera_s[first]) / (arrival_s[second] - arrival_s[first])))


class Mark(NamedTuple):
    """Two times of one picture: a stamp of the camera, and the stream's or the arrival's."""

    pts_s: float
    stream_s: float


class LiveClock:
    """Seconds of stream since the first picture, which run forward only, over all connections.

    Within a connection the camera's stamps count, at the rate that they really have. Stamps that leap, stand still, are
    missing, or start anew are bridged by the time that really passed.
    """

    LEAD_S = 10.0
    """A camera sends at most so much of the past at once when it starts."""

    LAG_S = 20.0
    """Pictures may be late by as much as a silent camera is waited for, and some more."""

    LEAP_S = 1.0
    """A stamp that is so much ahead of the least delayed ones before is off."""

    BACK_S = 0.5
    """Stamps of pictures that are shown in another order than they are sent go back by less."""

    CATCH_UP_S = 1.2
    """A step that makes good some of the time that was lost until a rate was known: less than tracks outlive."""

    FOLLOW = 0.001
    """Share of the difference between both clocks that is dropped with each picture: quartz drifts by 1e-4."""

    def __init__(self) -> None:
        self._last_s = 0.0
        self._origin_s: float | None = None
        self._arrival_s = 0.0
        self._line: Mark | None = None
        self._strange: Mark | None = None
        self._camera_s = 0.0
        self._base_s = self._usual_s = 0.0
        self._rate = 1.0
        self._meters = (RateMeter(QUICK), RateMeter(SLOW))
        self._newest_pts_s: float | None = None
        self._equal = 0
        self._outliers: deque[Mark] = deque(maxlen=KEPT_OUTLIERS)

    def disconnect(self) -> None:
        """Notes that the next picture is of another connection: its stamps have nothing to do with those before."""
        self._line = self._strange = self._newest_pts_s = None
        for meter in self._meters:
            meter.reset()

    def read(self, pts_s: float | None, arrival_s: float, *, waited: bool = True) -> float:
        """Returns the seconds of stream at this picture; never less than at the one before.

        Args:
            pts_s: the camera's stamp, at the stated rate; None where it sends none.
            arrival_s: monotonic clock.
            waited: the reader waited for the picture, so that it was read when it arrived.
        """
        if self._origin_s is None:
            self._origin_s = self._arrival_s = arrival_s
        passed_s = max(0.0, arrival_s - self._arrival_s)
        ahead_s = self._ahead_s(self._last_s)
        self._arrival_s += passed_s
        if self._stands(pts_s) or pts_s is None or self._line is None:
            # Without a stamp to go by: what the clock was ahead of or behind the time that passed is made good.
            self._last_s += max(passed_s - ahead_s, passed_s / 2)
            self._begin(None if self._equal >= STANDING - 1 else pts_s)
            return self._last_s
        stream_s = self._line.stream_s + (pts_s - self._line.pts_s) / self._rate
        ahead_now_s = self._ahead_s(stream_s)
        highest_s = min(self._base_s + self.LEAP_S, self._usual_s + self.LEAD_S)
        if stream_s >= self._last_s - self.BACK_S and self._base_s - self.LAG_S < ahead_now_s < highest_s:
            rate = self._accept(self._line, Mark(pts_s, stream_s), waited=waited)
            if rate is not None:
                self._set_rate(rate, Mark(pts_s, stream_s), passed_s)
        else:
            if abs(ahead_now_s - self._base_s) < NEW_SOURCE_S:
                self._outliers.append(Mark(ahead_now_s - self._base_s, self._arrival_s))
            self._last_s += max(passed_s - max(0.0, ahead_s - self._base_s), passed_s / 2)
            self._judge(self._line, pts_s)
        return self._last_s

    def _stands(self, pts_s: float | None) -> bool:
        self._equal = self._equal + 1 if pts_s is not None and pts_s == self._newest_pts_s else 0
        self._newest_pts_s = pts_s
        return self._equal >= STANDING - 1

    def _begin(self, pts_s: float | None) -> None:
        """Takes the stamps to run on from this one."""
        self._line = None if pts_s is None else Mark(pts_s, self._last_s)
        self._strange = None
        self._base_s = self._usual_s = self._ahead_s(self._last_s)

    def _ahead_s(self, stream_s: float) -> float:
        return stream_s - (self._arrival_s - (self._origin_s or 0.0))

    def _accept(self, line: Mark, mark: Mark, *, waited: bool) -> float | None:
        """Moves on by a stamp that fits; returns another rate, where the stamps certainly have one."""
        self._camera_s += mark.pts_s - line.pts_s
        self._line, self._strange = mark, None
        self._last_s = max(self._last_s, mark.stream_s)
        ahead_s = self._ahead_s(mark.stream_s)
        self._base_s = max(self._base_s + (ahead_s - self._base_s) * self.FOLLOW, ahead_s)
        self._usual_s += (ahead_s - self._usual_s) * self.FOLLOW
        found = [meter.add(self._camera_s, self._arrival_s, self._rate) for meter in self._meters if waited]
        return next((rate for rate in found if rate is not None and rate > 0), None)

    def _judge(self, line: Mark, pts_s: float) -> None:
        """Takes a strange stamp for the camera's new time where it goes on from a strange one before it."""
        strange, self._strange = self._strange, Mark(pts_s, self._arrival_s)
        if strange is None:
            return
        stepped_s, passed_s = (pts_s - strange.pts_s) / self._rate, self._arrival_s - strange.stream_s
        if -self.BACK_S <= stepped_s <= passed_s + self.LEAP_S:
            self._camera_s += (self._last_s - line.stream_s) * self._rate
            self._begin(pts_s)

    def _set_rate(self, rate: float, mark: Mark, passed_s: float) -> None:
        """Takes another rate for the right one from here on, and makes good what was lost until it was known."""
        if rate < self._rate:
            late_s = self._base_s - self._ahead_s(mark.stream_s)
            self._last_s += min(late_s, max(0.0, self.CATCH_UP_S - passed_s))
        self._rate = 1.0 if abs(rate - 1) < RATE_TOLERANCE else rate
        self._begin(mark.pts_s)

    @property
    def finding(self) -> ClockFinding | None:
        """What is wrong with the stamps now; None where nothing is."""
        if self._equal >= STANDING - 1:
            return ClockFinding(ClockFault.STANDING, 0.0, RATE_TOLERANCE)
        if self._rate != 1:
            return ClockFinding(ClockFault.RATE, round(self._rate, 4), RATE_TOLERANCE)
        off_s = [abs(off_s) for off_s, at_s in self._outliers if self._arrival_s - at_s < OUTLIERS_S]
        if len(off_s) < MIN_OUTLIERS:
            return None
        return ClockFinding(ClockFault.OUTLIERS, round(max(off_s), 1), self.LEAP_S)
