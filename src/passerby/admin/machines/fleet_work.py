"""What the machines of a site do: how each is, why a camera is where it is, and which are to watch none."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from passerby import __version__
from passerby.admin.machines.fleet import open_fleet
from passerby.admin.people import machine_user
from passerby.domain.audit import AuditEntry
from passerby.domain.errors import PasserbyError
from passerby.domain.fleet import REPORT_LATE_S, FleetNode, is_connected, trouble_of
from passerby.domain.health import WATCHING
from passerby.domain.leases import Lease
from passerby.domain.service import CameraPlan, SitePlan
from passerby.engine.service_folder import ServiceFolder, read_status, service_folder, status_age_s
from passerby.ports import Store
from passerby.text import utc_minute

WATCHING_STATES: Final = frozenset(state.value for state in WATCHING)
"""The states of cameras that measure, as reports name them."""
HUB: Final = "(hub)"
"""Stands for the hub's own machine, which has no name; no node can have this one."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine of a site, as its hub sees it.

    Attributes:
        name: the node's name; `HUB` for the hub's own machine.
        node: what the hub holds of it; None for the hub's own machine, and for a name that none has joined by.
        cameras: those that it holds, by the newest lease of each.
        watching: how many of them measure now.
        connected: the hub sees it.
        program: its version of passerby; empty where that is not known.
        outbox_rows: how many results wait on its disk; None where that is not known.
        other_trouble: what is wrong with it beside its version, in words; empty where nothing is.
    """

    name: str
    node: FleetNode | None
    cameras: tuple[str, ...]
    watching: int
    connected: bool
    program: str
    outbox_rows: int | None
    other_trouble: str

    @property
    def trouble(self) -> str:
        """What is wrong with it, in words; empty where nothing is."""
        if self.other_trouble or self.program in ("", __version__) or self.node is None:
            return self.other_trouble
        return f"it runs passerby {self.program}, and the hub has {__version__}: `passerby fleet upgrade SITE.yaml`"

    @property
    def drained(self) -> bool:
        """It is to watch no camera."""
        return self.node is not None and self.node.drained_ns is not None

    @property
    def well(self) -> bool:
        """Nothing is wrong with it, and it is there if it is the hub's own or has cameras."""
        needed = self.node is None or bool(self.cameras)
        return not self.trouble and (self.connected or not needed)


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a camera is where it is.

    Attributes:
        camera: its name.
        lease: under which it is watched; None where none was ever taken.
        node: the machine that the site file names; empty for none.
        reasons: why it is there, and what keeps it from elsewhere, a sentence each.
        troubles: what keeps it from being watched, a sentence each.
    """

    camera: str
    lease: Lease | None
    node: str
    reasons: tuple[str, ...]
    troubles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read of a site at one moment.

    Attributes:
        plan: what its site file says.
        nodes: by name.
        leases: the newest of each camera that has one.
        status: what the hub's supervisor wrote last; empty where nothing runs.
        now_ns: when it was read, UTC nanoseconds.
    """

    plan: SitePlan
    nodes: Mapping[str, FleetNode]
    leases: Mapping[str, Lease]
    status: Mapping[str, Any] = field(default_factory=dict)
    now_ns: int = 0

    def holder(self, camera: CameraPlan) -> str:
        """Returns the machine that holds a camera: by its newest lease, or else as the site file says."""
        lease = self.leases.get(camera.name)
        return camera.node if lease is None else lease.node

    def placed_on(self, node: str) -> tuple[str, ...]:
        """Returns the cameras that a cluster has placed on a node."""
        leases = ((camera.name, self.leases.get(camera.name)) for camera in self.plan.running if not camera.node)
        return tuple(name for name, lease in leases if lease is not None and lease.worker and lease.node == node)

    def state(self, camera: str) -> tuple[str, str]:
        """Returns a camera's state and why, as its hub reports them; empty where that is not known."""
        for row in self.status.get("cameras") or ():
            if row.get("camera") == camera:
                return str(row.get("state")), str(row.get("why"))
        return "", ""

    def machines(self) -> tuple[Machine, ...]:
        """Returns the hub's own machine, and then all nodes that have joined or that a camera names."""
        states = {str(row.get("camera")): str(row.get("state")) for row in self.status.get("cameras") or ()}
        held: dict[str, list[str]] = {}
        for camera in self.plan.running:
            held.setdefault(self.holder(camera), []).append(camera.name)
        watching = {
            name: sum(states.get(camera) in WATCHING_STATES for camera in cameras) for name, cameras in held.items()
        }
        hub = Machine(
            HUB, None, tuple(held.get("", ())), watching.get("", 0), bool(self.status),
            str(self.status.get("program", "")), _number(self.status.get("outbox_rows")),
            "" if self.status else "passerby does not run here",
        )  # fmt: skip
        names = sorted({*self.nodes, *self.plan.nodes, *held} - {""})
        return (hub, *(self._machine(name, tuple(held.get(name, ())), watching.get(name, 0)) for name in names))

    def machine(self, name: str) -> Machine:
        """Returns one machine.

        Raises:
            PasserbyError: there is none of that name.
        """
        for one in self.machines():
            if one.name == name and one.node is not None:
                return one
        raise PasserbyError(
            f"node {name[:80]!a}: no node of this name has joined. See `passerby fleet status SITE.yaml`"
        )

    def _machine(self, name: str, cameras: tuple[str, ...], watching: int) -> Machine:
        node = self.nodes.get(name)
        if node is None:
            why = "no machine has joined under this name, so nothing watches its cameras"
            return Machine(name, None, cameras, 0, connected=False, program="", outbox_rows=None, other_trouble=why)
        connected = is_connected(node, self.now_ns)
        rows = None if node.report is None else node.report.outbox_rows
        trouble = trouble_of(node, self.now_ns)
        if not trouble and not connected and node.has_connected and cameras:
            trouble = f"not connected since {utc_minute(node.seen_ns)}; what it measures waits there"
        return Machine(name, node, cameras, watching, connected, node.program, rows, trouble)

    def explained(self, name: str) -> Explained:
        """Returns why a camera is where it is.

        Raises:
            PasserbyError: the site file has no such camera.
        """
        camera = self.plan.camera(name)
        if camera is None:
            known = ", ".join(one.name for one in self.plan.cameras[:50]) or "none"
            raise PasserbyError(f"camera {name[:80]!a}: the site file has none of this name. It has: {known}")
        lease, holder = self.leases.get(name), self.holder(camera)
        # `pool` says where a cluster places it, and nothing where the site file names no cluster.
        unplaced = lease is None and bool(camera.pool and self.plan.fleet and self.plan.fleet.ray)
        reasons = [_unplaced(camera) if unplaced else _where(camera, holder, lease)]
        if camera.node:
            reasons.append(
                f"The site file names its node (`cameras.{name}.node: {camera.node}`), so it goes to no other machine, "
                "also while that one is away or drained."
            )
        elif unplaced or (lease is not None and lease.worker):
            reasons.append(_places(camera, [node.name for node in self.nodes.values() if node.drained_ns is not None]))
        else:
            reasons.append("The site file names no node, so the hub's own machine watches it.")
        if lease is not None and camera.node != lease.node and not lease.worker:
            reasons.append("The site file on the disk says otherwise than what runs: `passerby apply SITE.yaml`.")
        return Explained(name, lease, camera.node, tuple(reasons), tuple(self._troubles(camera, holder)))

    def _troubles(self, camera: CameraPlan, holder: str) -> list[str]:
        troubles = [] if camera.runs else [f"It does not run: {camera.registration.why or camera.fault}"]
        if not self.status:
            troubles.append("The hub does not run on this data folder, so how the camera is now is not known here.")
        machine = next((one for one in self.machines() if one.name == (holder or HUB)), None)
        if machine is not None and holder:
            if machine.drained and not camera.node:
                troubles.append(f"Node {holder} is drained: the cluster places its worker elsewhere, if there is room.")
            elif machine.drained:
                troubles.append(f"Node {holder} is drained: `passerby fleet undrain SITE.yaml {holder}` ends that.")
            if machine.trouble:
                troubles.append(f"Node {holder}: {machine.trouble}.")
        state, why = self.state(camera.name)
        if state and state not in WATCHING_STATES:
            troubles.append(f"It is {state}: {why}")
        return troubles


