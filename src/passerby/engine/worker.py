"""A worker: the supervisors of a few cameras, their journal, and the connection to the hub."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from passerby.domain.draft_trial import DraftNumbers
from passerby.domain.event_rules import EventRule
from passerby.domain.health import MEANT, CameraHealth, CameraState
from passerby.domain.isolation import Isolation
from passerby.domain.leases import NO_LEASE
from passerby.domain.preview import Preview
from passerby.domain.replays import KEPT_S
from passerby.engine.camera_supervisor import CameraListener, CameraSupervisor, Starter
from passerby.engine.event_journal import NO_CAUSES
from passerby.engine.hub.client import HubClient
from passerby.engine.hub.costs import CostMeter
from passerby.engine.hub.link import Connect
from passerby.engine.journal import Journal
from passerby.engine.plausible.replays import Encrypter
from passerby.engine.plausible.sizes import Usage
from passerby.engine.unwatched.offline_rules import OfflineRules
from passerby.events.causes import Causes
from passerby.messages.cluster_messages import WorkerSuperseded
from passerby.messages.hub_messages import (
    DraftReport,
    DraftWanted,
    DraftWithdrawn,
    ProfilesSwitched,
    SitePart,
    ToHub,
    ToWorker,
)
from passerby.messages.live_requests import PreviewWanted, ViewConfirmed
from passerby.telemetry.logs import get_log
from passerby.units import NS_PER_S

FINISH_S = 1.0
CHECK_S = 5.0
MEASURE_S = 60.0
NOT_WATCHED = "It ended because the camera is not watched any more."


@dataclass(frozen=True, slots=True)
class Assignment:
    """One camera that a worker is to hold.

    Attributes:
        start: starts its sandboxed process.
        identity: changes exactly when the camera has to be started anew.
        places: names of its lines, movements and zones, the only ones that it may report.
        rules: the place-safety rules that are watched, the only ones that it may report events of.
        causes: by which their events are put into groups.
        offline_rules: holds the rules of its state against it while it has no process.
        replays: the register allows a replay of each event.
        lease: the number under which it is watched.
    """

    start: Starter
    identity: bytes
    places: frozenset[str]
    rules: tuple[EventRule, ...] = ()
    causes: Causes = NO_CAUSES
    offline_rules: OfflineRules | None = None
    replays: bool = False
    lease: int = NO_LEASE


class _Listener(CameraListener):
    """Takes the reports of the camera supervisors from their threads into the worker's event loop."""

    def __init__(self, worker: str, loop: asyncio.AbstractEventLoop, hub: HubClient) -> None:
        self._log, self._loop, self._hub = get_log().bind(worker=worker), loop, hub

    def minutes_changed(self, camera: str) -> None:
        self._loop.call_soon_threadsafe(self._hub.minutes_changed, camera)

    def events_changed(self) -> None:
        self._loop.call_soon_threadsafe(self._hub.outbox_grew)

    def health(self, report: CameraHealth) -> None:
        fine = report.state in MEANT or report.state is CameraState.CONNECTING
        write = self._log.info if fine else self._log.warning
        write("camera", camera=report.camera, state=report.state.value, why=report.why)
        self._loop.call_soon_threadsafe(self._hub.send_health, report)
        self._loop.call_soon_threadsafe(self._hub.outbox_grew)

    def preview(self, preview: Preview) -> None:
        self._loop.call_soon_threadsafe(self._hub.send_preview, preview)

    def draft(self, camera: str, draft_id: str, numbers: DraftNumbers | None) -> None:
        self._loop.call_soon_threadsafe(self._hub.send_draft, DraftReport(camera, draft_id, numbers))

    def replay_lost(self, camera: str, why: str) -> None:
        self._log.error("the replay of an event could not be encrypted, and is not kept", camera=camera, why=why)

    def isolated(self, camera: str, isolation: Isolation) -> None:
        self._log.info("isolated", camera=camera, level=isolation.level, missing=list(isolation.missing))
        self._loop.call_soon_threadsafe(self._hub.send_isolation, camera, isolation)

    def ended(self, camera: str, why: str, wait_s: float) -> None:
        self._log.warning("camera process ended", camera=camera, why=why, again_in_s=wait_s)


