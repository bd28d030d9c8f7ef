"""The clock of a live stream, which runs forward only, and the pace at which frames are analysed."""


class FramePacer:
    """The choice of frames to analyse, `rate_fps` of them, evenly spaced."""

    def __init__(self, rate_fps: float | None, slack_s: float) -> None:
        """Args: rate_fps: None takes every frame; slack_s: how early a frame may be taken, half a frame's time."""
        self._period_s = None if rate_fps is None else 1.0 / rate_fps
        self._slack_s = slack_s
        self._due_s = 0.0

    def is_due(self, stream_s: float) -> bool:
        """Returns whether the frame at this time is to be analysed; called once a frame, in order of time."""
        if self._period_s is None:
            return True
        if stream_s + self._slack_s < self._due_s:
            return False
        self._due_s = (int((stream_s + self._slack_s) / self._period_s) + 1) * self._period_s
        return True


class LiveClock:
    """Seconds of stream since the first picture: from the camera's stamps within a connection, else from arrival.

    Pictures arrive in bursts, so that the camera's stamps are the better clock as long as they go with the monotonic
    one. Stamps that leap (the camera set its clock), that are missing, or that start anew after a connection are
    bridged by the time that really passed.
    """

    LEAD_S = 10.0
    """A camera sends at most so much of the past at once when it starts."""

    LAG_S = 20.0
    """Pictures may be late by as much as a silent camera is waited for, and some more."""

    FOLLOW = 0.001
    """Share of the difference between both clocks that is dropped with each picture: quartz drifts by 1e-4."""

    def __init__(self) -> None:
        self._last_s = 0.0
        self._last_pts_s: float | None = None
        self._last_arrival_s: float | None = None
        self._ahead_s = 0.0

    def disconnect(self) -> None:
        """Notes that the next picture is of another connection: its stamps have nothing to do with those before."""
        self._last_pts_s = None

    def read(self, pts_s: float | None, arrival_s: float) -> float:
        """Returns the seconds of stream at this picture; never less than at the one before.

        Args:
            pts_s: the camera's stamp; None where it sends none.
            arrival_s: monotonic clock.
        """
        if self._last_arrival_s is None:
            self._last_arrival_s = arrival_s
        passed_s = max(0.0, arrival_s - self._last_arrival_s)
        # Without a stamp to go by: what the stream's clock was ahead of or behind the time that passed is made good.
        step_s = max(passed_s - self._ahead_s, passed_s / 2)
        if pts_s is not None and self._last_pts_s is not None:
            stamped_s = pts_s - self._last_pts_s
            if -self.LAG_S < self._ahead_s + stamped_s - passed_s < self.LEAD_S:
                step_s = stamped_s
        self._ahead_s = (self._ahead_s + step_s - passed_s) * (1.0 - self.FOLLOW)
        self._last_pts_s, self._last_arrival_s = pts_s, arrival_s
        self._last_s += max(0.0, step_s)
        return self._last_s
