"""A recorded video as a source of raw frames."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Self

import av
import av.error

from passerby.domain.errors import SourceError
from passerby.domain.frames import FrameStamp
from passerby.ingest.display_shape import MAX_PICTURE_PX, DisplayShape, Orientation, display_size_px
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.decoder import MIN_SIDE_PX, raw_frame
from passerby.ingest.sources.file.file_clock import FileClock, TimedPicture
from passerby.ingest.sources.file.opening import NO_HINTS, NO_TIME_STAMPS, Hints, OpenRecording, stream_length_s
from passerby.ingest.sources.file.recorded_time import RecordedTime, recorded_time
from passerby.ingest.sources.frame_pacer import FramePacer
from passerby.units import NS_PER_S

BROKEN_READS = 1000
"""So many failed reads in a row are the file's end; after fewer the container may find its way again."""

_TIMES_START_ANEW = 0x200
"""AVFMT_TS_DISCONT: the format's stamps may start anew anywhere, and FFmpeg works its length out from them."""

SHORT_END_S: Final = 0.5
"""A file that ends this much before it says has lost its end; less is rounding in its header."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    """A decoded picture.

    Attributes:
        frame: as PyAV has it.
        shape: how it is meant to be seen.
        byte: where in the file it was read.
    """

    frame: av.VideoFrame
    shape: DisplayShape
    byte: int


class VideoFile:
    """Frames of a file in any container that FFmpeg reads, with time from the frames' own stamps.

    Attributes:
        frames_read: pictures decoded so far.
        frames_lost: pictures known to be damaged or undecodable so far.
        end_s: stream time of the newest picture, in seconds.
    """

    def __init__(
        self,
        path: Path,
        camera_id: str,
        *,
        analysed_fps: float | None = None,
        start_ns: int = 0,
        hints: Hints = NO_HINTS,
    ) -> None:
        """Opens the file.

        Args:
            path: the video.
            camera_id: whose frames these are.
            analysed_fps: how many frames a second to return, None for all.
            start_ns: UTC nanoseconds of the first frame.
            hints: what the user knows of a recording that does not say it itself.

        Raises:
            SourceError: there is no such file, or no video in it that could be shown.
        """
        self._path, self._camera_id, self._start_ns = path, camera_id, start_ns
        self._analysed_fps = analysed_fps
        self.frames_read = 0
        self.frames_lost = 0
        self.end_s = 0.0
        self._end_s = self._others_end_s = 0.0
        self._recording = OpenRecording(path, hints)
        self._container, self._stream = self._recording.container, self._recording.stream
        self._clock: FileClock[_Decoded] | None = None
        self._first_aspect: tuple[Fraction | None] | None = None
        self._at_close: tuple[float, float | None] | None = None
        try:
            self._check_size(self._stream.codec_context.width, self._stream.codec_context.height)
        except SourceError:
            self._recording.close()
            raise

    def _new_clock(self) -> FileClock[_Decoded]:
        joins = bool(self._container.format.flags & _TIMES_START_ANEW)
        return FileClock(self._period_s, joins=joins, claimed_s=None if joins else self._claimed_s or None)

    def _check_size(self, width_px: int, height_px: int) -> None:
        if width_px * height_px > MAX_PICTURE_PX:
            raise SourceError(
                f"{self._path}: the picture claims {width_px}x{height_px} px, more than {MAX_PICTURE_PX:,} px. "
                "The header is broken, or the video must be scaled down first."
            )
        if 0 < min(width_px, height_px) < MIN_SIDE_PX or width_px < 0 or height_px < 0:
            raise SourceError(
                f"{self._path}: the picture is {width_px}x{height_px} px; "
                f"at least {MIN_SIDE_PX}x{MIN_SIDE_PX} px are needed to see anybody."
            )

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height as the file's header states, with square pixels, before any rotation."""
        size_px = self._stream.codec_context.width, self._stream.codec_context.height
        return display_size_px(size_px, self._recording.shape.pixel_aspect or self._stream.sample_aspect_ratio)

    @property
    def rate_fps(self) -> float | None:
        """The nominal frame rate, None where the file names none.

        What a header names is an average over its length; where an absurd stamp is in that, the usual step is right.
        """
        if self._at_close is not None:
            return self._at_close[1]
        if self._recording.fixed_fps:
            return self._recording.fixed_fps
        rate: Fraction | None = self._stream.average_rate or self._stream.guessed_rate
        if self._clock is not None and self._clock.absurd and self._clock.step_s:
            return 1.0 / self._clock.step_s
        return float(rate) if rate else None

    @property
    def _period_s(self) -> float | None:
        return 1.0 / self.rate_fps if self.rate_fps else None

    @property
    def duration_s(self) -> float:
        """How long the file claims to be; where it claims nothing of use, how long it has been so far."""
        if self._at_close is not None:
            return self._at_close[0]
        return max(self._claimed_s if self._claim_holds() else 0.0, self._end_s)

    @property
    def _claimed_s(self) -> float:
        """The length that the header gives the video, or else the whole file; 0 where it gives none."""
        claimed_s = stream_length_s(self._stream) or (self._container.duration or 0) / av.time_base
        if "matroska" in self._container.format.name:
            return max(0.0, claimed_s - max(0.0, self._first_stamp_s))  # there it counts from time 0
        # A cut AVI file has its length worked out anew from what is left, but still names its number of pictures.
        is_avi = self._container.format.name == "avi"
        return max(claimed_s, self._stream.frames / self.rate_fps if is_avi and self.rate_fps else 0.0)

    @property
    def _first_stamp_s(self) -> float:
        """The first picture's stamp; before anything is read, what the header says of it."""
        if self._clock is not None:
            return self._clock.first_stamp_s
        return float((self._stream.start_time or 0) * (self._stream.time_base or 0))

    def _claim_holds(self) -> bool:
        """Whether a length that is longer than what was read means that something is missing."""
        clock, claimed_s = self._clock, self._claimed_s
        if clock is None:
            return True
        if clock.restarts and self._container.format.flags & _TIMES_START_ANEW:
            return False  # worked out from stamps that had started anew
        absurd_s = (clock.farthest_s, clock.farthest_s - clock.earliest_s, self._end_s - clock.earliest_s)
        if clock.absurd and any(abs(claimed_s - each_s) < 1.0 for each_s in absurd_s):
            return False  # the header took an absurd stamp for an end
        # Where only the file's length is known, it may be that of its sound.
        sound_s = self._others_end_s - clock.first_stamp_s
        return bool(stream_length_s(self._stream)) or sound_s < claimed_s - SHORT_END_S

    @property
    def has_time_stamps(self) -> bool:
        """Whether it is known when its pictures were taken; if not, times rest on a frame rate that is a guess."""
        return bool(self._recording.fixed_fps) or not self._container.format.flags & NO_TIME_STAMPS

    @property
    def recorded_time(self) -> RecordedTime:
        """When it was made, as its metadata say; to be read while it is open."""
        return recorded_time(self._container.metadata, self._stream.metadata)

    @property
    def loss(self) -> str:
        """One sentence on what is missing of the file as a whole; empty where nothing is."""
        return self._recording.loss

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # FFmpeg frees the stream's own figures: read later, they are whatever lies there by then.
        self._at_close = self.duration_s, self.rate_fps
        self._recording.close()

    def __iter__(self) -> Iterator[RawFrame]:
        """Yields the frames to analyse, in order of time; damaged ones are counted and left out.

        Raises:
            SourceError: not one picture could be decoded, or nothing states their time.
        """
        clock = self._clock = self._new_clock()
        pacer = FramePacer(self._analysed_fps, slack_s=0.5 * (self._period_s or 0.0))
        for timed in self._timed(clock):
            frame, stream_s = timed.picture.frame, timed.stream_s
            index = self.frames_read + self.frames_lost
            self.end_s, self._end_s = stream_s, stream_s + clock.step_s
            if frame.is_corrupt:
                self.frames_lost += 1
                continue
            self.frames_read += 1
            if pacer.is_due(stream_s):
                self._check_size(frame.width, frame.height)
                time_ns = self._start_ns + round(stream_s * NS_PER_S)
                stamp = FrameStamp(
                    self._camera_id, index, time_ns, stream_s, (frame.width, frame.height), timed.stretch
                )
                yield raw_frame(frame, stamp, timed.picture.shape)
        if self.frames_read == 0:
            why = (
                "Is the recording of --like the same camera's?" if self.loss else "The file is damaged from its start."
            )
            raise SourceError(f"{self._path}: not one picture could be decoded. {why}")

    def _timed(self, clock: FileClock[_Decoded]) -> Iterator[TimedPicture[_Decoded]]:
        """Every frame that decodes, with its time."""
        try:
            for decoded in self._decoded():
                time_s = None if self._recording.fixed_fps else decoded.frame.time
                yield from clock.put(decoded, None if time_s is None else float(time_s), decoded.byte)
        except ValueError as error:
            raise SourceError(f"{self._path}: {error}. Write it into a container that has them, such as MP4.") from None
        yield from clock.end()

    def _decoded(self) -> Iterator[_Decoded]:
        """Every frame that decodes; a broken packet costs itself and nothing behind it."""
        orientation = Orientation()
        for packet in self._packets():
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                self.frames_lost += 1
                continue
            for frame in frames:
                if isinstance(frame, av.VideoFrame):
                    like = self._recording.shape
                    shape = DisplayShape(
                        like.pixel_aspect or self._pixel_aspect(), orientation.of(frame) or like.matrix
                    )
                    yield _Decoded(frame, shape, packet.pos or 0)

    def _pixel_aspect(self) -> Fraction | None:
        """Shape of a pixel of the newest picture: the container's, until the pictures themselves state another one.

        Recordings of several cameras that were joined may have several.
        """
        stated = self._stream.codec_context.sample_aspect_ratio
        if self._first_aspect is None:
            self._first_aspect = (stated,)
        return self._stream.sample_aspect_ratio if (stated,) == self._first_aspect else stated

    def _packets(self) -> "Iterator[av.Packet[av.stream.Stream]]":
        """The video's packets; of the others no more than when they end."""
        packets = self._container.demux()
        broken_reads = 0
        while broken_reads < BROKEN_READS:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.error.FFmpegError, OSError):
                # A hole in the container. What is missing shows as the share not watched; behind it may be more.
                packets = self._container.demux()
                broken_reads += 1
                continue
            broken_reads = 0
            if packet.stream.index == self._stream.index:
                yield packet
            elif packet.pts is not None and packet.time_base:
                end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                self._others_end_s = max(self._others_end_s, end_s)
