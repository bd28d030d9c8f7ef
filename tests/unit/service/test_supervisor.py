"""Processes are kept running, messages reach them, and each worker has its cameras."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from passerby.back_off import BackOffSettings
from passerby.domain.health import CameraHealth, CameraState
from passerby.engine.journal import Journal
from passerby.engine.service_folder import STATUS_FILE
from passerby.messages.supervision_messages import (
    AssignedCameras,
    FromSupervisor,
    HubStatus,
    OneTimeLink,
    ToSupervisor,
    WorkerStatus,
)
from passerby.service.supervised_process import RESTART_AT_ONCE, SupervisedProcess
from passerby.service.supervisor import Supervisor
from testing.waiting import until_true


def script(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "child.py"
    path.write_text("import os, signal, sys, time\n" + text)
    return [sys.executable, str(path)]


def has(received: list[ToSupervisor], count: int) -> bool:
    return len(received) >= count


def process_of(
    command: Sequence[str], received: list[ToSupervisor], opening: Sequence[FromSupervisor] = ()
) -> SupervisedProcess:
    return SupervisedProcess(
        "child",
        command,
        opening=lambda: opening,
        received=received.append,
        waits=BackOffSettings(first_s=0.05, max_s=0.1),
    )


ECHO = """
import asyncio
from passerby.service.supervised_process import SupervisorLink
from passerby.messages.supervision_messages import OneTimeLink, WorkerStatus
link = SupervisorLink()
print("a print of a library")
def echo(message):
    link.send(OneTimeLink(repr(message)))
    link.send(WorkerStatus(os.getpid()))
asyncio.run(link.receive(echo))
"""


def names(supervisor: Supervisor) -> list[str]:
    return [one["name"] for one in supervisor.status()["processes"]]


def test_a_killed_process_is_started_again_and_gets_the_opening(tmp_path: Path) -> None:
    received: list[ToSupervisor] = []
    opening = AssignedCameras(("a",))

    async def scene() -> None:
        process = process_of(script(tmp_path, ECHO), received, [opening])
        running = asyncio.create_task(process.run())
        for round_ in range(3):
            await until_true(partial(has, received, 4 * round_ + 2))
            process.send(AssignedCameras((str(round_),)))
            await until_true(partial(has, received, 4 * round_ + 4))
            if round_ < 2:
                assert process.status.pid is not None
                os.kill(process.status.pid, signal.SIGKILL)
        assert process.status.restarts == 2
        await process.stop()
        await running

    asyncio.run(scene())
    echoes = [one.link for one in received if isinstance(one, OneTimeLink)]
    assert echoes == [repr(one) for number in "012" for one in (opening, AssignedCameras((number,)))]
    assert len({one.outbox_rows for one in received if isinstance(one, WorkerStatus)}) == 3


@pytest.mark.parametrize("noise", ["b'no message' * 100", "bytes(100)", "b'\\0psb' + b'\\xff' * 16"])
def test_a_process_that_sends_no_message_is_killed_and_started_again(tmp_path: Path, noise: str) -> None:
    received: list[ToSupervisor] = []
    flag = tmp_path / "noise"
    flag.touch()
    text = f"""
if os.path.exists({str(flag)!r}):
    os.unlink({str(flag)!r})
    os.write(1, {noise})
    time.sleep(60)
