"""How a camera is doing, as one explained state."""

from dataclasses import dataclass
from enum import StrEnum


class CameraState(StrEnum):
    """The one thing that matters most about a camera now."""

    ONLINE = "online"
    CONNECTING = "connecting"
    OFFLINE = "offline"
    FROZEN = "frozen"
    DARK = "dark"
    COVERED = "covered"
    DEFOCUSED = "defocused"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class CameraHealth:
    """One camera's state at one time, and the figures behind it.

    Attributes:
        camera: the camera's name.
        time_ns: UTC nanoseconds of this report.
        state: the one state.
        since_ns: UTC nanoseconds from which the camera has been in it.
        why: one sentence for a person; names what was measured.
        measured: the value that decided, None where nothing was measured (connecting).
        threshold: what it was compared with, None likewise.
        frames_in: frames that arrived since the report before.
        frames_dropped: of these, frames that were not looked at because a newer one had come.
        frames_undecodable: pictures that arrived damaged, on top of `frames_in`.
        detect_p50_ms, detect_p95_ms: time to detect in one frame, None without frames.
    """

    camera: str
    time_ns: int
    state: CameraState
    since_ns: int
    why: str
    measured: float | None = None
    threshold: float | None = None
    frames_in: int = 0
    frames_dropped: int = 0
    frames_undecodable: int = 0
    detect_p50_ms: float | None = None
    detect_p95_ms: float | None = None
