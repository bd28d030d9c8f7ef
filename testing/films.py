"""Short films that tests make for themselves: flat grey pictures whose brightness tells which one they are."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from av.stream import Disposition

FIRST_GREY = 40
GREY_STEP = 6


ONE_SECOND = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def grey_of(number: int) -> int:
    """Brightness of the film's picture of that number; they repeat after 25."""
    return FIRST_GREY + GREY_STEP * (number % 25)


def number_of(luma: npt.NDArray[np.uint8]) -> float:
    """The number of the picture that this luma plane is of, in video range."""
    grey = (float(luma.mean()) - 16) * 255 / 219
    return (grey - FIRST_GREY) / GREY_STEP


def film(
    path: Path,
    *,
    codec: str = "mpeg4",
    times_s: Sequence[float] = ONE_SECOND,
    size_px: tuple[int, int] = (64, 48),
    rate_fps: int = 10,
    container: str | None = None,
    sound: bool = False,
    noisy: bool = False,
    pixel_aspect: Fraction | None = None,
    options: Mapping[str, str] | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Writes a film.

    Args:
        path: the file; its name chooses the container unless `container` does.
        codec: h264, hevc, mpeg4 or mjpeg.
        times_s: when each picture is shown.
        size_px: width and height.
        rate_fps: the rate that the header names.
        container: FFmpeg's name of it.
        sound: add a second of silence as a second stream.
        noisy: fill pictures with noise, so that the file is large enough to be damaged in its middle.
        pixel_aspect: width of a pixel over its height, as the header names it.
        options: the encoder's own.
        metadata: the container's, by FFmpeg's names.
    """
    chance = np.random.default_rng(7)
    with av.open(str(path), "w", format=container) as output:
        output.metadata.update(metadata or {})
        stream = output.add_stream(codec, rate=rate_fps)
        assert isinstance(stream, av.video.stream.VideoStream)
        stream.width, stream.height = size_px
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        # An AVI file has no time stamps: its pictures are one tick apart.
        ticks_a_picture = 1 if path.suffix == ".avi" else 100
        stream.codec_context.time_base = Fraction(1, rate_fps * ticks_a_picture)
        if pixel_aspect is not None:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        if codec == "h264":
            stream.options = {"bf": "0", "g": "10"}
        stream.options = {**stream.options, **(options or {})}
        silence = output.add_stream("mp2", rate=48_000) if sound else None
        for number, time_s in enumerate(times_s):
            picture = np.full((size_px[1], size_px[0], 3), grey_of(number), np.uint8)
            if noisy:
                picture = chance.integers(0, 255, picture.shape, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format=stream.pix_fmt)
            frame.time_base = stream.codec_context.time_base
            frame.pts = round(time_s / frame.time_base)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
        if silence is not None:
            _add_silence(output, silence)
    return path


def side_by_side(
    path: Path,
    films: Sequence[Path],
    dispositions: Sequence[Disposition],
    *,
    container: str | None = None,
) -> Path:
    """Puts the films' pictures into one file, each as a stream of its own, marked with its disposition."""
    with ExitStack() as inputs, av.open(str(path), "w", format=container) as output:
        sources = [inputs.enter_context(av.open(str(film_path), "r")) for film_path in films]
        streams = [output.add_stream_from_template(source.streams.video[0]) for source in sources]
        for stream, disposition in zip(streams, dispositions, strict=True):
            stream.disposition = disposition
        for source, stream in zip(sources, streams, strict=True):
            for packet in source.demux(source.streams.video[0]):
                if packet.dts is not None:
                    packet.stream = stream
                    output.mux(packet)
    return path


def stamped(source: Path, path: Path, stamp_s: Callable[[int, float], float], *, container: str | None = None) -> Path:
    """Copies a film's pictures with other stamps: `stamp_s` is given each picture's number and stamp in seconds.

    Stamps that do not rise get decoding times far below them, without which FFmpeg writes no file.
    """
    with av.open(str(source), "r") as film_file, av.open(str(path), "w", format=container) as output:
        video = film_file.streams.video[0]
        stream = output.add_stream_from_template(video)
        packets = [packet for packet in film_file.demux(video) if packet.pts is not None]
        for number, packet in enumerate(packets):
            packet.pts = round(
                stamp_s(number, float((packet.pts or 0) * (packet.time_base or 0))) / (packet.time_base or 1)
            )
        stamps = [packet.pts or 0 for packet in packets]
        rises = all(before < after for before, after in pairwise(stamps))
        for number, packet in enumerate(packets):
            packet.dts = packet.pts if rises else min(stamps) - 50 * (len(packets) - number)
            packet.stream = stream
            output.mux(packet)
    return path


def silence_beside(source: Path, path: Path, length_s: float, *, loud: bool = False) -> Path:
    """Copies a film's pictures and puts silence of another length beside them, or noise."""
    with av.open(str(source), "r") as film_file, av.open(str(path), "w") as output:
        video = film_file.streams.video[0]
        pictures = output.add_stream_from_template(video)
        silence = output.add_stream("aac" if path.suffix in (".flv", ".mp4") else "mp2", rate=48_000)
        packets: list[Any] = [packet for packet in film_file.demux(video) if packet.dts is not None]
        for packet in packets:
            packet.stream = pictures
        packets += _silence(silence, length_s, loud=loud)
        for packet in sorted(packets, key=lambda each: float(each.dts * each.time_base)):
            output.mux(packet)
    return path


def sound_alone(path: Path) -> Path:
    """A second of silence, and no picture."""
    with av.open(str(path), "w") as output:
        _add_silence(output, output.add_stream("pcm_s16le" if path.suffix == ".wav" else "mp2", rate=48_000))
    return path


def _add_silence(output: "av.container.OutputContainer", stream: "av.audio.stream.AudioStream") -> None:
    for packet in _silence(stream, 1.0):
        output.mux(packet)


def _silence(stream: "av.audio.stream.AudioStream", length_s: float, *, loud: bool = False) -> Iterator[Any]:
    chance = np.random.default_rng(5)
    form = "fltp" if stream.codec_context.name == "aac" else "s16"
    kind = np.float32 if form == "fltp" else np.int16
    for number in range(0, round(48_000 * length_s), 1152):
        wave: Any = chance.normal(0, 0.2 if form == "fltp" else 5000, (1, 1152)) * loud
        frame = av.AudioFrame.from_ndarray(wave.astype(kind), format=form, layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number, Fraction(1, 48_000)
        yield from stream.encode(frame)
    yield from stream.encode(None)


UPRIGHT = bytes.fromhex("00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000")
TURNED = {
    90: bytes.fromhex("00000000 00010000 00000000 ffff0000 00000000 00000000 00000000 00000000 40000000"),
    180: bytes.fromhex("ffff0000 00000000 00000000 00000000 ffff0000 00000000 00000000 00000000 40000000"),
    270: bytes.fromhex("00000000 ffff0000 00000000 00010000 00000000 00000000 00000000 00000000 40000000"),
}
"""Matrices of an MP4's track header: clockwise turns that a player has to make, as telephones write them."""


def turn(path: Path, clockwise_deg: int) -> Path:
    """Marks an MP4 as filmed with a turned camera."""
    before, matrix, behind = path.read_bytes().rpartition(UPRIGHT)
    assert matrix, "no track header"
    path.write_bytes(before + TURNED[clockwise_deg] + behind)
    return path


ANTICLOCKWISE = {"h264": bytes.fromhex("062f0308000980"), "hevc": bytes.fromhex("4e012f0308001880")}
"""Messages that pictures are to be turned by 90 degrees until another one comes (display orientation: ITU-T H.264,
D.1.27, and H.265, D.2.17)."""


def turn_by_message(path: Path, codec: str) -> Path:
    """Puts a message before each key picture of a bare stream that it is to be turned anticlockwise."""
    units = [unit for unit in re.split(rb"\x00\x00\x00?\x01", path.read_bytes()) if unit]

    def begins_key(unit: bytes) -> bool:
        if codec == "h264":
            return unit[0] & 0x1F == 5 and bool(unit[1] & 0x80)
        return 16 <= unit[0] >> 1 & 0x3F <= 21 and bool(unit[2] & 0x80)

    parts = [part for unit in units for part in ([ANTICLOCKWISE[codec], unit] if begins_key(unit) else [unit])]
    path.write_bytes(b"".join(b"\0\0\0\1" + part for part in parts))
    return path
