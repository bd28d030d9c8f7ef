"""Opens a recording by its descriptor, whatever its name is, and chooses the video stream that its container means."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import SEEK_CUR, FileIO
from itertools import islice
from pathlib import Path
from typing import Final

import av
import av.error
from av.stream import Disposition

from passerby.domain.errors import SourceError
from passerby.ingest.display_shape import AS_CODED, DisplayShape, display_matrix
from passerby.ingest.sources.file.salvage import (
    Headers,
    SalvagedStream,
    end_of_whole_parts,
    headers_of,
    headers_within,
    stretches_of_data,
)
from passerby.units import HOUR_S, MINUTE_S

READ_BYTES: Final = 256 * 1024
"""So much is asked for at once; FFmpeg's own 32 KiB are eight times as many calls into Python."""

PREVIEW_SHARE: Final = 1 / 8
"""Of two streams, one with less than this of the other's area, length or pictures is its preview (of 4K, 1/9 or 1/20 of
the area; thumbnails come every few seconds)."""

COMPARED_PACKETS: Final = 400
"""So many are read to compare the streams of a file whose header does not say how many pictures each has."""

TS_PACKET_BYTES: Final = 188
TS_PACKETS: Final = 10
"""So many packets in a row begin with `TS_SYNC` (ISO/IEC 13818-1, 2.4.3.2): one in 10^24 for bytes by chance."""

TS_SYNC: Final = 0x47

NO_TIME_STAMPS: Final = 0x80
"""AVFMT_NOTIMESTAMPS: the format holds pictures alone, and FFmpeg makes their times up."""

_PICTURES = Disposition.attached_pic | Disposition.timed_thumbnails
_CLOCK_TIME = re.compile(r"(\d{1,6}):(\d{2}):(\d{2}(?:\.\d{1,12})?)")
_UNREADABLE = (av.error.FFmpegError, OSError, ValueError)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")


class _NamelessFile(FileIO):
    """A file as FFmpeg reads it: bytes, and of its name no more than the ending.

    FFmpeg takes `12:30.mp4` for a protocol, `%d.png` for a row of pictures, and more; what it does not see, it cannot
    take for anything.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)  # not buffered: FFmpeg has a buffer of its own
        self.name = "recording" + (path.suffix if _ENDING.fullmatch(path.suffix) else "")
        self.end: int | None = None
        """Where reading ends, in bytes; None for the file's own end."""

    def read(self, size: int | None = -1) -> bytes:
        """Returns the next bytes, at most `size`."""
        if self.end is None or size is None or size < 0:
            return super().read(size) or b""
        return super().read(max(0, min(size, self.end - self.seek(0, SEEK_CUR)))) or b""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the user knows of a recording that does not say it itself.

    Attributes:
        like: a whole recording of the same camera, with the same settings.
        recorded_fps: pictures a second.
    """

    like: Path | None = None
    recorded_fps: float | None = None


NO_HINTS: Final = Hints()


class OpenRecording:
    """A recording's container and the stream of its film.

    Attributes:
        container, stream: as PyAV has them.
        fixed_fps: the rate of pictures without stamps; None where they have some, or their rate is not known.
        loss: one sentence on what is missing of the container itself; empty where nothing is.
        shape: how its pictures are meant to be seen, as the whole recording of `Hints.like` says, where that is read.
    """

    def __init__(self, path: Path, hints: Hints = NO_HINTS) -> None:
        """Opens the file.

        Raises:
            SourceError: there is no such file, or no film in it.
        """
        _check_file(path)
        self.fixed_fps, self.loss, self.shape = hints.recorded_fps, "", AS_CODED
        try:
            file = _NamelessFile(path)
        except OSError as error:
            raise SourceError(f"{path}: the file cannot be opened: {error.strerror}. Check its permissions.") from None
        self._file: FileIO | SalvagedStream = file
        self._demuxed = False
        try:
            self.container, self._kind = _opened(file, path)
        except _UNREADABLE as error:
            file.close()
            self._salvage(path, hints, getattr(error, "strerror", None) or type(error).__name__)
        try:
            films = _films(path, self.container)
            pictures = self._pictures(films) if len(films) > 1 else {}
            self.stream = _best(films, pictures)
            if self._demuxed:
                self._begin_again(self.stream.index)
        except BaseException:
            self.close()
            raise
        if not self.container.format.flags & NO_TIME_STAMPS:
            self.fixed_fps = None
        self.stream.thread_type = "AUTO"

    def _pictures(self, films: "list[av.video.stream.VideoStream]") -> dict[int, int]:
        """How many pictures each stream has: by the header, or among the first packets."""
        counts = {stream.index: stream.frames for stream in films}
        if all(counts.values()):
            return counts
        counts, self._demuxed = dict.fromkeys(counts, 0), True
        with suppress(*_UNREADABLE):
            for packet in islice(self.container.demux(films), COMPARED_PACKETS):
                counts[packet.stream.index] += bool(packet.size)
        return counts

    def _begin_again(self, index: int) -> None:
        """Opens the container anew and as before, for it has been read from."""
        self.container.close()
        self._file.seek(0)
        self.container = _container(self._file, self._kind)
        self.stream = next(stream for stream in self.container.streams.video if stream.index == index)

    def _salvage(self, path: Path, hints: Hints, reason: str) -> None:
        """Opens the pictures of a file that broke off before its index.

        Raises:
            SourceError: it is no such file, or nothing says how its pictures are coded.
        """
        stretches = stretches_of_data(path)
        if not stretches:
            raise SourceError(
                f"{path}: no video could be read: {reason}. "
                "Play it with another program, or convert it to MP4, to see whether the file is whole."
            )
        headers = headers_within(path, stretches) if hints.like is None else self._headers_of(hints.like)
        if headers is None:
            raise SourceError(
                f"{path}: no video could be read: the file breaks off before its index (moov), and nothing in it "
                "says how its pictures are coded. Name a whole recording of the same camera, with the same settings: "
                "--like FILE."
            )
        self._file, self._kind = SalvagedStream(path, stretches, headers), headers.syntax.name
        try:
            self.container = _container(self._file, self._kind)
        except _UNREADABLE:
            self._file.close()
            raise SourceError(
                f"{path}: no video could be read: the file breaks off before its index (moov), and no picture was "
                "found in it. Copy it again from its camera."
            ) from None
        self.loss = "The file breaks off before its index: what was found of its pictures was read"
        self.loss += f", at {self.fixed_fps:g} pictures a second." if self.fixed_fps else "."

    def _headers_of(self, like: Path) -> Headers:
        """How the pictures of a whole recording are coded, and their rate.

        Raises:
            SourceError: it cannot be read, or is of another kind.
        """
        whole = OpenRecording(like)
        try:
            headers, rate = headers_of(whole.stream), whole.stream.average_rate
            self.shape = _shape_of(whole)
        finally:
            whole.close()
        if headers is None or whole.loss:
            raise SourceError(f"{like}: a whole MP4 with H.264 or H.265 is needed to read another one by. Name one.")
        self.fixed_fps = self.fixed_fps or (float(rate) if rate else None)
        return headers

    def close(self) -> None:
        """Closes the file."""
        self.container.close()
        self._file.close()


def _shape_of(whole: OpenRecording) -> DisplayShape:
    """How a recording's pictures are meant to be seen: its index says so, which one that broke off has not."""
    matrix = None
    with suppress(*_UNREADABLE, StopIteration):
        matrix = display_matrix(next(frame for frame in whole.container.decode(whole.stream)))
    return DisplayShape(whole.stream.sample_aspect_ratio, matrix)


