"""The messages that may leave the process that sees the pixels: numbers, words, and anonymous pictures."""

from collections.abc import Mapping
from dataclasses import dataclass

from passerby.domain.film import Cover, FilmReport
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.isolation import Isolation
from passerby.domain.observations import Observation
from passerby.domain.places import GroundPlane, Line, Movement, Zone
from passerby.domain.progress import Progress
from passerby.domain.report import CountReport, FlowMap, LineTotal, MovementTotal, ZoneTotal
from passerby.wire.form import Form

VERSION = 1
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
        text: what the user is told; empty where the error is a bug, whose text could hold anything.
    """

    kind: str
    text: str


Message = Progress | FilmOpened | AnonymousFrame | CountReport | FilmReport | StageSeconds | Isolation | Failure
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
)
"""A message's number is its place here."""

FORM = Form(
    *KINDS, FrameStamp, LineTotal, MovementTotal, ZoneTotal, FlowMap, Observation, Line, Movement, Zone, GroundPlane,
    Cover,
)  # fmt: skip
