"""A real process that was taken over, in a real sandbox: its camera shows as broken, and is started again."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from passerby.back_off import BackOffSettings
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.isolation import Isolation
from passerby.domain.layout import Layout
from passerby.domain.place_events import PlaceEvent
from passerby.domain.preview import Preview
from passerby.domain.service import CameraPlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.camera_supervisor import (
    BURST_MESSAGES,
    BYTES_OF_ONE,
    MAX_MESSAGES_PER_S,
    CameraListener,
    CameraSupervisor,
)
from passerby.engine.journal import Journal
from passerby.messages.hub_messages import TO_HUB, NewestHealth
from passerby.messages.sandbox_messages import SIZES, Minutes, ViewMemory
from passerby.messages.sandbox_orders import WatchPlan
from passerby.sandbox import process as sandbox_process
from passerby.sandbox.process import Sandbox, SandboxProcess
from passerby.sandbox.token_bucket import TokenBucket
from testing.source_tree import ROOT
from tests.unit.engine.hostile_camera_words import ENDED, STORED

HOSTILE = "tests.unit.engine.hostile_camera"
WITHIN_S = 60


class Listener(CameraListener):
    def __init__(self) -> None:
        self.ends: queue.Queue[str] = queue.Queue()
        self.minutes: queue.Queue[str] = queue.Queue()
        self.reports: list[CameraHealth] = []
        self.levels: list[int] = []

    def minutes_changed(self, camera: str) -> None:
        self.minutes.put(camera)

    def health(self, report: CameraHealth) -> None:
        self.reports.append(report)

    def isolated(self, camera: str, isolation: Isolation) -> None:
        self.levels.append(isolation.level)

    def ended(self, camera: str, why: str, wait_s: float) -> None:
        self.ends.put(why)


@pytest.fixture(autouse=True)
def hostile_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = sandbox_process._folders()
    monkeypatch.setattr(sandbox_process, "_folders", lambda: [*folders, str(ROOT)])
    monkeypatch.setattr(sandbox_process, "END_S", 0.3)


@contextmanager
def watched(word: str, folder: Path) -> Iterator[tuple[Listener, Journal]]:
    """The supervisor of a camera whose process sends what the word says."""
    plan = WatchPlan(CameraPlan(word, CameraSource(SourceKind.RTSP, "127.0.0.1", 9), Layout((), (), (), None)))

    @contextmanager
    def start(memory: ViewMemory | None, _events: tuple[PlaceEvent, ...]) -> Iterator[SandboxProcess]:
        with SandboxProcess(Sandbox.around([]).bare(), HOSTILE, plan) as process:
            yield process

    listener = Listener()
    with Journal(folder / "worker.sqlite") as journal:
        waits = BackOffSettings(first_s=0.01, max_s=0.02)
        supervisor = CameraSupervisor(word, start, journal, listener, places=frozenset({"gate"}), waits=waits)
        yield listener, journal
        supervisor._stopping.set()
        process = supervisor._process
        if process is not None:
            process.kill()
        supervisor.stop()
        assert not any(thread.name == f"camera {word}" for thread in threading.enumerate())


def is_good_for_the_hub(report: CameraHealth) -> bool:
    """Whether the hub and its pages can take it: one that they refuse ends the link of all the worker's cameras."""
    frame = TO_HUB.frame(NewestHealth(report))
    return report.why.isprintable() and list(TO_HUB.take_whole(bytearray(frame))) == [NewestHealth(report)]


@pytest.mark.slow
@pytest.mark.parametrize(("word", "why"), ENDED.items())
def test_its_camera_shows_as_broken_and_is_started_again(word: str, why: str, tmp_path: Path) -> None:
    with watched(word, tmp_path) as (listener, journal):
        for _ in range(2):  # the thread that listens is there to start it again, and again
            assert why in listener.ends.get(timeout=WITHIN_S)
        offline = next(report for report in listener.reports if report.state is CameraState.OFFLINE)
        assert why in offline.why
        assert "started again" in offline.why
        assert is_good_for_the_hub(offline)
        # What it reported before can be added up: else its worker would end, and every other camera with it.
        journal.finish_minutes(time.time_ns() + 10**12)


@pytest.mark.slow
def test_it_can_speak_for_no_other_camera(tmp_path: Path) -> None:
    with watched(STORED[0], tmp_path) as (listener, journal):
        assert listener.minutes.get(timeout=WITHIN_S) == STORED[0]
        assert [one.camera for one in journal.open_minutes(STORED[0])] == [STORED[0]]
        assert journal.open_minutes("somewhere else") == ()
        assert {report.camera for report in listener.reports} == {STORED[0]}
        assert listener.reports[0].why == "all is well ?[2J"
        assert set(listener.levels) <= {1, 2}


def test_a_camera_may_send_as_much_as_it_needs_and_no_more() -> None:
    rate = TokenBucket(MAX_MESSAGES_PER_S, BURST_MESSAGES)
    assert not any(rate.take(number / 15, 1 + 300_000 / BYTES_OF_ONE) for number in range(5000))  # a large camera
    largest = [1 + SIZES[kind].array_bytes / BYTES_OF_ONE for kind in (Minutes, Preview, ViewMemory, CameraHealth)]
    for amount in largest:
        assert TokenBucket(MAX_MESSAGES_PER_S, BURST_MESSAGES).take(5.0, amount) == 0  # a size that is taken is taken
    rate = TokenBucket(MAX_MESSAGES_PER_S, BURST_MESSAGES)
    assert any(rate.take(400 + number / 4, max(largest)) for number in range(5))
