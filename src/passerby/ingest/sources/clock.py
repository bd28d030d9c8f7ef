"""A source's own clock, made to run forward only."""


class StreamClock:
    """Seconds since the first frame, from presentation time stamps that may be missing, shuffled or reset.

    Real cameras and editors write stamps that run back by a tenth of a second now and then (such a stamp is held), or
    that start anew in mid-file (the clock then goes on from where it was).
    """

    RESET_S = 1.0
    """A step back longer than this is a new start of the stamps, not shuffling."""

    def __init__(self, period_s: float | None) -> None:
        """Args: period_s: nominal time between frames, None where the source names no rate."""
        self._period_s = period_s
        self._origin_s: float | None = None
        self._last_s = 0.0

    def read(self, pts_s: float | None) -> float:
        """Seconds since the first frame.

        Args:
            pts_s: the frame's own stamp in seconds, or None where it has none.

        Raises:
            ValueError: neither a stamp nor a rate is known.
        """
        if pts_s is None:
            if self._period_s is None:
                raise ValueError("the pictures carry neither time stamps nor a frame rate")
            pts_s = (self._origin_s or 0.0) + (0.0 if self._origin_s is None else self._last_s + self._period_s)
        if self._origin_s is None:
            self._origin_s = pts_s
        stream_s = pts_s - self._origin_s
        if stream_s < self._last_s - self.RESET_S:
            self._origin_s = pts_s - self._last_s - (self._period_s or 0.0)
            stream_s = pts_s - self._origin_s
        self._last_s = max(stream_s, self._last_s)
        return self._last_s


class Metronome:
    """Says which frames to look at, so that `rate_fps` of them are taken evenly."""

    def __init__(self, rate_fps: float | None, slack_s: float) -> None:
        """Args: rate_fps: None takes every frame; slack_s: how early a frame may be taken, half a frame's time."""
        self._period_s = None if rate_fps is None else 1.0 / rate_fps
        self._slack_s = slack_s
        self._due_s = 0.0

    def ticks(self, stream_s: float) -> bool:
        """Whether the frame at this time is one to look at; asked once a frame, in order of time."""
        if self._period_s is None:
            return True
        if stream_s + self._slack_s < self._due_s:
            return False
        self._due_s = (int((stream_s + self._slack_s) / self._period_s) + 1) * self._period_s
        return True
