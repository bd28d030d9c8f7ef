"""Compares the workers that are wanted with the actors that there are, and says why one does not run."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from passerby.messages.cluster_messages import ClusterReport, LargestMachine, PlacedWorker, WantedWorker
from passerby.service.ray_engine.cluster import BYTES_PER_MB, Actor, Machine
from passerby.service.ray_engine.names import (
    ANY_MACHINE,
    is_worker_actor,
    machine_actor,
    named_nodes,
    pool_resource,
    worker_actor,
)

MUCH: Final = 1.25
"""A worker that takes so many times what is reserved for it is placed anew: what cameras take varies by the hour."""
SPARE: Final = 1.5
"""One for which so many times what it takes is reserved is placed anew where another one finds no room."""
WAITS_FOR_ROOM: Final = 60
"""So many times in a row, a second apart, that one has to be without a machine before."""
NAMED: Final = 10
"""So many machines are named in a sentence."""


class Actors(Protocol):
    """What is asked of a cluster; `Cluster` says what each does."""

    def machines(self) -> list[Machine]:
        """Returns the machines that are alive."""
        ...

    def actors(self) -> dict[str, Actor]:
        """Returns the site's actors by name."""
        ...

    def start_worker(self, wanted: WantedWorker, avoided: Collection[str]) -> None:
        """Starts a worker's actor, on none of the machines that are to be avoided."""
        ...

    def start_machine(self, node: str) -> None:
        """Starts a machine's own actor."""
        ...

    def end(self, actor: str, *, runs: bool) -> None:
        """Ends an actor for good, and waits for nothing."""
        ...


class Reconciler:
    """Keeps the cluster's actors as they are wanted; it knows nothing but what the cluster says each time."""

    def __init__(self, cluster: Actors) -> None:
        """Takes the cluster."""
        self._cluster = cluster
        self._ending: set[str] = set()
        self._waits = 0

    def reconcile(self, wanted: Sequence[WantedWorker], drained: Collection[str] = ()) -> ClusterReport:
        """Starts and ends actors until there are those that are wanted; returns what came of it.

        It waits for none: an actor that ends is looked at again the next time, and started anew where it is wanted.

        Args:
            wanted: all workers that there are to be.
            drained: the nodes on which none of them is to be.
        """
        machines, there = self._cluster.machines(), self._cluster.actors()
        self._ending &= set(there)
        alive = {each.ray_id for each in machines}
        open_ = [each for each in machines if not _is_drained(each, drained)]
        avoided = frozenset(alive - {each.ray_id for each in open_})
        for node in {node for machine in machines for node in named_nodes(machine.resources)}:
            if machine_actor(node) not in there:
                self._cluster.start_machine(node)
        by_actor = {worker_actor(one.worker): one for one in wanted}
        for actor, found in sorted(there.items()):
            found = replace(found, avoided=found.avoided & alive)
            if is_worker_actor(actor) and (actor in self._ending or _ends(found, by_actor.get(actor), avoided)):
                self._ending.add(actor)
                self._cluster.end(actor, runs=bool(found.machine))
        if not self._ending and (oversized := self._oversized(by_actor, there, open_)):
            self._ending.add(oversized)
            self._cluster.end(oversized, runs=True)
        for actor in sorted(by_actor.keys() - there.keys()):
            self._cluster.start_worker(by_actor[actor], avoided)
        placed = tuple(self._placed(one, there.get(worker_actor(one.worker)), machines, drained) for one in wanted)
        return ClusterReport(placed, "", largest_machines(wanted, machines, drained))

    def _oversized(
        self, wanted: Mapping[str, WantedWorker], there: Mapping[str, Actor], machines: Sequence[Machine]
    ) -> str:
        """Returns the worker that has most kept which it does not take, where others have waited for room; else "".

        One after the other: each is away for some seconds, and the first may be enough.
        """
        waiting = [wanted[actor] for actor in wanted.keys() & there.keys() if not there[actor].machine]
        # Those machines that could take one of them, if they had room.
        of_use = {
            each.ray_id
            for each in machines
            if any(_reaches(each, one.pool) and _fits(one, each.resources) for one in waiting)
        }
        self._waits = self._waits + 1 if of_use else 0
        if self._waits < WAITS_FOR_ROOM:
            return ""
        spare = {
            actor: there[actor].cpus - one.cpus
            for actor, one in wanted.items()
            if actor in there and there[actor].machine in of_use and there[actor].cpus > one.cpus * SPARE
        }
        self._waits = 0
        return max(spare, key=lambda actor: spare[actor], default="")

    def _placed(
        self, one: WantedWorker, found: Actor | None, machines: Sequence[Machine], drained: Collection[str]
    ) -> PlacedWorker:
        if found is None or not found.machine:
            return PlacedWorker(one.worker, "", why_nowhere(one, machines, drained))
        if worker_actor(one.worker) in self._ending:
            return PlacedWorker(one.worker, "", "It ends where it was, and is placed anew then.")
        resources = next((each.resources for each in machines if each.ray_id == found.machine), {})
        return PlacedWorker(one.worker, next(iter(named_nodes(resources)), ""), "")