def seen(site: Path, data: Path | None) -> Seen:
    """Returns what the machines of a site do now.

    Raises:
        PasserbyError: the site file has faults, or there is no database yet.
        StoreError: the database does not answer.
    """

    async def read(store: Store, plan: SitePlan) -> Seen:
        nodes = {node.name: node for node in await store.fleet.nodes()}
        leases = {lease.camera: lease for lease in await store.leases.of_cameras([one.name for one in plan.cameras])}
        folder = service_folder(plan.name, plan.data, data)
        return Seen(plan, nodes, leases, _fresh_status(folder), time.time_ns())

    return open_fleet(site, data, read)


def drain(site: Path, data: Path | None, node: str) -> None:
    """Has a node watch no camera, until `undrain`; what it measured is delivered to the end.

    Raises:
        PasserbyError: no such node has joined, or it is drained already.
        StoreError: it could not be stored.
    """
    _set_drained(site, data, node, drained=True)


def undrain(site: Path, data: Path | None, node: str) -> None:
    """Has a node watch its cameras again; raises the errors of `drain`."""
    _set_drained(site, data, node, drained=False)


def _set_drained(site: Path, data: Path | None, node: str, *, drained: bool) -> None:
    async def change(store: Store, _plan: SitePlan) -> None:
        now_ns = time.time_ns()
        entry = AuditEntry(now_ns, machine_user(), "node.drained" if drained else "node.undrained", node)
        if not await store.fleet.set_drained(node, now_ns if drained else None, entry):
            known = ", ".join(one.name for one in await store.fleet.nodes()) or "none"
            raise PasserbyError(
                f"node {node[:80]!a}: no node of this name has joined, or it is {'' if drained else 'not '}drained "
                f"{'already' if drained else 'at all'}. These have joined: {known}"
            )

    open_fleet(site, data, change)


def _unplaced(camera: CameraPlan) -> str:
    return f"{camera.name} is to be placed by the Ray cluster, and no machine has watched it yet."


def _where(camera: CameraPlan, holder: str, lease: Lease | None) -> str:
    place = f"node {holder}" if holder else "the hub's own machine"
    if lease is None:
        return f"{camera.name} is to be watched by {place}; it never changed hands, so it has no lease."
    worker = f", by {lease.worker}" if lease.worker else ""
    begun = "measures under it" if lease.began_ns is not None else "has measured nothing under it yet"
    return (
        f"{camera.name} is held by {place}{worker}, under number {lease.number}, since {utc_minute(lease.since_ns)}; "
        f"it {begun}."
    )


def _places(camera: CameraPlan, drained: Sequence[str]) -> str:
    where = f", on a machine that reaches the pool {camera.pool}" if camera.pool else ""
    but = f" It places none on a machine that is drained: {', '.join(sorted(drained))}." if drained else ""
    return f"The site file names no node, so the cluster places its worker{where}, and may place it elsewhere.{but}"


def _fresh_status(folder: ServiceFolder) -> Mapping[str, Any]:
    with suppress(PasserbyError):
        status = read_status(folder)
        age_s = status_age_s(status)
        if status is not None and age_s is not None and age_s < REPORT_LATE_S:
            return status
    return {}


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
