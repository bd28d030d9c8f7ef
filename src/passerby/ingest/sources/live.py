"""A camera as an endless source of raw frames, which connects again after every failure and reports its state."""

import random
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final

import av

from passerby.back_off import BackOff
from passerby.domain.errors import SourceError
from passerby.domain.frames import FrameStamp
from passerby.domain.health import CameraState, SourceCondition
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.clock.live_clock import ClockFinding, LiveClock
from passerby.ingest.sources.decoder import raw_frame
from passerby.ingest.sources.errors import CredentialsRefusedError, StoppedError, StreamError, without_password
from passerby.ingest.sources.file.recording import Recording
from passerby.ingest.sources.frame_pacer import FramePacer
from passerby.ingest.sources.newest_frame import NewestFrame
from passerby.ingest.sources.sleep.resting_decoder import Phase
from passerby.ingest.sources.sleep.sleep_state import SleepState
from passerby.ingest.sources.streams.choice import StreamSettings
from passerby.ingest.sources.streams.network_stream import Connector, ReceivedPicture, network_pictures
from passerby.ingest.sources.streams.stillness import Stillness
from passerby.ingest.sources.streams.switching import StreamSwitch
from passerby.ingest.sources.timed_socket import Timeouts
from passerby.ingest.sources.usb.camera import usb_pictures
from passerby.units import NS_PER_S

__all__ = ["Connector", "LiveSource", "Timeouts"]

DEFAULT_TIMEOUTS: Final = Timeouts()
JOIN_S: Final = 3.0
"""How long `stop` waits for the thread that reads; one that hangs in the system ends with the process."""

WHY_S: Final = 60.0
"""Why a decoder does not sleep is reported anew no more often than this: what is measured changes every two seconds."""

NEAR_NS: Final = NS_PER_S // 20
MAX_LATE_NS: Final = 5 * NS_PER_S
"""Decoding what was held makes the pictures behind it wait; for longer it is the clock that was set."""

MISSED_PERIODS: Final = 1.5
"""A step between analysed frames from which a picture was due in it, in periods of the analysed pace."""


