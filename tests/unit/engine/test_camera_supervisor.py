"""A camera's supervisor starts its process again whatever becomes of it, and what it has reported stands."""

import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from passerby.back_off import BackOffSettings
from passerby.domain.errors import WorkerError
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.isolation import Isolation
from passerby.domain.observations import Observation, Quantity
from passerby.domain.place_events import PlaceEvent
from passerby.domain.road_user import RoadUser
from passerby.engine import camera_supervisor as supervisor_module
from passerby.engine.camera_supervisor import CameraListener, CameraSupervisor, Starter
from passerby.engine.journal import Journal
from passerby.messages.columns import columns_of
from passerby.messages.sandbox_messages import Minutes, ViewMemory
from passerby.messages.sandbox_orders import ConfirmView, StartPreview, StopPreview
from passerby.units import DAY_S, MINUTE_S, NS_PER_S
from testing.waiting import WITHIN_S, until
from tests.unit.engine.scripted_process import ScriptedProcess

START_NS = 1_700_000_040 * NS_PER_S


class Listener(CameraListener):
    def __init__(self) -> None:
        self.reports: queue.Queue[CameraHealth] = queue.Queue()
        self.isolations: list[Isolation] = []

    def health(self, report: CameraHealth) -> None:
        self.reports.put(report)

    def isolated(self, camera: str, isolation: Isolation) -> None:
        self.isolations.append(isolation)


class Scene:
    def __init__(self, folder: Path) -> None:
        self.journal = Journal(folder / "worker.sqlite")
        self.journal.end_all_runs()
        self.listener = Listener()
        self.started: queue.Queue[tuple[ScriptedProcess, ViewMemory | None]] = queue.Queue()
        self.now_ns, self.timer_s = START_NS, 0.0
        self.supervisor = CameraSupervisor(
            "square",
            cast("Starter", self.start),
            self.journal,
            self.listener,
            waits=BackOffSettings(first_s=0.01, max_s=0.02),
            places=frozenset({"gate"}),
            clock=lambda: self.now_ns,
            timer=lambda: self.timer_s,
        )

    @contextmanager
    def start(self, memory: ViewMemory | None, events: tuple[PlaceEvent, ...]) -> Iterator[ScriptedProcess]:
        process = ScriptedProcess()
        self.started.put((process, memory))
        yield process

    def next_process(self) -> ScriptedProcess:
        return self.started.get(timeout=WITHIN_S)[0]


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.supervisor.stop()
    assert not any(thread.name == "camera square" for thread in threading.enumerate())


def minutes(value: float) -> Minutes:
    one = Observation(
        "square", "gate", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", START_NS, MINUTE_S, value, int(value), 0.5
    )
    return Minutes(columns_of([one]), columns_of(()), START_NS)


def test_a_process_that_dies_is_started_again_and_its_part_stands(scene: Scene) -> None:
    first = scene.next_process()
    first.to_send.put(minutes(2))
    first.to_send.put(WorkerError("it was killed (SIGKILL)."))
    report = scene.listener.reports.get(timeout=WITHIN_S)
    assert report.state is CameraState.OFFLINE
    assert "SIGKILL" in report.why
    second = scene.next_process()
    second.to_send.put(minutes(3))
    until(lambda: [one.value for one in scene.journal.open_minutes("square")] == [5])


def test_a_clock_that_is_set_while_a_process_runs_ends_it_not(scene: Scene) -> None:
    process = scene.next_process()
    process.to_send.put(minutes(2))
    until(lambda: len(scene.journal.open_minutes("square")) == 1)
    scene.now_ns += 50 * 365 * DAY_S * NS_PER_S
    process.to_send.put(minutes(5))
    until(lambda: [one.value for one in scene.journal.open_minutes("square")] == [5])
    process.to_send.put(WorkerError("it was killed (SIGKILL)."))
    assert "SIGKILL" in scene.listener.reports.get(timeout=WITHIN_S).why
    scene.next_process().to_send.put(minutes(5))  # that one has never run at that time
    assert "more than a day from now" in scene.listener.reports.get(timeout=WITHIN_S).why


