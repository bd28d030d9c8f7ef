"""The place between the thread that reads a camera and who takes its frames: for the newest, or for some in a row."""

import threading
from collections import deque
from dataclasses import replace
from typing import Final

from passerby.ingest.raw import RawFrame

MAX_LATE: Final = 64
"""Frames that wait to be taken one after the other, the newest among them; more replace one another."""

LATE_AT_ONCE: Final = 16
"""Of those that were held; decoding the next ones waits then. A frame of 1920x1080 has 3 MB."""


class NewestFrame:
    """The newest-frame slot: holds one frame; a newer one replaces it, and that is counted."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: RawFrame | None = None
        self._late: deque[RawFrame] = deque()
        self._closed = self._in_a_row = self._taken = False
        self._dropped = 0

    @property
    def in_a_row(self) -> bool:
        """The frame that was taken last is one of those that were stored one after the other."""
        return self._in_a_row

    @property
    def empty(self) -> bool:
        """No frame is there, and the one that was taken last has been followed by a request for another."""
        with self._changed:
            return not self.waiting and not self._taken

    @property
    def waiting(self) -> int:
        """So many frames wait to be taken."""
        with self._changed:
            return len(self._late) + (self._frame is not None)

    def put_late(self, frame: RawFrame) -> None:
        """Stores a frame behind those that are there: all of them are taken, in their order. Waits for room."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._late) < LATE_AT_ONCE or self._closed)
            if not self._closed:
                if self._frame is not None:
                    self._late.append(self._frame)
                    self._frame = None
                self._late.append(frame)
                self._changed.notify_all()

    def put(self, frame: RawFrame) -> None:
        """Stores a frame, in place of the one that is there; behind those that are taken one after the other."""
        with self._changed:
            if self._late and len(self._late) < MAX_LATE and not self._closed:
                self._late.append(frame)
                return
            if self._frame is not None:
                self._dropped += 1
                if self._frame.stamp.after_loss:  # the frame that takes its place comes after the same loss
                    frame = replace(frame, stamp=replace(frame.stamp, after_loss=True))
            self._frame = frame
            self._changed.notify_all()

    def put_after(self, frame: RawFrame) -> bool:
        """Stores a frame once the one before has been taken; returns False where the slot is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is None or self._closed)
            if not self._closed:
                self._frame = frame
                self._changed.notify_all()
            return not self._closed

    def take(self, within_s: float) -> RawFrame | None:
        """Takes the newest frame out; returns None where none arrives in time."""
        with self._changed:
            self._taken = False
            self._changed.wait_for(lambda: self._frame is not None or self._late or self._closed, within_s)
            self._in_a_row = bool(self._late)
            frame = self._late.popleft() if self._late else self._frame
            if not self._in_a_row:
                self._frame = None
            self._taken = frame is not None
            self._changed.notify_all()
            return frame

    def close(self) -> None:
        """Ends every wait."""
        with self._changed:
            self._closed = True
            self._frame = None
            self._late.clear()
            self._changed.notify_all()

    def take_dropped(self) -> int:
        """Returns how many frames were replaced before they were taken, since the last call."""
        with self._changed:
            dropped, self._dropped = self._dropped, 0
            return dropped
