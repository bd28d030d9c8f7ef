"""The actors that there are become those that are wanted, and what keeps a worker from running is said."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.messages.cluster_messages import PlacedWorker, WantedWorker
from passerby.service.ray_engine.actors import Placed
from passerby.service.ray_engine.cluster import Machine
from passerby.service.ray_engine.reconciling import Reconciler, why_nowhere

ONE = WantedWorker("worker-1", 1.2, 1000.0, "")
RACK = {"CPU": 4.0, "memory": 8e9, "passerby": 1000.0, "passerby_node:rack-1": 1.0}


class Cluster:
    """A cluster with one machine, which runs whatever it is asked to."""

    def __init__(self, there: Iterable[str] = ()) -> None:
        self.there, self.ended, self.sizes = set(there), list[str](), dict[str, WantedWorker]()

    def machines(self) -> list[Machine]:
        return [Machine("1", RACK), Machine("2", {"CPU": 0.0})]

    def actors(self) -> set[str]:
        return set(self.there)

    def start_worker(self, wanted: WantedWorker) -> None:
        self.there.add(f"passerby:{wanted.worker}")
        self.sizes[wanted.worker] = wanted

    def start_machine(self, node: str) -> None:
        self.there.add(f"passerby:machine:{node}")

    def end(self, actor: str) -> None:
        self.there.discard(actor)
        self.ended.append(actor)

    def placed(self, actor: str) -> Placed | None:
        return Placed("rack-1", 7, ()) if actor == "passerby:worker-1" else None


def test_what_is_missing_is_started_and_a_machine_has_an_actor_of_its_own() -> None:
    cluster = Cluster()
    placed = Reconciler(cluster).reconcile([ONE, replace(ONE, worker="worker-2")])
    assert cluster.there == {"passerby:worker-1", "passerby:worker-2", "passerby:machine:rack-1"}
    assert placed[0] == PlacedWorker("worker-1", "rack-1", "")
    assert placed[1] == PlacedWorker("worker-2", "", "Ray is starting it, or has no machine with room for it now.")


def test_what_runs_is_left_alone_by_an_engine_that_was_started_anew() -> None:
    cluster = Cluster({"passerby:worker-1", "passerby:machine:rack-1"})
    Reconciler(cluster).reconcile([ONE])
    assert (cluster.sizes, cluster.ended) == ({}, [])


def test_a_worker_that_takes_much_more_or_may_be_elsewhere_is_placed_anew_and_no_other() -> None:
    cluster = Cluster()
    reconciler = Reconciler(cluster)
    for wanted, ended in (
        (ONE, 0),
        (replace(ONE, cpus=1.4), 0),
        (replace(ONE, cpus=1.6), 1),
        (replace(ONE, cpus=0.2), 1),
        (replace(ONE, cpus=0.2, pool="harbour"), 2),
    ):
        reconciler.reconcile([wanted, replace(ONE, worker="worker-2")])
        assert cluster.ended == ["passerby:worker-1"] * ended
    assert cluster.sizes["worker-1"].pool == "harbour"


@given(st.lists(st.sets(st.integers(1, 6)), max_size=6))
def test_after_each_change_there_are_those_that_are_wanted(changes: list[set[int]]) -> None:
    cluster = Cluster({"passerby:worker-6", "somebody's"})
    reconciler = Reconciler(cluster)
    for numbers in changes:
        reconciler.reconcile([replace(ONE, worker=f"worker-{number}") for number in sorted(numbers)])
        assert {name for name in cluster.there if name.startswith("passerby:worker")} == {
            f"passerby:worker-{number}" for number in numbers
        }
        assert "somebody's" in cluster.there


@pytest.mark.parametrize(
    ("wanted", "machines", "why"),
    [
        (ONE, [], "No machine of the cluster watches cameras"),
        (ONE, [{"CPU": 64.0}], "No machine of the cluster watches cameras"),
        (replace(ONE, pool="harbour"), [RACK], "No machine of the cluster reaches the pool harbour"),
        (replace(ONE, cpus=5.0), [RACK], "It takes 5.00 processors and 1000 MB"),
        (replace(ONE, memory_mb=9000.0), [RACK], "and the largest machine that it may be on has 4.00 and 8000 MB"),
        (replace(ONE, pool="harbour"), [{**RACK, "passerby_pool:harbour": 1000.0}], "Ray is starting it"),
    ],
)
def test_what_keeps_a_worker_from_running_is_said(
    wanted: WantedWorker, machines: list[dict[str, float]], why: str
) -> None:
    assert why in why_nowhere(wanted, [Machine(str(number), each) for number, each in enumerate(machines)])
