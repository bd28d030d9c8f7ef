"""A draft reaches a running process, its numbers come back, and it ends with that process."""

import queue
from pathlib import Path

from passerby.domain.draft_trial import Draft, DraftNumbers
from passerby.domain.errors import WorkerError
from passerby.engine.camera_supervisor import CameraListener
from passerby.engine.journal import Journal
from passerby.messages.sandbox_orders import TryDraft, WithdrawDraft
from testing.waiting import WITHIN_S, until
from tests.unit.engine.plausible.test_drafts import DRAFT, NUMBERS
from tests.unit.engine.test_camera_supervisor_events import watched

Said = tuple[str, str, DraftNumbers | None]


class Listener(CameraListener):
    """Keeps what it is told of drafts, and why processes ended."""

    def __init__(self) -> None:
        self.said: queue.Queue[Said] = queue.Queue()
        self.ends: queue.Queue[str] = queue.Queue()

    def draft(self, camera: str, draft_id: str, numbers: DraftNumbers | None) -> None:
        self.said.put((camera, draft_id, numbers))

    def ended(self, camera: str, why: str, wait_s: float) -> None:
        self.ends.put(why)


def test_a_draft_goes_to_the_running_process_and_ends_with_it(tmp_path: Path) -> None:
    with Journal(tmp_path / "worker.sqlite") as journal, watched(journal) as scene:
        listener = Listener()
        scene.supervisor._listener = listener
        process, _ = scene.next_process()
        until(lambda: scene.supervisor.pid is not None)
        scene.supervisor.try_draft(DRAFT)
        assert [type(each) for each in process.asked] == [TryDraft]
        process.to_send.put(NUMBERS)
        assert listener.said.get(timeout=WITHIN_S) == ("square", "d1", NUMBERS)
        process.to_send.put(WorkerError("it was killed (SIGKILL)."))
        assert listener.said.get(timeout=WITHIN_S) == ("square", "d1", None)
        process, _ = scene.next_process()
        assert process.asked == []  # the next process knows nothing of it
        until(lambda: scene.supervisor.pid is not None)
        scene.supervisor.try_draft(Draft("d2", 1, DRAFT.layout))
        scene.supervisor.withdraw_draft("d2")
        assert process.asked[-1] == WithdrawDraft("d2")
        process.to_send.put(NUMBERS)  # of one before, still on its way
        process.to_send.put(DraftNumbers("a stranger's", 1, 0.0, over=False))
        assert any("not tried" in listener.ends.get(timeout=WITHIN_S) for _ in range(2))
        assert listener.said.empty()


def test_without_a_process_a_draft_ends_at_once(tmp_path: Path) -> None:
    with Journal(tmp_path / "worker.sqlite") as journal, watched(journal) as scene:
        scene.next_process()
        scene.supervisor.stop()
        scene.supervisor._listener = listener = Listener()
        scene.supervisor.try_draft(DRAFT)
        assert listener.said.get(timeout=WITHIN_S) == ("square", "d1", None)
