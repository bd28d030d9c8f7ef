"""Writes a film of anonymous pictures, and of no others."""

import contextlib
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import av.error
from av.codec.context import Flags

from passerby.domain.errors import OutputError
from passerby.domain.frames import AnonymousFrame
from passerby.files import partial_file

FORMATS = {".mp4": "mp4", ".webm": "webm", ".mkv": "matroska"}
CODEC = "libvpx-vp9"
"""VP9 plays in every current browser, and libvpx is BSD-licensed, unlike x264, which is GPL."""

CODEC_OPTIONS = {"deadline": "realtime", "cpu-used": "7", "crf": "28", "b": "0", "row-mt": "1"}
TICKS_PER_S = 1000


def check_ending(path: Path) -> None:
    """Raises OutputError where a film's name has no ending of a format that can be written."""
    if path.suffix.lower() not in FORMATS:
        raise OutputError(f"{path}: a film's name ends in {', '.join(FORMATS)}; got '{path.suffix}'. Rename it.")


class FilmWriter:
    """Writes anonymous frames to a film without any metadata; the film appears whole or not at all."""

    def __init__(self, path: Path, size_px: tuple[int, int], rate_fps: float) -> None:
        """Opens the film beside its final path.

        Args:
            path: ends in .mp4, .webm or .mkv.
            size_px: width and height, even.
            rate_fps: nominal rate; the frames' own stamps decide.

        Raises:
            OutputError: another ending, or it cannot be written there.
        """
        check_ending(path)
        self._path = path
        options = {"fflags": "+bitexact"}
        if path.suffix.lower() == ".mp4":
            options["movflags"] = "+faststart"
        rate = Fraction(rate_fps).limit_denominator(1000)
        try:
            with contextlib.ExitStack() as files:
                # FFmpeg reads an .mp4 again at the end, to put its index first: it needs a path, not a stream.
                partial = files.enter_context(partial_file(path, follow=False, durable=False))
                self._open(partial, size_px, rate, options)
                self._file = files.pop_all()
        except (av.error.FFmpegError, OSError) as fault:
            raise OutputError(
                f"{path}: the film cannot be written: {getattr(fault, 'strerror', None) or type(fault).__name__}. "
                "Check that the folder is there and writable."
            ) from None
        self._start_s: float | None = None
        self._last_tick = -1

    def _open(self, partial: Path, size_px: tuple[int, int], rate: Fraction, options: dict[str, str]) -> None:
        kind = FORMATS[self._path.suffix.lower()]
        # With its protocol before it, a colon in a folder's name is no protocol.
        self._container = av.open(f"file:{partial}", "w", format=kind, options=options)
        stream = self._container.add_stream(CODEC, rate=rate, options=CODEC_OPTIONS)
        if not isinstance(stream, av.VideoStream):
            raise OutputError(f"{self._path}: the codec {CODEC} makes no video here. Install PyAV from its own wheels.")
        self._stream = stream
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
        stream.codec_context.flags |= Flags.bitexact
        self._container.start_encoding()

    def write(self, frame: AnonymousFrame) -> None:
        """Adds one frame at its time on the source's clock; raises OutputError where the disk does.

        Raises:
            TypeError: it is no anonymous frame.
        """
        if type(frame) is not AnonymousFrame:
            raise TypeError(f"a film is made of anonymous frames alone, got {type(frame).__name__}")
        picture = av.VideoFrame.from_ndarray(frame.image, format="bgr24")
        self._start_s = frame.stamp.stream_s if self._start_s is None else self._start_s
        tick = max(round((frame.stamp.stream_s - self._start_s) * TICKS_PER_S), self._last_tick + 1)
        picture.pts, picture.time_base, self._last_tick = tick, Fraction(1, TICKS_PER_S), tick
        self._mux(picture)

    def _mux(self, picture: "av.VideoFrame | None") -> None:
        try:
            self._container.mux(self._stream.encode(picture))
        except (av.error.FFmpegError, OSError) as fault:
            raise self._not_whole(fault) from None

    def _not_whole(self, fault: Exception) -> OutputError:
        reason = getattr(fault, "strerror", None) or type(fault).__name__
        return OutputError(f"{self._path}: the film could not be written whole: {reason}. Is the disk full?")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._close(finished=kind is None)
            self._file.__exit__(kind, fault, trace)
        except (av.error.FFmpegError, OSError) as late:
            raise self._not_whole(late) from None

    def _close(self, *, finished: bool) -> None:
        """Writes what the encoder and the container still hold; what could not be written whole is removed."""
        try:
            if finished:
                self._mux(None)
            self._container.close()
        except BaseException as late:
            self._file.__exit__(type(late), late, late.__traceback__)
            raise