def _is_drained(machine: Machine, drained: Collection[str]) -> bool:
    return any(node in drained for node in named_nodes(machine.resources))


def _ends(found: Actor, now: WantedWorker | None, avoided: frozenset[str]) -> bool:
    """Returns whether an actor is wanted no more as it is.

    It takes much more than is reserved for it, has to be elsewhere, or waits for a machine by what was asked before.
    """
    if now is None or now.pool != found.pool or found.machine in avoided:
        return True
    if found.machine:
        return _exceeds(now.takes_cpus, now.takes_mb, found)
    return found.avoided != avoided or _exceeds(now.cpus, now.memory_mb, found) or found.cpus > now.cpus * MUCH


def _exceeds(cpus: float, memory_mb: float, found: Actor) -> bool:
    return cpus > found.cpus * MUCH or memory_mb > found.memory_mb * MUCH


def largest_machines(
    wanted: Iterable[WantedWorker], machines: Sequence[Machine], drained: Collection[str] = ()
) -> tuple[LargestMachine, ...]:
    """Returns what the largest machine has of each pool that a worker is of, where there is one."""
    found = []
    for pool in sorted({one.pool for one in wanted}):
        reaching = [each.resources for each in machines if _reaches(each, pool) and not _is_drained(each, drained)]
        if reaching:
            largest = max(reaching, key=lambda each: each.get("CPU", 0.0))
            found.append(LargestMachine(pool, largest.get("CPU", 0.0), largest.get("memory", 0.0) / BYTES_PER_MB))
    return tuple(found)


def _reaches(machine: Machine, pool: str) -> bool:
    return ANY_MACHINE in machine.resources and (not pool or pool_resource(pool) in machine.resources)


def why_nowhere(one: WantedWorker, machines: Sequence[Machine], drained: Collection[str] = ()) -> str:
    """Returns what keeps a worker from running, as far as what the machines have in all says it.

    Args:
        one: the worker.
        machines: those of the cluster.
        drained: the nodes on which no worker is to be.
    """
    open_ = [each for each in machines if not _is_drained(each, drained)]
    why = _why_nowhere(one, open_)
    if len(open_) < len(machines) and why != _why_nowhere(one, machines):
        some, more = sorted(drained)[:NAMED], len(drained) - NAMED
        rest = f" and {more} more" if more > 0 else ""
        return f"{why} Machines that are drained are left out: {', '.join(some)}{rest}."
    return why


def _why_nowhere(one: WantedWorker, machines: Sequence[Machine]) -> str:
    watching = [machine.resources for machine in machines if ANY_MACHINE in machine.resources]
    if not watching:
        return (
            f"No machine of the cluster watches cameras: `ray start` on each needs the resource {ANY_MACHINE}, and one "
            "that names its node. Where some did before, the head has lost its tables (it was started again without a "
            "Redis, or its Redis was emptied), and Ray ends on machines that it does not know: start Ray on them "
            "again. What they measured is on their disks, and is delivered then."
        )
    reaching = [machine.resources for machine in machines if _reaches(machine, one.pool)]
    if not reaching:
        return (
            f"No machine of the cluster reaches the pool {one.pool}: `ray start` on one that does needs the resource "
            f"{pool_resource(one.pool)}."
        )
    largest = max(reaching, key=lambda each: each.get("CPU", 0.0))
    if not any(_fits(one, each) for each in reaching):
        return (
            f"It takes {one.cpus:.2f} processors and {one.memory_mb:.0f} MB, and the largest machine that it may be on "
            f"has {largest.get('CPU', 0.0):.2f} and {largest.get('memory', 0.0) / BYTES_PER_MB:.0f} MB. Make "
            "`workers.cameras_each` smaller."
        )
    return "Ray is starting it, or has no machine with room for it now."


def _fits(one: WantedWorker, resources: Mapping[str, float]) -> bool:
    room = resources.get("memory", 0.0) / BYTES_PER_MB
    return one.cpus <= resources.get("CPU", 0.0) and one.memory_mb <= room
