"""A camera as an endless source of raw frames: what breaks is mended, and told."""

import random
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Final

from passerby.domain.errors import SourceError
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState, SourceCondition
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.clock import Metronome
from passerby.ingest.sources.errors import CredentialsRefusedError, StoppedError, StreamError
from passerby.ingest.sources.file.recording import Recording
from passerby.ingest.sources.live_clock import LiveClock
from passerby.ingest.sources.network_stream import Arrived, Route, network_pictures
from passerby.ingest.sources.newest_frame import NewestFrame
from passerby.ingest.sources.planes import raw_frame
from passerby.ingest.sources.stillness import Stillness
from passerby.ingest.sources.timeouts import BackOff, Timeouts
from passerby.ingest.sources.usb.camera import usb_pictures

__all__ = ["LiveSource", "Route", "Timeouts"]

PATIENT: Final = Timeouts()
LEAVE_S: Final = 3.0
"""How long `stop` waits for the thread that reads; one that hangs in the system ends with the process."""


class LiveSource:
    """Frames of one camera at the analysed pace, from a thread of its own that reads and decodes.

    Never raises for anything that a camera does: it connects again, after pauses that grow, and says how it stands.
    While the stream is frozen no frame is given: what does not change is not watched.
    """

    def __init__(
        self,
        source: CameraSource,
        camera_id: str,
        *,
        analysed_fps: float,
        route: Route | None,
        clock: Callable[[], int] = time.time_ns,
        patience: Timeouts = PATIENT,
        pace: float | None = 1.0,
        chance: random.Random | None = None,
    ) -> None:
        """Prepares; nothing is read before the first frame is asked for.

        Args:
            source: the way in.
            camera_id: whose frames these are.
            analysed_fps: how many frames a second are handed out at most.
            route: where connections come from; None for a file or a USB camera.
            clock: UTC nanoseconds.
            patience: limits and pauses.
            pace: of a file: 1 for its own, None for as fast as it is looked at, without loss.
            chance: of the pauses' lengths.
        """
        self._source, self._camera_id, self._analysed_fps = source, camera_id, analysed_fps
        self._route, self._clock, self._patience, self._pace = route, clock, patience, pace
        self._back_off = BackOff(patience, chance or random.Random())  # noqa: S311 - no secret is made of it
        self._stopping = threading.Event()
        self._reader: threading.Thread | None = None
        self._slot, self._stream_clock, self._stillness = NewestFrame(), LiveClock(), Stillness()
        self._metronome = Metronome(analysed_fps, slack_s=0.01)
        self._index = 0
        self._counting = threading.Lock()
        self._frames_in = self._frames_undecodable = 0
        self._good_since_s: float | None = None
        self._pts_s: float | None = None
        self._pts_moved_s = 0.0
        self._condition = SourceCondition(CameraState.CONNECTING, clock(), "connecting for the first time")

    @property
    def condition(self) -> SourceCondition:
        """How the stream stands."""
        return self._condition

    def take_counts(self) -> tuple[int, int, int]:
        """Frames since the last call: decoded; of these due but overtaken by a newer one; and damaged ones on top."""
        with self._counting:
            came, damaged = self._frames_in, self._frames_undecodable
            self._frames_in = self._frames_undecodable = 0
        return came, self._slot.take_dropped(), damaged

    def __iter__(self) -> Iterator[RawFrame | None]:
        """The newest frame whenever one is due, else None every `beat_s`; ends after `stop` alone."""
        if self._reader is None and not self._stopping.is_set():
            self._reader = threading.Thread(target=self._read, name=f"camera {self._camera_id}", daemon=True)
            self._reader.start()
        while not self._stopping.is_set():
            frame = self._slot.take(self._patience.beat_s)
            if not self._stopping.is_set():
                yield frame

    def stop(self) -> None:
        """Ends the stream; may be called from any thread, and more than once."""
        self._stopping.set()
        self._slot.close()
        if self._reader is not None and self._reader is not threading.current_thread():
            self._reader.join(LEAVE_S)

    def _read(self) -> None:
        """One connection after the other."""
        while not self._stopping.is_set():
            self._stream_clock.disconnect()
            self._stillness.forget()
            self._good_since_s = self._pts_s = None
            pause_s = None
            try:
                self._read_once()
            except StoppedError:
                return
            except CredentialsRefusedError as fault:
                self._lost(fault)
                pause_s = self._patience.longest_pause_s
            except (SourceError, OSError) as fault:
                self._lost(fault)
            except Exception as fault:  # a bug or a full memory must not end the camera for good; its text could tell
                self._lost(StreamError(f"an unforeseen fault ({type(fault).__name__})"))
            self._stopping.wait(self._back_off.pause_s() if pause_s is None else pause_s)

    def _read_once(self) -> None:
        source = self._source
        if source.kind is SourceKind.FILE and source.file is not None:
            self._play(source)
        elif source.kind is SourceKind.USB and source.file is not None:
            self._take_all(usb_pictures(source.file, self._stopping))
        elif source.networked and self._route is not None:
            self._take_all(network_pictures(source, self._route, self._patience, self._stopping))
        else:
            raise StreamError(f"there is no way to {source.shown}")

    def _play(self, source: CameraSource) -> None:
        if source.file is None:
            return
        recording = Recording(
            source.file, self._camera_id, analysed_fps=self._analysed_fps, pace=self._pace, clock=self._clock
        )
        read = lost = 0
        for frame in recording.frames(self._stopping):
            self._count(recording.frames_read - read, recording.frames_lost - lost)
            read, lost = recording.frames_read, recording.frames_lost
            self._online(time.monotonic())
            if self._pace is None:
                self._slot.put_after(frame)
            else:
                self._slot.put(frame)

    def _take_all(self, pictures: Generator[Arrived]) -> None:
        with closing(pictures):  # and with it the connection, whatever happens here
            for arrived in pictures:
                self._take(arrived)

    def _take(self, arrived: Arrived) -> None:
        """Counts a picture, and hands it on if it is due."""
        self._index += 1
        if arrived.frame is None:
            self._count(0, 1)
            return
        self._count(1, 0)
        stream_s = self._stream_clock.read(arrived.pts_s, arrived.arrival_s)
        if arrived.pts_s is None or arrived.pts_s != self._pts_s:
            self._pts_s, self._pts_moved_s = arrived.pts_s, arrived.arrival_s
        elif arrived.arrival_s - self._pts_moved_s > self._patience.frozen_s:
            self._frozen("the camera's time stamps stand still", arrived.arrival_s - self._pts_moved_s)
            return
        if not self._metronome.ticks(stream_s):
            return
        size_px = arrived.frame.width, arrived.frame.height
        raw = raw_frame(arrived.frame, FrameStamp(self._camera_id, self._index - 1, self._clock(), stream_s, size_px))
        same_s = self._stillness.update(raw.luma, arrived.arrival_s)
        if same_s > self._patience.frozen_s:
            self._frozen("the camera sends the same picture again and again", same_s)
        elif self._condition.state is not CameraState.FROZEN or same_s == 0:
            self._online(arrived.arrival_s)
            self._slot.put(raw)

    def _count(self, came: int, damaged: int) -> None:
        with self._counting:
            self._frames_in += came
            self._frames_undecodable += damaged

    def _online(self, arrival_s: float) -> None:
        if self._condition.state is not CameraState.ONLINE:
            self._say(CameraState.ONLINE, "pictures come and change")
        if self._good_since_s is None:
            self._good_since_s = arrival_s
        elif arrival_s - self._good_since_s > self._patience.good_after_s:
            self._back_off.reset()

    def _frozen(self, why: str, measured_s: float) -> None:
        self._good_since_s = None
        self._say(CameraState.FROZEN, why, measured_s, self._patience.frozen_s)

    def _lost(self, fault: Exception) -> None:
        why = str(fault) if isinstance(fault, SourceError) else _plain(fault)
        measured_s = getattr(fault, "measured_s", None)
        threshold_s = getattr(fault, "threshold_s", None)
        if self._good_since_s is not None:
            self._say(CameraState.CONNECTING, f"{why}; connecting again", measured_s, threshold_s)
            return
        self._say(CameraState.OFFLINE, why, measured_s, threshold_s)

    def _say(self, state: CameraState, why: str, measured: float | None = None, threshold: float | None = None) -> None:
        since_ns = self._condition.since_ns if state is self._condition.state else self._clock()
        self._condition = SourceCondition(state, since_ns, why, measured, threshold)


def _plain(fault: Exception) -> str:
    """The system's words for what went wrong, which hold no address."""
    return getattr(fault, "strerror", None) or f"the connection failed ({type(fault).__name__})"
