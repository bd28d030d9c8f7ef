"""The hub's end of the workers' connections: stores and acknowledges results, and keeps the live state."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from passerby.back_off import BackOff, BackOffSettings
from passerby.domain.event_rules import RuleKind
from passerby.domain.fleet import NodeReport
from passerby.domain.health import CameraHealth
from passerby.domain.leases import Lease, WatchedPart
from passerby.domain.observations import Observation
from passerby.domain.place_events import PlaceEvent, momentary
from passerby.domain.preview import Preview
from passerby.domain.queries import Receipt
from passerby.domain.replays import EncryptedReplay
from passerby.engine.hub.held_events import held_events
from passerby.engine.hub.link import Listener, Peer
from passerby.engine.hub.parts import batches, parts_from
from passerby.engine.hub.turns import Turns
from passerby.engine.live_state import LiveState, SendToWorker
from passerby.engine.replays.retention import keep_replays
from passerby.engine.unwatched.orphans import UNKNOWN, close_orphans
from passerby.messages.cluster_messages import CameraCosts, ClusterReport, WorkerStarted
from passerby.messages.codec import CodecError
from passerby.messages.columns import observations_of
from passerby.messages.hub_messages import (
    TO_HUB,
    TO_WORKER,
    Acknowledged,
    Alert,
    CameraIsolation,
    Delivery,
    DraftReport,
    EventDelivery,
    EventsStored,
    KnownEvents,
    NewestHealth,
    OpenMinutes,
    ProfilesSwitched,
    ReplayDelivery,
    ReplayStored,
    SitePartHeld,
    ToHub,
    ToWorker,
    WorkerCameras,
)
from passerby.messages.live_requests import LivePace
from passerby.ports import Store, StoreError
from passerby.telemetry.logs import get_log

MAX_WAITING = 256
"""Deliveries in memory; beyond, they stay in the workers' outboxes."""

MAX_ROWS = 5_000
"""Rows that are stored in one transaction: the event loop is kept for some 20 ms at a time by so many."""

_LIVE = (OpenMinutes, NewestHealth, CameraIsolation, Preview, DraftReport)
"""Messages that are of this moment alone, and are stored nowhere."""

_T = TypeVar("_T")