def _opened(file: _NamelessFile, path: Path) -> "tuple[av.container.InputContainer, str | None]":
    """Returns the container, and the format that it was opened as; None where FFmpeg chose it."""
    kind = "mpegts" if _is_transport_stream(file) else None
    try:
        return _container(file, kind), kind
    except _UNREADABLE:
        file.end = end_of_whole_parts(path)
        if file.end is None:
            raise
    file.seek(0)
    return _container(file), None


def _is_transport_stream(file: _NamelessFile) -> bool:
    """Whether it is an MPEG-TS; FFmpeg takes what was cut out of a longer one, without its tables, for other things."""
    first = file.read(TS_PACKET_BYTES * (TS_PACKETS + 1))
    file.seek(0)
    return any(
        len(first) >= begin + TS_PACKET_BYTES * TS_PACKETS
        and set(first[begin : begin + TS_PACKET_BYTES * TS_PACKETS : TS_PACKET_BYTES]) == {TS_SYNC}
        for begin in range(TS_PACKET_BYTES)
    )


def _container(file: FileIO | SalvagedStream, kind: str | None = None) -> "av.container.InputContainer":
    # No protocol is allowed: a playlist must lead neither to other machines nor to other files of this one.
    options = {"protocol_whitelist": "none", "allowed_media_types": "video"}
    return av.open(file, "r", format=kind, options=options, metadata_errors="replace", buffer_size=READ_BYTES)


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


def _films(path: Path, container: "av.container.InputContainer") -> "list[av.video.stream.VideoStream]":
    """Returns the streams that are no covers and that can be decoded.

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
    return decodable


def _best(films: "list[av.video.stream.VideoStream]", pictures: Mapping[int, int]) -> "av.video.stream.VideoStream":
    """Returns the stream to show: what is no preview or single picture, then by default flag and size."""
    largest_px, longest_s = max(map(_area_px, films)), max(map(stream_length_s, films))
    largest = max(pictures.values(), default=0)

    def rank(stream: "av.video.stream.VideoStream") -> tuple[bool, bool, bool, int, int, int]:
        length_s = stream_length_s(stream)
        few = pictures.get(stream.index, largest) < PREVIEW_SHARE * largest
        single = few or stream.frames == 1 or 0 < length_s < PREVIEW_SHARE * longest_s
        preview = _area_px(stream) < PREVIEW_SHARE * largest_px or bool(stream.disposition & Disposition.still_image)
        default = bool(stream.disposition & Disposition.default)
        return not single, not preview, default, _area_px(stream), stream.bit_rate or 0, -stream.index

    return max(films, key=rank)


def stream_length_s(stream: "av.video.stream.VideoStream") -> float:
    """Returns the length in seconds that the header gives this stream itself; 0 where it gives none."""
    # Matroska names a track's length in a tag, as DURATION or DURATION-eng; the file's own is that of its longest, and
    # FFmpeg gives that to the first track as well.
    for name, text in stream.metadata.items():
        time = _CLOCK_TIME.match(text) if name.partition("-")[0].upper() == "DURATION" else None
        if time:
            return int(time[1]) * HOUR_S + int(time[2]) * MINUTE_S + float(time[3])
    return float(stream.duration * stream.time_base) if stream.duration and stream.time_base else 0.0


def _area_px(stream: "av.video.stream.VideoStream") -> int:
    return stream.codec_context.width * stream.codec_context.height