def test_a_full_disk_ends_the_process_and_not_its_supervisor(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    first = scene.next_process()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        for name in ("store_minutes", "store_health", "end_run"):
            patched.setattr(scene.journal, name, full)
        first.to_send.put(minutes(1))
        assert "disk is full" in scene.listener.reports.get(timeout=WITHIN_S).why
    # When there is room again, it goes on.
    second = scene.next_process()
    second.to_send.put(minutes(2))
    until(lambda: [one.value for one in scene.journal.open_minutes("square")] == [2])


def test_a_report_names_files_as_the_user_does(scene: Scene) -> None:
    scene.next_process().to_send.put(CameraHealth("square", 1, CameraState.OFFLINE, 1, "/input/0/a.mp4 cannot be read"))
    assert scene.listener.reports.get(timeout=WITHIN_S).why == "recordings/a.mp4 cannot be read"


def test_orders_reach_the_process_of_now(scene: Scene) -> None:
    first = scene.next_process()
    scene.supervisor.set_preview(wanted=True)
    scene.supervisor.confirm_view()
    until(lambda: first.asked == [StartPreview(), ConfirmView()])
    first.kill()
    second = scene.next_process()
    # A viewer goes on with the next process.
    until(lambda: second.asked == [StartPreview()])
    scene.supervisor.set_preview(wanted=False)
    until(lambda: second.asked == [StartPreview(), StopPreview()])


def test_a_silent_process_is_ended_and_the_reason_reported(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    first = scene.next_process()
    until(lambda: scene.supervisor.pid is not None)
    scene.supervisor.check()
    assert first.to_send.empty()
    monkeypatch.setattr(supervisor_module, "SILENT_S", -1.0)
    scene.supervisor.check()
    assert "had sent nothing" in scene.listener.reports.get(timeout=WITHIN_S).why
    scene.next_process()


def test_a_process_that_grows_larger_than_one_and_a_half_gibibytes_is_ended(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = scene.next_process()
    until(lambda: scene.supervisor.pid is not None)
    monkeypatch.setattr(supervisor_module, "resident_bytes", lambda pid: 3 * 2**29)
    scene.supervisor.check()
    assert first.to_send.empty()
    monkeypatch.setattr(supervisor_module, "resident_bytes", lambda pid: 3 * 2**29 + 1)
    scene.supervisor.check()
    assert "MB of memory; 1536 MB are allowed" in scene.listener.reports.get(timeout=WITHIN_S).why


def test_what_a_camera_remembers_comes_back(scene: Scene) -> None:
    first = scene.next_process()
    first.to_send.put(ViewMemory(np.ones((2, 2), np.int8), True))
    first.to_send.put(Isolation(3, ()))
    first.kill()
    _, memory = scene.started.get(timeout=WITHIN_S)
    assert memory is not None
    assert memory.doubted
    assert scene.listener.isolations == [Isolation(3, ())]


def test_a_burst_of_two_hundred_messages_is_taken_and_then_forty_a_second(scene: Scene) -> None:
    process = scene.next_process()
    memory = ViewMemory(np.ones((2, 2), np.int8), False)
    for _ in range(200):
        process.to_send.put(memory)
    process.to_send.put(minutes(1))
    assert "more than 40 messages a second" in scene.listener.reports.get(timeout=WITHIN_S).why
    assert scene.journal.open_minutes("square") == ()
    scene.timer_s += 2.0
    process = scene.next_process()  # which gets no burst of its own
    for _ in range(77):
        process.to_send.put(memory)
    process.to_send.put(minutes(1))
    until(lambda: len(scene.journal.open_minutes("square")) == 1)
    process.to_send.put(memory)
    assert "more than 40 messages a second" in scene.listener.reports.get(timeout=WITHIN_S).why


def test_a_report_s_reason_is_cut_where_no_page_would_show_it(scene: Scene) -> None:
    process = scene.next_process()
    process.to_send.put(CameraHealth("x", START_NS, CameraState.ONLINE, START_NS, "w" * 5000))
    assert scene.listener.reports.get(timeout=WITHIN_S).why == "w" * 1000 + "…"


def test_isolation_is_reported_once_a_run(scene: Scene) -> None:
    process = scene.next_process()
    for _ in range(2):
        process.to_send.put(Isolation(3, ()))
    assert "does not send now (Isolation)" in scene.listener.reports.get(timeout=WITHIN_S).why
    assert scene.listener.isolations == [Isolation(3, ())]
    again = scene.next_process()
    again.to_send.put(Isolation(2, ("x",)))
    until(lambda: scene.listener.isolations[1:] == [Isolation(2, ("x",))])


def test_pauses_grow_for_a_process_that_ends_at_once(tmp_path: Path) -> None:
    waits: queue.Queue[float] = queue.Queue()

    class Waits(Listener):
        def ended(self, camera: str, why: str, wait_s: float) -> None:
            waits.put(wait_s)

    @contextmanager
    def start(_memory: ViewMemory | None, _events: tuple[PlaceEvent, ...]) -> Iterator[ScriptedProcess]:
        process = ScriptedProcess()
        process.to_send.put(WorkerError("it was killed."))
        yield process

    journal = Journal(tmp_path / "worker.sqlite")
    journal.end_all_runs()
    settings = BackOffSettings(first_s=0.01, max_s=5.0, factor=3.0, healthy_s=60.0)
    supervisor = CameraSupervisor(
        "square", cast("Starter", start), journal, Waits(), places=frozenset(), waits=settings
    )
    first, _, third = (waits.get(timeout=WITHIN_S) for _ in range(3))
    supervisor.stop()
    assert third > 2 * first
