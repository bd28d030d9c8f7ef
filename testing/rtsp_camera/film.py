"""A recording as a camera sends it: cut into RTP packets once, and sent as often as anybody looks."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Final, cast

import av
import av.container

PACKET_BYTES: Final = 1400
LONGEST_GROUP_S: Final = 2.5
"""A recording with rarer key pictures is coded anew, so that who connects sees something soon."""

GROUP_S: Final = 1.0
RTP_CODECS: Final = ("h264", "hevc", "mpeg4", "mjpeg")
PAYLOAD_TYPES: Final = {"h264": 96, "hevc": 96, "mpeg4": 96, "mjpeg": 26}


@dataclass(frozen=True, slots=True)
class Picture:
    """One coded picture.

    Attributes:
        send_s: when it is sent, from the film's start.
        shown_s: when it is shown; later than it is sent where pictures are reordered.
        key: it needs no other.
        payloads: what its RTP packets carry.
    """

    send_s: float
    shown_s: float
    key: bool
    payloads: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Film:
    """A recording in packets.

    Attributes:
        codec: FFmpeg's name.
        size_px: width and height.
        pictures: in the order in which they are sent; the first is a key picture.
        length_s: from the first picture's time to the first of the next round.
        parameters: what its SDP says of the format.
        head: parameter sets that are sent before each key picture.
    """

    codec: str
    size_px: tuple[int, int]
    pictures: tuple[Picture, ...]
    length_s: float
    parameters: str
    head: tuple[bytes, ...]

    @property
    def media(self) -> str:
        """The section of an SDP that describes it."""
        kind = PAYLOAD_TYPES[self.codec]
        names = {"h264": "H264", "hevc": "H265", "mpeg4": "MP4V-ES", "mjpeg": "JPEG"}
        rows = [f"m=video 0 RTP/AVP {kind}", f"a=rtpmap:{kind} {names[self.codec]}/90000"]
        if self.parameters:
            rows.append(f"a=fmtp:{kind} {self.parameters}")
        return "\r\n".join([*rows, "a=control:trackID=0", ""])


def opened(recording: Path, folder: Path) -> Film:
    """The film of a recording; coded anew into `folder` where it is no H.264 with key pictures often enough."""
    if not _streamable(recording):
        known = recording.stat()
        name = hashlib.sha256(f"{recording.resolve()} {known.st_size} {known.st_mtime_ns}".encode()).hexdigest()[:16]
        coded = folder / f"{name}.mp4"
        if not coded.exists():
            folder.mkdir(parents=True, exist_ok=True)
            unfinished = coded.with_suffix(".unfinished.mp4")
            encode(recording, unfinished)
            unfinished.rename(coded)
        recording = coded
    return packed(recording)


def _streamable(recording: Path) -> bool:
    with av.open(str(recording)) as container:
        stream = container.streams.video[0]
        if stream.codec_context.name != "h264" or not (stream.codec_context.extradata or b"").startswith(b"\x01"):
            return False
        times_s = [
            float(packet.pts * packet.time_base)
            for packet in container.demux(stream)
            if packet.is_keyframe and packet.pts is not None and packet.time_base is not None
        ]
        end_s = float((stream.duration or 0) * (stream.time_base or 0))
    gaps_s = [later - earlier for earlier, later in zip(times_s, [*times_s[1:], end_s], strict=True)]
    return bool(gaps_s) and max(gaps_s) <= LONGEST_GROUP_S


def encode(
    recording: Path, coded: Path, codec: str = "h264", *, slices: int = 1, size_px: tuple[int, int] | None = None
) -> None:
    """Codes a recording anew as cameras do: no reordering, a key picture a second, cheaply; `slices` to a picture.

    With `size_px` it becomes a sub-stream of that width and height.
    """
    h265 = f"log-level=none:bframes=0:slices={slices}"
    options = {
        "h264": {"preset": "ultrafast", "tune": "zerolatency", "crf": "20", "slices": str(slices)},
        "hevc": {"preset": "ultrafast", "tune": "zerolatency", "x265-params": h265},
        "mpeg4": {"qscale": "3", "sc_threshold": "1000000000"},
        # FFmpeg's RTP leaves the restart marks out that several threads would put in.
        "mjpeg": {"huffman": "default", "threads": "1"},
    }[codec]
    encoder = {"h264": "libx264", "hevc": "libx265"}.get(codec, codec)
    with av.open(str(recording)) as source, av.open(str(coded), "w") as output:
        pictures = source.streams.video[0]
        rate = Fraction(pictures.average_rate or pictures.guessed_rate or 25).limit_denominator(1001)
        stream = cast("av.VideoStream", output.add_stream(encoder, rate=rate, options=options))
        stream.width, stream.height = size_px or (pictures.codec_context.width, pictures.codec_context.height)
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = max(1, round(GROUP_S * rate))
        for number, frame in enumerate(source.decode(pictures)):
            picture = frame.reformat(stream.width, stream.height, stream.pix_fmt, interpolation="AREA")
            picture.pts, picture.time_base = number, 1 / rate
            picture.pict_type = av.video.frame.PictureType.NONE
            output.mux(stream.encode(picture))
        output.mux(stream.encode(None))


class _PacketCatcher:
    """Takes what FFmpeg's RTP muxer writes, a packet a call."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []

    def write(self, packet: bytes) -> int:
        self.packets.append(bytes(packet))
        return len(packet)


