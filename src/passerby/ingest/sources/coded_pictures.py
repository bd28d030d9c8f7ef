"""Coded pictures, as a connection gives them to the decoder, and the codecs that are decoded."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_PICTURE_BYTES: Final = 32 << 20
"""An 8K key picture has some 5 MB; a picture that never ends must not fill the memory."""


class Codec(StrEnum):
    """The codecs that are decoded. The values are FFmpeg's names."""

    H264 = "h264"
    H265 = "hevc"
    MPEG4 = "mpeg4"
    MJPEG = "mjpeg"


@dataclass(frozen=True, slots=True)
class Track:
    """The camera's description of its pictures, which precedes the first.

    Attributes:
        codec: how they are coded.
        settings: what the decoder must know beforehand (parameter sets); may be empty.
        clock_hz: ticks a second of the pictures' time stamps.
    """

    codec: Codec
    settings: bytes = b""
    clock_hz: int = 90_000


@dataclass(frozen=True, slots=True)
class CodedPicture:
    """One coded picture as it arrived.

    Attributes:
        content: its bytes, as the decoder wants them; empty where nothing of it came.
        ticks: its time in the track's clock, going on beyond 32 bits; None where the camera sends none.
        key: it can be decoded without others.
        damaged: parts are missing.
    """

    content: bytes
    ticks: int | None
    key: bool
    damaged: bool = False
