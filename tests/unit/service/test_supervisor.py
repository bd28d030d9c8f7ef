"""Cameras are dealt out so that a change touches nobody else; processes are kept running, told and heard."""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from passerby.back_off import BackOffSettings
from passerby.engine.file_names import STATUS_FILE
from passerby.service.supervised_process import AGAIN_AT_ONCE, SupervisedProcess, Words
from passerby.service.supervisor import Supervisor, dealt

cameras = st.lists(st.sampled_from("abcdefghij"), unique=True)


@given(cameras, cameras, st.integers(1, 4))
def test_every_camera_has_one_worker_with_room(before: list[str], after: list[str], each: int) -> None:
    first = dealt(before, each, {})
    second = dealt(after, each, first)
    assert sorted(second) == sorted(after)
    for workers in (first, second):
        assert all(list(workers.values()).count(worker) <= each for worker in workers.values())
    # Who was there stays there.
    assert all(second[camera] == first[camera] for camera in after if camera in first)


def script(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "child.py"
    path.write_text("import json, os, signal, sys, time\n" + text)
    return [sys.executable, "-S", str(path)]


async def until(said: list[Words], count: int) -> None:
    async with asyncio.timeout(20):
        while len(said) < count:
            await asyncio.sleep(0.01)


def child_of(command: Sequence[str], said: list[Words], opening: Sequence[Words] = ()) -> SupervisedProcess:
    return SupervisedProcess(
        "child",
        command,
        opening=lambda: opening,
        heard=said.append,
        waits=BackOffSettings(first_s=0.05, most_s=0.1),
    )


ECHO = """
for line in sys.stdin:
    print(json.dumps({"got": json.loads(line), "pid": os.getpid()}), flush=True)
"""


def test_a_killed_process_is_started_again_and_told_the_opening(tmp_path: Path) -> None:
    said: list[Words] = []

    async def scene() -> None:
        child = child_of(script(tmp_path, ECHO), said, [{"cameras": ["a"]}])
        running = asyncio.create_task(child.run())
        for round_ in range(3):
            await until(said, 2 * round_ + 1)
            child.tell({"more": round_})
            await until(said, 2 * round_ + 2)
            if round_ < 2:
                pid = child.status.pid
                assert pid is not None
                import os

                os.kill(pid, signal.SIGKILL)
        assert child.status.restarts == 2
        await child.stop()
        await running

    asyncio.run(scene())
    assert [one["got"] for one in said] == [{"cameras": ["a"]}, {"more": 0}, {"cameras": ["a"]}, {"more": 1},
                                            {"cameras": ["a"]}, {"more": 2}]  # fmt: skip
    assert len({one["pid"] for one in said}) == 3


def test_nonsense_on_the_line_harms_nobody(tmp_path: Path) -> None:
    said: list[Words] = []
    text = 'print("no json")\nprint("[1]")\nprint("x" * 3_000_000)\nprint(json.dumps({"ok": 1}), flush=True)\n' + ECHO

    async def scene() -> None:
        child = child_of(script(tmp_path, text), said)
        running = asyncio.create_task(child.run())
        await until(said, 1)
        await child.stop()
        await running

    asyncio.run(scene())
    assert said == [{"ok": 1}]


def test_one_that_asks_for_it_starts_again_at_once(tmp_path: Path) -> None:
    said: list[Words] = []
    text = f'print(json.dumps({{"up": 1}}), flush=True)\nsys.exit({AGAIN_AT_ONCE})\n'

    async def scene() -> None:
        child = SupervisedProcess("child", script(tmp_path, text), opening=lambda: (), heard=said.append,
                      waits=BackOffSettings(first_s=3600))  # fmt: skip
        running = asyncio.create_task(child.run())
        await until(said, 3)
        await child.stop()
        await running

    asyncio.run(scene())


def test_the_status_names_every_process(tmp_path: Path) -> None:
    async def scene() -> Words:
        command = script(tmp_path, ECHO)
        supervisor = Supervisor(tmp_path, command, lambda _name: command)
        stop = asyncio.Event()
        running = asyncio.create_task(supervisor.run(["a", "b", "c"], 2, stop))
        async with asyncio.timeout(20):
            while not all(one["pid"] for one in supervisor.status()["processes"]):
                await asyncio.sleep(0.01)
            while not (tmp_path / STATUS_FILE).exists():
                await asyncio.sleep(0.01)
        status: Words = json.loads((tmp_path / STATUS_FILE).read_text())
        supervisor.deal(["c"], 2)
        assert [one["name"] for one in supervisor.status()["processes"]] == ["hub", "worker-2"]
        stop.set()
        await running
        assert not (tmp_path / STATUS_FILE).exists()
        return status

    status = asyncio.run(scene())
    assert [one["name"] for one in status["processes"]] == ["hub", "worker-1", "worker-2"]
    assert status["outbox_rows"] == 0
