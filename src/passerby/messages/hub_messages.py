"""The messages between a worker and the hub: results one way, acknowledgements and requests the other."""

from dataclasses import dataclass

from passerby.domain.alerts import Alert
from passerby.domain.health import CameraHealth
from passerby.domain.isolation import Isolation
from passerby.domain.preview import Preview
from passerby.messages.channel import Channel
from passerby.messages.codec import Form
from passerby.messages.columns import ObservationColumns

VERSION = 1


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who is there: the worker's name, and the cameras that it holds."""

    worker: str
    cameras: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CameraIsolation:
    """How far the process that sees a camera's pixels is locked in."""

    camera: str
    isolation: Isolation


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """Results that wait in the worker's outbox until this is acknowledged; delivering twice is harmless.

    Attributes:
        number: the worker's own, growing.
        observations: finished minutes.
        health: reports.
        alerts: alerts.
    """

    number: int
    observations: ObservationColumns
    health: tuple[CameraHealth, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, eq=False)
class OpenMinutes:
    """A camera's minutes that are still open, as they stand; replaces what was said before. Not stored."""

    camera: str
    observations: ObservationColumns


@dataclass(frozen=True, slots=True)
class CameraNow:
    """A camera's newest health report, for whoever looks now; the outbox brings it to the store."""

    health: CameraHealth


@dataclass(frozen=True, slots=True)
class Received:
    """The delivery of that number is stored and can be forgotten."""

    number: int


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looks at a camera, or nobody does any more."""

    camera: str
    looking: bool


@dataclass(frozen=True, slots=True)
class Confirm:
    """Somebody has looked at a moved camera's lines and zones, and they are right."""

    camera: str


ToHub = Greeting | CameraIsolation | Delivery | OpenMinutes | CameraNow | Preview
ToWorker = Received | Look | Confirm

TO_HUB: Channel[ToHub] = Channel(
    (Greeting, CameraIsolation, Delivery, OpenMinutes, CameraNow, Preview),
    Form(
        Greeting, CameraIsolation, Delivery, OpenMinutes, CameraNow, Preview, Isolation, CameraHealth, Alert,
        ObservationColumns,
    ),
    VERSION,
)  # fmt: skip
TO_WORKER: Channel[ToWorker] = Channel((Received, Look, Confirm), Form(Received, Look, Confirm), VERSION)
