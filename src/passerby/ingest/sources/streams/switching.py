"""Goes from one of a camera's streams to another, where the choice is another and both show the same view."""

from typing import TYPE_CHECKING, Final

from passerby.domain.frames import FrameStamp
from passerby.domain.sources import CameraSource
from passerby.ingest.display_shape import AS_CODED, DisplayShape
from passerby.ingest.sources.decoder import raw_frame
from passerby.ingest.sources.streams.choice import FIRST, ORDINALS, StreamChoice, StreamSettings
from passerby.ingest.sources.streams.same_view import Grid, coarse, same_view

if TYPE_CHECKING:
    import av

EVERY_S: Final = 1.0
"""So often the choice is made anew: it costs some tenths of a millisecond."""

RATE_S: Final = 10.0
"""Over so long pictures are counted to know how many a stream sends in a second."""

ENOUGH_RATE: Final = 0.85
"""Of the pictures a second that are analysed, or that the first stream sends, a smaller one has to send this share."""

NO_STAMP: Final = FrameStamp("", 0, 0, 0.0, (0, 0))


class PictureRate:
    """How many pictures a second a connection gives.

    Attributes:
        fps: None until it has been awake for long enough.
    """

    def __init__(self) -> None:
        """Has seen no picture."""
        self.fps: float | None = None
        self._count, self._since_s = 0, 0.0

    def add(self, now_s: float, *, awake: bool) -> None:
        """Takes a picture at a time of a clock that is never set; one that came to a sleeping decoder begins anew."""
        if not awake or not self._count:
            self._count, self._since_s = int(awake), now_s
            return
        if now_s - self._since_s >= RATE_S:
            self.fps = self._count / (now_s - self._since_s)
            self._count, self._since_s = 0, now_s
        self._count += 1


class StreamSwitch:
    """Which stream of a camera is received, connection after connection.

    Attributes:
        switched: the newest connection was ended to go on with another stream.
        notice: which stream is watched, and why, as a part of a sentence; empty for a camera that has one.
    """

    def __init__(self, source: CameraSource, analysed_fps: float, settings: StreamSettings | None = None) -> None:
        """Begins with the first stream.

        Args:
            source: the camera, with all its streams.
            analysed_fps: how many frames a second are analysed at most.
            settings: when another one is watched; None for the defaults.
        """
        self._sources = source.each_stream
        self._choice = StreamChoice(len(self._sources), settings)
        self._small, self._due_s = 0.0, 0.0
        self._before: Grid | None = None
        self._rate, self._enough_fps = PictureRate(), ENOUGH_RATE * analysed_fps
        self._first_picture, self.switched, self.notice = True, False, ""

    @property
    def source(self) -> CameraSource:
        """The way in to the stream that is watched now."""
        return self._sources[self._choice.current]

    def attend(self, small: float) -> None:
        """Takes what one look has shown; may be called from another thread, as it replaces a value.

        Args:
            small: how high the small ones of those who are followed are, 0-1 of the picture's height; 0: not known.
        """
        if 0 < small <= 1:
            self._small = small

    def begin(self) -> None:
        """A connection begins."""
        self._first_picture, self.switched = True, False
        self._rate = PictureRate()

    def goes_on(self, frame: "av.VideoFrame | None", shape: DisplayShape, now_s: float, *, awake: bool = True) -> bool:
        """Returns whether a picture is taken and its connection goes on; False where it ends for another stream.

        Args:
            frame: the picture; None where there is none.
            shape: how it is meant to be seen.
            now_s: monotonic clock.
            awake: the decoder does not sleep.
        """
        if len(self._sources) == 1:
            return True
        self._rate.add(now_s, awake=awake)
        if frame is None or (not self._first_picture and now_s < self._due_s):
            return True
        self._due_s = now_s + EVERY_S
        choice, before = self._choice, self._choice.current
        if self._first_picture:
            self._first_picture = False
            wanted = self._arrived(frame, shape, now_s)
        else:
            small, self._small = self._small, 0.0
            if small > 0:
                choice.see(now_s, small)
            self._check_rate(now_s)
            wanted = choice.wanted(now_s) if awake and choice.current == before else choice.current
        if wanted != choice.current:
            self._before = self._before if self._before is not None else _coarse(frame, shape)
            choice.switch(now_s, wanted)
        self.switched = choice.current != before
        if not self.switched:
            self._before = None
        self.notice = self._watched()
        return not self.switched

    def give_up(self, now_s: float, why: str) -> bool:
        """Takes that a connection has failed; returns whether the first stream is watched instead, at once."""
        if self._choice.current == FIRST or not self._first_picture:
            return False  # one that has given pictures is connected to again, as any camera is
        self._choice.fail(now_s, why)
        self._before = None
        return True

    def _arrived(self, frame: "av.VideoFrame", shape: DisplayShape, now_s: float) -> int:
        """Takes the first picture of a connection; returns the stream to watch."""
        choice = self._choice
        luma = raw_frame(frame, NO_STAMP, shape).luma
        size_px = luma.shape[1], luma.shape[0]
        if choice.current != FIRST:
            shown = f"{size_px[0]}x{size_px[1]}"
            if not choice.fits(size_px):
                choice.fail(now_s, f"its picture of {shown} has another shape than that of the first")
            elif self._before is not None and (same := same_view(self._before, coarse(luma))) is not True:
                seen = "too little can be seen to say that it shows" if same is None else "it does not show"
                choice.fail(now_s, f"{seen} the same view as the first, in {shown}")
            if choice.current == FIRST:
                return FIRST
        return choice.arrive(now_s, size_px)

    def _check_rate(self, now_s: float) -> None:
        """Gives a stream up that sends too few pictures: who is fast is lost in it, however large."""
        choice, fps = self._choice, self._rate.fps
        if fps is None:
            return
        if choice.current == FIRST:
            self._enough_fps = min(self._enough_fps, ENOUGH_RATE * fps)
        elif fps < self._enough_fps:
            choice.fail(now_s, f"it sends {fps:.1f} pictures a second, and {self._enough_fps:.1f} are needed")

    def _watched(self) -> str:
        choice = self._choice
        size_px, small_px = choice.size_px, choice.small_px
        if size_px is None:
            return choice.why_not
        watched = f"watches its {ORDINALS[choice.current]} stream, {size_px[0]}x{size_px[1]}"
        if small_px is not None:
            watched = f"{watched}: small road users are {small_px:.0f} px high there"
        return "; ".join(filter(None, (watched, choice.why_not)))


def _coarse(frame: "av.VideoFrame", shape: DisplayShape = AS_CODED) -> Grid:
    return coarse(raw_frame(frame, NO_STAMP, shape).luma)
