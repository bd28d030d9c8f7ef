"""Counts recordings on a Ray cluster: one task each, which gets a plan and returns numbers; no picture enters Ray."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from passerby import __version__
from passerby.domain.errors import PasserbyError
from passerby.fleet.ray_cluster import RayAddress, connect
from passerby.recordings.batch.jobs import CountJob, JobResult, count_job

NAMESPACE: Final = "passerby-count"
STARTED_AGAIN: Final = 3
"""So often Ray starts a recording again whose process or machine died; the fourth time it counts as a fault."""

_ANSWERED_WITHIN_S: Final = 60.0
_WAITED_S: Final = 0.5
_AHEAD: Final = 2
"""So many tasks a processor are given to Ray: the next ones wait at the machines, and the rest here."""


@dataclass(frozen=True, slots=True)
class MachineAnswer:
    """What a machine of the cluster says before it is given work.

    Attributes:
        host: its name.
        version: of passerby there.
        missing: the recordings among those asked for that it does not reach.
    """

    host: str
    version: str
    missing: tuple[str, ...]


def machine_answer(recordings: Sequence[str]) -> MachineAnswer:
    """Returns what this machine says of recordings, one a folder; run on each machine.

    A folder alone says nothing: where a network drive is not mounted there is an empty one.
    """
    missing = tuple(each for each in recordings if not os.access(each, os.R_OK))
    return MachineAnswer(socket.gethostname(), __version__, missing)


def counted_there(job: CountJob) -> JobResult:
    """Counts one recording on this machine of the cluster, which a fault names."""
    result = count_job(job)
    return replace(result, fault=f"on {socket.gethostname()}: {result.fault}") if result.fault else result


def counted_on_cluster(
    jobs: Sequence[CountJob], address: RayAddress, on_machines: Callable[[int, int, int], None] = lambda *_: None
) -> Generator[tuple[CountJob, JobResult]]:
    """Yields each recording with what came of it, as they are finished; where this process ends, so does all of it.

    Args:
        jobs: the recordings.
        address: of the cluster.
        on_machines: called with the numbers of machines, of their processors, and of those that are free now.

    Raises:
        PasserbyError: the cluster is refused or cannot be reached, or a machine of it does not reach the recordings.
        ModuleNotFoundError: Ray is not installed.
    """
    with _own_end():
        connect(address, NAMESPACE)
    import ray

    try:
        _check_machines(ray, _one_a_folder(jobs))
        cpus = max(1, int(ray.cluster_resources().get("CPU", 0)))
        on_machines(len(_machines(ray)), cpus, _free_processors())
        yield from _counted(ray, jobs, cpus)
    finally:
        ray.shutdown()


@contextmanager
def _own_end() -> Iterator[None]:
    """SIGTERM ends this process as it does without Ray, which takes it over to write where it was."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, before)


def _machines(ray: Any) -> list[dict[str, Any]]:
    """The machines that have a processor to give."""
    return [each for each in ray.nodes() if each["Alive"] and each["Resources"].get("CPU", 0) >= 1]


def _free_processors() -> int:
    """How many recordings could begin at once: processors that no other task or actor has, whole ones of a machine."""
    from ray._private.state import available_resources_per_node

    return sum(int(each.get("CPU", 0)) for each in available_resources_per_node().values())


def _one_a_folder(jobs: Sequence[CountJob]) -> list[str]:
    """A recording of each folder that this machine itself reaches at this time."""
    found: dict[Path, str] = {}
    for job in jobs:
        video = job.plan.video.absolute()
        if video.parent not in found and os.access(video, os.R_OK):
            found[video.parent] = str(video)
    return sorted(found.values())


def _check_machines(ray: Any, recordings: Sequence[str]) -> None:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    machines = _machines(ray)
    if not machines:
        raise PasserbyError("no machine of the cluster has a processor to give. Start one with `ray start --num-cpus`.")
    ask = ray.remote(machine_answer)
    asked = [
        ask.options(num_cpus=0, scheduling_strategy=NodeAffinitySchedulingStrategy(each["NodeID"], soft=False)).remote(
            recordings
        )
        for each in machines
    ]
    faults = []
    for machine, reference in zip(machines, asked, strict=True):
        try:
            answer = ray.get(reference, timeout=_ANSWERED_WITHIN_S)
        except ray.exceptions.RayError as error:
            name = machine["NodeManagerHostname"]
            faults.append(f"{name}: this machine of the cluster cannot run passerby, got: {_last_line(error)}")
            continue
        faults += _faults(answer)
    if faults:
        raise PasserbyError("\n".join(dict.fromkeys(faults)))


def _faults(answer: MachineAnswer) -> list[str]:
    if answer.version != __version__:
        return [
            f"{answer.host}: it has passerby {answer.version}, this machine {__version__}. Install the same version."
        ]
    return [
        f"{answer.host}: this machine of the cluster does not reach {recording}. Every machine reads the recordings "
        "itself: mount them everywhere at the same path, readable for the account that Ray runs as."
        for recording in answer.missing
    ]


def _counted(ray: Any, jobs: Sequence[CountJob], cpus: int) -> Generator[tuple[CountJob, JobResult]]:
    # A recording takes one processor: its decoder and its detector take turns.
    task = ray.remote(counted_there).options(num_cpus=1, max_retries=STARTED_AGAIN, retry_exceptions=False)
    left = list(reversed(jobs))
    running: dict[Any, CountJob] = {}
    while left or running:
        while left and len(running) < _AHEAD * cpus:
            job = left.pop()
            running[task.remote(job)] = job
        done, _ = ray.wait(list(running), num_returns=1, timeout=_WAITED_S)
        for reference in done:
            yield running.pop(reference), _result(ray, reference)


def _result(ray: Any, reference: Any) -> JobResult:
    try:
        result = ray.get(reference)
    except ray.exceptions.RayError as error:
        return JobResult(
            None,
            f"its process died {STARTED_AGAIN + 1} times, or its machine did, got: {_last_line(error)}. Has the "
            "machine enough memory? Count it alone to see",
        )
    assert isinstance(result, JobResult)  # noqa: S101  our own function's
    return result


def _last_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__
