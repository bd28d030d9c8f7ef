"""A recording played as if it were a camera: in a loop, at its own pace."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.errors import StoppedError
from passerby.ingest.sources.file.video_file import VideoFile
from passerby.units import NS_PER_S

SEAM_S: Final = 5.0
"""The jump of the stream's clock from a loop's end to its start: longer than any gap that counts as watched."""


class Recording:
    """A file played again and again.

    Attributes:
        frames_read, frames_lost: good and damaged pictures so far, all loops together.
    """

    def __init__(
        self, path: Path, camera_id: str, *, analysed_fps: float, pace: float | None, clock: Callable[[], int]
    ) -> None:
        """Args: pace: 1 for its own, 2 for twice as fast, None for as fast as its frames are read; clock: UTC ns."""
        self._path, self._camera_id, self._analysed_fps = path, camera_id, analysed_fps
        self._pace, self._clock = pace, clock
        self._next_s, self._next_stretch = 0.0, 0
        self._start_ns: int | None = None
        self.frames_read = self.frames_lost = 0

    def frames(self, stopping: threading.Event) -> Iterator[RawFrame]:
        """Yields the frames to analyse, stamped with when they are shown, without end; called again, it goes on.

        Raises:
            SourceError: the file cannot be read.
            StoppedError: the stream was stopped.
        """
        while True:
            yield from self._once(stopping)

    def _once(self, stopping: threading.Event) -> Iterator[RawFrame]:
        offset_s, stretch = self._next_s, self._next_stretch
        read, lost = self.frames_read, self.frames_lost
        with VideoFile(self._path, self._camera_id, analysed_fps=self._analysed_fps) as video:
            begun_s = time.monotonic()
            for frame in video:
                self._wait_until(begun_s, frame.stamp.stream_s, stopping)
                self.frames_read, self.frames_lost = read + video.frames_read, lost + video.frames_lost
                stream_s = offset_s + frame.stamp.stream_s
                # Also where the file breaks off here, nothing after it goes on from this.
                self._next_s, self._next_stretch = stream_s + SEAM_S, stretch + frame.stamp.stretch + 1
                stamp = replace(
                    frame.stamp,
                    index=read + lost + frame.stamp.index,
                    time_ns=self._time_ns(stream_s),
                    stream_s=stream_s,
                    stretch=stretch + frame.stamp.stretch,
                )
                yield replace(frame, stamp=stamp)
            self.frames_read, self.frames_lost = read + video.frames_read, lost + video.frames_lost

    def _time_ns(self, stream_s: float) -> int:
        """The time to file a picture under: played at another pace than it was filmed, its minutes are its own."""
        if self._pace == 1.0:
            return self._clock()
        self._start_ns = self._clock() if self._start_ns is None else self._start_ns
        return self._start_ns + round(stream_s * NS_PER_S)

    def _wait_until(self, begun_s: float, stream_s: float, stopping: threading.Event) -> None:
        pause_s = 0.0 if self._pace is None else begun_s + stream_s / self._pace - time.monotonic()
        if stopping.wait(pause_s) if pause_s > 0 else stopping.is_set():
            raise StoppedError
