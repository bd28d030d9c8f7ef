"""The messages between a worker and the hub: results one way, acknowledgements and requests the other.

The outbox of a worker stores encoded `Delivery` messages: the names and order of its fields, and its place among the
kinds, are those of the first release. New kinds are added at the end.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.draft_trial import Draft, DraftCount, DraftNumbers, DraftOccupancy, DraftRule
from passerby.domain.event_rules import EventRule, ProfileSwitch, WeeklyHours
from passerby.domain.fleet import NodeReport
from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.layout import GroundPlane, Layout, Line, Movement, Zone
from passerby.domain.leases import WatchedPart, part_fault
from passerby.domain.near_misses import NearMissMeasure
from passerby.domain.place_events import PlaceEvent, Sample
from passerby.domain.preview import Preview
from passerby.domain.replays import EncryptedReplay
from passerby.messages.channel import Channel
from passerby.messages.checks import CHECKS, MAX_EVENT_ID, MAX_NAME, MAX_TIME_NS, MAX_VALUE, between, text
from passerby.messages.cluster_messages import (
    CLUSTER_CHECKS,
    CameraCost,
    CameraCosts,
    ClusterReport,
    LargestMachine,
    PlacedWorker,
    WantedWorker,
    WantedWorkers,
    WorkerStarted,
    WorkerSuperseded,
)
from passerby.messages.codec import Codec
from passerby.messages.columns import ObservationColumns
from passerby.messages.live_requests import MAX_PACE_S, LivePace, PreviewWanted, ViewConfirmed

VERSION = 1
MAX_PART_BYTES = 1 << 20
"""Of a part of a site file; the whole of one may have half of that."""
MAX_SIGNATURE_BYTES = 1000
_SHA256 = re.compile(r"^[0-9a-f]{64}$")
MAX_REPLAY_BYTES = 3 << 20
"""Of one encrypted replay: what a sandbox may send of one, and what encryption adds."""

MAX_LEASE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class WorkerCameras:
    """A worker has connected, or holds other cameras than before: its name, and its cameras."""

    worker: str
    cameras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CameraIsolation:
    """How far the process that sees a camera's pixels is isolated."""

    camera: str
    isolation: Isolation


