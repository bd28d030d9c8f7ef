"""A recorded video as a source of raw frames."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Self

import av
import av.error

from passerby.domain.errors import SourceError
from passerby.domain.frames import FrameStamp
from passerby.ingest.raw import RawFrame
from passerby.ingest.sources.clock import FramePacer, StreamClock
from passerby.ingest.sources.decoder import MAX_PICTURE_PX, MIN_SIDE_PX, raw_frame
from passerby.units import NS_PER_S

BROKEN_READS = 1000
"""So many failed reads in a row are the file's end; after fewer the container may find its way again."""

_NO_TIME_STAMPS = 0x80
"""AVFMT_NOTIMESTAMPS: the format holds pictures alone, and FFmpeg makes their times up."""


class VideoFile:
    """Frames of a file in any container that FFmpeg reads, with time from the frames' own stamps.

    Attributes:
        frames_read: pictures decoded so far.
        frames_lost: pictures known to be damaged or undecodable so far.
    """

    def __init__(self, path: Path, camera_id: str, *, analysed_fps: float | None = None, start_ns: int = 0) -> None:
        """Opens the file.

        Args:
            path: the video.
            camera_id: whose frames these are.
            analysed_fps: how many frames a second to return, None for all.
            start_ns: UTC nanoseconds of the first frame.

        Raises:
            SourceError: there is no such file, or no video in it that could be shown.
        """
        self._path, self._camera_id, self._start_ns = path, camera_id, start_ns
        self._analysed_fps = analysed_fps
        self.frames_read = 0
        self.frames_lost = 0
        self._end_s = 0.0
        self._container, self._stream = self._open()

    def _open(self) -> tuple["av.container.InputContainer", "av.video.stream.VideoStream"]:
        if not self._path.exists():
            raise SourceError(f"{self._path}: there is no such file. Check the path.")
        if self._path.is_dir():
            raise SourceError(f"{self._path}: this is a folder. Name one video file in it.")
        if self._path.stat().st_size == 0:
            raise SourceError(f"{self._path}: the file is empty (0 bytes). Copy it again from its camera.")
        try:
            # Playlists and the like must not lead to other machines; audio is never opened.
            container = av.open(str(self._path), options={"protocol_whitelist": "file", "allowed_media_types": "video"})
        except (av.error.FFmpegError, OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise SourceError(
                f"{self._path}: no video could be read: {reason}. "
                "Play it with another program, or convert it to MP4, to see whether the file is whole."
            ) from None
        if not container.streams.video:
            container.close()
            raise SourceError(f"{self._path}: there is no video stream in this file. Name a file with pictures.")
        stream = container.streams.video[0]
        try:
            self._check_size(stream.codec_context.width, stream.codec_context.height)
        except SourceError:
            container.close()
            raise
        stream.thread_type = "AUTO"
        return container, stream

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
        """Width and height as the file's header states, before any rotation."""
        return self._stream.codec_context.width, self._stream.codec_context.height

    @property
    def rate_fps(self) -> float | None:
        """The nominal frame rate, None where the file names none."""
        rate: Fraction | None = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate else None

    @property
    def duration_s(self) -> float:
        """How long the file claims to be; where it claims nothing, how long it has been so far."""
        # A cut AVI file has its length worked out anew from what is left, but still names its number of pictures.
        is_avi = self._container.format.name == "avi"
        named_s = self._stream.frames / self.rate_fps if is_avi and self.rate_fps else 0.0
        claimed_s = 0.0
        if self._stream.duration and self._stream.time_base:
            claimed_s = float(self._stream.duration * self._stream.time_base)
        elif self._container.duration:
            claimed_s = self._container.duration / av.time_base
        return max(claimed_s, named_s, self._end_s)

    @property
    def has_time_stamps(self) -> bool:
        """Whether the file states when its pictures were taken; if not, times rest on a frame rate that is a guess."""
        return not self._container.format.flags & _NO_TIME_STAMPS

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    def __iter__(self) -> Iterator[RawFrame]:
        """Yields the frames to analyse, in order of time; damaged ones are counted and left out.

        Raises:
            SourceError: not one picture could be decoded, or nothing states their time.
        """
        period_s = 1.0 / self.rate_fps if self.rate_fps else None
        clock = StreamClock(period_s)
        pacer = FramePacer(self._analysed_fps, slack_s=0.5 * (period_s or 0.0))
        for frame in self._decoded():
            try:
                stream_s = clock.read(None if frame.time is None else float(frame.time))
            except ValueError as error:
                raise SourceError(
                    f"{self._path}: {error}. Write it into a container that has them, such as MP4."
                ) from None
            index = self.frames_read + self.frames_lost
            self._end_s = stream_s + (period_s or 0.0)
            if frame.is_corrupt:
                self.frames_lost += 1
                continue
            self.frames_read += 1
            if pacer.is_due(stream_s):
                self._check_size(frame.width, frame.height)
                time_ns = self._start_ns + round(stream_s * NS_PER_S)
                size_px = (
                    (frame.width, frame.height) if round(frame.rotation / 90) % 2 == 0 else (frame.height, frame.width)
                )
                stamp = FrameStamp(self._camera_id, index, time_ns, stream_s, size_px, clock.stretch)
                yield raw_frame(frame, stamp)
        if self.frames_read == 0:
            raise SourceError(f"{self._path}: not one picture could be decoded. The file is damaged from its start.")

    def _decoded(self) -> "Iterator[av.VideoFrame]":
        """Every frame that decodes; a broken packet costs itself and nothing behind it."""
        packets = self._container.demux(self._stream)
        broken_reads = 0
        while broken_reads < BROKEN_READS:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except (av.error.FFmpegError, OSError):
                # A hole in the container. What is missing shows as the share not watched; behind it may be more.
                packets = self._container.demux(self._stream)
                broken_reads += 1
                continue
            broken_reads = 0
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                self.frames_lost += 1
                continue
            for frame in frames:
                if isinstance(frame, av.VideoFrame):
                    yield frame
