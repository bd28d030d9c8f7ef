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
    SEES_BADLY = "sees_badly"
    NOT_REGISTERED = "not_registered"
    PAUSED = "paused"


SOURCE_STATES = frozenset({CameraState.CONNECTING, CameraState.ONLINE, CameraState.OFFLINE, CameraState.FROZEN})


WATCHING = frozenset({CameraState.ONLINE, CameraState.SEES_BADLY})
"""States in which the camera measures; a camera that sees badly misses many, or does not know their class."""

MEANT = frozenset({CameraState.ONLINE, CameraState.NOT_REGISTERED, CameraState.PAUSED})
"""States that are well, or meant: a camera that is not to watch is not in trouble."""


@dataclass(frozen=True, slots=True)
class SourceCondition:
    """The state of the connection to a camera: what a source knows without measuring the pictures.

    Attributes:
        state: CONNECTING, ONLINE, OFFLINE or FROZEN; the other states are measured in the picture.
        since_ns: UTC nanoseconds from which the source has been in it.
        why: one sentence for a person, without credentials; names what was measured.
        measured: the value that decided, None where nothing was measured.
        threshold: what it was compared with, None likewise.
        mistimed_from_ns, mistimed_to_ns: UTC nanoseconds of the last stretch whose times rest on a clock of the camera
            that was found to run wrong only afterwards; both 0 where there was none.
    """

    state: CameraState
    since_ns: int
    why: str
    measured: float | None = None
    threshold: float | None = None
    mistimed_from_ns: int = 0
    mistimed_to_ns: int = 0

    def __post_init__(self) -> None:
        """Refuses a state that only the picture can show."""
        if self.state not in SOURCE_STATES:
            raise ValueError(
                f"state of a source: got {self.state.value}, expected connecting, online, offline or frozen"
            )


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """What happened to a camera's frames since the report before.

    Attributes:
        frames_in: frames that arrived.
        frames_dropped: of these, frames that were not analysed because a newer one had come.
        frames_undecodable: pictures that arrived damaged, on top of `frames_in`.
        detect_p50_ms, detect_p95_ms: time to detect in one frame, None without frames.
    """

    frames_in: int = 0
    frames_dropped: int = 0
    frames_undecodable: int = 0
    detect_p50_ms: float | None = None
    detect_p95_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Displacement:
    """How a view lies against the one that was learned; lengths are shares of the picture's width.

    Attributes:
        largest: how far the point that moved most has moved, corners included.
        right, down: movement of the picture's middle; what is in view moves the other way than the camera.
        turn_deg: clockwise turn.
        zoom: growth; 0.05 shows everything 5 % larger.
    """

    largest: float
    right: float = 0.0
    down: float = 0.0
    turn_deg: float = 0.0
    zoom: float = 0.0


@dataclass(frozen=True, slots=True)
class ImageQuality:
    """What was measured in one picture about the camera: a few numbers, compared with no limit yet.

    Attributes:
        time_ns: UTC nanoseconds of the frame.
        brightness: luma that a tenth of the picture exceeds, 0 (black) to 255 (white).
        blank: share of the picture's known texture that is gone, 0-1; None while it is being learned.
        sharpness: fine detail against coarse, 1 as learned at similar light, 0 none; None where it cannot be measured.
        recognised: share of the view's windows in which the learned edges were found again, 0-1, wherever they lie
            now; None while they are being learned.
        displacement: where they lie; None if too few were found.
    """

    time_ns: int
    brightness: float
    blank: float | None = None
    sharpness: float | None = None
    recognised: float | None = None
    displacement: Displacement | None = None


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
        frames_dropped: of these, frames that were not analysed because a newer one had come.
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
