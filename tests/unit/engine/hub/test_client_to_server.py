"""A worker's client and the hub's server over a real socket: all arrives once, values and requests come through."""

import asyncio
import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from passerby.domain.event_rules import BY_CALENDAR, ProfileSwitch
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.isolation import Isolation
from passerby.domain.leases import WatchedPart
from passerby.domain.observations import Observation, Quantity
from passerby.domain.preview import Preview
from passerby.domain.queries import ObservationQuery, Receipt
from passerby.domain.road_user import RoadUser
from passerby.engine.hub.client import HubClient
from passerby.engine.hub.link import UnixListener, unix_connection
from passerby.engine.hub.server import HubServer
from passerby.engine.journal import Journal
from passerby.engine.live_state import LiveState
from passerby.messages.columns import columns_of
from passerby.messages.hub_messages import (
    TO_HUB,
    TO_WORKER,
    Acknowledged,
    CameraIsolation,
    Delivery,
    DraftReport,
    DraftWanted,
    DraftWithdrawn,
    ProfilesSwitched,
    ToHub,
    ToWorker,
)
from passerby.messages.live_requests import PreviewWanted, ViewConfirmed
from passerby.messages.sandbox_messages import Minutes
from passerby.ports import Store, StoreUnavailableError
from passerby.store import open_store
from passerby.units import MINUTE_S, NS_PER_S
from testing.waiting import WITHIN_S, until_true
from tests.unit.engine.plausible.test_drafts import DRAFT, NUMBERS

START_NS = 1_700_000_040 * NS_PER_S
MINUTE_NS = MINUTE_S * NS_PER_S


def flow(minute: int, value: float = 1.0, coverage: float = 1.0) -> Observation:
    return Observation(
        "square", "gate", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", START_NS + minute * MINUTE_NS, MINUTE_S,
        value, int(value), coverage,
    )  # fmt: skip


class CountedClient(HubClient):
    """Counts how often it has tried to connect."""

    tries = 0

    async def _connect(self) -> None:
        self.tries += 1
        await super()._connect()


