"""The pace at which frames are analysed, also where more of them are shown."""

from dataclasses import replace
from typing import Final

from passerby.domain.frames import FrameStamp
from passerby.ingest.raw import RawFrame

SLACK_S = 0.01
"""As early as a live source takes a frame: both choose the same ones."""

TALLY_FPS: Final = 12.5
"""Frames a second for a person who counts by hand: ten are needed, and some come late or not at all."""


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


class FramesBetween:
    """Chooses which of more frames are analysed, so that counting is as it is without them."""

    def __init__(self) -> None:
        """Chooses all of them."""
        self._pacer: FramePacer | None = None
        self._stretch: int | None = None
        self._analysed_fps: float | None = None
        self._after_loss = False

    @property
    def showing(self) -> bool:
        """Whether there are frames between those that are analysed, for someone who looks at them."""
        return self._analysed_fps is not None

    def leave_out(self, stamp: FrameStamp) -> None:
        """Takes a frame that was to be analysed and is not: a loss before it is one before the next."""
        self._after_loss |= stamp.after_loss

    def begin(self, analysed_fps: float | None) -> None:
        """Chooses so many a second from now on; None for all of them."""
        self._analysed_fps, self._pacer, self._stretch = analysed_fps, None, None

    def joined(self, raw: RawFrame) -> RawFrame:
        """Returns the frame; after a loss, too, where one lies before a frame that was not analysed."""
        if not self._after_loss or raw.stamp.after_loss:
            return raw
        return RawFrame(replace(raw.stamp, after_loss=True), raw.luma, raw.chroma_u, raw.chroma_v, raw.colour)

    def is_analysed(self, stamp: FrameStamp) -> bool:
        """Returns whether the frame is to be analysed; called once a frame, in order of time."""
        if self._analysed_fps is None:
            self._after_loss = False
            return True
        if self._pacer is None or self._stretch != stamp.stretch:
            self._pacer, self._stretch = FramePacer(self._analysed_fps, SLACK_S), stamp.stretch
        due = self._pacer.is_due(stamp.stream_s)
        self._after_loss = stamp.after_loss and not due
        return due
