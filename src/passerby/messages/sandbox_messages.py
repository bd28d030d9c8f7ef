"""The messages that may leave the process that sees the pixels: numbers, words, and anonymous pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from passerby.domain.crossings import CrossingList
from passerby.domain.draft_trial import DraftCount, DraftNumbers, DraftOccupancy, DraftRule
from passerby.domain.film import Concealment, FilmReport
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.health import CameraHealth
from passerby.domain.histograms import Histogram
from passerby.domain.isolation import Isolation
from passerby.domain.layout import GroundPlane, Line, Movement, Zone
from passerby.domain.leases import MinuteSpan, part_fault
from passerby.domain.observations import Observation
from passerby.domain.place_events import PlaceEvent, Sample
from passerby.domain.preview import Preview
from passerby.domain.progress import Progress
from passerby.domain.replays import Boxes, EmptyPlace, EventReplay
from passerby.domain.report import CountReport, EncounterTotal, FlowMap, LineTotal, MovementTotal, ZoneTotal
from passerby.domain.review import CountedCrossing, FilmEnd, FilmMoment
from passerby.messages.channel import MAX_ARRAY_BYTES, MAX_JSON_BYTES, Channel, Size
from passerby.messages.checks import CHECKS, MAX_COUNT, MAX_SECONDS, MAX_TIME_NS, between, check_new_preview, text
from passerby.messages.codec import Codec
from passerby.messages.columns import ObservationColumns, check_new_columns

MAX_SIGNATURE = 36 * 64 * 2
MAX_RECORDINGS = 10_000
"""Recordings whose headers are read at once: two months of quarters of an hour are 5760."""

MAX_EVENTS = 500
"""Events of one message: a camera has at most 100 rules, with one open event each, and those that were open before."""
MAX_SPANS = 5000
"""Minutes of one message: a process that was stopped for a day reports that at once."""

VERSION = 9
"""Grows with every change of a message; both ends come from one installation, so no older one is understood."""


@dataclass(frozen=True, slots=True)
class FilmOpened:
    """The recording can be read and its film is about to come; `rate_fps` is the film's nominal rate."""

    rate_fps: float


@dataclass(frozen=True, slots=True)
class RecordingHeader:
    """What one recording says of itself.

    Attributes:
        created: when it was made, ISO 8601, with an offset where its metadata have one; empty where they say nothing.
        contradicted: the metadata name another time as well.
        duration_s: how long it claims to be.
        size_px: width and height.
    """

    created: str
    contradicted: bool
    duration_s: float
    size_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class RecordingHeaders:
    """The headers of all recordings of a plan, in its order."""

    headers: tuple[RecordingHeader, ...]


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
        watched: from when to when something was watched of each of these minutes.
    """

    open: ObservationColumns
    closed: ObservationColumns
    open_from_ns: int | None
    watched: tuple[MinuteSpan, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class ViewMemory:
    """What a camera remembers of its own view over a restart, so that it notices when it was turned meanwhile.

    Attributes:
        signature: int8 (36, 64, 2), how edges run in coarse cells; no picture can be made of it.
        doubted: the camera counts as moved, and no person has confirmed that its lines and zones are right.
    """

    signature: npt.NDArray[np.int8]
    doubted: bool


@dataclass(frozen=True, slots=True)
class EventReports:
    """What a camera's rules report: each event as it stands, in place of the report of its id before."""

    events: tuple[PlaceEvent, ...]


Message = (
    Progress | FilmOpened | AnonymousFrame | CountReport | FilmReport | StageSeconds | Isolation | Failure
    | Minutes | CameraHealth | Preview | ViewMemory | EventReports | EventReplay | DraftNumbers
    | RecordingHeaders | FilmMoment | FilmEnd
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
    EventReports,
    EventReplay,
    DraftNumbers,
    RecordingHeaders,
    FilmMoment,
    FilmEnd,
)
"""A message's number is its place here."""


def _check_opened(message: FilmOpened) -> None:
    between("rate", message.rate_fps, 1e-3, 1000)


def _check_header(message: RecordingHeader) -> None:
    if message.created:
        datetime.fromisoformat(message.created)
    between("duration", message.duration_s, 0, MAX_SECONDS)
    for side_px in message.size_px:
        between("side", side_px, 0, MAX_COUNT)


def _check_headers(message: RecordingHeaders) -> None:
    between("number of headers", len(message.headers), 0, MAX_RECORDINGS)


def _check_failure(message: Failure) -> None:
    text("kind", message.kind, 100)


def _check_minutes(message: Minutes) -> None:
    check_new_columns(message.open)
    check_new_columns(message.closed)
    if message.open_from_ns is not None:
        between("open_from_ns", message.open_from_ns, 0, MAX_TIME_NS)
    between("number of spans", len(message.watched), 0, MAX_SPANS)
    for span in message.watched:
        if why := part_fault(span):
            raise ValueError(why)


def _check_reports(message: EventReports) -> None:
    between("number of events", len(message.events), 0, MAX_EVENTS)


def _check_view(message: ViewMemory) -> None:
    between("signature", message.signature.size, 0, MAX_SIGNATURE)


CODEC = Codec(
    *KINDS, FrameStamp, EncounterTotal, LineTotal, MovementTotal, ZoneTotal, FlowMap, Observation, Histogram, Line,
    Movement, Zone, GroundPlane, Concealment, ObservationColumns, PlaceEvent, Sample, Boxes, EmptyPlace,
    DraftCount, DraftOccupancy, DraftRule, RecordingHeader, CrossingList, CountedCrossing, MinuteSpan,
    checks={
        **CHECKS, Preview: check_new_preview, FilmOpened: _check_opened, Failure: _check_failure,
        Minutes: _check_minutes, ViewMemory: _check_view, EventReports: _check_reports,
        RecordingHeader: _check_header, RecordingHeaders: _check_headers,
    },
)  # fmt: skip

KIB, MIB = 1 << 10, 1 << 20
SIZES = {
    **dict.fromkeys((Progress, FilmOpened, StageSeconds, FilmReport, Isolation, CameraHealth), Size(64 * KIB)),
    Failure: Size(256 * KIB),
    AnonymousFrame: Size(64 * KIB, MAX_ARRAY_BYTES),
    Preview: Size(64 * KIB, 17 * MIB),
    ViewMemory: Size(KIB, 64 * KIB),
    EventReports: Size(16 * MIB),
    EventReplay: Size(4 * KIB, 2 * MIB),
    DraftNumbers: Size(64 * KIB),
    RecordingHeaders: Size(4 * MIB),
    FilmMoment: Size(256 * KIB, MAX_ARRAY_BYTES),
    FilmEnd: Size(4 * MIB),
    Minutes: Size(8 * MIB, 64 * MIB),
    CountReport: Size(MAX_JSON_BYTES, 64 * MIB, unknowns=True),
}
"""How large the messages of each kind may be."""

FROM_SANDBOX: Channel[Message] = Channel(KINDS, CODEC, VERSION, sizes=SIZES)
"""From a sandbox to the process that started it."""

STORED_VIEWS: Channel[Message] = Channel(KINDS[: KINDS.index(ViewMemory) + 1], CODEC, 2, sizes=SIZES)
"""As a journal stores views: in the form of the first release, whatever the messages between processes become."""

STORED_REPLAYS: Channel[EventReplay] = Channel((EventReplay,), CODEC, 1, sizes={EventReplay: SIZES[EventReplay]})
"""As replays are encrypted: in a form of their own, whatever the messages between processes become."""
