"""Compares the workers that are wanted with the actors that there are, and says why one does not run."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from passerby.messages.cluster_messages import PlacedWorker, WantedWorker
from passerby.service.ray_engine.actors import Placed
from passerby.service.ray_engine.cluster import BYTES_PER_MB, Machine
from passerby.service.ray_engine.names import (
    ANY_MACHINE,
    machine_actor,
    named_nodes,
    pool_resource,
    worker_actor,
)


class Actors(Protocol):
    """What is asked of a cluster; `Cluster` says what each does."""

    def machines(self) -> list[Machine]:
        """Returns the machines that are alive."""
        ...

    def actors(self) -> set[str]:
        """Returns the names of the site's actors."""
        ...

    def start_worker(self, wanted: WantedWorker) -> None:
        """Starts a worker's actor."""
        ...

    def start_machine(self, node: str) -> None:
        """Starts a machine's own actor."""
        ...

    def end(self, actor: str) -> None:
        """Ends an actor for good."""
        ...

    def placed(self, actor: str) -> Placed | None:
        """Returns where an actor runs."""
        ...


class Reconciler:
    """Keeps the cluster's actors as they are wanted; what it knows is asked of the cluster anew after each start."""

    def __init__(self, cluster: Actors) -> None:
        """Takes the cluster."""
        self._cluster = cluster
        self._sizes: dict[str, WantedWorker] = {}

    def reconcile(self, wanted: Sequence[WantedWorker]) -> tuple[PlacedWorker, ...]:
        """Starts and ends actors until there are those that are wanted; returns where each worker runs.

        Args:
            wanted: all workers that there are to be.
        """
        machines, there = self._cluster.machines(), self._cluster.actors()
        for node in {node for machine in machines for node in named_nodes(machine.resources)}:
            if machine_actor(node) not in there:
                self._cluster.start_machine(node)
        names = {worker_actor(one.worker) for one in wanted}
        for actor in sorted(there - names):
            if actor.startswith(worker_actor("")) and not actor.startswith(machine_actor("")):
                self._cluster.end(actor)
        for one in wanted:
            actor = worker_actor(one.worker)
            before = self._sizes.get(actor)
            if actor in there and before is not None and _differs(before, one):
                self._cluster.end(actor)
                there.discard(actor)
            if actor not in there:
                self._cluster.start_worker(one)
                self._sizes[actor] = one
            self._sizes.setdefault(actor, one)
        return tuple(self._placed(one, machines) for one in wanted)

    def _placed(self, one: WantedWorker, machines: Sequence[Machine]) -> PlacedWorker:
        found = self._cluster.placed(worker_actor(one.worker))
        if found is None:
            return PlacedWorker(one.worker, "", why_nowhere(one, machines))
        return PlacedWorker(one.worker, found.node, "")


def _differs(before: WantedWorker, now: WantedWorker) -> bool:
    """Returns whether a worker has to be placed anew: it takes much more than Ray has reserved, or may be elsewhere."""
    return now.pool != before.pool or now.cpus > before.cpus * 1.25 or now.memory_mb > before.memory_mb * 1.25


def why_nowhere(one: WantedWorker, machines: Sequence[Machine]) -> str:
    """Returns what keeps a worker from running, as far as what the machines have in all says it."""
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
