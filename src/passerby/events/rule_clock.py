"""The rules' own clock, which never goes back, beside the stamps' time and how much of it was watched."""

import math

from passerby.domain.frames import FrameStamp
from passerby.units import NS_PER_S

_CLOCK_GRAIN_S = 0.001
_MAX_BEAT_S = 60.0
"""A camera without frames is looked at more often than this; a longer step is a wall clock that was set."""

_LOSING_SHARE, _LOSING_MEMORY_S = 0.5, 10.0


class RuleClock:
    """Seconds that pass: by the stream's own clock from frame to frame, by the wall clock while no frame comes.

    Args:
        max_gap_s: frames farther apart are not watched between.

    Attributes:
        now_s: seconds since the first frame or report; never goes back, whatever the wall clock does.
        time_ns: UTC nanoseconds of the newest frame or report.
        watched_s: seconds of `now_s` that were watched.
        gap_s: seconds without a picture before the newest frame, those known from beats left out.
    """

    def __init__(self, max_gap_s: float) -> None:
        self._max_gap_s = max_gap_s + _CLOCK_GRAIN_S
        self.now_s = self.watched_s = self.gap_s = 0.0
        self.time_ns = 0
        self._last: FrameStamp | None = None
        self._since_frame_s = 0.0
        self._lost_share = 0.0

    @property
    def missing(self) -> bool:
        """No frame has come for longer than a gap may be."""
        return self._since_frame_s > self._max_gap_s

    @property
    def losing(self) -> bool:
        """Half of the last seconds' pictures, or more, came damaged or not at all."""
        return self._lost_share >= _LOSING_SHARE

    def frame(self, stamp: FrameStamp, *, watching: bool) -> bool:
        """Goes on to a frame; returns whether it goes on from the frame before without a gap.

        Args:
            stamp: the frame's.
            watching: what the frame shows can be measured.
        """
        last, self._last = self._last, stamp
        step_s = max(0.0, stamp.stream_s - last.stream_s) if last else 0.0
        goes_on = last is not None and step_s <= self._max_gap_s and _alike(last, stamp)
        goes_on = goes_on and not self.missing
        new_s = max(0.0, step_s - self._since_frame_s)
        self.now_s += new_s
        self._since_frame_s = 0.0
        self.gap_s = 0.0 if goes_on else new_s
        lost = stamp.after_loss
        if lost or self._lost_share:
            self._lost_share += (lost - self._lost_share) * -math.expm1(-step_s / _LOSING_MEMORY_S)
        if not goes_on:
            self._lost_share = 0.0
        elif watching and not lost:
            self.watched_s += step_s
        self.time_ns = stamp.time_ns
        return goes_on

    def beat(self, time_ns: int) -> None:
        """Goes on to a moment at which no frame has come."""
        step_s = min(max(0.0, (time_ns - self.time_ns) / NS_PER_S), _MAX_BEAT_S) if self.time_ns else 0.0
        self.now_s += step_s
        self._since_frame_s += step_s
        self.time_ns = time_ns


def _alike(last: FrameStamp, stamp: FrameStamp) -> bool:
    return stamp.stretch == last.stretch and stamp.size_px == last.size_px
