"""What a running service is to do: its cameras, where results go, and who may be reached."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from passerby.domain.access_plan import DEFAULT_ACCESS, AccessPlan
from passerby.domain.event_rules import EventRule, Profile
from passerby.domain.film import Mode
from passerby.domain.layout import Layout
from passerby.domain.publish_plan import PublishPlan
from passerby.domain.recipients import Recipient
from passerby.domain.register import NO_SITE_RECORD, NOT_REGISTERED, Registration, SiteRecord
from passerby.domain.retention import Retention
from passerby.domain.sources import CameraSource
from passerby.text import is_loopback
from passerby.units import BYTES_PER_GB

LIVE_FPS = 10.0
"""Frames analysed a second at most where a site has no other value: a car goes 1.4 m between two of them in a town."""


NODE_OUTBOX_BYTES = 2 * BYTES_PER_GB
"""Of a node where a site has no other value: 90 days of a dozen cameras with two lines and two zones each."""


@dataclass(frozen=True, slots=True, eq=False)
class CameraPlan:
    """One camera of a service.

    Attributes:
        name: the camera's name.
        source: where its pictures come from.
        layout: lines, zones, movements and ground.
        analysed_fps: frames analysed a second, at most.
        masks: polygons, float32 (P, 2), 0-1 of the picture, that are not analysed.
        closer_areas: polygons that are always analysed as crops.
        mode: how a picture is made that may be shown.
        groups: the groups of cameras that it belongs to, to which accounts are given rights.
        registration: its record in the register; a camera without a complete one does not run.
        fault: why it cannot run, whatever the register says; empty where nothing is wrong.
        rules: its place-safety rules, whether they run or not.
        sleeps: of its stream only key pictures are decoded while nothing moves.
        node: name of the machine that watches it; empty for the hub's own, or for any where a cluster places workers.
        pool: the machines that reach it, where a cluster places its worker; empty for any.
    """

    name: str
    source: CameraSource
    layout: Layout
    analysed_fps: float = LIVE_FPS
    masks: tuple[npt.NDArray[np.float32], ...] = ()
    closer_areas: tuple[npt.NDArray[np.float32], ...] = ()
    mode: Mode = Mode.REDRAWN
    groups: tuple[str, ...] = ()
    registration: Registration = NOT_REGISTERED
    fault: str = ""
    rules: tuple[EventRule, ...] = ()
    sleeps: bool = True
    node: str = ""
    pool: str = ""

    @property
    def runs(self) -> bool:
        """It is registered, not paused, and nothing keeps it from running."""
        return self.registration.runs and not self.fault

    @property
    def replays(self) -> bool:
        """Its events are replayed: the register allows it, and it has rules that are watched."""
        return self.registration.replays_allowed and bool(self.running_rules)

    @property
    def running_rules(self) -> tuple[EventRule, ...]:
        """The rules that are watched: all where the register has operational events for this camera, else none."""
        return () if self.registration.why_no_events else self.rules


@dataclass(frozen=True, slots=True)
class DetectorPlan:
    """The model that finds road users; None leaves a choice to the model's own card.

    Attributes:
        model: a name or a file.
        start_confidence, keep_confidence: 0-1, of a detection that starts or continues a track.
        heavy_certainty: 0.5-1, how surely a bus has to be known from a truck to be called either; None leaves it to
            what the camera counts.
    """

    model: str | None = None
    start_confidence: float | None = None
    keep_confidence: float | None = None
    heavy_certainty: float | None = None


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Files (PEM) of the server's certificate, with those that lead to its authority, and of its key."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """Where the API and the page are served, and to how many.

    Attributes:
        host: address to listen on; until there are accounts, a loopback address is taken instead of any other.
        port: TCP port.
        metrics: `/metrics` needs no session on this machine.
        connections_each: how many connections one address may have at a time.
        public_url: scheme, host and port under which browsers reach it; None for this machine alone.
        tls: the certificate and its key; None for plain HTTP, on this machine or behind a proxy.
        behind: CIDR ranges of the proxies whose word counts for where a request comes from.
        looks_per_hour: on how many cameras one viewer may look within an hour before an event is raised.
    """

    host: str = "127.0.0.1"
    port: int = 8642
    metrics: bool = False
    connections_each: int = 128
    public_url: str | None = None
    tls: TlsFiles | None = None
    behind: tuple[str, ...] = ()
    looks_per_hour: int = 12

    @property
    def origin(self) -> str:
        """Scheme, host and port as browsers name them: the public URL's, or those of this machine itself."""
        if self.public_url is not None:
            return self.public_url
        # Passkeys need a name, and browsers trust plain HTTP under this one only.
        shown = "localhost" if is_loopback(self.host) else self.host
        return f"{'https' if self.tls else 'http'}://{shown}:{self.port}"

    def cannot_listen(self, why: str | None) -> str:
        """Returns the sentence on a port that is taken, or not ours to take."""
        return (
            f"{self.host} port {self.port}: cannot listen there: {why}. "
            "End what listens there already, or choose another port under `server` in the site file."
        )


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """How other machines of the site reach its hub.

    Attributes:
        listen: host and port to listen on.
        addresses: host and port at which nodes reach it, and those of a second hub that takes over from it.
        node_bytes_per_s: how much each node may send a second.
        ray: host and port of the head of the Ray cluster that may place workers; empty for none.
    """

    listen: str
    addresses: tuple[str, ...]
    node_bytes_per_s: int
    ray: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class SitePlan:
    """A whole service, made from a site file.

    Attributes:
        name: the site's name.
        time_zone: IANA name.
        cameras: in the order of the file; only those with a source.
        networks: CIDR ranges in which cameras may be reached; empty for the private ranges.
        detector: the model.
        store_url: the database, None for an SQLite file in the data folder; holds a password.
        retention: how long each kind is kept.
        server: where it listens.
        cameras_per_worker: maximum number of cameras of one worker.
        data: folder for everything that passerby writes, None for the system's own folder.
        decode_separately: a live camera's bytes are decoded in another process than its frames are analysed in.
        outbox_bytes: how much disk the results of a machine may take that wait for the hub; None for no limit on the
            hub's own machine, and `NODE_OUTBOX_BYTES` on a node.
        record: what the register says of the site as a whole.
        access: how people log in.
        profiles: what switches rules on by the calendar, and by hand.
        recipients: who is notified of events.
        made_up_before: the site's first day that was measured; what is stored of earlier ones is made up, as a demo's
            history. None where nothing is.
        fleet: how other machines reach the hub; None where there are none.
        publish: what is published, and for whom; None where nothing leaves the site.
        map_file: the tiles of a map (PMTiles) that lie under the cameras; None for a map without.
    """

    name: str
    time_zone: str
    cameras: tuple[CameraPlan, ...]
    networks: tuple[str, ...] = ()
    detector: DetectorPlan = DetectorPlan()
    store_url: str | None = field(default=None, repr=False)
    retention: Retention = field(default_factory=Retention)
    server: ServerPlan = ServerPlan()
    cameras_per_worker: int = 4
    data: Path | None = None
    decode_separately: bool = True
    outbox_bytes: int | None = None
    record: SiteRecord = NO_SITE_RECORD
    access: AccessPlan = DEFAULT_ACCESS
    profiles: tuple[Profile, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    made_up_before: date | None = None
    map_file: Path | None = None
    fleet: FleetPlan | None = None
    publish: PublishPlan | None = None
    _by_name: Mapping[str, CameraPlan] = field(init=False, repr=False)
    _running_on: Mapping[str, tuple[CameraPlan, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Puts the cameras in order once: a city has thousands, and each message from a machine names one."""
        running_on: dict[str, list[CameraPlan]] = {}
        for camera in self.cameras:
            if camera.runs:
                running_on.setdefault(camera.node, []).append(camera)
        object.__setattr__(self, "_by_name", {camera.name: camera for camera in reversed(self.cameras)})
        object.__setattr__(self, "_running_on", {node: tuple(some) for node, some in running_on.items()})

    def camera(self, name: str) -> CameraPlan | None:
        """The camera of that name; None where there is none."""
        return self._by_name.get(name)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of its clock."""
        return ZoneInfo(self.time_zone)

    @property
    def groups(self) -> frozenset[str]:
        """The camera groups that there are."""
        return frozenset(group for camera in self.cameras for group in camera.groups)

    @property
    def running(self) -> tuple[CameraPlan, ...]:
        """The cameras that run: registered, not paused, and with a password that can be read."""
        return tuple(camera for camera in self.cameras if camera.runs)

    def running_on(self, node: str) -> tuple[CameraPlan, ...]:
        """Returns the cameras that run on one machine; the empty name is the hub's own."""
        return self._running_on.get(node, ())

    @property
    def nodes(self) -> frozenset[str]:
        """The machines beside the hub's own that watch cameras."""
        return frozenset(camera.node for camera in self.cameras if camera.node)

    def outbox_share(self, cameras: Collection[str]) -> int | None:
        """Returns how much disk the waiting results of a worker with these cameras may take (bytes); None for no limit.

        Each running camera of its machine has an equal share.
        """
        nodes = {camera.node for camera in self.cameras if camera.name in cameras}
        limit = self.outbox_bytes or (NODE_OUTBOX_BYTES if any(nodes) else None)
        on_machine = sum(len(self.running_on(node)) for node in nodes)
        return None if limit is None else limit * len(cameras) // max(len(cameras), on_machine)

    @property
    def alarming_rules(self) -> int:
        """How many rules are watched whose events are alarms."""
        return sum(not rule.silent for camera in self.running for rule in camera.running_rules)

    @property
    def replaying(self) -> frozenset[str]:
        """The cameras of which the register allows replays of events to be kept."""
        return frozenset(camera.name for camera in self.cameras if camera.registration.replays_allowed)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log may show: passwords, providers' secrets, and the database's URL."""
        passwords = (camera.source.password for camera in self.cameras)
        trusted = (provider.client_secret for provider in self.access.providers)
        outlets = () if self.publish is None else self.publish.outlets
        others = (secret for recipient in self.recipients for secret in recipient.secrets)
        sent_to = (secret for outlet in outlets for secret in outlet.secrets)
        return tuple(secret for secret in (*passwords, *trusted, *others, *sent_to, self.store_url) if secret)
