"""What a camera reports of itself and of its streams."""

from dataclasses import dataclass

from passerby.onvif.addresses import StreamAddress


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """Maker, model, firmware and serial number, in the camera's own words; empty where it is silent."""

    maker: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class StreamProfile:
    """One of the streams that a camera offers.

    Attributes:
        token: the camera's own name for it.
        name: the name for people.
        codec: such as `H264`; empty where not reported.
        width_px, height_px: size; 0 where not reported.
        fps: pictures a second, at most; 0 where not reported.
        bitrate_kbps: limit of the stream; 0 where not reported.
        lens: which of the camera's lenses it shows; most have one.
        address: where it streams; None where not reported.
    """

    token: str
    name: str
    codec: str
    width_px: int
    height_px: int
    fps: float
    bitrate_kbps: int
    lens: str
    address: StreamAddress | None = None

    @property
    def short_side_px(self) -> int:
        """The shorter side of the picture."""
        return min(self.width_px, self.height_px)


@dataclass(frozen=True, slots=True)
class ProbedCamera:
    """What a camera reported when it was probed.

    Attributes:
        address: host and port that requests went to.
        facts: the device.
        profiles: its streams, in its own order.
        clock_ahead_s: how far the camera's clock is ahead of ours; None where not reported.
        notes: what the reader should know, one sentence each.
    """

    address: str
    facts: DeviceFacts
    profiles: tuple[StreamProfile, ...]
    clock_ahead_s: float | None
    notes: tuple[str, ...] = ()