@dataclass(frozen=True, slots=True)
class Alert:
    """What a delivery of the first releases may hold in an event's place; none is made any more."""

    camera: str
    rule: str
    place: str
    time_ns: int
    value: float
    threshold: float
    unit: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """Results that stay in the worker's outbox until the hub has acknowledged them; delivering twice is harmless.

    Attributes:
        number: the worker's own, growing.
        observations: finished minutes.
        health: reports.
        alerts: of earlier releases; the rows that they left in an outbox are still delivered.
        parts: what of the minutes was watched, and under which lease, of those that were watched under one; of each
            camera's minute a delivery has the rows of one part. Earlier releases do not write it.
    """

    number: int
    observations: ObservationColumns
    health: tuple[CameraHealth, ...]
    alerts: tuple[Alert, ...]
    parts: tuple[WatchedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class EventDelivery:
    """The newest reports of some events; they stay in the worker's journal until the hub has stored them.

    Attributes:
        number: the connection's own, growing.
        events: each as it stands; delivering twice is harmless.
    """

    number: int
    events: tuple[PlaceEvent, ...]


@dataclass(frozen=True, slots=True)
class KnownEvents:
    """The events of its cameras that a worker knows of; the store may hold others open that have ended.

    Attributes:
        cameras: the worker's.
        event_ids: of the events that go on, and of those whose end is still to be delivered.
    """

    cameras: tuple[str, ...]
    event_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ReplayDelivery:
    """The replay of an event, encrypted; it stays in the worker's journal until the hub has stored it."""

    replay: EncryptedReplay


@dataclass(frozen=True, slots=True)
class SitePartHeld:
    """From a node: which part of the site file it has.

    Attributes:
        number: the part's; 0 for none.
        sha256: of its text, hex; empty where it does not run, so that it is wanted again.
    """

    number: int
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class OpenMinutes:
    """A camera's minutes that are still open, as they stand; replaces those sent before. Not stored."""

    camera: str
    observations: ObservationColumns


@dataclass(frozen=True, slots=True)
class NewestHealth:
    """A camera's newest health report, for the live state; a delivery brings it to the store."""

    health: CameraHealth


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The delivery of that number is stored; the worker can delete it."""

    number: int


@dataclass(frozen=True, slots=True)
class EventsStored:
    """The event reports of that number are stored."""

    number: int


@dataclass(frozen=True, slots=True)
class ReplayStored:
    """The replay of that event is stored, or is not wanted any more."""

    event_id: str


@dataclass(frozen=True, slots=True)
class HeldLease:
    """Under which number a camera is watched; see `domain.leases`."""

    camera: str
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class SitePart:
    """To a node: its part of the site file, with the passwords of its cameras.

    Attributes:
        number: higher than that of every part before.
        text: uint8 (N,), a site file in UTF-8.
        signature: uint8 (S,), the site's authority's, over what `config.texts.site_part.signed_content` returns.
        leases: under which number each of its cameras is watched.
    """

    number: int
    text: npt.NDArray[np.uint8]
    signature: npt.NDArray[np.uint8]
    leases: tuple[HeldLease, ...]

    @property
    def numbers(self) -> dict[str, int]:
        """The numbers by camera."""
        return {lease.camera: lease.number for lease in self.leases}


@dataclass(frozen=True, slots=True)
class ProfilesSwitched:
    """An operator has switched profiles on for a while, or the calendar holds again; for all cameras."""

    by_hand: ProfileSwitch


@dataclass(frozen=True, slots=True, eq=False)
class DraftWanted:
    """A draft is to be tried at a camera, in place of the one that runs."""

    camera: str
    draft: Draft


@dataclass(frozen=True, slots=True)
class DraftWithdrawn:
    """A draft is not to be tried any more."""

    camera: str
    draft_id: str


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What has come of a draft so far; no numbers where it ended with the camera's process. Not stored."""

    camera: str
    draft_id: str
    numbers: DraftNumbers | None


def _check_alert(value: Alert) -> None:
    for what in (value.camera, value.rule, value.place, value.unit):
        text("name", what, MAX_NAME)
    text("why", value.why)
    between("time", value.time_ns, 0, MAX_TIME_NS)
    for number in (value.value, value.threshold):
        between("value", number, -MAX_VALUE, MAX_VALUE)


def _check_part(value: WatchedPart) -> None:
    text("camera", value.camera, MAX_NAME)
    text("node", value.node, MAX_NAME)
    between("start", value.start_ns, 0, MAX_TIME_NS)
    between("lease", value.lease, 1, MAX_LEASE)
    if why := part_fault(value):
        raise ValueError(why)


def _check_held(value: SitePartHeld) -> None:
    between("number", value.number, 0, MAX_TIME_NS)
    if value.sha256 and not _SHA256.match(value.sha256):
        raise ValueError("64 hex digits are needed")


def _check_pace(value: LivePace) -> None:
    between("pace", value.every_s, 0, MAX_PACE_S)


def _check_site_part(value: SitePart) -> None:
    between("number", value.number, 1, MAX_TIME_NS)
    between("size", value.text.size, 1, MAX_PART_BYTES)
    between("size of the signature", value.signature.size, 1, MAX_SIGNATURE_BYTES)


def _check_lease(value: HeldLease) -> None:
    text("camera", value.camera, MAX_NAME)
    between("number", value.number, 0, MAX_LEASE)


def _check_report(value: NodeReport) -> None:
    for name in ("cameras", "workers", "outbox_rows"):
        between(name, getattr(value, name), 0, MAX_TIME_NS if name == "outbox_rows" else MAX_LEASE)


def _check_encrypted(value: EncryptedReplay) -> None:
    text("camera", value.camera, MAX_NAME)
    text("event_id", value.event_id, MAX_EVENT_ID)
    between("time", value.time_ns, 0, MAX_TIME_NS)
    between("size", value.box.size, 1, MAX_REPLAY_BYTES)


ToHub = (
    WorkerCameras
    | CameraIsolation
    | Delivery
    | OpenMinutes
    | NewestHealth
    | Preview
    | EventDelivery
    | KnownEvents
    | ReplayDelivery
    | DraftReport
    | SitePartHeld
    | WorkerStarted
    | NodeReport
    | ClusterReport
    | CameraCosts
)


ToWorker = (
    Acknowledged
    | PreviewWanted
    | ViewConfirmed
    | EventsStored
    | ProfilesSwitched
    | ReplayStored
    | DraftWanted
    | DraftWithdrawn
    | SitePart
    | WorkerSuperseded
    | WantedWorkers
    | LivePace
)

TO_HUB: Channel[ToHub] = Channel(
    (
        WorkerCameras, CameraIsolation, Delivery, OpenMinutes, NewestHealth, Preview, EventDelivery, KnownEvents,
        ReplayDelivery, DraftReport, SitePartHeld, WorkerStarted, NodeReport, ClusterReport,
        CameraCosts,
    ),
    Codec(
        WorkerCameras, CameraIsolation, Delivery, OpenMinutes, NewestHealth, Preview, Isolation, CameraHealth, Alert,
        ObservationColumns, EventDelivery, KnownEvents, PlaceEvent, Sample, ReplayDelivery, EncryptedReplay,
        DraftReport, DraftNumbers, DraftCount, DraftOccupancy, DraftRule, WatchedPart, SitePartHeld,
        WorkerStarted, NodeReport, ClusterReport, PlacedWorker, LargestMachine, CameraCosts, CameraCost,
        checks={
            **CHECKS, Alert: _check_alert, EncryptedReplay: _check_encrypted, WatchedPart: _check_part,
            SitePartHeld: _check_held, NodeReport: _check_report, **CLUSTER_CHECKS,
        },
        grown=(PlaceEvent, ObservationColumns, Delivery),
    ),
    VERSION,
)  # fmt: skip
TO_WORKER: Channel[ToWorker] = Channel(
    (
        Acknowledged, PreviewWanted, ViewConfirmed, EventsStored, ProfilesSwitched, ReplayStored, DraftWanted,
        DraftWithdrawn, SitePart, WorkerSuperseded, WantedWorkers, LivePace,
    ),
    Codec(
        Acknowledged, PreviewWanted, ViewConfirmed, EventsStored, ProfilesSwitched, ProfileSwitch, ReplayStored,
        DraftWanted, DraftWithdrawn, Draft, Layout, Line, Zone, Movement, GroundPlane, NearMissMeasure, EventRule,
        WeeklyHours, SitePart, HeldLease, WorkerSuperseded, WantedWorkers, WantedWorker, LivePace,
        checks={
            SitePart: _check_site_part, HeldLease: _check_lease, **CLUSTER_CHECKS, LivePace: _check_pace,
        },
    ),
    VERSION,
)  # fmt: skip
