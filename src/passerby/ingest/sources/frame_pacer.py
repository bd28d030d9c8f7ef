"""The pace at which frames are analysed."""


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
