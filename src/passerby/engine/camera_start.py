"""Starts one camera's sandboxed process, and brokers its connection to the camera."""

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from passerby.domain.errors import WorkerError
from passerby.domain.event_rules import Profile
from passerby.domain.intervals import SiteClock
from passerby.domain.leases import NO_LEASE
from passerby.domain.place_events import PlaceEvent
from passerby.domain.register import NOT_REGISTERED
from passerby.domain.service import CameraPlan, DetectorPlan, SitePlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.plausible.minutes import places_of
from passerby.engine.separated_camera import SeparatedCamera
from passerby.engine.unwatched.offline_rules import OfflineRules
from passerby.engine.worker import Assignment
from passerby.events.causes import Causes
from passerby.ingest.detectors.registry import model_file
from passerby.messages.sandbox_messages import ViewMemory
from passerby.messages.sandbox_orders import TO_SANDBOX, WatchPlan
from passerby.sandbox.connection_broker import AllowList, broker_connections, certificate_files
from passerby.sandbox.limits import DEVICE
from passerby.sandbox.process import BOOTSTRAP, NeverStartedError, Sandbox, SandboxProcess
from passerby.units import DAY_S

CLOCK_DAYS: Final = 3 * 366
"""For so long ahead a process knows the site's clock; longer than any runs without an update of its machine."""


class CameraStart:
    """Starts a camera's process, again and again.

    Attributes:
        plan: what stays the same from start to start of what the process is to do.
    """

    def __init__(
        self,
        camera: CameraPlan,
        detector: DetectorPlan,
        allowed: AllowList,
        pace: float = 1.0,
        *,
        separate: bool = False,
        profiles: tuple[Profile, ...] = (),
        time_zone: str = "UTC",
    ) -> None:
        """Takes what stays the same from start to start.

        Args:
            camera: the camera.
            detector: the model.
            allowed: which addresses may be reached.
            pace: how fast a looped file is played.
            separate: a camera, but no file, is decoded in a process of its own.
            profiles: what switches its rules on by the calendar.
            time_zone: IANA name of the clock by which the rules' hours are meant.
        """
        source = camera.source
        self._model = model_file(detector.model)
        files = [path for path in (source.file, source.authority) if path is not None]
        certificates = certificate_files(source) if not source.authority else ()
        self._separate = separate and source.kind is not SourceKind.FILE
        # Who analyses the frames of another process needs nothing of the way in to the camera.
        self._sandbox = Sandbox.with_model(detector.model, *([], ()) if self._separate else (files, certificates))
        self._decoding = Sandbox.around(files, certificates)
        self._bare = False
        self.plan = WatchPlan(
            _watched(camera),
            detector,
            pace=pace,
            profiles=profiles if camera.running_rules else (),
            replays=camera.replays,
        )
        self._zone = ZoneInfo(time_zone)
        self._allowed = allowed
        self._options = (DEVICE,) if source.kind is SourceKind.USB else ()

    @contextmanager
    def __call__(
        self, memory: ViewMemory | None, events: tuple[PlaceEvent, ...] = ()
    ) -> Iterator[SandboxProcess | SeparatedCamera]:
        """The process, running; ended with the block.

        Args:
            memory: what is kept of the camera's own view; None where it is new.
            events: its events that are not closed.
        """
        with ExitStack() as open_ends:
            route: socket.socket | None = None
            if self.plan.camera.source.networked:
                route = open_ends.enter_context(self._broker_link())
            number = None if route is None else route.fileno()
            plan = replace(self._inside(), memory=memory, route=number, events=events, clock=self.site_clock())
            with self._process(plan) as process:
                if route is not None:
                    route.close()
                try:
                    yield process
                except WorkerError as fault:
                    decoder_never_started = isinstance(process, SeparatedCamera) and process.never_started
                    if decoder_never_started or isinstance(fault, NeverStartedError):
                        self._bare = True
                    elif self._bare and not process.started:
                        self._bare = False  # what keeps it from starting is not bubblewrap
                    raise

    def site_clock(self) -> SiteClock:
        """Returns the site's clock, which a sandbox cannot read itself; rules alone need it."""
        if not self.plan.camera.rules:
            return SiteClock()
        now_s = int(time.time())
        return SiteClock.of(self._zone, now_s - DAY_S, now_s + CLOCK_DAYS * DAY_S)

    def _process(self, plan: WatchPlan) -> SandboxProcess | SeparatedCamera:
        decoding, sandbox = self._bared(self._decoding), self._bared(self._sandbox)
        if self._separate:
            return SeparatedCamera(decoding, sandbox, plan, self._way_in(decoding), self._options)
        passed = () if plan.route is None else (plan.route,)
        return SandboxProcess(sandbox, BOOTSTRAP, plan, passed, self._options)

    def _bared(self, sandbox: Sandbox) -> Sandbox:
        """Returns a sandbox as it is used now: without bubblewrap where no process has started in that."""
        return sandbox.bare() if self._bare else sandbox

    @contextmanager
    def _broker_link(self) -> Iterator[socket.socket]:
        """Returns the sandbox's end of the link to the connection broker; the other end is served while it is open."""
        ours, theirs = socket.socketpair()
        source = self.plan.camera.source
        serving = threading.Thread(
            target=broker_connections, args=(ours, source, self._allowed), name=f"route {source.host}", daemon=True
        )
        serving.start()
        try:
            yield theirs
        finally:
            theirs.close()
            ours.close()

    def _inside(self) -> WatchPlan:
        """Returns the plan with the names that files have in the sandbox."""
        plan, sandbox = self.plan, self._bared(self._sandbox)
        inside = self._way_in(sandbox)
        model = plan.detector.model if self._model is None else str(sandbox.inside(self._model))
        return replace(plan, camera=replace(plan.camera, source=inside), detector=replace(plan.detector, model=model))

    def _way_in(self, sandbox: Sandbox) -> CameraSource:
        """Returns the way in to the camera with the names that files have in a sandbox."""
        source = self.plan.camera.source
        return replace(
            source,
            file=None if source.file is None else sandbox.inside(source.file),
            authority=None if source.authority is None else sandbox.inside(source.authority),
        )


def _watched(camera: CameraPlan) -> CameraPlan:
    """Returns what a sandbox needs of a camera: not its record in the register, and not who has rights to it."""
    return replace(camera, groups=(), registration=NOT_REGISTERED, rules=camera.running_rules)


def assignment(camera: CameraPlan, site: SitePlan, pace: float = 1.0, lease: int = NO_LEASE) -> Assignment:
    """Returns what a worker needs to run one camera, under the lease of a number."""
    rules, separate = camera.running_rules, site.decode_separately
    start = CameraStart(
        camera, site.detector, AllowList.of(site.networks), pace,
        separate=separate, profiles=site.profiles, time_zone=site.time_zone,
    )  # fmt: skip
    others = site.networks, separate, site.time_zone if rules else ""
    # The key of replays is the site's, and does not go into a cabinet.
    replays = camera.replays and not camera.node
    identity = hashlib.sha256(TO_SANDBOX.frame(start.plan) + repr(others).encode()).digest()
    offline_rules = OfflineRules(camera.name, rules, site.profiles, start.site_clock)
    return Assignment(
        start, identity, places_of(camera.layout), rules, Causes(camera.layout), offline_rules, replays,
        lease,
    )  # fmt: skip
