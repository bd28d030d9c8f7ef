"""Session descriptions (RFC 8866): which of a camera's tracks are pictures that passerby decodes."""

import base64
import string
from collections.abc import Callable
from dataclasses import dataclass, field

from passerby.ingest.sources.coded_pictures import START_CODE, Codec, Track
from passerby.ingest.sources.errors import StreamError, quoted
from passerby.text import whole_number

_CODECS = {"H264": Codec.H264, "H265": Codec.H265, "HEVC": Codec.H265, "MP4V-ES": Codec.MPEG4, "JPEG": Codec.MJPEG}
_BASE64 = frozenset(string.ascii_letters + string.digits + "+/")
_URL_SAFE = str.maketrans("-_", "+/")
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
            key, _, setting = (part.strip() for part in parameter.partition("="))
            before = media.parameters.get(key.lower())
            # Parameter sets may be spread over several lines.
            further = before and key.lower().startswith("sprop-") and setting
            media.parameters[key.lower()] = f"{before},{setting}" if further else setting


def _settings(codec: Codec, parameters: dict[str, str]) -> bytes:
    if codec is Codec.MPEG4:
        try:
            return bytes.fromhex(parameters.get("config", ""))
        except ValueError:
            return b""
    sets = "sprop-parameter-sets"
    names = {Codec.H264: (sets,), Codec.H265: ("sprop-vps", "sprop-sps", "sprop-pps", sets)}.get(codec, ())
    units = [unit for name in names for text in parameters.get(name, "").split(",") for unit in _units(text)]
    # What is damaged here comes again in the stream itself.
    return b"".join(START_CODE + unit for unit in units if _KINDS[codec](unit))


def _units(text: str) -> list[bytes]:
    """Returns the parameter sets in one word of a description: base64, with or without its `=` and in both alphabets.

    Some cameras leave Annex B's start codes in, and then mostly put several sets into one word.
    """
    letters = "".join(letter for letter in text.translate(_URL_SAFE) if letter in _BASE64)
    usable = letters[: len(letters) - (len(letters) % 4 == 1)]
    content = base64.b64decode(usable + "=" * (-len(usable) % 4))
    if not content.startswith((START_CODE, START_CODE[1:])):
        return [content]
    return [unit.rstrip(b"\0") for unit in content.split(START_CODE[1:])]


_KINDS: dict[Codec, Callable[[bytes], bool]] = {
    Codec.H264: lambda unit: len(unit) > 1 and unit[0] & 0x9F in (7, 8, 13, 15),
    Codec.H265: lambda unit: len(unit) > 1 and unit[0] >> 1 in (32, 33, 34, 39),
}
"""What a parameter set looks like (H.264, table 7-1; H.265, table 7-1); a decoder may stumble over anything else."""
