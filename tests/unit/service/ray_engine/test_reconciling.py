"""The actors that there are become those that are wanted, and what keeps a worker from running is said."""

from collections.abc import Collection, Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.messages.cluster_messages import LargestMachine, PlacedWorker, WantedWorker
from passerby.service.ray_engine.cluster import Actor, Machine
from passerby.service.ray_engine.reconciling import WAITS_FOR_ROOM, Reconciler, largest_machines, why_nowhere

ONE = WantedWorker("worker-1", 1.2, 1000.0, "")
STARTS = "Ray is starting it, or has no machine with room for it now."
RACK = {"CPU": 4.0, "memory": 8e9, "passerby": 1000.0, "passerby_node:rack-1": 1.0}


class Cluster:
    """A cluster with machines that run whatever they are asked to; what ends does so when the test says it."""

    def __init__(self, there: Iterable[str] = (), *, full: bool = False) -> None:
        self.full, self.sizes = full, dict[str, WantedWorker]()
        self.ending, self.ended = set[str](), list[str]()
        self.there = {name: Actor("1", ONE.cpus, ONE.memory_mb, "", frozenset()) for name in there}
        self.racks = [Machine("1", RACK)]

    def machines(self) -> list[Machine]:
        return [*self.racks, Machine("9", {"CPU": 0.0})]

    def actors(self) -> dict[str, Actor]:
        return dict(self.there)

    def start_worker(self, wanted: WantedWorker, avoided: Collection[str]) -> None:
        assert f"passerby:{wanted.worker}" not in self.there
        free = [] if self.full else [each.ray_id for each in self.racks if each.ray_id not in avoided]
        asked = (wanted.cpus, wanted.memory_mb, wanted.pool, frozenset(avoided))
        self.there[f"passerby:{wanted.worker}"] = Actor(free[0] if free else "", *asked)
        self.sizes[wanted.worker] = wanted

    def start_machine(self, node: str) -> None:
        self.there[f"passerby:machine:{node}"] = Actor("1", 0.0, 0.0, "", frozenset())

    def end(self, actor: str, *, runs: bool) -> None:
        self.ending.add(actor)
        if not runs:
            self.finish()

    def finish(self) -> None:
        """Ends what was asked to."""
        self.ended += sorted(self.ending)
        for actor in self.ending:
            del self.there[actor]
        self.ending.clear()


def test_what_is_missing_is_started_and_a_machine_has_an_actor_of_its_own() -> None:
    cluster = Cluster()
    wanted = [ONE, replace(ONE, worker="worker-2")]
    assert [one.why for one in Reconciler(cluster).reconcile(wanted).workers] == [STARTS, STARTS]
    assert set(cluster.there) == {"passerby:worker-1", "passerby:worker-2", "passerby:machine:rack-1"}
    assert Reconciler(cluster).reconcile(wanted).workers[0] == PlacedWorker("worker-1", "rack-1", "")


def test_what_runs_is_left_alone_by_an_engine_that_was_started_anew() -> None:
    cluster = Cluster({"passerby:worker-1", "passerby:machine:rack-1"})
    Reconciler(cluster).reconcile([ONE])
    assert (cluster.sizes, cluster.ending, cluster.ended) == ({}, set(), [])


@pytest.mark.parametrize("engine", ["the same", "started anew each time"])
def test_a_worker_that_takes_much_more_or_may_be_elsewhere_is_placed_anew_and_no_other(engine: str) -> None:
    cluster = Cluster()
    reconciler = Reconciler(cluster)
    for wanted, ended in (
        (ONE, 0),
        (replace(ONE, takes_cpus=1.4), 0),
        (replace(ONE, cpus=2.0, takes_cpus=1.6), 1),
        (replace(ONE, cpus=9.0), 1),  # a first guess, of which nothing was measured yet
        (replace(ONE, cpus=0.2, takes_cpus=0.2), 1),
        (replace(ONE, memory_mb=1400.0, takes_mb=1300.0), 2),
        (replace(ONE, pool="harbour"), 3),
    ):
        for _ in range(2):
            reconciler = reconciler if engine == "the same" else Reconciler(cluster)
            reconciler.reconcile([wanted, replace(ONE, worker="worker-2")])
            cluster.finish()
        assert cluster.ended == ["passerby:worker-1"] * ended
    assert cluster.sizes["worker-1"].pool == "harbour"


def test_workers_end_together_and_others_are_placed_meanwhile() -> None:
    cluster = Cluster({f"passerby:worker-{number}" for number in range(1, 6)})
    reconciler = Reconciler(cluster)
    wanted = [replace(ONE, takes_cpus=9.0), replace(ONE, worker="worker-6")]
    for _ in range(3):
        placed = reconciler.reconcile(wanted).workers
    assert cluster.ending == {f"passerby:worker-{number}" for number in range(1, 6)}
    assert set(cluster.sizes) == {"worker-6"}
    assert placed[0].why == "It ends where it was, and is placed anew then."
    # It was asked to end and may have done so: what is wanted meanwhile does not bring it back.
    reconciler.reconcile([ONE, replace(ONE, worker="worker-6")])
    cluster.finish()
    reconciler.reconcile([ONE, replace(ONE, worker="worker-6")])
    assert cluster.sizes["worker-1"] == ONE
    assert cluster.there.keys() == {"passerby:worker-1", "passerby:worker-6", "passerby:machine:rack-1"}