class LiveSource:
    """Frames of one camera at the analysed pace, from a thread of its own that reads and decodes.

    Never raises for anything that a camera does: it connects again, after pauses that grow, and reports its state.
    While the stream is frozen no frame is returned: what does not change is not watched.
    """

    def __init__(
        self,
        source: CameraSource,
        camera_id: str,
        *,
        analysed_fps: float,
        connector: Connector | None,
        clock: Callable[[], int] = time.time_ns,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        pace: float | None = 1.0,
        chance: random.Random | None = None,
        may_sleep: bool = False,
        streams: StreamSettings | None = None,
    ) -> None:
        """Prepares; nothing is read before the first frame is asked for.

        Args:
            source: the way in.
            camera_id: whose frames these are.
            analysed_fps: how many frames a second are returned at most.
            connector: where connections come from; None for a file or a USB camera.
            clock: UTC nanoseconds.
            timeouts: limits and pauses.
            pace: of a file: 1 for its own, None for as fast as its frames are read, without loss.
            chance: of the pauses' lengths.
            may_sleep: decode key pictures alone while nothing moves, once `attend` says that no one is followed.
            streams: when another stream of a camera that has several is watched; None for the defaults.
        """
        self._source, self._camera_id, self._analysed_fps = source, camera_id, analysed_fps
        self._connector, self._clock, self._timeouts, self._pace = connector, clock, timeouts, pace
        self._back_off = BackOff(timeouts.pauses, chance or random.Random())  # noqa: S311 - no secret is made of it
        self._stopping = threading.Event()
        self._reader: threading.Thread | None = None
        self._recording: Recording | None = None
        self._newest, self._stream_clock, self._stillness = NewestFrame(), LiveClock(), Stillness()
        self._pacer = FramePacer(analysed_fps, slack_s=0.01)
        self._index, self._given = 0, -1
        self._timed, self._late, self._why_due_s = (0, 0.0), False, 0.0
        self._damaged, self._analysed_s = False, 0.0
        self._counting = threading.Lock()
        self._frames_in = self._frames_undecodable = 0
        self._good_since_s: float | None = None
        self._finding: ClockFinding | None = None
        self._wrong_since_s: float | None = None
        self._mistimed_ns = (0, 0)
        self._sleep, self._rested, self._notice = SleepState(allowed=may_sleep), False, ""
        self._streams = StreamSwitch(source, analysed_fps, streams)
        self._condition = SourceCondition(CameraState.CONNECTING, clock(), "connecting for the first time")

    @property
    def condition(self) -> SourceCondition:
        """The state of the stream, and why."""
        return self._condition

    def take_counts(self) -> tuple[int, int, int]:
        """Frames since the last call: decoded; of these due but overtaken by a newer one; and damaged ones on top."""
        with self._counting:
            came, damaged = self._frames_in, self._frames_undecodable
            self._frames_in = self._frames_undecodable = 0
        return came, self._newest.take_dropped(), damaged

    def show(self, shown_fps: float | None) -> None:
        """Returns more frames of a camera than are analysed from now on, for a viewer; None for those alone."""
        self._pacer = FramePacer(max(self._analysed_fps, shown_fps or 0.0), slack_s=0.01)

    def attend(self, index: int, *, quiet: bool, small: float = 0.0) -> None:
        """Takes in what the analysis of a frame gave: without it the decoder does not sleep, nor another stream come.

        Args:
            index: the frame's.
            quiet: no one has been followed for a while.
            small: how high the small ones of those who are followed are, 0-1 of the picture's height; 0: not known.
        """
        self._sleep.attend(index, quiet=quiet)
        self._streams.attend(small)

    def leave_out(self, stretch: int, size_px: tuple[int, int], before_s: float) -> None:
        """Does nothing: frames are not copied here, so that those that are not looked at cost nothing."""

    @property
    def in_a_row(self) -> bool:
        """The frame that was returned last is one of several that were held, and each of them is to be analysed."""
        return self._newest.in_a_row

    @property
    def idle(self) -> bool:
        """No frame waits to be taken, and the one that was taken last has been followed by a request for another."""
        return self._newest.empty

    def __iter__(self) -> Iterator[RawFrame | None]:
        """The newest frame whenever one is due, else None every `beat_s`; ends after `stop` alone."""
        if self._reader is None and not self._stopping.is_set():
            self._reader = threading.Thread(target=self._read, name=f"camera {self._camera_id}", daemon=True)
            self._reader.start()
        while not self._stopping.is_set():
            frame = self._newest.take(self._timeouts.beat_s)
            if not self._stopping.is_set():
                yield frame
            del frame  # a decoder keeps room for as many pictures as were ever held at a time

    def stop(self) -> None:
        """Ends the stream; may be called from any thread, and more than once."""
        self._stopping.set()
        self._newest.close()
        if self._reader is not None and self._reader is not threading.current_thread():
            self._reader.join(JOIN_S)

    def _read(self) -> None:
        """One connection after the other."""
        while not self._stopping.is_set():
            self._stream_clock.disconnect()
            self._stillness.reset()
            self._damaged, self._rested = True, False
            self._good_since_s = None
            self._streams.begin()
            try:
                self._read_once()
            except StoppedError:
                return
            except (SourceError, OSError) as fault:
                pause_s = self._pause_after(fault)
            except (
                Exception
            ) as fault:  # a bug or a full memory must not end the camera for good; no text: it may hold secrets
                pause_s = self._pause_after(StreamError(f"an unforeseen fault ({type(fault).__name__})"))
            else:
                pause_s = 0.0 if self._streams.switched else self._back_off.wait_s()
            self._stopping.wait(pause_s)

    def _pause_after(self, fault: Exception) -> float:
        """Reports a lost connection; returns the seconds until the next one, none where another stream is watched."""
        if self._streams.give_up(time.monotonic(), _reason(fault)):
            return 0.0
        self._report_lost(fault)
        refused = isinstance(fault, CredentialsRefusedError)
        return self._timeouts.longest_pause_s if refused else self._back_off.wait_s()

    def _read_once(self) -> None:
        source = self._streams.source
        if source.kind is SourceKind.FILE and source.file is not None:
            self._play(source)
        elif source.kind is SourceKind.USB and source.file is not None:
            self._receive_all(usb_pictures(source.file, self._stopping))
        elif source.networked and self._connector is not None:
            self._receive_all(network_pictures(source, self._connector, self._timeouts, self._stopping, self._sleep))
        else:
            raise StreamError(f"there is no way to {source.shown}")

    def _play(self, source: CameraSource) -> None:
        if source.file is None:
            return
        if self._recording is None:
            self._recording = Recording(
                source.file, self._camera_id, analysed_fps=self._analysed_fps, pace=self._pace, clock=self._clock
            )
        recording = self._recording
        read, lost = recording.frames_read, recording.frames_lost
        for frame in recording.frames(self._stopping):
            self._count(recording.frames_read - read, recording.frames_lost - lost)
            read, lost = recording.frames_read, recording.frames_lost
            self._report_online(time.monotonic())
            if self._pace is None:
                self._newest.put_after(frame)
            else:
                self._newest.put(frame)

    def _receive_all(self, pictures: Generator[ReceivedPicture]) -> None:
        with closing(pictures):  # and with it the connection, whatever happens here
            for arrived in pictures:
                awake = arrived.phase is Phase.NOW
                if not self._streams.goes_on(arrived.frame, arrived.shape, arrived.arrival_s, awake=awake):
                    self._why_due_s = 0.0
                    return
                self._receive(arrived)

    def _receive(self, arrived: ReceivedPicture) -> None:
        """Counts a picture, and stores it in the slot if it is due."""
        if arrived.report is not None:
            self._stream_clock.take_report(arrived.report)
        if arrived.phase not in (Phase.NOW, Phase.HELD):
            self._receive_held(arrived)
            return
        self._index += 1
        if arrived.frame is None and arrived.held is None:
            self._damaged, self._rested = True, False
            self._count(0, 1)
            return
        self._count(1, 0)
        stream_s = self._stream_clock.read(arrived.pts_s, arrived.arrival_s, waited=arrived.waited)
        due = self._pacer.is_due(stream_s)
        if arrived.phase is Phase.HELD and arrived.held is not None:
            time_ns = self._time_ns(stream_s, together=not arrived.waited)
            arrived.held.stamp = FrameStamp(self._camera_id, self._index - 1, time_ns, stream_s, (0, 0))
            arrived.held.due, self._rested = due, True
        elif due and arrived.frame is not None:
            stamp = self._stamp(arrived.frame, stream_s)
            self._offer(raw_frame(arrived.frame, stamp, arrived.shape), arrived.arrival_s)

    def _receive_held(self, arrived: ReceivedPicture) -> None:
        """Takes in a picture that was held: decoded to be compared or looked at, or since the decoder has woken."""
        frame, held, late = arrived.frame, arrived.held, arrived.phase is Phase.LATE
        if frame is None:
            self._damaged, self._rested = True, False
            self._count(-1, 1)
            return
        if held is None or held.stamp is None:
            return  # it was given when it came
        if late:
            self._late = True
            self._sleep.wake(held.stamp.index)
        # A key picture at rest is what the next ones are compared with, whether it is due or not.
        wanted = held.due or (self._rested and frame.key_frame)
        given = late and wanted and held.stamp.index > self._given
        stamp = replace(held.stamp, size_px=(frame.width, frame.height), after_rest=self._rested)
        if given:
            stamp = replace(stamp, after_loss=self._take_loss(stamp.stream_s))
            self._rested, self._given = False, stamp.index
            self._newest.put_late(raw_frame(frame, stamp, arrived.shape))
        elif not late:
            look = arrived.phase is Phase.LOOK
            if look:
                self._sleep.look(stamp.index)
            self._offer(raw_frame(frame, stamp, arrived.shape), arrived.arrival_s, put=look)

    def _offer(self, raw: RawFrame, arrival_s: float, *, put: bool = True) -> None:
        """Stores a frame in the slot, unless the stream is frozen."""
        same_s = self._stillness.update(raw.luma, arrival_s)
        if same_s > self._timeouts.frozen_s:
            self._report_frozen("the camera sends the same picture again and again", same_s)
        elif self._condition.state is not CameraState.FROZEN or same_s == 0:
            self._report_online(arrival_s)
            if put:
                self._given, self._analysed_s = raw.stamp.index, raw.stamp.stream_s
                self._newest.put(raw)

    def _stamp(self, frame: "av.VideoFrame", stream_s: float) -> FrameStamp:
        """Returns the stamp of a frame that is due."""
        missed, size_px = self._take_loss(stream_s), (frame.width, frame.height)
        rested, self._rested = self._rested, False
        time_ns = self._time_ns(stream_s)
        return FrameStamp(
            self._camera_id, self._index - 1, time_ns, stream_s, size_px, after_loss=missed, after_rest=rested
        )

    def _time_ns(self, stream_s: float, *, together: bool = False) -> int:
        """Returns when a picture was taken: now, but for those that had to wait, and were read some `together`."""
        now_ns = self._clock()
        last_ns, last_s = self._timed
        due_ns = last_ns + round((stream_s - last_s) * NS_PER_S)
        self._late = self._late and NEAR_NS < now_ns - due_ns < MAX_LATE_NS
        waited = self._late or (together and 0 < now_ns - due_ns < MAX_LATE_NS)
        time_ns = due_ns if waited else now_ns
        self._timed = (time_ns, stream_s)
        return time_ns

    def _take_loss(self, stream_s: float) -> bool:
        """Returns whether a picture that was due before this time is missing; this one is the newest from now on."""
        missed = self._damaged and stream_s - self._analysed_s > MISSED_PERIODS / self._analysed_fps
        self._damaged, self._analysed_s = False, stream_s
        return missed

    def _count(self, came: int, damaged: int) -> None:
        with self._counting:
            self._frames_in += came
            self._frames_undecodable += damaged

    def _report_online(self, arrival_s: float) -> None:
        self._note_wrong_clock(arrival_s)
        found = self._stream_clock.finding
        reported = self._finding is None if found is None else found.alike(self._finding)
        if self._notices != self._notice and arrival_s >= self._why_due_s:
            reported, self._why_due_s = False, arrival_s + WHY_S
        if self._condition.state is not CameraState.ONLINE or not reported:
            self._finding = found
            self._report_clock(found)
        if self._good_since_s is None:
            self._good_since_s = arrival_s
        elif arrival_s - self._good_since_s > self._timeouts.good_after_s:
            self._back_off.reset()

    def _note_wrong_clock(self, arrival_s: float) -> None:
        """Notes which stretch the stream's clock has found to be mistimed, on the wall clock."""
        since_s = self._stream_clock.wrong_since_s
        if since_s is not None and since_s != self._wrong_since_s:
            now_ns = self._clock()
            self._mistimed_ns = (now_ns - max(0, round((arrival_s - since_s) * NS_PER_S)), now_ns)
            self._finding = None  # to be reported anew, and with it the stretch
            self._report_clock(self._stream_clock.finding)
        self._wrong_since_s = since_s

    def _report_clock(self, found: ClockFinding | None) -> None:
        """Reports that pictures come, and what is wrong with their time stamps, if anything is."""
        self._notice = self._notices
        why = "; ".join(filter(None, ("pictures come and change", self._notice)))
        if found is None:
            self._set_condition(CameraState.ONLINE, why)
        else:
            self._set_condition(CameraState.ONLINE, f"{why}; {found.why}", found.measured, found.threshold)

    @property
    def _notices(self) -> str:
        """Which of several streams is watched, and why a decoder that may sleep does not."""
        return "; ".join(filter(None, (self._streams.notice, self._sleep.notice if self._sleep.allowed else "")))

    def _report_frozen(self, why: str, measured_s: float) -> None:
        self._good_since_s = None
        self._set_condition(CameraState.FROZEN, why, measured_s, self._timeouts.frozen_s)

    def _report_lost(self, fault: Exception) -> None:
        why = _reason(fault)
        measured_s = getattr(fault, "measured_s", None)
        threshold_s = getattr(fault, "threshold_s", None)
        if self._good_since_s is not None:
            self._set_condition(CameraState.CONNECTING, f"{why}; connecting again", measured_s, threshold_s)
            return
        self._set_condition(CameraState.OFFLINE, why, measured_s, threshold_s)

    def _set_condition(
        self, state: CameraState, why: str, measured: float | None = None, threshold: float | None = None
    ) -> None:
        why = without_password(why, self._source.user, self._source.password)  # a camera may repeat what it was sent
        since_ns = self._condition.since_ns if state is self._condition.state else self._clock()
        self._condition = SourceCondition(state, since_ns, why, measured, threshold, *self._mistimed_ns)


def _reason(fault: Exception) -> str:
    """Returns why a connection was lost; of an error of the system its text, which holds no address."""
    if isinstance(fault, SourceError):
        return str(fault)
    return getattr(fault, "strerror", None) or f"the connection failed ({type(fault).__name__})"
