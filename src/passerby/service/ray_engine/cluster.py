"""What the engine asks of Ray: which actors there are and where, to start one, and to end one."""

import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from passerby.messages.cluster_messages import WantedWorker
from passerby.service.ray_engine.actors import STOP_S, MachineActor, WorkerActor
from passerby.service.ray_engine.names import (
    ANY_MACHINE,
    SHARE,
    machine_actor,
    node_resource,
    pool_resource,
    pools_of,
    worker_actor,
)

BYTES_PER_MB: Final = 1_000_000
STOP_AT_MOST_S: Final = STOP_S + 5.0
"""An actor that has not ended by itself so long after it was asked to is killed."""
MACHINE_LABEL: Final = "ray.io/node-id"
"""The label that Ray itself gives each machine."""
THERE: Final = ("ALIVE", "PENDING_CREATION", "RESTARTING", "DEPENDENCIES_UNREADY")
"""Ray's states of actors that there are, also while they run nowhere."""
_RAY_ID: Final = re.compile(r"[0-9a-f]{56}")


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of the cluster.

    Attributes:
        ray_id: Ray's own name of it.
        resources: what it has in all.
    """

    ray_id: str
    resources: dict[str, float]


@dataclass(frozen=True, slots=True)
class Actor:
    """One of the site's actors, as Ray's head has it: this outlives the engine.

    Attributes:
        machine: Ray's own name of the machine that it runs on; empty while it runs on none.
        cpus: how many processors are reserved for it.
        memory_mb: how much memory is.
        pool: the machines that it may be on; empty for any.
        avoided: Ray's own names of machines that it may not be on.
    """

    machine: str
    cpus: float
    memory_mb: float
    pool: str
    avoided: frozenset[str]


class Cluster:
    """The cluster that this process is connected to; each method raises ray.exceptions.RayError where it is away."""

    def __init__(self, namespace: str, timer: Callable[[], float] = time.monotonic) -> None:
        """Takes Ray's namespace of the site's actors."""
        import ray

        self._ray: Any = ray
        self._namespace, self._timer = namespace, timer
        self._ending: dict[str, float] = {}

    def machines(self) -> list[Machine]:
        """Returns the machines that are alive."""
        nodes = self._ray.nodes()
        return [Machine(str(one["NodeID"]), dict(one["Resources"])) for one in nodes if one["Alive"]]

    def actors(self) -> dict[str, Actor]:
        """Returns the site's actors by name, those that wait for a machine included."""
        # Ray's public calls name actors, and do not say what was reserved for them.
        from ray._private.state import state
        from ray.core.generated.gcs_pb2 import ActorTableData

        head: Any = state._connect_and_get_accessor()
        found = {}
        for each in THERE:
            for encoded in head.get_actor_table(None, each):
                row: Any = ActorTableData.FromString(encoded)
                if row.ray_namespace == self._namespace:
                    found[str(row.name)] = actor_of(
                        row.node_id.hex() if each == "ALIVE" else "", row.required_resources, row.label_selector
                    )
        for name in set(self._ending) - set(found):
            del self._ending[name]
        return found

    def start_worker(self, wanted: WantedWorker, avoided: Collection[str]) -> None:
        """Has Ray start a worker's actor wherever there is room for it, but on machines that are to be avoided."""
        resources = {ANY_MACHINE: SHARE}
        if wanted.pool:
            resources[pool_resource(wanted.pool)] = SHARE
        elsewhere = {"label_selector": {MACHINE_LABEL: f"!in({','.join(sorted(avoided))})"}} if avoided else {}
        self._start(
            WorkerActor, worker_actor(wanted.worker), wanted.worker,
            num_cpus=round(wanted.cpus, 3), memory=int(wanted.memory_mb * BYTES_PER_MB), resources=resources,
            **elsewhere,
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

    def end(self, actor: str, *, runs: bool) -> None:
        """Ends an actor for good, and waits for nothing: to be called until it is none of `actors` any more.

        Args:
            actor: its name.
            runs: it is on a machine, so that its programs are ended first and finish what they have.
        """
        try:
            handle = self._ray.get_actor(actor, namespace=self._namespace)
        except ValueError:
            return  # it has ended already
        asked_s = self._ending.get(actor)
        if runs and asked_s is None:
            self._ending[actor] = self._timer()
            handle.stop.remote()
        elif not runs or (asked_s is not None and self._timer() - asked_s > STOP_AT_MOST_S):
            self._ray.kill(handle, no_restart=True)


def actor_of(machine: str, resources: Mapping[str, float], labels: Mapping[str, str]) -> Actor:
    """Returns an actor by what was asked of Ray for it.

    Args:
        machine: Ray's own name of the machine that it runs on; empty for none.
        resources: those that it requires.
        labels: what it asks of a machine's labels.
    """
    return Actor(
        machine,
        resources.get("CPU", 0.0),
        resources.get("memory", 0.0) / BYTES_PER_MB,
        next(iter(pools_of(resources)), ""),
        frozenset(_RAY_ID.findall(labels.get(MACHINE_LABEL, ""))),
    )
