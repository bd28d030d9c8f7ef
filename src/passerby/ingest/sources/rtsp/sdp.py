"""Session descriptions (RFC 8866): which of a camera's tracks are pictures that passerby decodes."""

import base64
import binascii
from dataclasses import dataclass, field

from passerby.ingest.sources.coded_pictures import Codec, Track
from passerby.ingest.sources.errors import StreamError, quoted
from passerby.text import whole_number

START_CODE = b"\0\0\0\1"
_CODECS = {"H264": Codec.H264, "H265": Codec.H265, "HEVC": Codec.H265, "MP4V-ES": Codec.MPEG4, "JPEG": Codec.MJPEG}
_JPEG_TYPE = 26
"""RFC 3551's fixed payload type; needs no rtpmap."""


@dataclass(slots=True)
class Media:
    """One `m=` section.

    Attributes:
        kind: video, audio, application ...
        payload_type: of its RTP packets.
        encoding: name in upper case, empty where the section names none.
        clock_hz: of its time stamps.
        parameters: of its format.
        control: where it is set up.
    """

    kind: str
    payload_type: int
    encoding: str = ""
    clock_hz: int = 90_000
    parameters: dict[str, str] = field(default_factory=dict)
    control: str = ""


@dataclass(frozen=True, slots=True)
class StreamDescription:
    """The one track that is decoded.

    Attributes:
        track: how its pictures are coded.
        payload_type: of its RTP packets.
        control: where it is set up; may be relative.
        session_control: where everything is played; empty where the description names none.
    """

    track: Track
    payload_type: int
    control: str
    session_control: str


def parse_description(text: str) -> StreamDescription:
    """Returns the first track of pictures in a codec that is decoded here.

    Raises:
        StreamError: there is none.
    """
    session_control, sections = _sections(text)
    pictures = [media for media in sections if media.kind == "video"]
    for media in pictures:
        codec = _CODECS.get(media.encoding)
        if codec is not None:
            track = Track(codec, _settings(codec, media.parameters), media.clock_hz)
            return StreamDescription(track, media.payload_type, media.control, session_control)
    if not pictures:
        raise StreamError("the stream holds no pictures. Check the path in the address.")
    others = ", ".join(quoted(media.encoding or f"payload type {media.payload_type}") for media in pictures[:4])
    raise StreamError(f"the pictures are coded as {others}. Set the camera to H.264, H.265, MPEG-4 or MJPEG.")


def _sections(text: str) -> tuple[str, list[Media]]:
    session_control = ""
    sections: list[Media] = []
    for row in text.replace("\r", "\n").split("\n"):
        letter, _, value = row.strip().partition("=")
        if letter == "m":
            words = value.split()
            kind = whole_number(words[3]) if len(words) >= 4 else None
            if kind is not None:
                sections.append(Media(words[0].lower(), kind, "JPEG" if kind == _JPEG_TYPE else ""))
            else:
                sections.append(Media("unknown", -1))
        elif letter == "a" and sections:
            _add_attribute(sections[-1], value)
        elif letter == "a" and value.startswith("control:"):
            session_control = value.removeprefix("control:").strip()
    return session_control, sections


def _add_attribute(media: Media, value: str) -> None:
    name, _, rest = value.partition(":")
    first, _, others = rest.strip().partition(" ")
    if name == "control":
        media.control = rest.strip()
    elif name == "rtpmap" and first == str(media.payload_type):
        encoding, _, clock = others.strip().partition("/")
        media.encoding = encoding.upper()
        ticks = whole_number(clock.partition("/")[0])
        if ticks and ticks <= 1_000_000:
            media.clock_hz = ticks
    elif name == "fmtp" and first == str(media.payload_type):
        for parameter in others.split(";"):
            key, _, setting = parameter.strip().partition("=")
            media.parameters[key.lower()] = setting.strip()


def _settings(codec: Codec, parameters: dict[str, str]) -> bytes:
    if codec is Codec.MPEG4:
        try:
            return bytes.fromhex(parameters.get("config", ""))
        except ValueError:
            return b""
    names = {Codec.H264: ("sprop-parameter-sets",), Codec.H265: ("sprop-vps", "sprop-sps", "sprop-pps")}.get(codec, ())
    units = [unit for name in names for unit in parameters.get(name, "").split(",") if unit]
    try:
        # What is damaged here comes again in the stream itself.
        return b"".join(START_CODE + base64.b64decode(unit, validate=True) for unit in units)
    except (binascii.Error, ValueError):
        return b""
