"""What the engine asks of Ray: which actors there are, to start one, to end one, and where each runs."""

from dataclasses import dataclass
from typing import Any, Final

from passerby.messages.cluster_messages import WantedWorker
from passerby.service.ray_engine.actors import MachineActor, Placed, WorkerActor
from passerby.service.ray_engine.names import (
    ANY_MACHINE,
    SHARE,
    machine_actor,
    node_resource,
    pool_resource,
    worker_actor,
)

BYTES_PER_MB: Final = 1_000_000
STOP_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of the cluster.

    Attributes:
        ray_id: Ray's own name of it.
        resources: what it has in all.
    """

    ray_id: str
    resources: dict[str, float]


class Cluster:
    """The cluster that this process is connected to; each method raises ray.exceptions.RayError where it is away."""

    def __init__(self, namespace: str) -> None:
        """Takes Ray's namespace of the site's actors."""
        import ray

        self._ray: Any = ray
        self._namespace = namespace
        self._asked: dict[str, Any] = {}
        self._known: dict[str, Placed] = {}

    def machines(self) -> list[Machine]:
        """Returns the machines that are alive."""
        nodes = self._ray.nodes()
        return [Machine(str(one["NodeID"]), dict(one["Resources"])) for one in nodes if one["Alive"]]

    def actors(self) -> set[str]:
        """Returns the names of the site's actors, those that wait for a machine included."""
        return set(self._ray.util.list_named_actors())

    def start_worker(self, wanted: WantedWorker) -> None:
        """Has Ray start a worker's actor wherever there is room for it."""
        resources = {ANY_MACHINE: SHARE}
        if wanted.pool:
            resources[pool_resource(wanted.pool)] = SHARE
        self._start(
            WorkerActor, worker_actor(wanted.worker), wanted.worker,
            num_cpus=round(wanted.cpus, 3), memory=int(wanted.memory_mb * BYTES_PER_MB), resources=resources,
        )  # fmt: skip

    def start_machine(self, node: str) -> None:
        """Has Ray start a machine's own actor there."""
        self._start(MachineActor, machine_actor(node), node, num_cpus=0, resources={node_resource(node): SHARE})

    def _start(self, kind: type[object], actor: str, name: str, **options: object) -> None:
        made = self._ray.remote(kind).options(
            name=actor, namespace=self._namespace, lifetime="detached", get_if_exists=True,
            max_restarts=-1, max_task_retries=0, max_concurrency=4, **options,
        )  # fmt: skip
        made.remote(name)

    def end(self, actor: str) -> None:
        """Ends an actor for good: its programs first, so that they finish what they have."""
        try:
            handle = self._ray.get_actor(actor, namespace=self._namespace)
        except ValueError:
            return  # it has ended already
        if actor in self._known:
            self._ray.wait([handle.stop.remote()], timeout=STOP_S)
        self._ray.kill(handle, no_restart=True)
        self._asked.pop(actor, None)
        self._known.pop(actor, None)

    def placed(self, actor: str) -> Placed | None:
        """Returns where an actor runs, as it said last; None while it does not answer."""
        asked = self._asked.get(actor)
        if asked is None:
            try:
                handle = self._ray.get_actor(actor, namespace=self._namespace)
            except ValueError:
                return None
            self._asked[actor] = handle.placed.remote()
            return self._known.get(actor)
        ready, _ = self._ray.wait([asked], timeout=0)
        if ready:
            self._asked.pop(actor)
            try:
                self._known[actor] = self._ray.get(asked)
            except self._ray.exceptions.RayError:
                self._known.pop(actor, None)
        return self._known.get(actor)
