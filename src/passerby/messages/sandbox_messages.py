"""The messages that may leave the process that sees the pixels: numbers, words, and anonymous pictures."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.film import Concealment, FilmReport
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.layout import GroundPlane, Line, Movement, Zone
from passerby.domain.observations import Observation
from passerby.domain.preview import Preview
from passerby.domain.progress import Progress
from passerby.domain.report import CountReport, FlowMap, LineTotal, MovementTotal, ZoneTotal
from passerby.messages.channel import Channel
from passerby.messages.codec import Codec
from passerby.messages.columns import ObservationColumns

VERSION = 2
"""Grows with every change of a message; both ends come from one installation, so no older one is understood."""


@dataclass(frozen=True, slots=True)
class FilmOpened:
    """The recording can be read and its film is about to come; `rate_fps` is the film's nominal rate."""

    rate_fps: float


@dataclass(frozen=True, slots=True)
class StageSeconds:
    """Where the CPU time went: stage -> seconds."""

    cpu_s: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result.

    Attributes:
        kind: name of the error.
        text: what the user sees; empty where the error is a bug, whose text could hold anything.
    """

    kind: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Minutes:
    """What a live camera has measured.

    Attributes:
        open: the minutes that are still open, as they stand; each message replaces the one before.
        closed: minutes that are over; sent once.
        open_from_ns: UTC nanoseconds from which minutes may still change; None before the first frame.
    """

    open: ObservationColumns
    closed: ObservationColumns
    open_from_ns: int | None


@dataclass(frozen=True, slots=True, eq=False)
class ViewMemory:
    """What a camera remembers of its own view over a restart, so that it notices when it was turned meanwhile.

    Attributes:
        signature: int8 (36, 64, 2), how edges run in coarse cells; no picture can be made of it.
        doubted: the camera counts as moved, and no person has confirmed that its lines and zones are right.
    """

    signature: npt.NDArray[np.int8]
    doubted: bool


Message = (
    Progress | FilmOpened | AnonymousFrame | CountReport | FilmReport | StageSeconds | Isolation | Failure
    | Minutes | CameraHealth | Preview | ViewMemory
)  # fmt: skip
"""All that may leave."""

KINDS: tuple[type, ...] = (
    Progress,
    FilmOpened,
    AnonymousFrame,
    CountReport,
    FilmReport,
    StageSeconds,
    Isolation,
    Failure,
    Minutes,
    CameraHealth,
    Preview,
    ViewMemory,
)
"""A message's number is its place here."""

CODEC = Codec(
    *KINDS, FrameStamp, LineTotal, MovementTotal, ZoneTotal, FlowMap, Observation, Line, Movement, Zone, GroundPlane,
    Concealment, ObservationColumns,
)  # fmt: skip

FROM_SANDBOX: Channel[Message] = Channel(KINDS, CODEC, VERSION)
"""From a sandbox to the process that started it."""
