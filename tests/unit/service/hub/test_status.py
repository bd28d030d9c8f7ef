"""The hub's status goes to the supervisor a few cameras at a time, and comes whole."""

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from passerby.domain.health import CameraHealth, CameraState
from passerby.messages.supervision_messages import HubStatus
from passerby.service.hub.status import CAMERAS_AT_ONCE, parts, send_status
from passerby.service.supervisor import Supervisor
from testing.waiting import until_true


def reports(count: int) -> tuple[CameraHealth, ...]:
    return tuple(CameraHealth(f"camera-{n:04d}", 1, CameraState.ONLINE, 1, "") for n in range(count))


@pytest.mark.parametrize("cameras", [0, 1, CAMERAS_AT_ONCE, CAMERAS_AT_ONCE + 1, 3 * CAMERAS_AT_ONCE])
def test_all_cameras_come_in_parts(cameras: int) -> None:
    status = HubStatus(reports(cameras), "away", "", ("mail",))
    sent = list(parts(status))
    assert max(len(part.cameras) for part in sent) <= CAMERAS_AT_ONCE
    assert [part.more for part in sent] == [True] * (len(sent) - 1) + [False]
    assert {(part.store_fault, part.recipients) for part in sent} == {("away", ("mail",))}
    assert sum((part.cameras for part in sent), ()) == status.cameras


def shown(supervisor: Supervisor) -> list[str]:
    return [report["camera"] for report in supervisor.status()["cameras"]]


def test_the_supervisor_shows_cameras_when_all_have_come_and_forgets_those_that_are_gone(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, ["true"], lambda _name: ["true"])
    first, last = parts(HubStatus(reports(CAMERAS_AT_ONCE + 1), "", ""))
    supervisor._receive_from_hub(first)
    assert shown(supervisor) == []
    supervisor._receive_from_hub(last)
    assert len(shown(supervisor)) == CAMERAS_AT_ONCE + 1
    supervisor._receive_from_hub(HubStatus(reports(CAMERAS_AT_ONCE), "away", "", more=True))
    assert (len(shown(supervisor)), supervisor.status()["store_fault"]) == (CAMERAS_AT_ONCE + 1, "away")
    # That hub has ended; the next one has another camera less to tell of.
    supervisor._receive_from_hub(HubStatus(reports(CAMERAS_AT_ONCE), "", ""))
    assert len(shown(supervisor)) == CAMERAS_AT_ONCE


def test_nothing_waits_for_a_supervisor_that_is_busy() -> None:
    taken, busy = list[HubStatus](), threading.Event()

    def send(part: HubStatus) -> None:
        busy.wait(60)
        taken.append(part)

    async def scene() -> None:
        said: Any = SimpleNamespace(
            health=lambda: reports(1), store_fault="", problem="", trouble=(), newest=SimpleNamespace(sentences=tuple)
        )
        sending = asyncio.create_task(send_status(send, said, said, said, said, said))
        await asyncio.sleep(0.05)  # it waits in a thread by now, and this loop goes on
        assert taken == []
        busy.set()
        await until_true(lambda: taken)
        sending.cancel()

    asyncio.run(scene())
    assert [report.camera for report in taken[0].cameras] == ["camera-0000"]
