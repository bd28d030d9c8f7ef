"""The frame ring: how a decoder's process hands its newest frame to the analysis process, in shared memory.

The process that decodes a camera's bytes may have been taken over by them, so the reader takes nothing for granted: it
copies first and looks then, and every number has to be one that a camera can give. It is no message: no other process
sees it.
"""

import math
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.errors import WorkerError
from passerby.domain.frames import FrameStamp
from passerby.domain.health import SOURCE_STATES, CameraState, SourceCondition
from passerby.ingest.display_shape import MAX_SIDE_PX
from passerby.ingest.raw import ColourCode, Plane, RawFrame
from passerby.text import printable
from passerby.units import NS_PER_S

SLOTS: Final = 2
"""The newest is read while the next one is written. Copying it takes a millisecond or two, and a picture comes every 40
at the soonest; where the reader is held up meanwhile, it takes the one after it. A slot of 1920x1080 has 3 MB."""

PAGE: Final = 4096
MAX_WHY_BYTES: Final = 400
MAX_NEW: Final = 1_000_000
"""Frames between two looks: more than any camera sends in the time."""

MAX_OFF_S: Final = 10
"""How far a frame's time may be off the reader's own clock; both are the machine's."""

MAX_STREAM_S: Final = 1e10

ANSWER: Final = struct.Struct("<QBf")
"""What goes back to the decoder: a frame's index, whether no one has been followed for a while, and how high the small
ones of those who are followed are, as a share of the picture's height; 0 where that is not known."""

_NEWEST: Final = struct.Struct("<Q")
_COUNTS: Final = struct.Struct("<QQQQ")
_STATE: Final = struct.Struct(f"<QBqddqqH{MAX_WHY_BYTES}sQ")
_FRAME: Final = struct.Struct("<QQqdIIQBBB")
_NEWEST_AT, _COUNTS_AT, _STATE_AT = 0, 64, 128
_STATES: Final = tuple(state for state in CameraState if state in SOURCE_STATES)
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class _Counts:
    """Totals since the start: frames that came, were dropped, and were damaged; losses before a frame."""

    came: int = 0
    dropped: int = 0
    damaged: int = 0
    losses: int = 0


class FrameRingWriter:
    """The decoder's end."""

    def __init__(self, memory: memoryview) -> None:
        """Args: memory: writable, all of it."""
        self._memory, self._newest, self._states = memory, 0, 0
        self._counts = _Counts()
        self._condition: SourceCondition | None = None

    def put(self, frame: RawFrame | None, condition: SourceCondition, counts: tuple[int, int, int]) -> None:
        """Writes the newest frame over the oldest, and what is known of the stream.

        Args:
            frame: None where there is none.
            condition: the state of the stream.
            counts: frames that came, were dropped and were damaged since the call before.
        """
        came, dropped, damaged = counts
        before = self._counts
        losses = before.losses + (frame is not None and frame.stamp.after_loss)
        self._counts = _Counts(before.came + came, before.dropped + dropped, before.damaged + damaged, losses)
        now = self._counts
        _COUNTS.pack_into(self._memory, _COUNTS_AT, now.came, now.dropped, now.damaged, now.losses)
        if condition != self._condition:
            self._condition = condition
            self._put_condition(condition)
        if frame is not None:
            self._put_frame(frame)

    def _put_condition(self, condition: SourceCondition) -> None:
        self._states += 1
        why = condition.why.encode("utf-8", "replace")[:MAX_WHY_BYTES]
        numbers = [math.nan if one is None else one for one in (condition.measured, condition.threshold)]
        state = _STATES.index(condition.state)
        _STATE.pack_into(
            self._memory, _STATE_AT, self._states, state, condition.since_ns, *numbers,
            condition.mistimed_from_ns, condition.mistimed_to_ns, len(why), why, self._states,
        )  # fmt: skip

    def _put_frame(self, frame: RawFrame) -> None:
        number, stamp = self._newest + 1, frame.stamp
        at, room = _slot(self._memory, number)
        width_px, height_px = frame.size_px
        if _frame_bytes(width_px, height_px) > room or max(width_px, height_px) > MAX_SIDE_PX:
            return  # the reader would refuse it
        _NEWEST.pack_into(self._memory, at, 0)  # a reader that is copying it finds another number behind
        place = at + PAGE
        for plane in (frame.luma, frame.chroma_u, frame.chroma_v):
            np.copyto(np.frombuffer(self._memory, np.uint8, plane.size, place).reshape(plane.shape), plane)
            place += plane.size
        _FRAME.pack_into(
            self._memory, at, number, stamp.index, stamp.time_ns, stamp.stream_s, width_px, height_px, stamp.stretch,
            frame.colour.bt709, frame.colour.full_range, stamp.after_rest,
        )  # fmt: skip
        _NEWEST.pack_into(self._memory, _NEWEST_AT, number)
        self._newest = number