def test_a_worker_that_waits_for_room_is_asked_for_anew_where_it_takes_less_by_now() -> None:
    cluster = Cluster(full=True)
    reconciler = Reconciler(cluster)
    for cpus, ended in ((9.0, 0), (8.0, 0), (2.0, 1), (2.4, 1), (2.6, 2)):
        for _ in range(2):
            reconciler.reconcile([replace(ONE, cpus=cpus)])
        assert len(cluster.ended) == ended
    assert cluster.there["passerby:worker-1"].cpus == 2.6


def test_where_one_waits_for_room_another_gives_up_what_it_does_not_take() -> None:
    cluster = Cluster({f"passerby:worker-{number}" for number in (1, 2, 3)}, full=True)
    some = [replace(ONE, worker=f"worker-{number}", cpus=cpus) for number, cpus in ((1, 1.0), (2, 0.3), (3, 0.5))]
    reconciler = Reconciler(cluster)
    for _ in range(WAITS_FOR_ROOM + 5):
        reconciler.reconcile(some)
    assert cluster.ending == set(), "none waits"
    for other in (replace(ONE, worker="worker-4", cpus=5.0), replace(ONE, worker="worker-4", pool="harbour")):
        for _ in range(WAITS_FOR_ROOM + 5):
            reconciler.reconcile([*some, other])
        assert cluster.ended == [f"passerby:{other.worker}"] * len(cluster.ended), "no machine could take it"
        assert cluster.ending == set()
    for _ in range(2 * WAITS_FOR_ROOM + 5):
        reconciler.reconcile([*some, replace(ONE, worker="worker-4")])
    assert cluster.ending == {"passerby:worker-2"}, "it has most to give, and one ends after the other"
    cluster.finish()
    cluster.full = False
    reconciler.reconcile([*some, replace(ONE, worker="worker-4")])
    assert cluster.there["passerby:worker-2"].cpus == 0.3


def test_a_sentence_names_some_of_many_machines() -> None:
    drained = ["rack-1", *(f"rack-{number}" for number in range(100, 400))]
    why = why_nowhere(ONE, [Machine("1", RACK)], drained)
    assert "left out: rack-1, rack-100, rack-101," in why
    assert why.endswith("rack-108 and 291 more.")


def test_the_largest_machine_of_each_pool_is_reported() -> None:
    cluster = Cluster()
    small = {"CPU": 2.0, "memory": 8e9, "passerby": 9.0, "passerby_node:b": 1.0, "passerby_pool:harbour": 9.0}
    cluster.racks = [Machine("1", RACK), Machine("2", small)]
    wanted = [ONE, *(replace(ONE, worker=f"worker-{pool}", pool=pool) for pool in ("harbour", "nowhere"))]
    report = Reconciler(cluster).reconcile(wanted)
    assert report.largest == (LargestMachine("", 4.0, 8000.0), LargestMachine("harbour", 2.0, 8000.0))
    assert largest_machines(wanted, cluster.racks, ("b",)) == (LargestMachine("", 4.0, 8000.0),)


def test_a_drained_machine_is_left_and_nothing_is_placed_there_until_it_is_drained_no_more() -> None:
    cluster = Cluster({"passerby:worker-1", "passerby:worker-2"})
    other = {**{name: share for name, share in RACK.items() if name != "passerby_node:rack-1"}, "passerby_node:b": 1.0}
    two = [ONE, replace(ONE, worker="worker-2")]
    reconciler = Reconciler(cluster)
    for _ in range(2):
        reconciler.reconcile(two, ("rack-1",))
        assert cluster.ending == {"passerby:worker-1", "passerby:worker-2"}, "where else there is room is Ray's to say"
    cluster.finish()
    assert "Machines that are drained are left out: rack-1." in reconciler.reconcile(two, ("rack-1",)).workers[0].why
    # Machines come, and one starts anew, under other names of Ray's.
    cluster.racks = [Machine("2", RACK), Machine("3", other)]
    for _ in range(3):
        placed = reconciler.reconcile(two, ("rack-1",)).workers
        cluster.finish()
    assert placed == (PlacedWorker("worker-1", "b", ""), PlacedWorker("worker-2", "b", ""))
    assert "passerby:machine:rack-1" in cluster.there, "what was measured there is delivered"
    # What runs stays; what is started may be there again, and what waits is asked for anew.
    ended = list(cluster.ended)
    three = [*two, replace(ONE, worker="worker-3")]
    cluster.racks = [Machine("2", RACK)]
    cluster.there["passerby:worker-2"] = replace(cluster.there["passerby:worker-2"], machine="")
    for _ in range(2):
        reconciler.reconcile(three)
    assert cluster.ended == [*ended, "passerby:worker-2"]
    assert {cluster.there[f"passerby:worker-{number}"].machine for number in (2, 3)} == {"2"}
    assert cluster.there["passerby:worker-2"].avoided == frozenset()


@given(st.lists(st.sets(st.integers(1, 6)), max_size=6))
def test_after_each_change_there_are_those_that_are_wanted(changes: list[set[int]]) -> None:
    cluster = Cluster({"passerby:worker-6", "somebody's"})
    reconciler = Reconciler(cluster)
    for numbers in changes:
        for _ in range(2):
            reconciler.reconcile([replace(ONE, worker=f"worker-{number}") for number in sorted(numbers)])
            cluster.finish()
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
