"""The one place between the thread that decodes and the one that looks: the newest picture, or none."""

import threading

from passerby.ingest.raw import RawFrame


class NewestFrame:
    """Holds one picture; the next one takes its place, and that is counted."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: RawFrame | None = None
        self._closed = False
        self._dropped = 0

    def put(self, frame: RawFrame) -> None:
        """Puts a picture in the place of the one that is there."""
        with self._changed:
            self._dropped += self._frame is not None
            self._frame = frame
            self._changed.notify_all()

    def put_after(self, frame: RawFrame) -> bool:
        """Puts a picture there once the one before has been taken; False where nobody will take any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is None or self._closed)
            if not self._closed:
                self._frame = frame
                self._changed.notify_all()
            return not self._closed

    def take(self, within_s: float) -> RawFrame | None:
        """The newest picture; None where none comes in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed, within_s)
            frame, self._frame = self._frame, None
            self._changed.notify_all()
            return frame

    def close(self) -> None:
        """Lets go of everybody who waits."""
        with self._changed:
            self._closed = True
            self._frame = None
            self._changed.notify_all()

    def take_dropped(self) -> int:
        """How many pictures were never taken since the last call."""
        with self._changed:
            dropped, self._dropped = self._dropped, 0
            return dropped
