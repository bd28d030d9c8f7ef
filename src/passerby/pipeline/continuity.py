"""Where a camera's time or view does not go on from the frame before, so that nothing may be followed across."""

from math import hypot

from passerby.domain.frames import FrameStamp
from passerby.domain.health import ImageQuality
from passerby.pipeline.health.health_thresholds import HealthThresholds, unrecognised
from passerby.units import NS_PER_S

CLOCK_SET_S = 60.0
"""The wall clock was set where its step and the stream's own differ by so much. Less is a burst after a stall: pictures
then arrive up to 20 s late, and were taken one after the other all the same."""


class Continuity:
    """Compares each frame with the one before it: its stretch of time, its clocks, its size and what it shows."""

    def __init__(self, limits: HealthThresholds | None = None) -> None:
        """Takes the limits that a camera's health is judged by."""
        self._limits = limits or HealthThresholds()
        self._last: FrameStamp | None = None
        self._view: tuple[float, float, float] | None = None
        self._lost = False

    def broken(self, stamp: FrameStamp, quality: ImageQuality | None) -> bool:
        """Returns whether a frame does not go on from the one before; call it once a frame, in order.

        Args:
            stamp: the frame's.
            quality: what was measured in its picture, where it was.
        """
        last, self._last = self._last, stamp
        elsewhere = quality is not None and self._elsewhere(quality)
        return elsewhere or (last is not None and not _goes_on(last, stamp))

    def _elsewhere(self, quality: ImageQuality) -> bool:
        """Whether the view lies elsewhere than where it was last measured; it is measured about once a second."""
        lost = unrecognised(quality, self._limits)
        if lost is None:
            self._view, self._lost = None, False
            return False
        was_lost, self._lost = self._lost, lost.beyond
        moved = quality.displacement
        if moved is None or lost.beyond:
            self._view = None
            return not was_lost
        before, self._view = self._view, (moved.right, moved.down, moved.largest)
        if before is None:
            return was_lost
        right, down, largest = (now - then for now, then in zip(self._view, before, strict=True))
        return max(hypot(right, down), abs(largest)) > self._limits.displaced


def _goes_on(last: FrameStamp, stamp: FrameStamp) -> bool:
    clock_step_s = (stamp.time_ns - last.time_ns) / NS_PER_S
    clock_set = abs(clock_step_s - (stamp.stream_s - last.stream_s)) >= CLOCK_SET_S
    return (stamp.stretch, stamp.size_px) == (last.stretch, last.size_px) and not clock_set
