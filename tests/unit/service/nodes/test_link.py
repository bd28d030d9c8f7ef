"""A node's link over real sockets: its part comes, messages are passed on, nothing is lost while the hub is away."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from passerby.config.service import service_site
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import ObservationQuery
from passerby.domain.road_user import RoadUser
from passerby.domain.service import SitePlan
from passerby.engine.hub.client import HubClient
from passerby.engine.hub.link import Connect, Peer, Serve, UnixListener, unix_connection
from passerby.engine.hub.server import HubServer
from passerby.engine.journal import Journal
from passerby.engine.live_state import LiveState
from passerby.engine.service_folder import HUB_SOCKET
from passerby.messages.columns import columns_of
from passerby.messages.sandbox_messages import Minutes
from passerby.ports import Store
from passerby.service.nodes import link as link_module
from passerby.service.nodes.held_part import HeldPart
from passerby.service.nodes.link import NodeLink
from passerby.service.nodes.parts import NodeParts
from passerby.store import open_store
from passerby.units import MINUTE_S, NS_PER_S
from testing.waiting import until_true
from tests.unit.service.nodes.test_held_part import NODE, SITE, sign, text_of, verify

PLAN = service_site(text_of("quay"), "site.yaml", Path("/srv"), {}).plan
START_NS = 1_700_000_040 * NS_PER_S
MINUTE_NS = MINUTE_S * NS_PER_S


class FromNode:
    """A Unix socket whose connections are those of a node, as a certificate would say it."""

    def __init__(self, path: Path, node: str) -> None:
        self._inner, self._peer = UnixListener(path), Peer(node)

    async def listen(self, serve: Serve) -> None:
        await self._inner.listen(lambda reader, writer, _peer: serve(reader, writer, self._peer))


class Scene:
    """A hub, a node's link, and one worker on the node."""

    def __init__(self, folder: Path, store: Store, node: str = NODE) -> None:
        self.store, self.node, self.text = store, node, text_of("quay")
        self.at_hub, self.data = folder / "far.sock", folder / "node"
        self.data.mkdir()
        self.live = LiveState(lambda: ["quay", "own"])
        self.applied: list[SitePlan] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.link = NodeLink(
            self.data, HeldPart(self.data, SITE, NODE, verify), self.connected_by(), self.applied.append
        )
        self.journal = Journal(self.data / "worker-1.sqlite")
        self.worker = HubClient("worker-1", unix_connection(self.data / HUB_SOCKET), self.journal, lambda _: None)
        self.worker.set_cameras(("quay",))

    def connected_by(self) -> Connect:
        return unix_connection(self.at_hub)

    async def part_text(self, _node: str) -> str:
        return self.text

    def start_hub(self) -> None:
        self.parts = NodeParts(SITE, self.part_text, sign, lambda: PLAN, lambda _node: {})
        hub = HubServer([FromNode(self.at_hub, self.node)], self.store, self.live, nodes=self.parts)
        self.start("hub", hub.run())

    def start(self, name: str, work: Awaitable[None]) -> None:
        self.tasks[name] = asyncio.ensure_future(work)

    async def end(self, name: str) -> None:
        task = self.tasks.pop(name)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def measure(self, minute: int, *, closed: bool = True) -> None:
        one = Observation(
            "quay", "gate", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", START_NS + minute * MINUTE_NS, MINUTE_S,
            1.0, 1, 1.0,
        )  # fmt: skip
        rows, none = columns_of([one]), columns_of(())
        run = self.journal.begin_run("quay")
        minutes = Minutes(none, rows, one.start_ns + MINUTE_NS) if closed else Minutes(rows, none, one.start_ns)
        self.journal.store_minutes("quay", run, minutes)
        self.journal.end_run("quay", run)
        self.journal.finish_minutes(one.start_ns + (MINUTE_NS if closed else 0))
        self.worker.outbox_grew()
        self.worker.minutes_changed("quay")

    async def stored(self) -> list[int]:
        rows = (await self.store.observations(ObservationQuery(START_NS, START_NS + 1000 * MINUTE_NS))).rows
        return sorted((one.start_ns - START_NS) // MINUTE_NS for one in rows)


def played(tmp_path: Path, scene_of: Callable[[Scene], Awaitable[None]], node: str = NODE) -> None:
    async def play() -> None:
        async with AsyncExitStack() as ends:
            store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
            ends.push_async_callback(store.close)
            scene = Scene(tmp_path, store, node)
            ends.callback(scene.journal.close)
            try:
                await scene_of(scene)
            finally:
                for name in list(scene.tasks):
                    await scene.end(name)

    asyncio.run(play())


def test_a_node_gets_its_part_and_each_change_of_it(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start_hub()
        scene.start("link", scene.link.run())
        await until_true(lambda: len(scene.applied) == 1)
        assert [camera.name for camera in scene.applied[0].cameras] == ["quay"]
        assert (scene.link.fault, scene.link.problem) == ("", "")
        scene.text = "hovercraft: 1\n"
        await scene.parts.changed()
        await until_true(lambda: scene.link.problem)
        assert "hovercraft" in scene.link.problem
        scene.text = text_of("quay", "mole")
        await scene.parts.changed()
        await until_true(lambda: len(scene.applied) == 2)
        assert scene.link.problem == ""

    played(tmp_path, scene_of)


def test_nothing_is_lost_while_the_hub_is_away_and_live_values_come_at_once(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start("worker", scene.worker.run())
        scene.start("link", scene.link.run())
        scene.measure(0)
        await until_true(lambda: scene.link.fault not in ("", "it has not been reached yet"))
        scene.start_hub()
        await until_true(lambda: not scene.journal.outbox_rows)
        assert await scene.stored() == [0]
        await scene.end("hub")
        await until_true(lambda: scene.link.fault)
        for minute in range(1, 30):
            scene.measure(minute)
        scene.measure(30, closed=False)
        assert scene.journal.outbox_rows == 29
        scene.start_hub()
        await until_true(lambda: scene.live.open_observations("quay")[-1:] and not scene.journal.outbox_rows)
        assert scene.live.open_observations("quay")[-1].start_ns == START_NS + 30 * MINUTE_NS
        assert await scene.stored() == list(range(30))

    played(tmp_path, scene_of)


def test_live_values_of_cameras_that_are_not_the_nodes_are_not_taken(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start_hub()
        scene.start("link", scene.link.run())
        scene.start("worker", scene.worker.run())
        scene.measure(0)
        await until_true(lambda: not scene.journal.outbox_rows)
        scene.measure(1, closed=False)
        await until_true(lambda: "other-cabinet" in scene.parts.connected)
        assert scene.live.workers == 0
        assert not await scene.live.confirm_view("quay")

    played(tmp_path, scene_of, node="other-cabinet")


def test_a_node_leaves_a_hub_that_stands_still_once_another_one_is_active(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_module, "LOOK_S", 0.02)

    async def play() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        scene = Scene(tmp_path, store)
        active = ""

        async def elsewhere() -> str:
            return active

        scene.link = NodeLink(
            scene.data,
            HeldPart(scene.data, SITE, NODE, verify),
            scene.connected_by(),
            scene.applied.append,
            elsewhere=elsewhere,
        )
        scene.start_hub()
        scene.start("link", scene.link.run())
        await until_true(lambda: bool(scene.parts.connected))
        await asyncio.sleep(0.2)
        assert scene.link.fault == ""
        active = "hub-b:8443"
        await until_true(lambda: scene.link.fault == "the hub at hub-b:8443 is the active one now")
        active = ""
        await until_true(lambda: scene.link.fault == "")
        await scene.end("link")
        await scene.end("hub")
        await store.close()

    asyncio.run(play())
