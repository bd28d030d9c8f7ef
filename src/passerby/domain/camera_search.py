"""What a search for cameras, and a question to one of them, have found; no picture, and no password."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """One camera that answered a search.

    Attributes:
        address: host and port to ask it at.
        name, hardware, location: what it reports of itself; empty where it does not.
        elsewhere: it names only addresses of other hosts.
    """

    address: str
    name: str
    hardware: str
    location: str
    elsewhere: bool = False


class SourceWay(StrEnum):
    """How an address was asked."""

    ONVIF = "onvif"
    RTSP = "rtsp"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class OfferedStream:
    """One stream of a camera.

    Attributes:
        address: where it is, without credentials; empty where it cannot be used as it is.
        name: the camera's own name for it.
        codec: how its pictures are coded; empty where not reported.
        width_px, height_px, fps: 0 where not reported.
        recommended: why it is the one to watch; empty for the others.
        note: why it cannot be used as it is; empty where it can.
        smaller: addresses of smaller streams of the same view, to be named beside it.
    """

    address: str
    name: str = ""
    codec: str = ""
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    recommended: str = ""
    note: str = ""
    smaller: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundSource:
    """What a camera reported when it was asked.

    Attributes:
        way: how it was asked.
        maker, model: in its own words; empty where it is silent.
        streams: what it offers, in its own order.
        notes: what a person should know, one sentence each.
    """

    way: SourceWay
    maker: str = ""
    model: str = ""
    streams: tuple[OfferedStream, ...] = ()
    notes: tuple[str, ...] = ()
