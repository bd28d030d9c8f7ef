"""Of a worker that was started on two machines one watches its cameras, under higher numbers, whoever comes first."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.camera_groups import CameraNeeds, GroupLimits, MeasuredCost
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraState
from passerby.domain.leases import Holder, Lease
from passerby.engine.live_state import LiveState
from passerby.messages.cluster_messages import (
    CameraCost,
    ClusterReport,
    PlacedWorker,
    WantedWorker,
    WantedWorkers,
    WorkerStarted,
    WorkerSuperseded,
)
from passerby.messages.hub_messages import (
    SitePart,
    ToWorker,
)
from passerby.ports import LeaseStore, StoreUnavailableError
from passerby.service.nodes.camera_costs import KNOWN_AFTER
from passerby.service.nodes.cluster_workers import KEEP_COSTS_S, ClusterWorkers, PartMaker
from passerby.service.nodes.signed_part import GRACE_S
from passerby.store import open_store
from testing.waiting import TUESDAY_S, Clock


@dataclass
class Start:
    """One start of a worker, and what the hub has sent it."""

    node: str
    start: str
    began_s: float
    worker: str = "worker-1"
    got: list[ToWorker] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.send = self.got.append

    @property
    def ended(self) -> bool:
        return any(isinstance(one, WorkerSuperseded) for one in self.got)

    @property
    def parts(self) -> list[SitePart]:
        return [one for one in self.got if isinstance(one, SitePart)]


class Scene:
    """A hub with workers of two cameras each, whose process may be started anew."""

    def __init__(self, store: "LeaseStore | Kept", cameras: Sequence[str]) -> None:
        self.store, self.clock, self.cameras = cast("LeaseStore", store), Clock(), list(cameras)
        if isinstance(store, Kept):
            store.clock = self.clock
        self.pools: dict[str, str] = {}
        self.workers = self.hub()

    def hub(self) -> ClusterWorkers:
        def needs() -> list[CameraNeeds]:
            return [CameraNeeds(name, pool=self.pools.get(name, "")) for name in self.cameras]

        maker = PartMaker("Harbour", self._text, lambda content: b"signed " + content)
        return ClusterWorkers(self.store, maker, needs, lambda: GroupLimits(2), self.clock, lambda: frozenset({"b"}))

    async def _text(self, node: str, cameras: Collection[str]) -> str:
        return f"{node}: {', '.join(cameras)}"

    async def connect(self, start: Start) -> None:
        age_s = self.clock.now_s - start.began_s
        sent = start.parts[-1] if start.parts else None
        message = WorkerStarted(start.worker, start.start, age_s, sent.number if sent else 0, "")
        await self.workers.started(start.node, message, start.send)

    async def leases(self, camera: str) -> list[tuple[int, str, str]]:
        return [(one.number, one.node, one.worker) for one in await self.store.of_cameras([camera])]


class Kept:
    """Leases as the store keeps them, in memory, and at times not to be had; a test compares both."""

    def __init__(self) -> None:
        self.leases: list[Lease] = []
        self.kept_costs: tuple[MeasuredCost, ...] = ()
        self.away = False
        self.clock = Clock()

    def _there(self) -> None:
        if self.away:
            raise StoreUnavailableError("it does not answer")

    async def of_cameras(self, cameras: Sequence[str]) -> tuple[Lease, ...]:
        return tuple(one for one in self.leases if one.camera in cameras)

    async def costs(self) -> tuple[MeasuredCost, ...]:
        self._there()
        return self.kept_costs

    async def keep_costs(self, costs: Sequence[MeasuredCost]) -> None:
        self._there()
        self.kept_costs = tuple(costs)

    async def newest(self, cameras: Sequence[str]) -> Mapping[str, Lease]:
        self._there()
        return {one.camera: one for one in self.leases if one.camera in cameras}

    async def take_many(self, wanted: Mapping[str, Holder], *, anew: bool = False) -> Mapping[str, Lease]:
        self._there()
        newest = await self.newest(list(wanted))
        for camera, holder in wanted.items():
            before = newest.get(camera)
            if before is None or before.holder != holder or anew:
                number = before.number + 1 if before else 1
                self.leases.append(Lease(camera, number, holder.node, holder.worker, self.clock()))
        return await self.newest(list(wanted))


def played(cameras: Sequence[str], play: Callable[[Scene], Awaitable[None]]) -> None:
    async def run() -> None:
        scene = Scene(Kept(), cameras)
        await scene.workers.changed()
        await play(scene)

    asyncio.run(run())


def test_in_the_database_each_machine_a_worker_comes_to_has_a_higher_number(tmp_path: Path) -> None:
    async def run() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        try:
            scene = Scene(store.leases, ["bridge"])
            await scene.workers.changed()
            for turn, node in enumerate("abba"):
                scene.clock.now_s += 60
                await scene.connect(Start(node, f"{turn}" * 16, scene.clock.now_s))
            assert await scene.leases("bridge") == [(1, "a", "worker-1"), (2, "b", "worker-1"), (3, "a", "worker-1")]
        finally:
            await store.close()

    asyncio.run(run())


def test_a_worker_gets_its_cameras_under_leases_of_its_own_wherever_it_is_started() -> None:
    async def play(scene: Scene) -> None:
        one, two = Start("a", "1" * 16, TUESDAY_S), Start("b", "2" * 16, TUESDAY_S, "worker-2")
        for each in (one, two):
            await scene.connect(each)
        assert [part.numbers for part in one.parts] == [{"bridge": 1, "quay": 1}]
        assert [part.numbers for part in two.parts] == [{"square": 1}]
        assert one.parts[0].text.tobytes() == b"a: bridge, quay"
        assert b'"worker-1"' in one.parts[0].signature.tobytes()
        assert await scene.leases("quay") == [(1, "a", "worker-1")]
        assert (scene.workers.node_of("quay"), scene.workers.node_of("square")) == ("a", "b")
        assert scene.workers.node_of("market") is None

    played(["bridge", "quay", "square"], play)


def test_one_that_is_started_elsewhere_takes_higher_numbers_and_the_one_before_is_told_to_end() -> None:
    async def play(scene: Scene) -> None:
        before = Start("a", "1" * 16, TUESDAY_S)
        await scene.connect(before)
        scene.clock.now_s += 20
        after = Start("b", "2" * 16, scene.clock.now_s)
        await scene.connect(after)
        assert before.ended
        assert [part.numbers for part in after.parts] == [{"bridge": 2, "quay": 2}]
        assert scene.workers.node_of("quay") == "b"
        # The network of the machine is there again, and with it the worker that went on there.
        before.got.clear()
        await scene.connect(before)
        assert before.ended
        assert not before.parts
        assert not after.ended
        assert await scene.leases("quay") == [(1, "a", "worker-1"), (2, "b", "worker-1")]

    played(["bridge", "quay"], play)


def test_one_that_is_started_again_on_its_machine_goes_on_under_the_same_number() -> None:
    async def play(scene: Scene) -> None:
        before = Start("a", "1" * 16, TUESDAY_S)
        await scene.connect(before)
        scene.workers.gone(before.send)
        scene.clock.now_s += 5
        after = Start("a", "2" * 16, scene.clock.now_s)
        await scene.connect(after)
        assert [part.numbers for part in after.parts] == [{"bridge": 1}]
        assert not before.ended, "it is gone"

    played(["bridge"], play)


def test_a_hub_that_was_started_anew_knows_which_start_is_the_later_one() -> None:
    async def play(scene: Scene) -> None:
        before, after = Start("a", "1" * 16, TUESDAY_S), Start("b", "2" * 16, TUESDAY_S + 40)
        await scene.connect(before)
        scene.clock.now_s += 40
        await scene.connect(after)
        scene.clock.now_s += 10
        scene.workers = scene.hub()
        before.got.clear()
        after.got.clear()
        coming = [asyncio.create_task(scene.connect(one)) for one in (before, after)]
        await asyncio.sleep(0)
        assert not before.got, "the database has not been asked yet"
        await scene.workers.catch_up()
        await asyncio.gather(*coming)
        assert before.ended
        assert [part.numbers for part in after.parts] == [{"bridge": 2}]

    played(["bridge"], play)


def test_a_camera_that_changes_its_worker_has_a_higher_number_and_leaves_the_one_before() -> None:
    async def play(scene: Scene) -> None:
        one, two = Start("a", "1" * 16, TUESDAY_S), Start("b", "2" * 16, TUESDAY_S, "worker-2")
        await scene.connect(one)
        scene.pools["quay"] = "harbour"
        await scene.workers.changed()
        await scene.connect(two)
        assert [part.numbers for part in one.parts] == [{"bridge": 1, "quay": 1}, {"bridge": 1}]
        assert one.parts[1].number > one.parts[0].number
        assert [part.numbers for part in two.parts] == [{"quay": 2}]

    played(["bridge", "quay"], play)


def test_a_worker_of_which_there_is_none_any_more_is_told_to_end() -> None:
    async def play(scene: Scene) -> None:
        one, two = Start("a", "1" * 16, TUESDAY_S), Start("b", "2" * 16, TUESDAY_S, "worker-2")
        for each in (one, two):
            await scene.connect(each)
        scene.cameras.remove("square")
        await scene.workers.changed()
        assert (one.ended, two.ended) == (False, True)
        two.got.clear()
        await scene.connect(two)
        assert two.ended

    played(["bridge", "quay", "square"], play)


def test_a_worker_gets_its_part_once_the_database_answers() -> None:
    async def play(scene: Scene) -> None:
        cast("Kept", scene.store).away = True
        one = Start("a", "1" * 16, TUESDAY_S)
        await scene.connect(one)
        await scene.workers.catch_up()
        assert not one.got
        cast("Kept", scene.store).away = False
        await scene.workers.catch_up()
        assert [part.numbers for part in one.parts] == [{"bridge": 1}]

    played(["bridge"], play)


def test_a_part_that_cannot_be_made_is_sent_once_it_can() -> None:
    async def play(scene: Scene) -> None:
        async def fails(_node: str, _cameras: Collection[str]) -> str:
            raise PasserbyError("nothing is published yet")

        made = scene.workers._maker
        scene.workers._maker = replace(made, text=fails)
        one = Start("a", "1" * 16, TUESDAY_S)
        await scene.connect(one)
        assert not one.got
        scene.workers._maker = made
        await scene.workers.catch_up()
        assert len(one.parts) == 1

    played(["bridge"], play)


def test_cameras_whose_worker_runs_nowhere_are_reported_with_what_keeps_it() -> None:
    async def play(scene: Scene) -> None:
        live, one = LiveState(lambda: ["bridge"]), Start("a", "1" * 16, TUESDAY_S)
        scene.workers.look(live)
        assert live.health() == (), "a hub that was just started knows of no worker yet"
        scene.clock.now_s += GRACE_S
        answered: list[ToWorker] = []
        report = ClusterReport((PlacedWorker("worker-1", "", "No machine reaches the pool harbour."),), "")
        scene.workers.reported(report, answered.append)
        assert answered == [WantedWorkers((WantedWorker("worker-1", 0.3, 250.0, ""),), ("b",))]
        scene.workers.look(live)
        (health,) = live.health()
        assert (health.camera, health.state) == ("bridge", CameraState.OFFLINE)
        assert health.why == "Its worker worker-1 runs on no machine. No machine reaches the pool harbour."
        await scene.connect(one)
        scene.workers.look(live)
        scene.workers.gone(one.send)
        scene.workers.look(live)
        scene.clock.now_s += GRACE_S
        scene.workers.look(live)
        (health,) = live.health()
        assert health.why.startswith("Its worker worker-1 was on a, and is not connected.")

    played(["bridge"], play)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=12),
)
def test_in_whatever_order_starts_connect_the_last_of_them_watches(
    nodes: list[str], order: list[tuple[int, bool]]
) -> None:
    """Starts connect again and again in any order, and the hub is started anew in between."""

    async def play(scene: Scene) -> None:
        starts = [Start(node, f"{turn}" * 16, TUESDAY_S + 60 * turn) for turn, node in enumerate(nodes)]
        scene.clock.now_s += 60 * len(nodes)
        highest = -1
        for turn, anew in order:
            if anew:
                scene.workers = scene.hub()
                await scene.workers.changed()
            one = starts[turn % len(starts)]
            one.got.clear()
            await scene.connect(one)
            highest = max(highest, turn % len(starts))
            scene.clock.now_s += 1
        await scene.connect(starts[-1])
        for one in starts:
            one.got.clear()
            await scene.connect(one)
        watching = [one for one in starts if not one.ended]
        assert starts[-1] in watching
        assert {one.node for one in watching} == {nodes[-1]}
        leases = await scene.leases("bridge")
        assert leases[-1][1] == nodes[-1]
        assert [number for number, _, _ in leases] == list(range(1, len(leases) + 1))

    played(["bridge"], play)


def test_a_hub_that_was_started_anew_knows_what_cameras_take() -> None:
    async def run() -> None:
        store = Kept()
        scene = Scene(store, ["quay", "mole"])
        store.away = True
        await scene.workers.changed()
        scene.clock.now_s += KEEP_COSTS_S + 1
        store.kept_costs = (MeasuredCost("mole", 700.0, 300.0, 20),)
        store.away = False
        # What was kept is not written over before it was read.
        await scene.workers.catch_up()
        for _ in range(KNOWN_AFTER):
            scene.workers.costs.report([CameraCost("quay", 500.0, 400.0)])
        store.away = True
        scene.clock.now_s += KEEP_COSTS_S + 1
        await scene.workers.catch_up()
        store.away = False
        await scene.workers.catch_up()
        assert [cost.camera for cost in store.kept_costs] == ["mole"]  # tried again when it is due again
        scene.clock.now_s += KEEP_COSTS_S + 1
        await scene.workers.catch_up()
        after = scene.hub()
        await after.changed()
        assert after.costs.taken("quay") == CameraCost("quay", 500.0, 400.0)
        assert after.costs.taken("mole") == CameraCost("mole", 700.0, 300.0)

    asyncio.run(run())
