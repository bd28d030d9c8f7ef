"""How a worker starts one camera's sealed process, and lends it a way to the camera."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from passerby.domain.service import CameraPlan, DetectorPlan, SitePlan
from passerby.domain.sources import SourceKind
from passerby.engine.worker import Assignment
from passerby.ingest.detectors.registry import known_models, model_file, model_path
from passerby.messages.orders import order_of
from passerby.messages.plans import DetectorChoice, WatchPlan
from passerby.messages.sandbox_messages import ViewMemory
from passerby.sandbox.connection_broker import AllowList, broker_connections, certificate_files
from passerby.sandbox.limits import DEVICE
from passerby.sandbox.process import BOOTSTRAP, NeverStartedError, Sandbox, SandboxProcess


class CameraStart:
    """Starts a camera's process, again and again."""

    def __init__(self, camera: CameraPlan, detector: DetectorPlan, allowed: AllowList, pace: float = 1.0) -> None:
        """Takes what stays the same from start to start.

        Args:
            camera: the camera.
            detector: the model.
            allowed: which addresses may be reached.
            pace: how fast a looped file is played.
        """
        source = camera.source
        self._model = model_file(detector.model)
        files = [path for path in (source.file, source.authority, self._model) if path is not None]
        known = [model_path(model) for model in known_models() if model.name == detector.model]
        self._room = Sandbox.around(files, [*known, *(certificate_files(source) if not source.authority else ())])
        self._plan = WatchPlan(
            camera=camera,
            detector=DetectorChoice(detector.model, detector.start_confidence, detector.keep_confidence),
            pace=pace,
        )
        self._allowed = allowed
        self._words = (DEVICE,) if source.kind is SourceKind.USB else ()

    @contextmanager
    def __call__(self, memory: ViewMemory | None) -> Iterator[SandboxProcess]:
        """The process, running; ended with the block."""
        with ExitStack() as open_ends:
            route: socket.socket | None = None
            if self._plan.camera.source.networked:
                route = open_ends.enter_context(self._route())
            number = None if route is None else route.fileno()
            order = order_of(replace(self._inside(), memory=memory, route=number))
            process = open_ends.enter_context(
                SandboxProcess(self._room, BOOTSTRAP, order, () if number is None else (number,), self._words)
            )
            if route is not None:
                route.close()
            try:
                yield process
            except NeverStartedError:
                self._room = self._room.bare()
                raise

    @contextmanager
    def _route(self) -> Iterator[socket.socket]:
        """The sealed process's end of the way to the camera; the other end is served as long as it stays open."""
        ours, theirs = socket.socketpair()
        source = self._plan.camera.source
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
        """The plan with the names that files have in the room."""
        plan, source = self._plan, self._plan.camera.source
        inside = replace(
            source,
            file=None if source.file is None else self._room.inside(source.file),
            authority=None if source.authority is None else self._room.inside(source.authority),
        )
        model = plan.detector.model if self._model is None else str(self._room.inside(self._model))
        return replace(plan, camera=replace(plan.camera, source=inside), detector=replace(plan.detector, model=model))


def assignment(camera: CameraPlan, site: SitePlan, pace: float = 1.0) -> Assignment:
    """What a worker is told of one camera."""
    plain = WatchPlan(camera, DetectorChoice(site.detector.model, site.detector.start_confidence,
                                             site.detector.keep_confidence), pace=pace)  # fmt: skip
    identity = hashlib.sha256(order_of(plain) + repr(site.networks).encode()).digest()
    return Assignment(CameraStart(camera, site.detector, AllowList.of(site.networks), pace), identity)
