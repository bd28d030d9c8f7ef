"""One simulated machine: a real link to the hub, workers with real outboxes, and cameras with made traffic."""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from passerby.domain.camera_groups import CameraNeeds, GroupLimits, grouped
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.leases import NO_LEASE
from passerby.domain.service import SitePlan
from passerby.engine.hub.client import HubClient
from passerby.engine.hub.link import unix_connection
from passerby.engine.journal import Journal
from passerby.engine.service_folder import HUB_SOCKET
from passerby.fleet.hub_connection import HubConnection
from passerby.fleet.membership import Membership
from passerby.fleet.tls_streams import Streams
from passerby.fleet.uplink import Bandwidth, Uplink
from passerby.messages.columns import columns_of
from passerby.messages.hub_messages import ToWorker
from passerby.messages.sandbox_messages import Minutes
from passerby.service.nodes.held_part import HeldPart, site_of
from passerby.service.nodes.leases_file import read_leases
from passerby.service.nodes.link import NodeLink
from passerby.service.plans import published_plan
from passerby.units import NS_PER_S
from testing.city.network import SOURCE
from testing.city.site_file import SITE, camera_number
from testing.city.traffic import MINUTE_NS, rows, span

HEALTH_EVERY: Final = 10
"""Minutes between two reports of a camera that is well."""


class CityWorker:
    """A worker without pictures: its journal and its connection are real, and what its cameras measure is made.

    Args:
        name: the worker's name.
        data: its machine's data folder.
    """

    def __init__(self, name: str, data: Path) -> None:
        self.journal = Journal(data / f"{name}.sqlite")
        self.journal.end_all_runs()
        self.client = HubClient(name, unix_connection(data / HUB_SOCKET), self.journal, _nothing_to_do)
        self.cameras: tuple[str, ...] = ()
        self._runs: dict[str, int] = {}

    def hold(self, cameras: Sequence[str]) -> None:
        """Watches these cameras from now on."""
        for gone in set(self._runs) - set(cameras):
            self.journal.end_run(gone, self._runs.pop(gone))
        for new in cameras:
            if new not in self._runs:
                self._runs[new] = self.journal.begin_run(new)
        self.cameras = tuple(cameras)
        self.client.set_cameras(self.cameras)

    def measure(self, start_ns: int, leases: dict[str, int], from_s: int, to_s: int) -> None:
        """Measures some seconds of a minute, which is over then; on disk when this returns."""
        end_ns = start_ns + MINUTE_NS
        for camera in self.cameras:
            closed = columns_of(list(rows(camera_number(camera), camera, start_ns, from_s, to_s)))
            minute = Minutes(columns_of(()), closed, end_ns, (span(start_ns, from_s, to_s),))
            self.journal.store_minutes(camera, self._runs[camera], minute, leases.get(camera, NO_LEASE))
        self.journal.finish_minutes(end_ns)

    def report(self, camera: str, start_ns: int) -> None:
        """Reports a camera's state of this moment."""
        self.client.send_health(_health(camera, start_ns))


