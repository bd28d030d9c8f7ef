"""A task a recording, few ahead of the processors; a machine that cannot do its share is told before it gets any."""

import signal
import socket
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from passerby import __version__
from passerby.domain.errors import PasserbyError
from passerby.domain.layout import Layout
from passerby.fleet.ray_cluster import RayAddress
from passerby.messages.sandbox_orders import CountPlan
from passerby.recordings.batch import on_cluster
from passerby.recordings.batch.jobs import CountJob, JobResult
from passerby.recordings.batch.on_cluster import MachineAnswer, counted_on_cluster, counted_there, machine_answer

ADDRESS = RayAddress("127.0.0.1", 6379)


class FakeRayError(Exception):
    """What `ray.exceptions` has."""


@dataclass
class FakeRay(types.ModuleType):
    """What is used of Ray: two machines of two processors; a task is done when it is waited for, the newest first."""

    answer: Callable[[], object] = lambda: MachineAnswer("one", __version__, ())
    result: Callable[[CountJob], JobResult] = lambda job: JobResult(None, job.name)
    cpus: int = 2
    waiting: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    most: int = 0
    given: list[dict[str, Any]] = field(default_factory=list)
    started: list[tuple[Any, ...]] = field(default_factory=list)
    ended: bool = False
    free: dict[str, dict[str, float]] = field(default_factory=lambda: {"1": {"CPU": 1.5}, "2": {"CPU": 0.5}, "3": {}})

    def __post_init__(self) -> None:
        super().__init__("ray")
        self.exceptions = types.SimpleNamespace(RayError=FakeRayError)
        self.made = 0

    def nodes(self) -> list[dict[str, Any]]:
        own = {"NodeManagerHostname": "one", "NodeID": "1", "Alive": True, "Resources": {"CPU": float(self.cpus)}}
        return [own, own | {"Alive": False}, own | {"Resources": {}}]

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": float(self.cpus)}

    def remote(self, function: object) -> Any:
        def options(**given: Any) -> Any:
            self.given.append(given)
            return types.SimpleNamespace(remote=lambda *words: self.start(function, words))

        return types.SimpleNamespace(options=options)

    def start(self, function: object, words: tuple[Any, ...]) -> int:
        self.made += 1
        self.started.append(words)
        self.waiting[self.made] = (function, words)
        self.most = max(self.most, len(self.waiting))
        return self.made

    def wait(self, references: list[int], *, num_returns: int, timeout: float) -> tuple[list[int], list[int]]:
        return references[-1:], references[:-1]

    def get(self, reference: int, timeout: float | None = None) -> object:
        function, words = self.waiting.pop(reference)
        return self.result(words[0]) if function is counted_there else self.answer()

    def shutdown(self) -> None:
        self.ended = True


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeRay:
    ray = FakeRay()
    strategies = types.ModuleType("ray.util.scheduling_strategies")
    strategies.NodeAffinitySchedulingStrategy = lambda node, *, soft: (node, soft)  # type: ignore[attr-defined]
    state = types.ModuleType("ray._private.state")
    state.available_resources_per_node = lambda: ray.free  # type: ignore[attr-defined]
    for name, module in {
        "ray": ray, "ray._private": types.ModuleType("ray._private"), "ray._private.state": state,
        "ray.util": types.ModuleType("ray.util"), "ray.util.scheduling_strategies": strategies,
    }.items():  # fmt: skip
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(on_cluster, "connect", lambda *_: None)
    return ray


def jobs(count: int) -> list[CountJob]:
    return [
        CountJob(CountPlan(Path(f"/r/{number}.mp4"), "north", Layout((), (), (), None)), "", 1.0)
        for number in range(count)
    ]


