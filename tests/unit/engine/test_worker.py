"""A worker holds the cameras that it is assigned: each its own process, one journal, one connection to the hub."""

import asyncio
import io
import queue
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from structlog.testing import capture_logs

from passerby.domain.event_rules import EventRule, ProfileSwitch, RuleKind
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.isolation import Isolation
from passerby.domain.observations import Observation, Quantity
from passerby.domain.place_events import PlaceEvent
from passerby.domain.road_user import RoadUser
from passerby.engine import worker as worker_module
from passerby.engine.camera_supervisor import CameraSupervisor, Starter
from passerby.engine.hub.client import HubClient
from passerby.engine.hub.link import UnixListener, unix_connection
from passerby.engine.hub.server import HubServer
from passerby.engine.journal import Journal
from passerby.engine.live_state import LiveState
from passerby.engine.worker import Assignment, Worker
from passerby.messages.columns import columns_of
from passerby.messages.hub_messages import (
    TO_HUB,
    Delivery,
    DraftReport,
    DraftWanted,
    DraftWithdrawn,
    ProfilesSwitched,
)
from passerby.messages.live_requests import PreviewWanted, ViewConfirmed
from passerby.messages.sandbox_messages import Minutes, ViewMemory
from passerby.messages.sandbox_orders import (
    ConfirmView,
    StartPreview,
    StopPreview,
    SwitchProfiles,
    TryDraft,
    WithdrawDraft,
)
from passerby.store import open_store
from passerby.units import MINUTE_S, NS_PER_S
from testing.waiting import WITHIN_S, until_true
from testing.web.made import open_event
from tests.unit.engine.plausible.test_drafts import DRAFT, NUMBERS
from tests.unit.engine.scripted_process import ScriptedProcess

START_NS = 1_700_000_040 * NS_PER_S
MINUTE_NS = MINUTE_S * NS_PER_S


class Camera:
    """The processes that were started for one camera."""

    def __init__(self) -> None:
        self.started: queue.Queue[ScriptedProcess] = queue.Queue()
        self.ended = 0

    @contextmanager
    def start(self, _memory: ViewMemory | None, _events: tuple[PlaceEvent, ...]) -> Iterator[ScriptedProcess]:
        process = ScriptedProcess()
        self.started.put(process)
        yield process
        self.ended += 1

    def assignment(self, identity: bytes = b"1") -> Assignment:
        return Assignment(cast("Starter", self.start), identity, frozenset({"gate"}))

    async def process(self) -> ScriptedProcess:
        return await asyncio.to_thread(self.started.get, timeout=WITHIN_S)


def minutes(camera: str, value: float) -> Minutes:
    one = Observation(
        camera, "gate", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", START_NS, MINUTE_S, value, int(value), 1.0
    )
    return Minutes(open=columns_of(()), closed=columns_of([one]), open_from_ns=START_NS + MINUTE_NS)


def with_worker(folder: Path, scene: Callable[[Worker], Awaitable[None]]) -> None:
    async def play() -> None:
        worker = Worker(
            "worker-1", folder / "worker.sqlite", unix_connection(folder / "hub.sock"), lambda: START_NS + 2 * MINUTE_NS
        )
        await scene(worker)

    asyncio.run(play())
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("camera ")]


async def ended(running: asyncio.Task[None], stop: asyncio.Event) -> None:
    stop.set()
    async with asyncio.timeout(30):
        await running


def test_only_cameras_that_changed_are_started_anew(tmp_path: Path) -> None:
    async def scene(worker: Worker) -> None:
        square, harbour, station = Camera(), Camera(), Camera()
        await worker.assign({"square": square.assignment(), "harbour": harbour.assignment()})
        first = await square.process()
        await harbour.process()
        await worker.assign({"square": square.assignment(b"2"), "station": station.assignment()})
        assert [type(each).__name__ for each in first.asked] == ["Stop"]
        await square.process()
        await station.process()
        assert (square.ended, harbour.ended, station.ended) == (1, 1, 0)
        await worker.assign({"square": square.assignment(b"2"), "station": station.assignment()})
        assert (square.ended, station.ended) == (1, 0)
        await worker.assign({})
        assert (square.ended, station.ended) == (2, 1)

    with_worker(tmp_path, scene)


def test_its_journal_grows_no_larger_than_it_is_told(tmp_path: Path) -> None:
    async def scene(worker: Worker) -> None:
        worker.limit_outbox(1)
        for _ in range(3):
            worker._journal.store_health(
                CameraHealth("square", START_NS, CameraState.ONLINE, START_NS, "Pictures come.")
            )
        assert worker.outbox_rows == 1

    with_worker(tmp_path, scene)