class CityMachine:
    """A machine of the city, which can die, be cut off, have a slow disk or a wrong clock.

    Args:
        name: the machine's name.
        folder: its data folder; it has joined the site.
        source: the address that it connects from; empty for any.
    """

    def __init__(self, name: str, folder: Path, source: str = "") -> None:
        self.name, self.folder, self.source = name, folder, source
        self.workers: dict[str, CityWorker] = {}
        self.cut_off, self.slow_s, self.clock_off_s = False, 0.0, 0.0
        self._tasks: list[asyncio.Task[None]] = []
        self._streams: list[asyncio.StreamWriter] = []
        self._assigned: dict[str, str] = {}
        self._leases: dict[str, int] = {}
        self.link: NodeLink | None = None

    @property
    def runs(self) -> bool:
        """It has power."""
        return bool(self._tasks)

    @property
    def outbox_rows(self) -> int:
        """How many results wait for the hub."""
        return sum(worker.journal.outbox_rows for worker in self.workers.values())

    @property
    def connections(self) -> int:
        """How many of its connections it takes for standing."""
        return sum(not writer.is_closing() for writer in self._streams)

    @property
    def cameras(self) -> Iterator[str]:
        """What it watches."""
        return (camera for worker in self.workers.values() for camera in worker.cameras)

    def start(self) -> None:
        """Starts its link, and its cameras as the last part of the site file says, if one has come."""
        member = Membership.read(self.folder)
        connection = HubConnection(self.folder, lambda: time.time_ns() + round(self.clock_off_s * NS_PER_S))
        bandwidth = Bandwidth()

        async def connect() -> Streams:
            if self.cut_off:
                raise ConnectionError("this machine is cut off")
            SOURCE.set(self.source)
            reader, writer = await connection.connect()
            bandwidth.bytes_per_s = connection.bytes_per_s
            self._streams = [one for one in self._streams if not one.is_closing()] + [writer]
            return reader, writer

        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await Uplink(bandwidth).carry(reader, writer)

        held = HeldPart(self.folder, SITE, self.name, member.verify)
        self.link = NodeLink(self.folder, held, connect, self._apply, carry)
        self._tasks = [asyncio.create_task(self.link.run(), name=f"{self.name} link")]
        if held.start():
            self._apply(published_plan(site_of(self.folder), self.folder, os.environ))

    async def die(self) -> None:
        """Ends at once, as when the power fails: what is on disk stays, and nothing is said to the hub."""
        self.sever()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        with suppress(OSError, PasserbyError):
            await asyncio.gather(*tasks, return_exceptions=True)
        self.sever()
        for worker in self.workers.values():
            worker.journal.close()
        self.workers, self._assigned = {}, {}

    def sever(self) -> None:
        """Breaks all its connections off."""
        streams, self._streams = self._streams, []
        for writer in streams:
            writer.transport.abort()

    def measure(self, start_ns: int, from_s: int = 0, to_s: int = 60) -> None:
        """Measures a minute of all its cameras; to be called in a thread."""
        if self.slow_s:
            time.sleep(self.slow_s)
        minute = start_ns // MINUTE_NS
        for worker in list(self.workers.values()):
            worker.measure(start_ns, self._leases, from_s, to_s)
            for place, camera in enumerate(worker.cameras):
                if (minute + place) % HEALTH_EVERY == 0:
                    now_ns = time.time_ns()
                    why = "Pictures come in."
                    worker.journal.store_health(
                        CameraHealth(camera, now_ns, CameraState.ONLINE, start_ns, why, 10.0, 1.0)
                    )

    def send(self, start_ns: int, *, live: bool = True) -> None:
        """Has its workers send what is new."""
        for worker in self.workers.values():
            worker.client.outbox_grew()
            for camera in worker.cameras if live else ():
                worker.client.minutes_changed(camera)
                worker.report(camera, start_ns)

    def _apply(self, plan: SitePlan) -> None:
        names = [camera.name for camera in plan.running_on(self.name)]
        groups = grouped([CameraNeeds(name) for name in names], self._assigned, GroupLimits(plan.cameras_per_worker))
        self._assigned = {camera: group.worker for group in groups for camera in group.cameras}
        self._leases = read_leases(self.folder)
        wanted = {group.worker: group.cameras for group in groups}
        for worker in self.workers:
            wanted.setdefault(worker, ())
        for worker, cameras in wanted.items():
            self._worker(worker).hold(cameras)

    def _worker(self, name: str) -> CityWorker:
        worker = self.workers.get(name)
        if worker is None:
            worker = self.workers[name] = CityWorker(name, self.folder)
            self._tasks.append(asyncio.create_task(worker.client.run(), name=f"{self.name} {name}"))
        return worker


def _health(camera: str, since_ns: int) -> CameraHealth:
    return CameraHealth(camera, time.time_ns(), CameraState.ONLINE, since_ns, "Pictures come in.", 10.0, 1.0)


def _nothing_to_do(_message: ToWorker) -> None:
    """Takes what is meant for cameras with pictures."""
