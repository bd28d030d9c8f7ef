"""The rate of a camera's stamps, measured against the time at which its pictures arrive.

A network, a stall or a reader that is late can delay pictures, but none can hurry them: what shows over some time is
the rate of the least delayed ones.
"""

import itertools
from collections import deque
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

RATE_TOLERANCE: Final = 0.01
"""A rate that is so near to the stated one counts as that: it makes less than any speed is measured to."""

GROSS: Final = 1.5
"""A rate that is off by such a factor is no network's doing."""


@dataclass(frozen=True, slots=True)
class RateSettings:
    """How a rate is measured.

    Attributes:
        window_s: of each window one picture counts, the least delayed.
        windows: how many are kept.
        drift_s: by how much the stamps must have run away for the stated rate to be given up: a slow network, too,
            delays pictures more and more, until the camera's buffer is full.
        gross_drift_s: the same where the rate is off by half or more.
        straight_slow_s, straight_fast_s: the same along a very straight line, where the stamps run behind, or ahead.
        correction_s: the same where the rate has been corrected already.
    """

    window_s: float
    windows: int
    drift_s: float = 2.5
    gross_drift_s: float = 2.0
    straight_slow_s: float = 1.5
    straight_fast_s: float = 2.0
    correction_s: float = 0.5

    def needed_s(self, rate: float, found: float, *, straight: bool) -> float:
        """Returns by how much stamps at the rate that was found must have run away from the rate until now."""
        if rate != 1:
            return self.correction_s
        if straight:
            return self.straight_slow_s if found < 1 else self.straight_fast_s
        return self.drift_s if 1 / GROSS < found < GROSS else self.gross_drift_s


QUICK: Final = RateSettings(0.5, 48)
SLOW: Final = RateSettings(2.5, 120)


class Arrival(NamedTuple):
    """A picture's time on the camera's clock, unbroken, and when it arrived, on the monotonic clock."""

    camera_s: float
    arrival_s: float


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

    STRAIGHT_WINDOWS = 8
    STRAIGHT_S = 10.0
    STRAIGHTER = 0.3
    """A line is very straight over so many points and seconds, and where these shares are smaller by so much."""

    def __init__(self, settings: RateSettings) -> None:
        self._settings = settings
        self._points: deque[Arrival] = deque(maxlen=settings.windows)
        self._open: Arrival | None = None
        self._from_s = 0.0

    def reset(self) -> None:
        """Begins anew."""
        self._points.clear()
        self._open = None

    @property
    def begin(self) -> Arrival | None:
        """The first picture that counts; None where there is none yet."""
        return self._points[0] if self._points else None

    def add(self, now: Arrival, rate: float) -> float | None:
        """Adds a picture; returns the rate where it is certainly another than `rate`.

        Args:
            now: a picture that was waited for.
            rate: what is taken for the rate now.
        """
        if self._open is None:
            self._open, self._from_s = now, now.arrival_s
            return None
        if now.arrival_s - self._from_s < self._settings.window_s:
            if now.camera_s / rate - now.arrival_s > self._open.camera_s / rate - self._open.arrival_s:
                self._open = now
            return None
        self._points.append(self._open)
        self._open, self._from_s = now, now.arrival_s
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
        if (
            abs((end.camera_s - begin.camera_s) / rate - (end.arrival_s - begin.arrival_s))
            < self._settings.correction_s
        ):
            return None
        points = np.array(list(itertools.islice(self._points, len(self._points) - count, None)))
        gained_s = np.diff(points[:, 0]) / rate - np.diff(points[:, 1])
        drift_s = abs(float(gained_s.sum()))
        # A stall or a burst is one step; a rate shows in all of them.
        if np.abs(gained_s).max() > self.MAX_STEP * drift_s:
            return None
        slope = _median_slope(points)
        length_s = float(points[-1, 1] - points[0, 1])
        drift_s = min(drift_s, abs(slope / rate - 1) * length_s)
        unevenness = self._unevenness(points, slope, rate, drift_s) if drift_s > 0 else 1.0
        straight = unevenness <= self.STRAIGHTER and count >= self.STRAIGHT_WINDOWS and length_s >= self.STRAIGHT_S
        needed_s = self._settings.needed_s(rate, slope, straight=straight)
        enough = drift_s >= needed_s and abs(slope / rate - 1) >= RATE_TOLERANCE / 3
        return slope if enough and unevenness <= 1 else None

    def _unevenness(self, points: np.ndarray, slope: float, rate: float, drift_s: float) -> float:
        """Returns how far the points are from a straight line: 1 at the limits, 0 for none."""
        rest_s = (points[:, 0] - slope * points[:, 1]) / rate
        spread_s = float(np.percentile(np.abs(rest_s - np.median(rest_s)), 80))
        half = (len(points) + 1) // 2
        bend = abs(_median_slope(points[:half]) - _median_slope(points[-half:]))
        return max(spread_s / (self.MAX_SPREAD * drift_s), bend / max(1e-9, self.MAX_BEND * abs(slope - rate)))


def _median_slope(points: np.ndarray) -> float:
    """Returns the median of the slopes of all pairs of points."""
    first, second = np.triu_indices(len(points), 1)
    run = points[second] - points[first]
    return float(np.median(run[:, 0] / run[:, 1]))