def has_measured(worker: Worker, value: float) -> bool:
    return value in [one.value for one in worker._journal.open_minutes("square")]


def test_a_camera_that_is_held_under_another_lease_is_started_anew(tmp_path: Path) -> None:
    async def scene(worker: Worker) -> None:
        camera = Camera()
        for lease in (3, 5):
            await worker.assign({"square": replace(camera.assignment(), lease=lease)})
            process = await camera.process()
            process.to_send.put(minutes("square", lease))
            await until_true(partial(has_measured, worker, lease))
        assert camera.ended == 1
        await worker.assign({})
        worker._journal.finish_minutes(START_NS + 2 * MINUTE_NS)
        frames = [frame for _, frame in worker._journal.outbox.next(0, 10)]
        found = [message for message in map(TO_HUB.receive, map(io.BytesIO, frames)) if isinstance(message, Delivery)]
        assert sorted(part.lease for one in found for part in one.parts) == [3, 5]

    with_worker(tmp_path, scene)


def test_the_events_of_a_camera_that_it_does_not_hold_any_more_are_closed(tmp_path: Path) -> None:
    async def scene(worker: Worker) -> None:
        journal, camera = worker._journal, Camera()
        journal.events.store("square", [open_event("square", "full", START_NS)])
        journal.events.store("harbour", [open_event("harbour", "full", START_NS)])
        rule = EventRule("full", RuleKind.OVERCROWDING, "benches", 2.0, "m-2")
        assigned = replace(camera.assignment(), rules=(rule,))
        await worker.assign({"square": assigned})
        await camera.process()
        assert len(journal.events.open_events("square")) == 1
        assert journal.events.open_events("harbour") == ()
        await worker.assign({})
        assert journal.events.open_events("square") == ()
        assert [one.event.why.rpartition(". ")[2] for one in journal.events.waiting(9)] == [
            "It ended because the camera is not watched any more."
        ] * 2

    with_worker(tmp_path, scene)


def test_it_is_done_when_it_holds_no_camera_and_the_hub_has_stored_all(tmp_path: Path) -> None:
    async def scene(worker: Worker) -> None:
        journal = worker._journal
        assert not worker.done, "it was not told yet what it holds"
        camera = Camera()
        await worker.assign({"square": camera.assignment()})
        assert not worker.done
        run = journal.begin_run("square")
        journal.store_minutes("square", run, minutes("square", 1.0))
        journal.end_run("square", run)
        await worker.assign({})
        assert not worker.done, "a minute is not over yet"
        journal.finish_minutes(2**62)
        assert not worker.done, "the hub has not stored it"
        journal.outbox.delete(number for number, _ in journal.outbox.next(0, 10))
        assert worker.done

    with_worker(tmp_path, scene)


def test_profiles_that_a_hand_has_switched_hold_over_a_start_of_the_worker(tmp_path: Path) -> None:
    switched = ProfilesSwitched(ProfileSwitch(frozenset({"night"}), START_NS))

    async def scene(worker: Worker) -> None:
        camera = Camera()
        await worker.assign({"square": camera.assignment()})
        process = await camera.process()
        for _ in range(2):  # the hub says it at each connection
            worker._follow_request(switched)
        assert process.asked == [SwitchProfiles(switched.by_hand)]
        await worker.assign({})

    async def again(worker: Worker) -> None:
        camera = Camera()
        await worker.assign({"square": camera.assignment()})
        process = await camera.process()
        await until_true(lambda: process.asked == [SwitchProfiles(switched.by_hand)])
        await worker.assign({})

    with_worker(tmp_path, scene)
    with_worker(tmp_path, again)


def test_what_cameras_report_reaches_the_hub_and_requests_reach_the_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "FINISH_S", 0.05)

    async def scene(worker: Worker) -> None:
        store = await open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
        live, stop, camera = LiveState(lambda: ["square"]), asyncio.Event(), Camera()
        hub = HubServer([UnixListener(tmp_path / "hub.sock")], store, live)
        serving, running = asyncio.create_task(hub.run()), asyncio.create_task(worker.run(stop))
        await worker.assign({"square": camera.assignment()})
        process = await camera.process()
        process.to_send.put(Isolation(3, ()))
        process.to_send.put(CameraHealth("square", START_NS, CameraState.ONLINE, START_NS, "it answers"))
        await until_true(lambda: live.isolations() and live.health())
        async with live.previews("square"):
            await until_true(lambda: process.asked == [StartPreview()])
            assert await live.confirm_view("square")
            await until_true(lambda: process.asked == [StartPreview(), ConfirmView()])
        await until_true(lambda: process.asked[-1] == StopPreview())
        process.to_send.put(minutes("square", 4.0))
        await until_true(lambda: hub.rows_stored == 1 and worker.outbox_rows == 0)
        await ended(running, stop)
        assert camera.ended == 1
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await store.close()

    with_worker(tmp_path, scene)