def packed(recording: Path) -> Film:
    """The film of a recording whose codec RTP knows, as it is.

    Raises:
        ValueError: the codec is none of `RTP_CODECS`.
    """
    with av.open(str(recording)) as source:
        stream = source.streams.video[0]
        context = stream.codec_context
        if context.name not in RTP_CODECS:
            raise ValueError(f"{recording}: {context.name} is not sent over RTP here")
        catcher = _PacketCatcher()
        pictures: list[Picture] = []
        with av.open(cast("str", catcher), "w", format="rtp", options={"packetsize": str(PACKET_BYTES)}) as output:
            sent = output.add_stream_from_template(stream)
            for packet in source.demux(stream):
                if packet.pts is None or packet.dts is None or packet.time_base is None:
                    continue
                send_s, shown_s = float(packet.dts * packet.time_base), float(packet.pts * packet.time_base)
                key = packet.is_keyframe
                packet.stream = sent
                output.mux_one(packet)
                pictures.append(Picture(send_s, shown_s, key, ()))
        size_px = context.width, context.height
        parameters, head = _parameters(context.name, context.extradata or b"")
        rate = float(stream.average_rate or 25)
    payloads = list(_pictures_payloads(catcher.packets))
    if len(payloads) != len(pictures):
        raise ValueError(f"{recording}: {len(pictures)} pictures became {len(payloads)} in RTP")
    first_s = pictures[0].send_s
    timed = tuple(
        replace(one, send_s=one.send_s - first_s, shown_s=one.shown_s - first_s, payloads=parts)
        for one, parts in zip(pictures, payloads, strict=True)
    )
    return Film(context.name, size_px, timed, timed[-1].send_s + 1 / rate, parameters, head)


def _pictures_payloads(packets: list[bytes]) -> Iterator[tuple[bytes, ...]]:
    """The payloads of each picture: of the packets up to the one that is marked as its last."""
    payloads: list[bytes] = []
    for packet in packets:
        if packet[1] in range(200, 205):  # RTCP
            continue
        payloads.append(packet[12:])
        if packet[1] & 0x80:
            yield tuple(payloads)
            payloads = []


def _parameters(codec: str, extradata: bytes) -> tuple[str, tuple[bytes, ...]]:
    """The format's parameters for the SDP, and the parameter sets themselves."""
    if codec == "mpeg4":
        return f"profile-level-id=1;config={extradata.hex()}", ()
    if codec == "h264":
        units = tuple(_avcc_units(extradata))
        sets = ",".join(base64.b64encode(unit).decode() for unit in units)
        return f"packetization-mode=1;profile-level-id={extradata[1:4].hex()};sprop-parameter-sets={sets}", units
    if codec == "hevc":
        units = tuple(_hvcc_units(extradata))
        names = {32: "sprop-vps", 33: "sprop-sps", 34: "sprop-pps"}
        reported = [(names.get(unit[0] >> 1 & 0x3F), base64.b64encode(unit).decode()) for unit in units]
        return ";".join(f"{name}={text}" for name, text in reported if name), units
    return "", ()


def _avcc_units(extradata: bytes) -> Iterator[bytes]:
    """Parameter sets of an `avcC` box (ISO 14496-15, 5.3.3)."""
    at, count = 6, extradata[5] & 0x1F
    for _ in range(2):
        for _ in range(count):
            length = int.from_bytes(extradata[at : at + 2], "big")
            yield extradata[at + 2 : at + 2 + length]
            at += 2 + length
        count = extradata[at] if at < len(extradata) else 0
        at += 1


def _hvcc_units(extradata: bytes) -> Iterator[bytes]:
    """Parameter sets of an `hvcC` box (ISO 14496-15, 8.3.3)."""
    at = 23
    for _ in range(extradata[22]):
        kind, count = extradata[at] & 0x3F, int.from_bytes(extradata[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            length = int.from_bytes(extradata[at : at + 2], "big")
            if kind in (32, 33, 34):
                yield extradata[at + 2 : at + 2 + length]
            at += 2 + length
