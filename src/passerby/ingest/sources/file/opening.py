"""Opens a recording by its descriptor, whatever its name is, and chooses the video stream that its container means."""

import re
from io import FileIO
from pathlib import Path
from typing import Final

import av
import av.error
from av.stream import Disposition

from passerby.domain.errors import SourceError
from passerby.units import HOUR_S, MINUTE_S

READ_BYTES: Final = 256 * 1024
"""So much is asked for at once; FFmpeg's own 32 KiB are eight times as many calls into Python."""

PREVIEW_SHARE: Final = 1 / 8
"""Of two streams, one with less than this of the other's area or length is its preview (of 4K, 1/9 or 1/20)."""

_PICTURES = Disposition.attached_pic | Disposition.timed_thumbnails
_CLOCK_TIME = re.compile(r"(\d{1,6}):(\d{2}):(\d{2}(?:\.\d{1,12})?)")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")


class _NamelessFile(FileIO):
    """A file as FFmpeg reads it: bytes, and of its name no more than the ending.

    FFmpeg takes `12:30.mp4` for a protocol, `%d.png` for a row of pictures, and more; what it does not see, it cannot
    take for anything.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)  # not buffered: FFmpeg has a buffer of its own
        self.name = "recording" + (path.suffix if _ENDING.fullmatch(path.suffix) else "")


class OpenRecording:
    """A recording's container and the stream of its film.

    Attributes:
        container, stream: as PyAV has them.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file.

        Raises:
            SourceError: there is no such file, or no film in it.
        """
        _check_file(path)
        try:
            file = _NamelessFile(path)
        except OSError as error:
            raise SourceError(f"{path}: the file cannot be opened: {error.strerror}. Check its permissions.") from None
        self._file = file
        try:
            # No protocol is allowed: a playlist must lead neither to other machines nor to other files of this one.
            options = {"protocol_whitelist": "none", "allowed_media_types": "video"}
            self.container = av.open(file, "r", options=options, metadata_errors="replace", buffer_size=READ_BYTES)
        except (av.error.FFmpegError, OSError, ValueError) as error:
            file.close()
            raise SourceError(
                f"{path}: no video could be read: {getattr(error, 'strerror', None) or type(error).__name__}. "
                "Play it with another program, or convert it to MP4, to see whether the file is whole."
            ) from None
        try:
            self.stream = _film_stream(path, self.container)
        except BaseException:
            self.close()
            raise
        self.stream.thread_type = "AUTO"

    def close(self) -> None:
        """Closes the file."""
        self.container.close()
        self._file.close()


def _check_file(path: Path) -> None:
    try:
        there, folder, empty = path.exists(), path.is_dir(), path.exists() and path.stat().st_size == 0
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this is no name of a file"
        raise SourceError(f"{path}: the file cannot be looked at: {reason}. Check the path.") from None
    if not there:
        raise SourceError(f"{path}: there is no such file. Check the path.")
    if folder:
        raise SourceError(f"{path}: this is a folder. Name one video file in it.")
    if empty:
        raise SourceError(f"{path}: the file is empty (0 bytes). Copy it again from its camera.")


def _film_stream(path: Path, container: "av.container.InputContainer") -> "av.video.stream.VideoStream":
    """Returns the stream to show: what is no cover, preview or single picture, then by default flag and size.

    Raises:
        SourceError: there is none, or only a cover picture, or nothing here decodes it.
    """
    videos = list(container.streams.video)
    if not videos:
        raise SourceError(f"{path}: there is no video stream in this file. Name a file with pictures.")
    films = [stream for stream in videos if not stream.disposition & _PICTURES]
    if not films:
        raise SourceError(f"{path}: there is no film in this file, only a cover picture. Name a file with a film.")
    # PyAV gives a stream no context where FFmpeg has no decoder for it.
    decodable = [stream for stream in films if stream.codec_context is not None]
    if not decodable:
        raise SourceError(f"{path}: nothing here decodes its video stream. Convert it to H.264 in MP4.")
    largest_px, longest_s = max(map(_area_px, decodable)), max(map(stream_length_s, decodable))

    def rank(stream: "av.video.stream.VideoStream") -> tuple[bool, bool, bool, int, int, int]:
        length_s = stream_length_s(stream)
        single = stream.frames == 1 or 0 < length_s < PREVIEW_SHARE * longest_s
        preview = _area_px(stream) < PREVIEW_SHARE * largest_px or bool(stream.disposition & Disposition.still_image)
        default = bool(stream.disposition & Disposition.default)
        return not single, not preview, default, _area_px(stream), stream.bit_rate or 0, -stream.index

    return max(decodable, key=rank)


def stream_length_s(stream: "av.video.stream.VideoStream") -> float:
    """Returns the length in seconds that the header gives this stream itself; 0 where it gives none."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    # Matroska names a track's length in a tag, as DURATION or DURATION-eng; the file's own is that of its longest.
    for name, text in stream.metadata.items():
        time = _CLOCK_TIME.match(text) if name.partition("-")[0].upper() == "DURATION" else None
        if time:
            return int(time[1]) * HOUR_S + int(time[2]) * MINUTE_S + float(time[3])
    return 0.0


def _area_px(stream: "av.video.stream.VideoStream") -> int:
    return stream.codec_context.width * stream.codec_context.height
