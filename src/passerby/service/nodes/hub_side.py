"""What the hub does for nodes: it listens for them, sends them their parts, and reports the cameras of those away."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final, Self

from passerby.domain.camera_groups import CameraNeeds, GroupLimits
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import FleetNode
from passerby.domain.service import SitePlan
from passerby.engine.hub.link import Listener, Serve, UnixListener
from passerby.engine.live_state import LiveState
from passerby.engine.service_folder import HUB_SOCKET
from passerby.fleet.authority import SiteAuthority
from passerby.fleet.listener import FleetListener
from passerby.fleet.passed_on import PassedOn, Take
from passerby.ports import Store
from passerby.service.nodes.cluster_workers import ClusterWorkers, PartMaker
from passerby.service.nodes.part_texts import PartTexts
from passerby.service.nodes.parts import AwayNodes, NodeParts
from passerby.service.nodes.placement import Placement
from passerby.service.nodes.work import NodeWork
from passerby.service.plans import ReadSite
from passerby.telemetry.logs import get_log

LOOK_S: Final = 1.0
LISTEN_AGAIN_S: Final = 5.0


class HubNodes:
    """The hub's side of its nodes; of a site without a fleet only what is reported of cameras that name a node.

    Attributes:
        listeners: take the connections of this machine's workers, and of nodes.
        parts: sends nodes their parts; None without a fleet.
        authority: the site's; None likewise.
        listener: takes the connections of nodes; None likewise.
    """

    def __init__(
        self,
        here: Listener,
        listener: FleetListener | None = None,
        authority: SiteAuthority | None = None,
        parts: NodeParts | None = None,
        texts: PartTexts | None = None,
        work: NodeWork | None = None,
    ) -> None:
        """Takes its parts; see `open`."""
        self._work = work
        self.listeners: tuple[Listener, ...] = (here,) if listener is None else (here, Persistent(listener))
        self.listener, self.authority, self.parts, self._texts = listener, authority, parts, texts
        self._waits_in: Path | None = None

    @property
    def nodes(self) -> Mapping[FleetNode, bool]:
        """The nodes that have joined, and whether each is connected now."""
        connected = frozenset() if self.parts is None else self.parts.connected
        return {} if self._work is None else {node: node.name in connected for node in self._work.nodes}

    @classmethod
    def open(
        cls,
        site: Path,
        data: Path,
        environment: Mapping[str, str],
        store: Store,
        plan: Callable[[], SitePlan],
        placement: Placement,
        read: ReadSite | None = None,
    ) -> Self:
        """Opens it for what runs now; a fleet that cannot be served is reported, and this machine's cameras run on.

        Args:
            site: the site file.
            data: the data folder.
            environment: variables that secrets are taken from.
            store: holds the nodes that have joined.
            plan: returns what runs.
            placement: knows under which number each camera is watched.
            read: what was read of the site file just now.
        """
        here, fleet = UnixListener(data / HUB_SOCKET), plan().fleet
        if fleet is None:
            return cls(here)
        try:
            authority = SiteAuthority.open(data)
        except PasserbyError as fault:
            get_log().error("no node can connect", why=str(fault))
            waiting = cls(here)
            waiting._waits_in = data
            return waiting
        listener = FleetListener(
            fleet.listen, fleet.addresses[0], store.fleet, authority, bytes_per_s=fleet.node_bytes_per_s
        )
        texts = PartTexts(site, data, environment, read)
        work = NodeWork(store.fleet)

        def part_text(node: str) -> Awaitable[str]:
            return texts.of(node, () if node in work.drained else None)

        def leases(node: str) -> Mapping[str, int]:
            return {} if node in work.drained else placement.of_node(plan(), node)

        maker = PartMaker(authority.site, texts.of, authority.sign)
        workers = _workers(store, maker, plan, placement, lambda: work.drained)
        parts = NodeParts(
            authority.site, part_text, authority.sign, plan, leases, reported=work.reported, workers=workers
        )
        return cls(here, listener, authority, parts, texts, work)

    def pass_on_to(self, take: Take) -> None:
        """Has connections that hubs which wait pass on be served by what this returns for each."""
        if self.listener is not None and self.authority is not None:
            self.listener.passed_on = PassedOn(self.authority.site, take)

    async def changed(self) -> None:
        """Sends connected nodes their parts where these differ by now."""
        if self.parts is not None and self._texts is not None:
            self._texts.read_anew()
            await self.parts.changed()

    async def run(self, live: LiveState, plan: Callable[[], SitePlan], on_authority: Callable[[], None]) -> None:
        """Reports nodes that are away, and sends parts that could not be made before, until cancelled.

        Args:
            live: where it is reported.
            plan: returns what runs.
            on_authority: called once where the site's authority was missing when this was opened, and is there now.
        """
        away = AwayNodes(live, plan, lambda: frozenset() if self.parts is None else self.parts.connected)
        while True:
            away.look()
            if self.parts is not None and self._work is not None:
                await (self.parts.changed() if await self._work.look() else self.parts.catch_up())
                self._work.show(live, plan())
                if self.parts.workers is not None:
                    self.parts.workers.look(live)
            if self._waits_in is not None and await asyncio.to_thread(_has_authority, self._waits_in):
                self._waits_in = None
                get_log().info("the site has an authority now: the hub starts again to listen for nodes")
                on_authority()
            await asyncio.sleep(LOOK_S)


def _workers(
    store: Store,
    maker: PartMaker,
    plan: Callable[[], SitePlan],
    placement: Placement,
    drained: Callable[[], frozenset[str]],
) -> ClusterWorkers | None:
    """Returns the workers that a cluster places, of the cameras that name no node; None without a cluster."""
    if not placement.clustered:
        return None

    def needs() -> list[CameraNeeds]:
        return [CameraNeeds(one.name, pool=one.pool) for one in plan().running_on("")]

    return ClusterWorkers(store.leases, maker, needs, lambda: GroupLimits(plan().cameras_per_worker), drained=drained)


def _has_authority(data: Path) -> bool:
    try:
        SiteAuthority.open(data)
    except PasserbyError:
        return False
    return True


class Persistent:
    """A listener that tries again where it cannot listen: the rest of the hub does not end with it."""

    def __init__(self, listener: Listener, again_s: float = LISTEN_AGAIN_S) -> None:
        """Takes the listener, and after how many seconds it is tried again."""
        self._listener, self._again_s = listener, again_s

    async def listen(self, serve: Serve) -> None:
        """Serves each connection, until cancelled."""
        known = ""
        while True:
            try:
                await self._listener.listen(serve)
            except (OSError, PasserbyError) as fault:
                if str(fault) != known:
                    get_log().error("nodes cannot connect; tried again", why=str(fault), again_in_s=self._again_s)
                known = str(fault)
            await asyncio.sleep(self._again_s)