class Worker:
    """Supervises the cameras that are assigned to it; what they measure reaches the hub, now or later."""

    def __init__(
        self,
        name: str,
        journal: Path,
        connect: Connect,
        clock: Callable[[], int] = time.time_ns,
        *,
        encrypt: Encrypter | None = None,
        first: Callable[[], ToHub] | None = None,
        placed: Callable[[SitePart | WorkerSuperseded], None] = lambda _message: None,
    ) -> None:
        """Opens the journal; to be made inside a running event loop.

        Args:
            name: the worker's name.
            journal: the file of its journal.
            connect: connects to the hub.
            clock: UTC nanoseconds now.
            encrypt: encrypts the replays of events; without it none are kept.
            first: returns what each connection to the hub begins with, for a worker that a cluster places.
            placed: called with what the hub says to such a worker.
        """
        self._encrypt, self._placed, self._measures = encrypt, placed, first is not None
        self._replaying: frozenset[str] = frozenset()
        self._clock = clock
        self._journal = Journal(journal)
        self._journal.end_all_runs()
        self._hub = HubClient(name, connect, self._journal, self._follow_request, first)
        self._listener = _Listener(name, asyncio.get_running_loop(), self._hub)
        self._by_hand = self._journal.switch()
        self._cameras: dict[str, tuple[tuple[bytes, int], CameraSupervisor]] = {}
        self._assigned_none = False

    @property
    def outbox_rows(self) -> int:
        """How many rows wait for the hub."""
        return self._journal.outbox_rows

    @property
    def health(self) -> tuple[CameraHealth, ...]:
        """The newest report of each of its cameras."""
        return self._hub.health

    @property
    def done(self) -> bool:
        """Whether it holds no camera, by assignment, and the hub has stored all that it measured."""
        return self._assigned_none and not self._journal.holds_results

    def limit_outbox(self, max_bytes: int | None) -> None:
        """Sets how large the journal may grow; beyond, the oldest results are dropped. None for no limit."""
        self._journal.outbox.max_bytes = max_bytes

    async def assign(self, cameras: Mapping[str, Assignment]) -> None:
        """Starts, ends and changes cameras until they are these; the others are not touched."""
        self._assigned_none = False
        going = [
            camera
            for camera, (identity, _) in self._cameras.items()
            if camera not in cameras or (cameras[camera].identity, cameras[camera].lease) != identity
        ]
        leaving = [self._cameras.pop(camera)[1] for camera in going]
        await asyncio.gather(*(asyncio.to_thread(supervisor.stop) for supervisor in leaving))
        await asyncio.to_thread(self._journal.events.close_all_but, tuple(cameras), self._clock(), NOT_WATCHED)
        self._replaying = frozenset(camera for camera, wanted in cameras.items() if wanted.replays)
        await asyncio.to_thread(self._delete_replays)
        self._hub.outbox_grew()
        for camera, wanted in cameras.items():
            if camera not in self._cameras:
                supervisor = CameraSupervisor(
                    camera,
                    wanted.start,
                    self._journal,
                    self._listener,
                    places=wanted.places,
                    lease=wanted.lease,
                    rules=wanted.rules,
                    causes=wanted.causes,
                    offline_rules=wanted.offline_rules,
                    by_hand=self._by_hand,
                    encrypt=self._encrypt if wanted.replays else None,
                    clock=self._clock,
                )
                self._cameras[camera] = ((wanted.identity, wanted.lease), supervisor)
        self._hub.set_cameras(tuple(self._cameras))
        self._assigned_none = not self._cameras

    async def run(self, stop: asyncio.Event) -> None:
        """Works until the event; then all cameras report what they have, and the hub gets what it takes at once."""
        async with asyncio.TaskGroup() as tasks:
            hub = tasks.create_task(self._hub.run())
            others = [tasks.create_task(self._finish_minutes()), tasks.create_task(self._check())]
            if self._measures:
                others.append(tasks.create_task(self._measure()))
            await stop.wait()
            await asyncio.gather(*(asyncio.to_thread(supervisor.stop) for _, supervisor in self._cameras.values()))
            await asyncio.to_thread(self._journal.finish_minutes, self._clock())
            self._hub.outbox_grew()
            await asyncio.sleep(FINISH_S)
            for task in (hub, *others):
                task.cancel()
        self._journal.close()

    async def _finish_minutes(self) -> None:
        while True:
            if await asyncio.to_thread(self._journal.finish_minutes, self._clock()):
                self._hub.outbox_grew()
                for camera in self._cameras:
                    self._hub.minutes_changed(camera)
            await asyncio.sleep(FINISH_S)

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(CHECK_S)
            await asyncio.to_thread(self._delete_replays)
            for _, supervisor in list(self._cameras.values()):
                await asyncio.to_thread(supervisor.check)

    async def _measure(self) -> None:
        """Reports each minute how much of this machine the cameras use: a cluster is to reserve so much for them."""
        meter = CostMeter()
        while True:
            await asyncio.sleep(MEASURE_S)
            costs = meter.measured(await asyncio.to_thread(self._usages))
            if costs.cameras:
                self._hub.send_costs(costs)

    def _usages(self) -> dict[str, Usage]:
        """Returns what the processes of each camera take that has some."""
        taken = {camera: supervisor.usage() for camera, (_, supervisor) in list(self._cameras.items())}
        return {camera: usage for camera, usage in taken.items() if usage is not None}

    def _delete_replays(self) -> None:
        """Deletes the replays of cameras that may have none any more, and those that have waited for too long."""
        self._journal.replays.keep_only(self._replaying, self._clock() - KEPT_S * NS_PER_S)

    def _follow_request(self, message: ToWorker) -> None:
        if isinstance(message, SitePart | WorkerSuperseded):
            self._placed(message)
        elif isinstance(message, ProfilesSwitched):
            self._switch_profiles(message)
        elif isinstance(message, DraftWanted):
            self._try_draft(message)
        elif isinstance(message, PreviewWanted | ViewConfirmed | DraftWithdrawn) and message.camera in self._cameras:
            supervisor = self._cameras[message.camera][1]
            if isinstance(message, ViewConfirmed):
                supervisor.confirm_view()
            elif isinstance(message, DraftWithdrawn):
                supervisor.withdraw_draft(message.draft_id)
            else:
                supervisor.set_preview(wanted=message.wanted, tally=message.tally)

    def _try_draft(self, message: DraftWanted) -> None:
        if message.camera in self._cameras:
            self._cameras[message.camera][1].try_draft(message.draft)
        else:  # it was given to another worker just now, and its process has ended
            self._hub.send_draft(DraftReport(message.camera, message.draft.draft_id, None))

    def _switch_profiles(self, switched: ProfilesSwitched) -> None:
        if switched.by_hand == self._by_hand:
            return  # the hub says it at each connection
        self._by_hand = switched.by_hand
        for _, supervisor in self._cameras.values():
            supervisor.switch_profiles(switched.by_hand)
        self._journal.store_switch(switched)