class FrameRingReader:
    """The analysis process's end: the camera's frames as `stage.LiveFrames`."""

    def __init__(
        self,
        memory: memoryview,
        camera_id: str,
        wait: Callable[[], None],
        *,
        answer: Callable[[int, bool, float], None] = lambda _index, _quiet, _small: None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Takes its end.

        Args:
            memory: all of it, to read.
            camera_id: whose frames these are, whatever the decoder says.
            wait: returns when there may be something new, at least every half second.
            answer: gets what the analysis of a frame gave: its index, whether no one has been followed for a while, and
                how high the small ones are, 0-1 of the picture's height.
            clock: UTC nanoseconds now.
        """
        self._memory, self._camera_id, self._wait, self._clock = memory, camera_id, wait, clock
        self._answer = answer
        self._last, self._read, self._skipped = 0, _Counts(), 0
        self._losses = 0
        self._stamp: FrameStamp | None = None
        self._left_out: tuple[int, tuple[int, int], float] = (0, (0, 0), -math.inf)
        self._stopping = False
        self._condition = SourceCondition(CameraState.CONNECTING, clock(), "connecting for the first time")

    @property
    def condition(self) -> SourceCondition:
        """The state of the stream, as the decoder reports it; its last whole report."""
        for _ in range(_TRIES):
            first, state, since_ns, measured, threshold, from_ns, to_ns, length, why, last = _STATE.unpack_from(
                self._memory, _STATE_AT
            )
            if first == last:
                break
        else:
            return self._condition
        if first == 0:
            return self._condition
        if state >= len(_STATES) or length > MAX_WHY_BYTES or since_ns < 0:
            raise WorkerError("the decoder reports a state that there is not")
        text = printable(why[:length].decode("utf-8", "replace"))
        value, limit = (one if math.isfinite(one) and abs(one) < 1e12 else None for one in (measured, threshold))
        newest_ns = self._clock() + MAX_OFF_S * NS_PER_S
        if not 0 <= from_ns <= to_ns <= newest_ns:
            from_ns = to_ns = 0
        self._condition = SourceCondition(_STATES[state], min(since_ns, newest_ns), text, value, limit, from_ns, to_ns)
        return self._condition

    def __iter__(self) -> Iterator[RawFrame | FrameStamp | None]:
        """The newest frame whenever there is a new one, or its stamp, else None; ends after `stop` alone."""
        while not self._stopping:
            self._wait()
            if not self._stopping:
                yield self._take()

    def take_counts(self) -> tuple[int, int, int]:
        """Returns how many frames arrived, were dropped, and were damaged, since the call before."""
        now, before = _Counts(*_COUNTS.unpack_from(self._memory, _COUNTS_AT)), self._read
        new = (now.came - before.came, now.dropped - before.dropped, now.damaged - before.damaged)
        if not all(0 <= one <= MAX_NEW for one in new):
            raise WorkerError("the decoder reports more frames than a camera sends")
        self._read, skipped, self._skipped = now, self._skipped, 0
        return new[0], new[1] + skipped, new[2]

    def show(self, shown_fps: float | None) -> None:
        """Does nothing: the decoder's process is asked for more frames by the worker."""

    def attend(self, index: int, *, quiet: bool, small: float = 0.0) -> None:
        """Passes on to the decoder what the analysis of a frame gave."""
        self._answer(index, quiet, small)

    def leave_out(self, stretch: int, size_px: tuple[int, int], before_s: float) -> None:
        """Gives the stamp alone of frames of this stretch and size whose stream time is before that."""
        self._left_out = (stretch, size_px, before_s)

    def stop(self) -> None:
        """Ends the frames."""
        self._stopping = True

    def _take(self) -> RawFrame | FrameStamp | None:
        for _ in range(_TRIES):
            (newest,) = _NEWEST.unpack_from(self._memory, _NEWEST_AT)
            if newest == self._last:
                return None
            if not 0 < newest - self._last <= MAX_NEW:
                raise WorkerError("the decoder's frames have numbers that frames cannot have")
            frame = self._copied(newest)
            if frame is not None:
                self._skipped += newest - self._last - 1
                self._last = newest
                return frame
        return None  # the writer is faster than we copy; the next one is taken

    def _copied(self, number: int) -> RawFrame | FrameStamp | None:
        """Returns a copy of a frame, or of its head where it is left out; None where it was written over meanwhile.

        Looks at the copy alone.
        """
        at, room = _slot(self._memory, number)
        head = bytes(self._memory[at : at + _FRAME.size])
        found, index, time_ns, stream_s, width_px, height_px, stretch, bt709, full_range, rest = _FRAME.unpack(head)
        if found != number:
            return None
        if not (0 < width_px <= MAX_SIDE_PX and 0 < height_px <= MAX_SIDE_PX and max(bt709, full_range, rest) <= 1):
            raise WorkerError("the decoder gives a frame of a size that none has")
        size = _frame_bytes(width_px, height_px)
        if size > room:
            raise WorkerError("the decoder gives a frame that has no room")
        left_out = (stretch, (width_px, height_px)) == self._left_out[:2] and stream_s < self._left_out[2]
        pixels = np.frombuffer(self._memory, np.uint8, 0 if left_out else size, at + PAGE).copy()
        losses = _COUNTS.unpack_from(self._memory, _COUNTS_AT)[3]
        if bytes(self._memory[at : at + _FRAME.size]) != head:
            return None
        after_loss, time_ns = losses != self._losses, self._present(time_ns)
        size_px, rested = (width_px, height_px), bool(rest)
        stamp = FrameStamp(self._camera_id, index, time_ns, stream_s, size_px, stretch, after_loss, rested)
        self._check_order(stamp)
        self._stamp, self._losses = stamp, losses
        if left_out:
            return stamp
        luma, u, v = _planes(pixels, width_px, height_px)
        return RawFrame(stamp, luma, u, v, ColourCode(bool(bt709), bool(full_range)))

    def _check_order(self, stamp: FrameStamp) -> None:
        before = self._stamp
        if not (math.isfinite(stamp.stream_s) and abs(stamp.stream_s) < MAX_STREAM_S):
            raise WorkerError("the decoder gives a frame a time that is none")
        if before is None:
            return
        if stamp.index <= before.index or stamp.stretch < before.stretch:
            raise WorkerError("the decoder gives frames out of their order")
        if stamp.stretch == before.stretch and stamp.stream_s < before.stream_s:
            raise WorkerError("the decoder gives a frame a time before the one before it")

    def _present(self, time_ns: int) -> int:
        """Returns the time; now, where it is farther from now than the way from one process to the other takes."""
        now_ns = self._clock()
        return time_ns if abs(time_ns - now_ns) <= MAX_OFF_S * NS_PER_S else now_ns


def _slot(memory: memoryview, number: int) -> tuple[int, int]:
    """Returns where a frame's slot begins, and how many bytes its planes may take."""
    each = (len(memory) - PAGE) // SLOTS // PAGE * PAGE
    return PAGE + number % SLOTS * each, each - PAGE


def _frame_bytes(width_px: int, height_px: int) -> int:
    return width_px * height_px + 2 * ((width_px + 1) // 2) * ((height_px + 1) // 2)


def _planes(pixels: npt.NDArray[np.uint8], width_px: int, height_px: int) -> tuple[Plane, Plane, Plane]:
    half = ((height_px + 1) // 2, (width_px + 1) // 2)
    ends = (width_px * height_px, width_px * height_px + half[0] * half[1])
    luma, u, v = pixels[: ends[0]], pixels[ends[0] : ends[1]], pixels[ends[1] :]
    return luma.reshape(height_px, width_px), u.reshape(half), v.reshape(half)