@pytest.mark.parametrize("message", [PreviewWanted("gone", True), ViewConfirmed("gone")])
def test_a_request_for_a_camera_that_was_taken_away_meanwhile_is_dropped(
    tmp_path: Path, message: PreviewWanted | ViewConfirmed
) -> None:
    async def scene(worker: Worker) -> None:
        worker._follow_request(message)

    with_worker(tmp_path, scene)


def test_what_is_left_at_the_end_waits_in_the_outbox_for_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "FINISH_S", 0.05)

    async def scene(worker: Worker) -> None:
        stop, camera = asyncio.Event(), Camera()
        await worker.assign({"square": camera.assignment()})
        process = await camera.process()
        process.to_send.put(minutes("square", 4.0))
        running = asyncio.create_task(worker.run(stop))
        await ended(running, stop)

    with_worker(tmp_path, scene)
    with Journal(tmp_path / "worker.sqlite") as journal:
        assert (journal.outbox_rows, journal.open_minutes("square")) == (1, ())


def test_a_run_that_was_cut_off_holds_no_minute_back(tmp_path: Path) -> None:
    with Journal(tmp_path / "worker.sqlite") as journal:
        run = journal.begin_run("square")
        journal.store_minutes("square", run, replace(minutes("square", 3.0), open_from_ns=START_NS))
        assert journal.finish_minutes(START_NS + 2 * MINUTE_NS) == 0

    async def scene(worker: Worker) -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(worker.run(stop))
        await until_true(lambda: worker.outbox_rows == 1)
        await ended(running, stop)

    with_worker(tmp_path, scene)


def test_each_camera_is_looked_after_at_every_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "CHECK_S", 0.01)
    monkeypatch.setattr(worker_module, "FINISH_S", 0.05)
    checked: set[str] = set()
    monkeypatch.setattr(CameraSupervisor, "check", lambda self: checked.add(self.camera))

    async def scene(worker: Worker) -> None:
        stop = asyncio.Event()
        await worker.assign({"square": Camera().assignment(), "harbour": Camera().assignment()})
        running = asyncio.create_task(worker.run(stop))
        await until_true(lambda: checked == {"square", "harbour"})
        await ended(running, stop)

    with_worker(tmp_path, scene)


def test_a_draft_goes_to_its_camera_and_one_for_a_camera_that_it_does_not_hold_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(worker: Worker) -> None:
        camera, said = Camera(), list[DraftReport]()
        monkeypatch.setattr(worker._hub, "send_draft", said.append)
        await worker.assign({"square": camera.assignment()})
        process = await camera.process()
        await until_true(lambda: worker._cameras["square"][1].pid is not None)
        worker._follow_request(DraftWanted("square", DRAFT))
        (asked,) = process.asked
        assert isinstance(asked, TryDraft)
        assert asked.draft is DRAFT
        process.to_send.put(NUMBERS)
        await until_true(lambda: said == [DraftReport("square", "d1", NUMBERS)])
        worker._follow_request(DraftWithdrawn("square", "d1"))
        assert process.asked[-1] == WithdrawDraft("d1")
        worker._follow_request(DraftWithdrawn("harbour", "d1"))
        worker._follow_request(DraftWanted("harbour", DRAFT))
        assert said[-1] == DraftReport("harbour", "d1", None)
        await worker.assign({})

    with_worker(tmp_path, scene)


@pytest.mark.parametrize(
    ("state", "level"),
    [(CameraState.OFFLINE, "warning"), (CameraState.ONLINE, "info"), (CameraState.CONNECTING, "info")],
)
def test_a_camera_that_does_not_answer_is_a_warning_in_the_log(state: CameraState, level: str) -> None:
    class Ignored:
        def __getattr__(self, _name: str) -> Callable[..., None]:
            return lambda *_: None

    listener = worker_module._Listener("w", cast("asyncio.AbstractEventLoop", Ignored()), cast("HubClient", Ignored()))
    with capture_logs() as logs:
        listener.health(CameraHealth("square", START_NS, state, START_NS, "no answer"))
    assert [(each["event"], each["state"], each["log_level"]) for each in logs] == [("camera", state.value, level)]