"""

    async def scene() -> None:
        process = process_of(script(tmp_path, text + ECHO), received, [AssignedCameras(())])
        running = asyncio.create_task(process.run())
        await until_true(lambda: len(received) >= 2)
        assert process.status.restarts == 1
        await process.stop()
        await running

    asyncio.run(scene())


def test_one_that_asks_for_it_starts_again_at_once(tmp_path: Path) -> None:
    received: list[ToSupervisor] = []
    text = ECHO.partition("def echo")[0] + f"link.send(WorkerStatus(1))\nsys.exit({RESTART_AT_ONCE})\n"

    async def scene() -> None:
        process = SupervisedProcess("child", script(tmp_path, text), opening=lambda: (), received=received.append,
                                    waits=BackOffSettings(first_s=3600))  # fmt: skip
        running = asyncio.create_task(process.run())
        await until_true(lambda: len(received) >= 3)
        await process.stop()
        await running

    asyncio.run(scene())


def test_the_status_names_every_process(tmp_path: Path) -> None:
    async def scene() -> dict[str, Any]:
        command = script(tmp_path, ECHO)
        supervisor = Supervisor(tmp_path, command, lambda _name: command)
        stop = asyncio.Event()
        running = asyncio.create_task(supervisor.run(["a", "b", "c"], 2, stop))
        await until_true(lambda: all(one["pid"] for one in supervisor.status()["processes"]))
        await until_true((tmp_path / STATUS_FILE).exists)
        status: dict[str, Any] = json.loads((tmp_path / STATUS_FILE).read_text())
        stop.set()
        await running
        assert not (tmp_path / STATUS_FILE).exists()
        return status

    status = asyncio.run(scene())
    assert [one["name"] for one in status["processes"]] == ["hub", "worker-1", "worker-2"]
    assert status["outbox_rows"] == 0


WORKER = """
import asyncio
from passerby.service.supervised_process import SupervisorLink
from passerby.messages.supervision_messages import WorkerStatus
link, held = SupervisorLink(), []
def received(message):
    held[:] = message.cameras
async def report():
    while True:
        there = not os.path.exists(DRAINED)
        link.send(WorkerStatus(int(there), not held and not there))
        await asyncio.sleep(0.05)
async def work():
    reporting = asyncio.create_task(report())
    await link.receive(received)
asyncio.run(work())
"""


def test_a_worker_without_cameras_runs_on_until_the_hub_has_what_it_measured(tmp_path: Path) -> None:
    drained = tmp_path / "drained"
    command = script(tmp_path, f"DRAINED = {str(drained)!r}\n" + WORKER)

    async def scene() -> None:
        with Journal(tmp_path / "worker-7.sqlite") as left:
            left.store_health(CameraHealth("a", 1, CameraState.ONLINE, 1, ""))
        Journal(tmp_path / "worker-8.sqlite").close()
        (tmp_path / "worker-9.sqlite").write_text("no journal")
        supervisor, stop = Supervisor(tmp_path, command, lambda _name: command), asyncio.Event()
        running = asyncio.create_task(supervisor.run(["a", "b", "c"], 2, stop))
        await until_true(lambda: names(supervisor) == ["hub", "worker-1", "worker-2", "worker-7", "worker-9"])
        await until_true(lambda: supervisor.status()["outbox_rows"] == 4)
        supervisor.assign(["c"], 2)
        drained.touch()
        await until_true(lambda: names(supervisor) == ["hub", "worker-2"])
        await until_true(lambda: supervisor.status()["outbox_rows"] == 0)
        stop.set()
        await running

    asyncio.run(scene())


def test_the_engine_runs_while_the_hub_is_the_active_one(tmp_path: Path) -> None:
    """The script of the hub is also that of the engine: both sleep, and the test says what the hub would."""

    async def scene() -> None:
        command = script(tmp_path, "time.sleep(600)")
        supervisor = Supervisor(tmp_path, command, lambda _name: command, engine_command=command)
        stop = asyncio.Event()
        running = asyncio.create_task(supervisor.run([], 2, stop))
        await until_true(lambda: all(one["pid"] for one in supervisor.status()["processes"]))
        assert names(supervisor) == ["hub"]
        for standby in ("", "another hub is the active one", ""):
            for _ in range(2):
                supervisor._receive_from_hub(HubStatus((), "", "", standby=standby))
                await asyncio.sleep(0)
            expected = ["hub"] if standby else ["hub", "engine"]
            await until_true(partial(lambda expected: names(supervisor) == expected, expected))
            await until_true(lambda: all(one["pid"] for one in supervisor.status()["processes"]))
        pids = [one["pid"] for one in supervisor.status()["processes"]]
        stop.set()
        await running
        supervisor._receive_from_hub(HubStatus((), "", ""))
        await asyncio.sleep(0.05)
        assert not [pid for pid in pids if Path("/proc", str(pid)).exists()]

    asyncio.run(scene())
