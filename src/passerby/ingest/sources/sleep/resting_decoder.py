"""A decoder that sleeps: it decodes key pictures alone, and holds the others until it is certain that nothing moved.

Whatever wakes it, the pictures since the last key picture at rest are decoded in their order, so that who analyses them
sees what it would have seen all the time, only later. No picture is decoded from another one than its own.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Generic, TypeVar

import av
import numpy as np

from passerby.ingest.sources.coded_pictures import CodedPicture, Track
from passerby.ingest.sources.decoder import PictureDecoder
from passerby.ingest.sources.sleep.readiness import Readiness, Seen

LOOK_S: Final = 8.0
"""After so long without a look a key picture is analysed all the same; health asks for one in ten seconds."""

MAX_HELD_BYTES: Final = 16 << 20
"""Of pictures that are held; a stream of 30 Mbit/s has as much in four seconds."""

SHARE_STEP: Final = 0.0025
"""What is reported goes up in steps: a sentence that changes every two seconds would be a report every two seconds."""

Tag = TypeVar("Tag")


class Phase(Enum):
    """What a picture that comes out is.

    Attributes:
        NOW: decoded as it came.
        HELD: it came, and is not decoded for now; it has no frame.
        KEY: a key picture of those that were held, decoded to be compared.
        LOOK: the same, and it is to be analysed.
        LATE: one that was held, decoded now that something moves.
    """

    NOW = auto()
    HELD = auto()
    KEY = auto()
    LOOK = auto()
    LATE = auto()


@dataclass(frozen=True, slots=True, eq=False)
class Decoded(Generic[Tag]):
    """One picture that comes out.

    Attributes:
        phase: what it is.
        frame: decoded; None where it is held, or damaged.
        tag: what was given with its bytes.
    """

    phase: Phase
    frame: "av.VideoFrame | None"
    tag: Tag


class RestingDecoder(Generic[Tag]):
    """A decoder of one connection's pictures that sleeps while no one is followed and nothing moves."""

    def __init__(self, decoder: PictureDecoder, track: Track) -> None:
        """Args: decoder: of the pictures; track: the camera's description of them."""
        self._decoder, self._readiness = decoder, Readiness(track)
        self._held: deque[list[tuple[CodedPicture, Tag]]] = deque()
        self._held_bytes = 0
        self._clock_hz, self._look_ticks = track.clock_hz, 0
        self.asleep = False

    @property
    def why_not(self) -> str:
        """Why it does not sleep with this stream; empty where nothing is known."""
        return self._readiness.why_not

    @property
    def notice(self) -> str:
        """What the camera's health says of its sleep; empty where nothing is known yet."""
        readiness = self._readiness
        if readiness.why_not:
            return f"all are decoded at night too: {readiness.why_not}"
        if not readiness.known:
            return ""
        share = math.ceil(readiness.smallest_share / SHARE_STEP) * SHARE_STEP
        return (
            "while nothing moves its key pictures alone are decoded, and what fills less than "
            f"{share:.2%} of the view and is gone between two of them can be missed"
        )

    def put(self, coded: CodedPicture, tag: Tag, *, quiet: bool, answered: bool = True) -> Iterator[Decoded[Tag]]:
        """Adds a picture; yields what comes of it.

        Args:
            coded: the next one, in the order in which they come.
            tag: is given back with it.
            quiet: no one is followed now; it wakes where that ends.
            answered: the last picture that was to be analysed has been; what came since is held until then.

        Raises:
            StreamError: the pictures are too small to see anybody, or too large.
        """
        self._readiness.quiet = quiet
        seen = self._readiness.take(coded)
        if not self.asleep:
            yield from self._now(coded, tag)
            return
        if not quiet or seen is not Seen.REST or self._held_bytes > MAX_HELD_BYTES:
            yield from self._wake(groups=1 if quiet else len(self._held))
            yield from self._now(coded, tag)
            return
        yield Decoded(Phase.HELD, None, tag)
        self._held_bytes += len(coded.content)
        if coded.key:
            self._held.append([(coded, tag)])
            yield from self._compare(coded, tag, answered=answered)
        else:
            self._held[-1].append((coded, tag))

    def _now(self, coded: CodedPicture, tag: Tag) -> Iterator[Decoded[Tag]]:
        frames = self._decoder.decode(coded)
        self._readiness.decoded(at_once=_at_once(frames, coded))
        if frames is None:
            yield Decoded(Phase.NOW, None, tag)
            return
        for frame in frames:
            yield Decoded(Phase.NOW, frame, tag)
        if coded.key and frames:
            self._readiness.show_key(luma_of(frames[-1]))
            if self._readiness.may_sleep:
                self.asleep, self._look_ticks = True, coded.ticks or 0
                self._held.append([(coded, tag)])
                self._held_bytes = len(coded.content)

    def _compare(self, coded: CodedPicture, tag: Tag, *, answered: bool) -> Iterator[Decoded[Tag]]:
        """Decodes a key picture, and wakes where it differs; else the group before the last one is let go."""
        frames = self._decoder.decode(coded)
        if not _at_once(frames, coded) or frames is None or self._readiness.show_key(luma_of(frames[0])):
            yield from self._wake(groups=2)
            return
        if not self._readiness.may_sleep:
            yield from self._wake(groups=1)
            return
        phase, ticks = Phase.KEY, coded.ticks or 0
        if ticks - self._look_ticks >= (LOOK_S - 0.1) * self._clock_hz:
            phase, self._look_ticks = Phase.LOOK, ticks
        while answered and len(self._held) > 2:
            self._held_bytes -= sum(len(one.content) for one, _ in self._held.popleft())
        yield Decoded(phase, frames[0], tag)

    def _wake(self, groups: int) -> Iterator[Decoded[Tag]]:
        """Decodes what is held, of so many groups."""
        held = [one for group in list(self._held)[-groups:] for one in group]
        self._held.clear()
        self.asleep, self._held_bytes = False, 0
        for coded, tag in held:
            frames = self._decoder.decode(coded)
            if frames is None:
                yield Decoded(Phase.LATE, None, tag)
            for frame in frames or ():
                yield Decoded(Phase.LATE, frame, tag)


def _at_once(frames: "list[av.VideoFrame] | None", coded: CodedPicture) -> bool:
    return frames is not None and len(frames) == 1 and frames[0].pts == coded.ticks


def luma_of(frame: "av.VideoFrame") -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """Returns the first plane of a picture in YUV without the decoder's padding: uint8 (H, W)."""
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane).toreadonly(), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
