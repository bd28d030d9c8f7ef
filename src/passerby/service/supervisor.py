"""Keeps the hub and the workers of a service running, and assigns the cameras to the workers."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from passerby import __version__
from passerby.domain.camera_groups import CameraNeeds, GroupLimits, grouped
from passerby.domain.errors import OutputError
from passerby.domain.health import CameraHealth
from passerby.engine.journal import waiting_since
from passerby.engine.service_folder import STATUS_FILE
from passerby.files import write_private
from passerby.messages.supervision_messages import (
    AppliedConfiguration,
    AssignedCameras,
    HubStatus,
    OneTimeLink,
    ReloadConfiguration,
    RenewLink,
    ToSupervisor,
    WorkerStatus,
)
from passerby.service.supervised_process import SupervisedProcess
from passerby.telemetry.logs import get_log

STATUS_S, STATUS_A_CAMERA_S = 1.0, 0.00025
"""A city's status is a file of megabytes: it is written more seldom, every 3 s for 8,000 cameras."""
_STATUS = tuple(field.name for field in fields(HubStatus) if field.name not in ("cameras", "more"))
_HEALTH = tuple(field.name for field in fields(CameraHealth))
HUB = "hub"
ENGINE = "engine"


class Supervisor:
    """The service's own process: it sees no pixels, holds no results and writes no database.

    A worker that has no cameras any more runs on until the hub has stored what it measured, and so does at the next
    start one that had not done it.
    """

    def __init__(
        self,
        data: Path,
        hub_command: Sequence[str],
        worker_command: Callable[[str], Sequence[str]],
        on_link: Callable[[str], None] = lambda _link: None,
        hub_name: str = HUB,
        engine_command: Sequence[str] = (),
    ) -> None:
        """Starts nothing yet.

        Args:
            data: the data folder.
            hub_command: the hub's command line.
            worker_command: a worker's command line by its name.
            on_link: called with each one-time link.
            hub_name: name of the hub's process, or of the one in its place.
            engine_command: command line of the process that has a cluster place workers, which runs while this hub is
                the active one of its site; empty where none does.
        """
        self._engine_command = tuple(engine_command)
        self._engine: SupervisedProcess | None = None
        self._data, self._worker_command, self._on_link = data, worker_command, on_link
        self._hub = SupervisedProcess(hub_name, hub_command, opening=lambda: (), received=self._receive_from_hub)
        self._workers: dict[str, tuple[SupervisedProcess, asyncio.Task[None]]] = {}
        self._assigned: dict[str, str] = {}
        self._hub_status = HubStatus((), "", "")
        self._arriving: dict[str, CameraHealth] = {}
        self._outbox_rows: dict[str, int] = {}
        self._health: dict[str, tuple[CameraHealth, ...]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def run(self, cameras: Sequence[str], each: int, stop: asyncio.Event) -> None:
        """Runs the service until the event, and then stops it in order: workers first, so that the hub takes all."""
        hub = asyncio.create_task(self._hub.run())
        self.assign(cameras, each)
        for name in await asyncio.to_thread(workers_with_results, self._data):
            if name not in self._workers:
                self._start(name)
        writing = asyncio.create_task(self._write_status())
        await stop.wait()
        self._stopping = True
        await self._run_engine(wanted=False)
        await asyncio.gather(*(process.stop() for process, _ in self._workers.values()))
        await self._hub.stop()
        writing.cancel()
        await asyncio.gather(hub, *(task for _, task in self._workers.values()), *self._tasks)
        (self._data / STATUS_FILE).unlink(missing_ok=True)

    def assign(self, cameras: Sequence[str], each: int) -> None:
        """Assigns the cameras anew, and sends each worker those that it holds now."""
        needs = [CameraNeeds(camera) for camera in cameras]
        groups = grouped(needs, self._assigned, GroupLimits(each))
        self._assigned = {camera: group.worker for group in groups for camera in group.cameras}
        wanted = set(self._assigned.values())
        for name in sorted(wanted | set(self._workers)):
            if name in self._workers:
                self._workers[name][0].send(self._cameras_of(name))
            else:
                self._start(name)

    def _start(self, name: str) -> None:
        process = SupervisedProcess(
            name,
            self._worker_command(name),
            opening=partial(self._opening, name),
            received=partial(self._receive_from_worker, name),
        )
        self._workers[name] = (process, asyncio.create_task(process.run()))

    def reload(self) -> None:
        """Asks the hub to read the site file again."""
        self._hub.send(ReloadConfiguration())

    def renew_link(self) -> None:
        """Asks the hub for a new one-time link."""
        self._hub.send(RenewLink())

    def status(self) -> dict[str, Any]:
        """Returns the state of every process and camera, for `passerby status`."""
        engines = () if self._engine is None else (self._engine,)
        processes = [self._hub, *engines, *(process for process, _ in self._workers.values())]
        return {
            "time_ns": time.time_ns(),
            "processes": [asdict(process.status) for process in processes],
            "outbox_rows": sum(self._outbox_rows.values()),
            "program": __version__,
            "assigned": len(self._assigned),
            **{name: getattr(self._hub_status, name) for name in _STATUS},
            "cameras": [{name: getattr(report, name) for name in _HEALTH} for report in self._cameras()],
        }

    def _cameras(self) -> tuple[CameraHealth, ...]:
        """Returns the newest reports, as the hub has them; on a node, whose hub is elsewhere, as its workers do."""
        return self._hub_status.cameras or tuple(
            report for name in sorted(self._health) for report in self._health[name] if report.camera in self._assigned
        )

    def _opening(self, worker: str) -> tuple[AssignedCameras, ...]:
        return (self._cameras_of(worker),)

    def _cameras_of(self, worker: str) -> AssignedCameras:
        return AssignedCameras(tuple(camera for camera, name in self._assigned.items() if name == worker))

    def _receive_from_hub(self, message: ToSupervisor) -> None:
        if isinstance(message, AppliedConfiguration):
            self.assign(message.cameras, max(message.cameras_per_worker, 1))
        elif isinstance(message, HubStatus):
            self._take_status(message)
            wanted = not message.standby
            if self._engine_command and wanted != (self._engine is not None):  # a city's status has 80 parts
                self._keep(asyncio.create_task(self._run_engine(wanted=wanted)))
        elif isinstance(message, OneTimeLink):
            self._on_link(message.link)

    def _take_status(self, message: HubStatus) -> None:
        """Takes in a part of a status; its cameras are shown when all have come, so that none is missing meanwhile."""
        # By name: a hub may have ended before it had sent all.
        self._arriving |= {report.camera: report for report in message.cameras}
        if message.more:
            self._hub_status = replace(message, cameras=self._hub_status.cameras)
        else:
            self._hub_status, self._arriving = replace(message, cameras=tuple(self._arriving.values())), {}

    def _receive_from_worker(self, worker: str, message: ToSupervisor) -> None:
        if isinstance(message, WorkerStatus) and worker in self._workers:
            self._outbox_rows[worker] = message.outbox_rows
            self._health[worker] = message.cameras
            if message.done and worker not in self._assigned.values():
                process, _ = self._workers.pop(worker)
                del self._outbox_rows[worker], self._health[worker]
                self._keep(asyncio.create_task(process.stop()))

    async def _run_engine(self, *, wanted: bool) -> None:
        """Starts or stops the engine: that of a hub that waits would only stand beside the active one's."""
        engine = self._engine
        if wanted and engine is None and not self._stopping:
            self._engine = SupervisedProcess(
                ENGINE, self._engine_command, opening=lambda: (), received=lambda _message: None
            )
            self._keep(asyncio.create_task(self._engine.run()))
        elif not wanted and engine is not None:
            self._engine = None
            await engine.stop()

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write_status(self) -> None:
        failed = False
        while True:
            try:
                write_private(self._data / STATUS_FILE, json.dumps(self.status()))
                failed = False
            except OutputError as fault:  # a full disk has room again some day, and the service runs on meanwhile
                if not failed:
                    get_log().error("the status cannot be written", why=str(fault))
                failed = True
            await asyncio.sleep(STATUS_S + len(self._hub_status.cameras) * STATUS_A_CAMERA_S)


def workers_with_results(data: Path) -> list[str]:
    """Returns the workers whose journals hold what the hub has not stored, as far as that can be seen.

    Args:
        data: the data folder.
    """
    names = []
    for path in sorted(data.glob("worker-*.sqlite")):
        try:
            holds = waiting_since(path) is not None
        except OSError:  # its own worker can say more about it
            holds = True
        if holds:
            names.append(path.stem)
    return names
