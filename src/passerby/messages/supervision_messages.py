"""The messages between the supervisor of a service and its hub and workers."""

from dataclasses import dataclass

from passerby.domain.health import CameraHealth
from passerby.messages.channel import Channel
from passerby.messages.checks import CHECKS
from passerby.messages.codec import Codec

VERSION = 1
MAX_JSON_BYTES = 1 << 23
"""Names and newest health reports of some 10,000 cameras."""


@dataclass(frozen=True, slots=True)
class AssignedCameras:
    """To a worker: the cameras that it holds from now on."""

    cameras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReloadConfiguration:
    """To the hub: read the site file again and apply it."""


@dataclass(frozen=True, slots=True)
class RenewLink:
    """To the hub: make a new one-time link."""


@dataclass(frozen=True, slots=True)
class AppliedConfiguration:
    """From the hub: another configuration runs.

    Attributes:
        cameras: all of its cameras.
        cameras_per_worker: most cameras that one worker holds.
    """

    cameras: tuple[str, ...]
    cameras_per_worker: int


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """From the hub: the link that opens the page once."""

    link: str


@dataclass(frozen=True, slots=True)
class HubStatus:
    """From the hub, every few seconds.

    Attributes:
        cameras: each camera's newest health report; of thousands a part in each message.
        store_fault: why the store does not take results; empty when it does.
        problem: why the site file does not run; empty when it does.
        recipients: those of events to which delivery is in trouble, a sentence each.
        burden: which rules raise more alarms than operators can attend to, a sentence each.
        standby: which other hub of the site is the active one; empty where this one is.
        more: the next message has more cameras of the same list.
    """

    cameras: tuple[CameraHealth, ...]
    store_fault: str
    problem: str
    recipients: tuple[str, ...] = ()
    burden: tuple[str, ...] = ()
    standby: str = ""
    more: bool = False


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """From a worker, every few seconds.

    Attributes:
        outbox_rows: how many rows wait in its outbox.
        done: it holds no camera, and the hub has stored all that it measured.
        cameras: the newest health report of each of its cameras.
    """

    outbox_rows: int
    done: bool = False
    cameras: tuple[CameraHealth, ...] = ()


FromSupervisor = AssignedCameras | ReloadConfiguration | RenewLink
ToSupervisor = AppliedConfiguration | OneTimeLink | HubStatus | WorkerStatus

_FROM: tuple[type, ...] = (AssignedCameras, ReloadConfiguration, RenewLink)
_TO: tuple[type, ...] = (AppliedConfiguration, OneTimeLink, HubStatus, WorkerStatus)

FROM_SUPERVISOR: Channel[FromSupervisor] = Channel(_FROM, Codec(*_FROM), VERSION, max_json_bytes=MAX_JSON_BYTES)
TO_SUPERVISOR: Channel[ToSupervisor] = Channel(
    _TO, Codec(*_TO, CameraHealth, checks=CHECKS), VERSION, max_json_bytes=MAX_JSON_BYTES
)