def test_all_are_counted_with_few_ahead_of_the_processors(fake: FakeRay) -> None:
    machines: list[tuple[int, int, int]] = []
    found = list(counted_on_cluster(jobs(20), ADDRESS, lambda *numbers: machines.append(numbers)))
    assert sorted(result.fault for _, result in found) == sorted(f"{number}.mp4" for number in range(20))
    assert all(job.name == result.fault for job, result in found)
    assert fake.most == 4
    # Of a machine whose processors are shared out in halves one recording can begin.
    assert machines == [(1, 2, 1)]
    assert fake.given[0]["scheduling_strategy"] == ("1", False)
    assert fake.given[-1] == {"num_cpus": 1, "max_retries": 3, "retry_exceptions": False}
    assert fake.ended


def test_a_recording_whose_process_dies_each_time_is_told_and_ends_no_other(fake: FakeRay) -> None:
    def result(job: CountJob) -> JobResult:
        if job.name == "1.mp4":
            raise FakeRayError("trace\nout of memory")
        return JobResult(None, "fine")

    fake.result = result
    found = {job.name: result.fault for job, result in counted_on_cluster(jobs(3), ADDRESS)}
    assert found["0.mp4"] == found["2.mp4"] == "fine"
    assert found["1.mp4"].startswith("its process died 4 times, or its machine did, got: out of memory")


def test_a_machine_that_does_not_reach_the_recordings(fake: FakeRay) -> None:
    fake.answer = lambda: MachineAnswer("one", __version__, ("/r",))
    with pytest.raises(PasserbyError, match="one: this machine of the cluster does not reach /r"):
        list(counted_on_cluster(jobs(1), ADDRESS))
    assert fake.ended


def test_a_machine_of_another_version(fake: FakeRay) -> None:
    fake.answer = lambda: MachineAnswer("one", "0.0.1", ())
    with pytest.raises(PasserbyError, match=r"one: it has passerby 0\.0\.1, this machine"):
        list(counted_on_cluster(jobs(1), ADDRESS))


def test_a_machine_that_cannot_run_passerby(fake: FakeRay) -> None:
    def answer() -> object:
        raise FakeRayError("trace\n\nNo module named 'passerby'\n")

    fake.answer = answer
    with pytest.raises(
        PasserbyError, match="one: this machine of the cluster cannot run passerby, got: No module named"
    ):
        list(counted_on_cluster(jobs(1), ADDRESS))


def test_a_cluster_without_processors(fake: FakeRay) -> None:
    fake.cpus = 0
    with pytest.raises(PasserbyError, match="no machine of the cluster has a processor to give"):
        list(counted_on_cluster(jobs(1), ADDRESS))


def test_sigterm_ends_it_as_without_ray(fake: FakeRay, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(on_cluster, "connect", lambda *_: signal.signal(signal.SIGTERM, signal.SIG_IGN))
    list(counted_on_cluster(jobs(1), ADDRESS))
    assert signal.getsignal(signal.SIGTERM) == before


def test_what_a_machine_says(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    said = machine_answer([str(tmp_path / "a.mp4"), str(tmp_path / "none.mp4")])
    assert said == MachineAnswer(socket.gethostname(), __version__, (str(tmp_path / "none.mp4"),))


def test_each_machine_is_asked_for_a_recording_of_each_folder_that_is_here(fake: FakeRay, tmp_path: Path) -> None:
    given = [tmp_path / name for name in ("one/gone.mp4", "one/a.mp4", "one/b.mp4", "two/c.mp4")]
    for path in given[1:]:
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (first, *_) = jobs(1)
    list(counted_on_cluster([replace(first, plan=replace(first.plan, video=path)) for path in given], ADDRESS))
    assert fake.started[0] == ([str(tmp_path / "one/a.mp4"), str(tmp_path / "two/c.mp4")],)


def test_a_fault_names_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    (job,) = jobs(1)
    host = socket.gethostname()
    assert counted_there(job).fault.startswith(f"on {host}: /r/0.mp4: this recording cannot be read")
    monkeypatch.setattr(on_cluster, "count_job", lambda _: JobResult(None, stopped=True))
    assert counted_there(job) == JobResult(None, stopped=True)