class Scene:
    """One worker's end and one hub's end in one loop."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.store = store
        self.socket = folder / "hub.sock"
        self.journal = Journal(folder / "worker.sqlite")
        self.journal.end_all_runs()
        self.asked: list[ToWorker] = []
        self.switched: list[ProfileSwitch] = []
        self.live = LiveState(lambda: ["square"])
        self.hub = CountedClient("worker-1", unix_connection(self.socket), self.journal, self._ask)
        self.hub.set_cameras(("square",))
        self.tasks: dict[str, asyncio.Task[None]] = {}

    def _ask(self, message: ToWorker) -> None:
        if isinstance(message, ProfilesSwitched):  # comes at each connection
            self.switched.append(message.by_hand)
        else:
            self.asked.append(message)

    def start(self, name: str) -> None:
        work = (
            self.hub.run() if name == "client" else HubServer([UnixListener(self.socket)], self.store, self.live).run()
        )
        self.tasks[name] = asyncio.create_task(work)

    async def end(self, name: str) -> None:
        task = self.tasks.pop(name)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def finish_minute(self, *minutes: int) -> None:
        run = self.journal.begin_run("square")
        rows = columns_of([flow(minute) for minute in minutes])
        self.journal.store_minutes("square", run, Minutes(columns_of(()), rows, START_NS + 1000 * MINUTE_NS))
        self.journal.end_run("square", run)
        self.journal.finish_minutes(START_NS + 1000 * MINUTE_NS)
        self.hub.outbox_grew()

    async def stored(self) -> list[Observation]:
        query = ObservationQuery(START_NS, START_NS + 1000 * MINUTE_NS)
        return list((await self.store.observations(query)).rows)

    async def until_empty(self) -> None:
        await until_true(lambda: not self.journal.outbox_rows)


def played(tmp_path: Path, scene_of) -> None:
    async def play() -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        scene = Scene(tmp_path, store)
        try:
            await scene_of(scene)
        finally:
            for name in list(scene.tasks):
                await scene.end(name)
            await store.close()

    asyncio.run(play())


def test_minutes_wait_for_the_hub_and_arrive_once(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.finish_minute(0, 1)
        scene.start("client")
        await until_true(lambda: scene.hub.tries)
        scene.start("hub")
        await scene.until_empty()
        assert await scene.stored() == [flow(0), flow(1)]
        await scene.end("hub")
        scene.finish_minute(2)
        before = scene.hub.tries
        await until_true(lambda: scene.hub.tries > before)
        assert scene.journal.outbox_rows == 1
        scene.start("hub")
        await scene.until_empty()
        assert await scene.stored() == [flow(0), flow(1), flow(2)]

    played(tmp_path, scene_of)


class Unsteady:
    """A store that is away at first, and then the real one."""

    def __init__(self, store: Store, away: int) -> None:
        self._store, self.away = store, away

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def store_observations(
        self, observations: Sequence[Observation], parts: Sequence[WatchedPart] = ()
    ) -> Receipt:
        if self.away:
            self.away -= 1
            raise StoreUnavailableError("the database does not answer")
        return await self._store.store_observations(observations, parts)


def test_nothing_is_acknowledged_before_it_is_stored(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.store = Unsteady(scene.store, away=2)  # type: ignore[assignment]
        scene.finish_minute(0)
        scene.start("hub")
        scene.start("client")
        await until_true(lambda: scene.live.open_observations("square"))
        assert scene.journal.outbox_rows == 1
        await scene.until_empty()
        assert await scene.stored() == [flow(0)]
        assert scene.live.open_observations("square") == ()

    with capture_logs() as lines:
        played(tmp_path, scene_of)
    # Once for each time that it is away, not for each attempt.
    assert [line["event"] for line in lines].count("the store does not take results; they wait") == 1


def test_open_minutes_are_shown_and_counted_once(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        scene.start("client")
        run = scene.journal.begin_run("square")
        rows = columns_of([flow(0, 2.0, 0.5)])
        scene.journal.store_minutes("square", run, Minutes(rows, columns_of(()), START_NS))
        scene.hub.minutes_changed("square")
        await until_true(lambda: scene.live.open_observations("square") == (flow(0, 2.0, 0.5),))
        scene.journal.end_run("square", run)
        scene.journal.finish_minutes(START_NS + MINUTE_NS)
        scene.hub.outbox_grew()
        await scene.until_empty()
        await until_true(lambda: not scene.live.open_observations("square"))
        assert await scene.stored() == [flow(0, 2.0, 0.5)]

    played(tmp_path, scene_of)


def picture(number: int) -> Preview:
    jpeg = np.full(1000, number, np.uint8)
    return Preview("square", number, (8, 8), jpeg, "redrawn", "", 1.0, np.zeros((0, 4), np.float32),
                   np.zeros(0, np.int16))  # fmt: skip


def test_pictures_go_to_each_viewer_and_a_slow_one_misses_some(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        scene.start("client")
        scene.hub.send_isolation("square", Isolation(3, ()))
        scene.hub.send_health(CameraHealth("square", 1, CameraState.ONLINE, 1, "Pictures come."))
        async with asyncio.timeout(WITHIN_S):
            await until_true(lambda: scene.live.isolations() and scene.live.health())
            async with scene.live.previews("square") as quick, scene.live.previews("square") as slow:
                await until_true(lambda: scene.asked == [PreviewWanted("square", True)])
                for number in range(1, 6):
                    scene.hub.send_preview(picture(number))
                    assert (await anext(quick)).time_ns == number
                # The slow one has been given none of the first four: it has room for the newest alone.
                assert (await anext(slow)).time_ns == 5
                assert await scene.live.confirm_view("square")
            await until_true(lambda: scene.asked[1:] == [ViewConfirmed("square"), PreviewWanted("square", False)])

    played(tmp_path, scene_of)


def test_a_preview_outlives_the_workers_connection_and_ends_with_the_hubs(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        async with asyncio.timeout(WITHIN_S), scene.live.previews("square"):
            assert not await scene.live.confirm_view("square")
            scene.start("client")
            await until_true(lambda: scene.asked == [PreviewWanted("square", True)])
            await scene.end("client")
            assert scene.asked[-1] == PreviewWanted("square", False)
            scene.start("client")
            await until_true(lambda: scene.asked[-1] == PreviewWanted("square", True))
            await scene.end("hub")
            await until_true(lambda: scene.asked[-1] == PreviewWanted("square", False))

    played(tmp_path, scene_of)


def test_an_unknown_camera_has_no_previews(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        with pytest.raises(KeyError):
            async with scene.live.previews("nowhere"):
                pass

    played(tmp_path, scene_of)


def test_a_stranger_on_the_socket_is_cut_off_and_harms_no_other(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        scene.start("client")
        async with asyncio.timeout(WITHIN_S):
            await until_true(scene.socket.exists)
            assert scene.socket.stat().st_mode & 0o077 == 0
            reader, writer = await asyncio.open_unix_connection(str(scene.socket))
            writer.write(b"GET / HTTP/1.1\r\nHost: nobody\r\n\r\n" * 10)
            assert await reader.read() == b""
            writer.close()
        scene.finish_minute(0)
        await scene.until_empty()
        assert await scene.stored() == [flow(0)]

    played(tmp_path, scene_of)


def test_cameras_that_a_worker_gets_later_are_known_to_the_hub(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        scene.start("client")
        await until_true(lambda: scene.live.workers)
        assert not await scene.live.confirm_view("harbour")
        scene.hub.set_cameras(("square", "harbour"))
        async with asyncio.timeout(WITHIN_S):
            while not await scene.live.confirm_view("harbour"):
                await asyncio.sleep(0)
        await until_true(lambda: scene.asked == [ViewConfirmed("harbour")])

    played(tmp_path, scene_of)


def test_a_camera_that_left_is_not_reported_any_more(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        for camera in ("square", "harbour"):
            scene.hub.send_isolation(camera, Isolation(3, ()))
            scene.hub.send_health(CameraHealth(camera, 1, CameraState.ONLINE, 1, "Pictures come."))
        scene.live = LiveState(lambda: ["square", "harbour"])
        scene.hub.set_cameras(("square",))
        scene.start("hub")
        scene.start("client")
        await until_true(lambda: scene.live.health() and scene.live.isolations())
        scene.finish_minute(0)
        await scene.until_empty()
        assert [report.camera for report in scene.live.health()] == ["square"]
        assert list(scene.live.isolations()) == ["square"]

    played(tmp_path, scene_of)


def test_so_many_deliveries_wait_for_their_acknowledgement_at_a_time(tmp_path: Path) -> None:
    """A hub that takes everything and acknowledges only on demand."""
    received: list[ToHub] = []
    links: list[asyncio.StreamWriter] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        links.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                received.append(await TO_HUB.receive_from(reader))

    def numbers() -> list[int]:
        return [message.number for message in received if isinstance(message, Delivery)]

    async def scene_of(scene: Scene) -> None:
        for minute in range(7):
            scene.finish_minute(minute)
        server = await asyncio.start_unix_server(take, str(scene.socket))
        scene.start("client")
        await until_true(lambda: len(numbers()) == 4)
        # Live values do not wait with them; what follows the deliveries of one turn shows that there were no more.
        scene.hub.send_isolation("square", Isolation(3, ()))
        await until_true(lambda: any(isinstance(message, CameraIsolation) for message in received))
        assert len(numbers()) == 4
        for piece in TO_WORKER.encode(Acknowledged(numbers()[0])):
            links[0].write(piece)
        await until_true(lambda: len(numbers()) == 5)
        assert len(set(numbers())) == 5
        await until_true(lambda: scene.journal.outbox_rows == 6)
        await scene.end("client")
        server.close()
        for link in links:
            link.close()
            await link.wait_closed()

    played(tmp_path, scene_of)


def test_the_hub_counts_what_it_has_stored(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        server = HubServer([UnixListener(scene.socket)], scene.store, scene.live)
        assert server.rows_stored == 0
        scene.tasks["hub"] = asyncio.create_task(server.run())
        scene.start("client")
        scene.finish_minute(0, 1, 2)
        await scene.until_empty()
        assert (server.rows_stored, server.waiting, server.store_fault) == (3, 0, "")

    played(tmp_path, scene_of)


def test_a_switch_of_profiles_reaches_workers_at_once_and_those_that_come_later(tmp_path: Path) -> None:
    night = ProfileSwitch(frozenset({"night"}), START_NS)

    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        scene.start("client")
        await until_true(lambda: scene.switched == [BY_CALENDAR])
        scene.live.switch_profiles(night)
        await until_true(lambda: scene.switched == [BY_CALENDAR, night])
        await scene.end("client")
        scene.start("client")
        await until_true(lambda: scene.switched == [BY_CALENDAR, night, night])

    played(tmp_path, scene_of)


def test_a_draft_reaches_the_worker_and_its_numbers_come_back(tmp_path: Path) -> None:
    async def scene_of(scene: Scene) -> None:
        scene.start("hub")
        scene.start("client")
        await until_true(lambda: scene.live.try_draft("square", DRAFT, 7))
        await until_true(lambda: bool(scene.asked))
        wanted = scene.asked[-1]
        assert isinstance(wanted, DraftWanted)
        assert (wanted.camera, wanted.draft.draft_id, wanted.draft.rules) == ("square", "d1", DRAFT.rules)
        assert [line.name for line in wanted.draft.layout.lines] == ["gate"]
        scene.hub.send_draft(DraftReport("square", "d1", NUMBERS))
        await until_true(lambda: (state := scene.live.draft("square")) is not None and state.numbers == NUMBERS)
        scene.live.withdraw_draft("square")
        await until_true(lambda: scene.asked[-1] == DraftWithdrawn("square", "d1"))

    played(tmp_path, scene_of)