STORE_WAITS = BackOffSettings(first_s=0.2, max_s=5.0, healthy_s=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    observations: tuple[Observation, ...]
    health: tuple[CameraHealth, ...]
    events: tuple[PlaceEvent, ...]
    stored: Acknowledged | EventsStored | ReplayStored
    send: SendToWorker
    replays: tuple[EncryptedReplay, ...] = ()
    parts: tuple[WatchedPart, ...] = ()
    node: str = ""


class Nodes(Protocol):
    """What the hub keeps of the nodes that are connected."""

    async def held(self, node: str, held: SitePartHeld, send: SendToWorker) -> None:
        """Takes in which part of the site file a node has."""
        ...

    async def started(self, node: str, message: WorkerStarted, send: SendToWorker) -> None:
        """Takes in that a worker has connected which a cluster has placed on a node."""
        ...

    def reported(self, node: str, report: NodeReport) -> None:
        """Takes in what a node reports of its work."""
        ...

    def cluster_reported(self, report: ClusterReport, send: SendToWorker) -> None:
        """Takes in what the engine process of this machine says of the cluster."""
        ...

    def measured(self, node: str, costs: CameraCosts) -> None:
        """Takes in what cameras take that a cluster has placed on a node."""
        ...

    def gone(self, send: SendToWorker) -> None:
        """Takes in that a connection has ended; harmless for one that is no node's own."""
        ...

    def watches(self, node: str, camera: str) -> bool:
        """Returns whether a camera's live values are taken from that machine; the empty name is the hub's own."""
        ...


class HubServer:
    """Takes what workers send over any of its listeners."""

    def __init__(
        self,
        listeners: Sequence[Listener],
        store: Store,
        live: LiveState,
        replaying: Callable[[], frozenset[str]] = frozenset,
        nodes: Nodes | None = None,
    ) -> None:
        """Takes where connections come from, and where results go.

        Args:
            listeners: take connections.
            store: stores the results.
            live: gets the live values.
            replaying: the cameras of which the register allows replays; those of others are neither stored nor kept.
            nodes: keeps the machines that are connected; None where all cameras are this machine's.
        """
        self._replaying, self._nodes = replaying, nodes
        self._listeners, self._store, self._live = tuple(listeners), store, live
        self._waiting: asyncio.Queue[_Waiting | KnownEvents] = asyncio.Queue(MAX_WAITING)
        self._turns = Turns()
        self._connections: set[asyncio.StreamWriter] = set()
        self._log = get_log()
        self.rows_stored = self.rows_set_aside = 0
        self.store_fault = ""

    @property
    def waiting(self) -> int:
        """How many deliveries wait for the store."""
        return self._waiting.qsize()

    async def run(self) -> None:
        """Listens and stores until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._store_forever())
                tasks.create_task(keep_replays(self._store, self._replaying))
                for listener in self._listeners:
                    tasks.create_task(listener.listen(self._serve))
        finally:
            for connection in tuple(self._connections):
                connection.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: Peer) -> None:
        def send(message: ToWorker) -> None:
            if not writer.is_closing():
                writer.writelines(TO_WORKER.encode(message))

        worker = "unknown"
        self._connections.add(writer)
        try:
            while True:
                message = await TO_HUB.receive_from(reader)
                await self._turns.turn()
                if isinstance(message, WorkerCameras):
                    worker = message.worker
                    self._live.set_worker(self._watched(peer.node, message.cameras), send)
                    send(ProfilesSwitched(self._live.profiles_by_hand))
                    if pace_s := self._live.pace_s:
                        send(LivePace(pace_s))
                elif isinstance(message, SitePartHeld):
                    if peer.node and self._nodes is not None:
                        await self._nodes.held(peer.node, message, send)
                elif isinstance(message, ClusterReport):
                    if not peer.node and self._nodes is not None:
                        self._nodes.cluster_reported(message, send)
                elif isinstance(message, WorkerStarted):
                    if peer.node and self._nodes is not None:
                        await self._nodes.started(peer.node, message, send)
                elif isinstance(message, NodeReport):
                    if peer.node and self._nodes is not None:
                        self._nodes.reported(peer.node, message)
                elif isinstance(message, CameraCosts):
                    if peer.node and self._nodes is not None:
                        self._nodes.measured(peer.node, message)
                elif not isinstance(message, _LIVE) or self._watched(peer.node, (_camera_of(message),)):
                    await self._receive(message, send, peer.node)
        except (OSError, asyncio.IncompleteReadError):
            pass
        except (CodecError, ValueError, ArithmeticError, LookupError, TypeError) as fault:
            self._log.error(
                "a worker sent what is no message; its connection was closed",
                worker=worker,
                node=peer.node,
                why=str(fault),
            )
        finally:
            self._live.remove_worker(send)
            if self._nodes is not None:
                self._nodes.gone(send)
            self._connections.discard(writer)
            writer.close()

    def _watched(self, node: str, cameras: tuple[str, ...]) -> tuple[str, ...]:
        """Returns those of the cameras that this machine is to watch now; live values of others are not taken."""
        if self._nodes is None:
            return cameras
        watches = self._nodes.watches
        return tuple(camera for camera in cameras if watches(node, camera))

    async def _receive(self, message: ToHub, send: SendToWorker, node: str) -> None:
        if isinstance(message, Delivery):
            observations = observations_of(message.observations)
            self._live.finish_minutes(observations)
            events, number = tuple(map(_event_of, message.alerts)), Acknowledged(message.number)
            parts = parts_from(node, observations, message.parts)
            await self._waiting.put(_Waiting(observations, message.health, events, number, send, (), parts, node))
        elif isinstance(message, EventDelivery):
            self._live.set_events(one for one in message.events if self._watched(node, (one.camera,)))
            stored_events = EventsStored(message.number)
            await self._waiting.put(_Waiting((), (), message.events, stored_events, send, node=node))
        elif isinstance(message, KnownEvents):
            # One that was handed over goes on at another machine, which says what it knows of it.
            await self._waiting.put(replace(message, cameras=self._watched(node, message.cameras)))
        elif isinstance(message, ReplayDelivery):
            replay = message.replay
            stored = ReplayStored(replay.event_id)
            await self._waiting.put(_Waiting((), (), (), stored, send, (replay,)))
        elif isinstance(message, OpenMinutes):
            self._live.set_open_minutes(message.camera, observations_of(message.observations))
        elif isinstance(message, NewestHealth):
            self._live.set_health(message.health)
        elif isinstance(message, CameraIsolation):
            self._live.set_isolation(message.camera, message.isolation)
        elif isinstance(message, Preview):
            self._live.send_preview(message)
        elif isinstance(message, DraftReport):
            self._live.set_draft(message)

    async def _store_forever(self) -> None:
        while True:
            batch, known = await self._next_batch()
            if batch:
                await self._store_batch(batch)
            if known is not None:
                await self._close_orphans(known)

    async def _next_batch(self) -> tuple[list[_Waiting], KnownEvents | None]:
        """Returns what waits for the store, up to the next list of the events that a worker knows, and that list.

        What comes after a list may be of events that it does not name yet.
        """
        batch: list[_Waiting] = []
        rows = 0
        following = await self._waiting.get()
        while isinstance(following, _Waiting):
            batch.append(following)
            rows += len(following.observations)
            if rows >= MAX_ROWS or self._waiting.empty():
                return batch, None
            following = self._waiting.get_nowait()
        return batch, following

    async def _close_orphans(self, known: KnownEvents) -> None:
        """Closes what the store holds open of a worker's cameras and the worker knows nothing of."""
        cameras, ids = set(known.cameras), set(known.event_ids)
        closed = await self._until_stored(
            lambda: close_orphans(self._store, lambda one: one.camera in cameras and one.event_id not in ids, UNKNOWN)
        )
        if closed:
            self._log.warning("events that no worker knows of any more were closed", events=len(closed))
            self._live.set_events(closed)

    async def _store_batch(self, batch: list[_Waiting]) -> None:
        observations = [row for one in batch for row in one.observations]

        async def store() -> None:
            if events := await self._held([one for one in batch if one.events]):
                await self._store.store_events(events)
                self._live.set_events(events)
            for some in batches((one.observations, one.parts) for one in batch):
                self._report(await self._store.store_observations(some.observations, some.parts))
            if health := [report for one in batch for report in one.health]:
                await self._store.store_health(health)
            if replays := [replay for one in batch for replay in one.replays]:
                allowed = self._replaying()  # asked last: the register may have changed while the store was away
                await self._store.store_replays([one for one in replays if one.camera in allowed])

        await self._until_stored(store)
        self.rows_stored += len(observations)
        self._live.remove_stored(observations)
        for one in batch:
            one.send(one.stored)

    async def _held(self, deliveries: Sequence[_Waiting]) -> list[PlaceEvent]:
        """Returns the reports of events that are of the time in which who delivers them held their cameras."""
        cameras = sorted({event.camera for one in deliveries for event in one.events})
        leases: dict[str, list[Lease]] = {}
        for lease in await self._store.leases.of_cameras(cameras) if cameras else ():
            leases.setdefault(lease.camera, []).append(lease)
        events = [event for one in deliveries for event in held_events(one.node, one.events, leases)]
        left_out = sum(len(one.events) for one in deliveries) - len(events)
        if left_out:
            self._log.warning("events of cameras that had been handed over by then were left out", events=left_out)
        return events

    def _report(self, receipt: Receipt) -> None:
        for refusal in receipt.refused:
            camera = refusal.observation.camera
            self._log.warning("an observation was refused", camera=camera, why=refusal.why)
        if receipt.set_aside:
            self._log.warning(
                "rows of cameras that had been handed over by then are kept and not added", rows=receipt.set_aside
            )
            self.rows_set_aside += receipt.set_aside

    async def _until_stored(self, store: Callable[[], Awaitable[_T]]) -> _T:
        """Stores again and again until it succeeds: nothing is lost, it stays in the workers' outboxes until then."""
        back_off = BackOff(STORE_WAITS)
        while True:
            try:
                result = await store()
            except StoreError as fault:
                if not self.store_fault:
                    self._log.error("the store does not take results; they wait", why=str(fault))
                self.store_fault = str(fault)
                await asyncio.sleep(back_off.wait_s(-1.0))
            else:
                self.store_fault = ""
                return result


def _camera_of(message: OpenMinutes | NewestHealth | CameraIsolation | Preview | DraftReport) -> str:
    return message.health.camera if isinstance(message, NewestHealth) else message.camera


def _event_of(alert: Alert) -> PlaceEvent:
    """Returns the event that an alert of an earlier release was; each of them was of too many people."""
    kind, one = RuleKind.OVERCROWDING, alert
    return momentary(one.camera, one.rule, kind, one.place, one.time_ns, one.value, one.threshold, one.unit, one.why)
