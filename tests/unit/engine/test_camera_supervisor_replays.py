"""Replays of a camera's process: encrypted before they touch the disk, and none that it may not send."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from passerby.back_off import BackOffSettings
from passerby.domain.errors import PasserbyError, WorkerError
from passerby.domain.replays import EncryptedReplay, EventReplay
from passerby.engine.camera_supervisor import CameraSupervisor, Starter
from passerby.engine.journal import Journal
from passerby.engine.plausible.replays import Encrypter
from passerby.engine.replays.encryption import ReplayKey
from passerby.messages.sandbox_messages import EventReports
from testing.waiting import WITHIN_S, until
from testing.web.made import NS_PER_S, open_event
from testing.web.replays import event_replay
from tests.unit.engine.test_camera_supervisor_events import EVENT, NOW_NS, RULE, Listener, Scene

REPLAY = event_replay(EVENT)


class LosingListener(Listener):
    def __init__(self) -> None:
        super().__init__()
        self.lost: list[str] = []

    def replay_lost(self, camera: str, why: str) -> None:
        self.lost.append(f"{camera}: {why}")


class ReplayScene(Scene):
    def __init__(self, journal: Journal, encrypt: Encrypter | None) -> None:
        super().__init__(journal, RULE)
        self.supervisor.stop()
        self.losing = LosingListener()
        self.started.queue.clear()
        self.supervisor = CameraSupervisor(
            "square",
            cast("Starter", self.start),
            journal,
            self.losing,
            places=frozenset(),
            rules=(RULE,),
            encrypt=encrypt,
            waits=BackOffSettings(first_s=0.01, max_s=0.02),
            clock=lambda: NOW_NS,
            timer=lambda: 0.0,
        )


@contextmanager
def watched(folder: Path, encrypt: Encrypter | None) -> Iterator[ReplayScene]:
    with Journal(folder / "worker.sqlite") as journal:
        scene = ReplayScene(journal, encrypt)
        try:
            yield scene
        finally:
            scene.supervisor.stop()


def test_a_replay_is_on_the_disk_sealed_and_its_picture_nowhere_clear(tmp_path: Path) -> None:
    key = ReplayKey(tmp_path / "replay.key", {})
    with watched(tmp_path, key.encrypted) as scene:
        process, _ = scene.next_process()
        process.to_send.put(EventReports((EVENT,)))
        process.to_send.put(REPLAY)
        process.to_send.put(WorkerError("it was killed (SIGKILL)."))
        scene.next_process()
        kept = scene.journal.replays.next()
        assert kept is not None
        assert (kept.event_id, kept.camera, kept.time_ns) == (EVENT.event_id, "square", EVENT.raised_ns)
        opened = key.opened(kept)
        assert opened is not None
        assert opened.place.jpeg.tobytes() == REPLAY.place.jpeg.tobytes()
        assert scene.waiting[0].event_id == EVENT.event_id
        clear = REPLAY.place.jpeg.tobytes()[:64]
        assert [path.name for path in tmp_path.iterdir() if clear in path.read_bytes()] == []


def test_one_that_the_register_does_not_allow_ends_the_process(tmp_path: Path) -> None:
    with watched(tmp_path, None) as scene:
        process, _ = scene.next_process()
        process.to_send.put(EventReports((EVENT,)))
        process.to_send.put(REPLAY)
        assert "the register does not allow" in scene.losing.ends.get(timeout=WITHIN_S)
        assert scene.journal.replays.waiting == 0


def test_one_of_no_event_of_the_camera_s_ends_the_process(tmp_path: Path) -> None:
    with watched(tmp_path, ReplayKey(tmp_path / "replay.key", {}).encrypted) as scene:
        process, _ = scene.next_process()
        process.to_send.put(event_replay(open_event("gate", "full", EVENT.start_ns)))
        assert "a replay of no event" in scene.losing.ends.get(timeout=WITHIN_S)
        assert scene.journal.replays.waiting == 0


def test_without_a_key_the_replay_is_lost_and_the_event_is_not(tmp_path: Path) -> None:
    def failing(_replay: EventReplay, _camera: str, _time_ns: int) -> EncryptedReplay:
        raise PasserbyError("replay.key: the key cannot be read.")

    with watched(tmp_path, failing) as scene:
        process, _ = scene.next_process()
        process.to_send.put(EventReports((EVENT,)))
        process.to_send.put(REPLAY)
        until(lambda: scene.losing.lost)
        assert scene.losing.lost == ["square: replay.key: the key cannot be read."]
        assert [one.event_id for one in scene.waiting] == [EVENT.event_id]
        assert scene.journal.replays.waiting == 0


@pytest.mark.parametrize("ahead_s", [0, 20 * 3600])
def test_its_time_runs_from_now_at_the_latest(tmp_path: Path, ahead_s: int) -> None:
    event = open_event("square", "full", NOW_NS + ahead_s * NS_PER_S)
    with watched(tmp_path, ReplayKey(tmp_path / "replay.key", {}).encrypted) as scene:
        process, _ = scene.next_process()
        process.to_send.put(EventReports((event,)))
        process.to_send.put(event_replay(event))
        until(lambda: scene.journal.replays.waiting)
        kept = scene.journal.replays.next()
        assert kept is not None
        assert kept.time_ns == min(event.raised_ns, NOW_NS)
