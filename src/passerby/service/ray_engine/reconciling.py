"""Compares the workers that are wanted with the actors that there are, and says why one does not run."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from passerby.messages.cluster_messages import PlacedWorker, WantedWorker
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

    def reconcile(self, wanted: Sequence[WantedWorker], drained: Collection[str] = ()) -> tuple[PlacedWorker, ...]:
        """Starts and ends actors until there are those that are wanted; returns where each worker runs.

        It waits for none: an actor that ends is looked at again the next time, and started anew where it is wanted.

        Args:
            wanted: all workers that there are to be.
            drained: the nodes on which none of them is to be.
        """
        machines, there = self._cluster.machines(), self._cluster.actors()
        self._ending &= set(there)
        alive = {each.ray_id for each in machines}
        avoided = frozenset(each.ray_id for each in machines if _is_drained(each, drained))
        for node in {node for machine in machines for node in named_nodes(machine.resources)}:
            if machine_actor(node) not in there:
                self._cluster.start_machine(node)
        by_actor = {worker_actor(one.worker): one for one in wanted}
        for actor, found in sorted(there.items()):
            found = replace(found, avoided=found.avoided & alive)
            if is_worker_actor(actor) and (actor in self._ending or _ends(found, by_actor.get(actor), avoided)):
                self._ending.add(actor)
                self._cluster.end(actor, runs=bool(found.machine))
        for actor in sorted(by_actor.keys() - there.keys()):
            self._cluster.start_worker(by_actor[actor], avoided)
        return tuple(self._placed(one, there.get(worker_actor(one.worker)), machines, drained) for one in wanted)

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
    if now is None or found.machine in avoided or now.pool != found.pool or _exceeds(now, found.cpus, found.memory_mb):
        return True
    return not found.machine and (found.avoided != avoided or found.cpus > now.cpus * MUCH)


def _exceeds(now: WantedWorker, cpus: float, memory_mb: float) -> bool:
    return now.cpus > cpus * MUCH or now.memory_mb > memory_mb * MUCH


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
        return f"{why} Machines that are drained are left out: {', '.join(sorted(drained))}."
    return why


def _why_nowhere(one: WantedWorker, machines: Sequence[Machine]) -> str:
    watching = [machine.resources for machine in machines if ANY_MACHINE in machine.resources]
    if not watching:
        return (
            f"No machine of the cluster watches cameras: `ray start` on each needs the resource {ANY_MACHINE}, and one "
            "that names its node."
        )
    reaching = [each for each in watching if not one.pool or pool_resource(one.pool) in each]
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
