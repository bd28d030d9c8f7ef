"""What the hub says to workers that a cluster places and to the engine process, and they to it; of `hub_messages`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from passerby.messages.checks import MAX_NAME, MAX_TIME_NS, MAX_VALUE, between, text

_START = re.compile(r"^[0-9a-f]{16}$")
_SHA256 = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class WorkerStarted:
    """From a worker that a cluster has placed on this machine: which start of it this is, and which part it has.

    Attributes:
        worker: the worker's name, the same wherever it is started.
        start: random hex digits, others for each start.
        age_s: how long ago it was started, by a clock that is never set.
        number: of the part of the site file that it has; 0 for none.
        sha256: of that part, hex; empty where it does not run, so that it is wanted again.
    """

    worker: str
    start: str
    age_s: float
    number: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CameraCost:
    """What one camera takes of a machine.

    Attributes:
        camera: its name.
        cpu_ms_s: milliseconds of processor time a second.
        memory_mb: of all its processes.
    """

    camera: str
    cpu_ms_s: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class CameraCosts:
    """From a worker that a cluster has placed, each minute: what each of its cameras took."""

    cameras: tuple[CameraCost, ...]


@dataclass(frozen=True, slots=True)
class LargestMachine:
    """What the largest machine has on which workers of a pool may be.

    Attributes:
        pool: the pool; empty for machines of any.
        cpus, memory_mb: what it has in all.
    """

    pool: str
    cpus: float
    memory_mb: float


@dataclass(frozen=True, slots=True)
class PlacedWorker:
    """What a cluster says of one worker: on which machine it runs, or why it runs on none."""

    worker: str
    node: str
    why: str


@dataclass(frozen=True, slots=True)
class ClusterReport:
    """From the engine process, each second or so: where workers run, and why the cluster cannot be used, if so.

    Attributes:
        workers: those that were wanted.
        fault: in a sentence; empty where it can be used.
        largest: a machine for each pool of them that one is of.
    """

    workers: tuple[PlacedWorker, ...]
    fault: str
    largest: tuple[LargestMachine, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkerSuperseded:
    """To a worker that a cluster has placed: its cameras are another's, so it ends once it has delivered what it has.

    Attributes:
        why: in a sentence.
    """

    why: str


@dataclass(frozen=True, slots=True)
class WantedWorker:
    """A worker that a cluster is to run.

    Attributes:
        worker: its name.
        cpus: how many processors are to be kept for it where it is placed now.
        memory_mb: how much memory is, for all its processes.
        pool: only on machines of that pool; empty for any.
        takes_cpus, takes_mb: what it was measured to take; 0 while that is not known of all its cameras.
    """

    worker: str
    cpus: float
    memory_mb: float
    pool: str
    takes_cpus: float = 0.0
    takes_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class WantedWorkers:
    """To the engine process: all workers that are to run; those of the site that are not among them end.

    Attributes:
        workers: each wherever there is room for it.
        drained: the nodes on which none of them is to be.
    """

    workers: tuple[WantedWorker, ...]
    drained: tuple[str, ...]


def _check_started(value: WorkerStarted) -> None:
    text("worker", value.worker, MAX_NAME)
    if not _START.match(value.start):
        raise ValueError("16 hex digits are needed")
    between("age", value.age_s, 0, MAX_VALUE)
    between("number", value.number, 0, MAX_TIME_NS)
    if value.sha256 and not _SHA256.match(value.sha256):
        raise ValueError("64 hex digits are needed")


def _check_placed(value: PlacedWorker) -> None:
    text("worker", value.worker, MAX_NAME)
    text("node", value.node, MAX_NAME)
    text("why", value.why)


def _check_cluster(value: ClusterReport) -> None:
    text("fault", value.fault)


def _check_wanted(value: WantedWorker) -> None:
    text("worker", value.worker, MAX_NAME)
    text("pool", value.pool, MAX_NAME)
    between("cpus", value.cpus, 0, MAX_VALUE)
    between("memory", value.memory_mb, 0, MAX_VALUE)
    between("cpus", value.takes_cpus, 0, MAX_VALUE)
    between("memory", value.takes_mb, 0, MAX_VALUE)


def _check_cost(value: CameraCost) -> None:
    text("camera", value.camera, MAX_NAME)
    between("processor time", value.cpu_ms_s, 0, MAX_VALUE)
    between("memory", value.memory_mb, 0, MAX_VALUE)


def _check_largest(value: LargestMachine) -> None:
    text("pool", value.pool, MAX_NAME)
    between("cpus", value.cpus, 0, MAX_VALUE)
    between("memory", value.memory_mb, 0, MAX_VALUE)


def _check_all_wanted(value: WantedWorkers) -> None:
    for node in value.drained:
        text("node", node, MAX_NAME)


def _check_superseded(value: WorkerSuperseded) -> None:
    text("why", value.why)


CLUSTER_CHECKS: Final[Mapping[type, Callable[[Any], None]]] = {
    WorkerStarted: _check_started,
    CameraCost: _check_cost,
    LargestMachine: _check_largest,
    PlacedWorker: _check_placed,
    ClusterReport: _check_cluster,
    WantedWorker: _check_wanted,
    WantedWorkers: _check_all_wanted,
    WorkerSuperseded: _check_superseded,
}
"""By kind, what raises ValueError where a message of it holds what it must not."""
