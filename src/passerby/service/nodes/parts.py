"""The hub's side of nodes: sends each connected one its part of what runs, and says which cameras' nodes are away."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from passerby.config.texts.site_part import part_sha256
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import NodeReport
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.service import SitePlan
from passerby.engine.live_state import LiveState, SendToWorker
from passerby.messages.cluster_messages import CameraCosts, ClusterReport, WorkerStarted, WorkerSuperseded
from passerby.messages.hub_messages import (
    SitePartHeld,
)
from passerby.service.nodes.cluster_workers import ClusterWorkers
from passerby.service.nodes.signed_part import GRACE_S, next_number, signed_part
from passerby.telemetry.logs import get_log
from passerby.units import NS_PER_S


@dataclass(slots=True)
class _Connected:
    """A node's own connection, and which part it has: its number, and the SHA-256 of what it says."""

    node: str
    number: int
    sha256: str
    send: SendToWorker


class NodeParts:
    """Sends parts of the site file to the nodes that they are for.

    A part's number is higher than that of the one that the node holds, so that an older one, recorded and sent again,
    is refused there; it is the time in milliseconds where that is higher.
    """

    def __init__(
        self,
        site: str,
        part_text: Callable[[str], Awaitable[str]],
        sign: Callable[[bytes], bytes],
        plan: Callable[[], SitePlan],
        leases: Callable[[str], Mapping[str, int]],
        clock: Callable[[], int] = time.time_ns,
        workers: ClusterWorkers | None = None,
        reported: Callable[[str, NodeReport], None] = lambda _node, _report: None,
    ) -> None:
        """Takes what parts are made of.

        Args:
            site: the site's name, as the authority has it.
            part_text: returns a node's part, passwords included; raises PasserbyError where it cannot be made now.
            sign: signs for the site's authority.
            plan: returns what runs now.
            leases: returns under which number each camera of a node is watched.
            clock: UTC nanoseconds now.
            workers: those that a cluster places; None where none does.
            reported: called with what each node reports of its work.
        """
        self._site, self._part_text, self._sign, self._clock = site, part_text, sign, clock
        self.workers = workers
        self._reported = reported
        self._plan, self._leases = plan, leases
        self._connected: dict[int, _Connected] = {}
        self._missing: set[int] = set()
        self._turn = asyncio.Lock()

    @property
    def connected(self) -> frozenset[str]:
        """The nodes that are connected."""
        return frozenset(one.node for one in self._connected.values())

    async def held(self, node: str, held: SitePartHeld, send: SendToWorker) -> None:
        """Takes in which part a node holds, and sends it the one that is to run where that differs."""
        one = self._connected[id(send)] = _Connected(node, held.number, held.sha256, send)
        await self._send(one)

    async def started(self, node: str, message: WorkerStarted, send: SendToWorker) -> None:
        """Takes in that a worker has connected which a cluster has placed on a node."""
        if self.workers is None:
            send(WorkerSuperseded("the hub runs without a cluster: `passerby run` was started without --engine ray"))
        else:
            await self.workers.started(node, message, send)

    def reported(self, node: str, report: NodeReport) -> None:
        """Takes in what a node reports of its work."""
        self._reported(node, report)

    def measured(self, node: str, costs: CameraCosts) -> None:
        """Takes in what cameras take that a cluster has placed on a node; of others nothing is taken."""
        if self.workers is not None:
            self.workers.costs.report(cost for cost in costs.cameras if self.watches(node, cost.camera))

    def cluster_reported(self, report: ClusterReport, send: SendToWorker) -> None:
        """Takes in what the engine process says of the cluster, and answers with the workers that are wanted of it."""
        if self.workers is not None:
            self.workers.reported(report, send)

    def gone(self, send: SendToWorker) -> None:
        """Takes in that a connection has ended; harmless for one that is no node's own."""
        self._connected.pop(id(send), None)
        self._missing.discard(id(send))
        if self.workers is not None:
            self.workers.gone(send)

    def watches(self, node: str, camera: str) -> bool:
        """Returns whether a camera is one of that machine's; the empty name is the hub's own."""
        found = self._plan().camera(camera)
        if found is not None and not found.node and self.workers is not None:
            return self.workers.node_of(camera) == node
        return found is not None and found.node == node

    async def changed(self) -> None:
        """Sends each connected node its part where it differs from what the node has."""
        for one in list(self._connected.values()):
            await self._send(one)
        if self.workers is not None:
            await self.workers.changed()

    async def catch_up(self) -> None:
        """Tries again what could not be made before, if anything."""
        if self._missing:
            await self.changed()
        elif self.workers is not None:
            await self.workers.catch_up()

    async def _send(self, one: _Connected) -> None:
        async with self._turn:
            try:
                text = (await self._part_text(one.node)).encode()
            except PasserbyError as fault:
                if id(one.send) not in self._missing:
                    get_log().error("a node keeps its part, as a new one cannot be made", node=one.node, why=str(fault))
                self._missing.add(id(one.send))
                return
            self._missing.discard(id(one.send))
            leases = self._leases(one.node)
            sha256 = part_sha256(leases, text)
            if sha256 == one.sha256:
                return
            number = next_number(one.number, self._clock())
            one.send(signed_part(self._sign, self._site, one.node, number, leases, text))
            one.number, one.sha256 = number, sha256
            get_log().info("a node was sent its part of the site file", node=one.node, number=number)


class AwayNodes:
    """Reports the cameras of nodes that are not connected: what they measure waits there, and is not seen here."""

    def __init__(
        self,
        live: LiveState,
        plan: Callable[[], SitePlan],
        connected: Callable[[], frozenset[str]],
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Takes the live state, what runs, which nodes are connected, and UTC nanoseconds now."""
        self._live, self._plan, self._connected, self._clock = live, plan, connected, clock
        self._since: dict[str, int] = {}
        self._reported: set[str] = set()

    def look(self) -> None:
        """Reports the cameras of each node that has been away for a while; to be called every second or so."""
        now_ns, plan, connected = self._clock(), self._plan(), self._connected()
        for node in plan.nodes:
            if node in connected:
                self._since.pop(node, None)
                self._reported.discard(node)
                continue
            since_ns = self._since.setdefault(node, now_ns)
            if node not in self._reported and now_ns - since_ns >= GRACE_S * NS_PER_S:
                self._reported.add(node)
                get_log().warning("a node is not connected", node=node)
                for camera in plan.running_on(node):
                    self._live.set_health(_away(camera.name, node, now_ns, since_ns))


def _away(camera: str, node: str, now_ns: int, since_ns: int) -> CameraHealth:
    why = f"Its node {node} is not connected, so its state is not known here. What it measures meanwhile waits there."
    return CameraHealth(camera, now_ns, CameraState.OFFLINE, since_ns, why)
