"""Keeps the hub and the workers of a service running, and deals the cameras out to the workers."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from passerby.engine.file_names import STATUS_FILE
from passerby.files import write_private
from passerby.service.supervised_process import SupervisedProcess, Words

STATUS_S = 1.0
HUB = "hub"


def dealt(cameras: Sequence[str], each: int, before: Mapping[str, str]) -> dict[str, str]:
    """Camera -> worker. A camera stays where it is as long as it can, so that no other one notices a change.

    Args:
        cameras: all cameras.
        each: most cameras that one worker holds.
        before: how they were dealt out before.
    """
    load: dict[str, int] = {}
    workers: dict[str, str] = {}
    for camera in cameras:
        worker = before.get(camera)
        if worker is not None and load.get(worker, 0) < each:
            workers[camera] = worker
            load[worker] = load.get(worker, 0) + 1
    number = 1
    for camera in cameras:
        if camera in workers:
            continue
        while load.get(f"worker-{number}", 0) >= each:
            number += 1
        workers[camera] = f"worker-{number}"
        load[f"worker-{number}"] = load.get(f"worker-{number}", 0) + 1
    return workers


class Supervisor:
    """The service's own process; knows no pixels, no numbers and no database."""

    def __init__(
        self,
        data: Path,
        hub_command: Sequence[str],
        worker_command: Callable[[str], Sequence[str]],
        heard: Callable[[Words], None] = lambda _words: None,
    ) -> None:
        """Starts nothing yet.

        Args:
            data: the data folder.
            hub_command: the hub's command line.
            worker_command: a worker's command line by its name.
            heard: told what the hub says, such as its one-time link.
        """
        self._data, self._worker_command, self._heard = data, worker_command, heard
        self._hub = SupervisedProcess(HUB, hub_command, opening=lambda: (), heard=self._take_hub)
        self._workers: dict[str, tuple[SupervisedProcess, asyncio.Task[None]]] = {}
        self._dealt: dict[str, str] = {}
        self._hub_said: dict[str, Any] = {"cameras": [], "store_fault": "", "problem": ""}
        self._outbox_rows: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, cameras: Sequence[str], each: int, stop: asyncio.Event) -> None:
        """Runs the service until the event, and then stops it in order: workers first, so that the hub takes all."""
        hub = asyncio.create_task(self._hub.run())
        self.deal(cameras, each)
        telling = asyncio.create_task(self._tell_status())
        await stop.wait()
        await asyncio.gather(*(child.stop() for child, _ in self._workers.values()))
        await self._hub.stop()
        telling.cancel()
        await asyncio.gather(hub, *(task for _, task in self._workers.values()), *self._tasks)
        (self._data / STATUS_FILE).unlink(missing_ok=True)

    def deal(self, cameras: Sequence[str], each: int) -> None:
        """Deals the cameras out anew; workers without any are stopped, all others told theirs."""
        self._dealt = dealt(cameras, each, self._dealt)
        wanted = set(self._dealt.values())
        for name in set(self._workers) - wanted:
            child, _ = self._workers.pop(name)
            self._outbox_rows.pop(name, None)
            self._keep(asyncio.create_task(child.stop()))
        for name in sorted(wanted):
            if name in self._workers:
                self._workers[name][0].tell(self._share(name))
            else:
                child = SupervisedProcess(
                    name,
                    self._worker_command(name),
                    opening=partial(self._opening, name),
                    heard=partial(self._take_worker, name),
                )
                self._workers[name] = (child, asyncio.create_task(child.run()))

    def reload(self) -> None:
        """Asks the hub to take the site file in anew."""
        self._hub.tell({"reload": True})

    def new_link(self) -> None:
        """Asks the hub for a new one-time link."""
        self._hub.tell({"link": True})

    def status(self) -> dict[str, Any]:
        """How everything is doing, for `passerby status`."""
        children = [self._hub, *(child for child, _ in self._workers.values())]
        return {
            "time_ns": time.time_ns(),
            "processes": [asdict(child.status) for child in children],
            "outbox_rows": sum(self._outbox_rows.values()),
            **self._hub_said,
        }

    def _opening(self, worker: str) -> tuple[Words, ...]:
        return (self._share(worker),)

    def _share(self, worker: str) -> dict[str, list[str]]:
        return {"cameras": [camera for camera, name in self._dealt.items() if name == worker]}

    def _take_hub(self, words: Words) -> None:
        if "applied" in words:
            self.deal([str(name) for name in words["applied"]], int(words["cameras_each"]))
        elif "cameras" in words:
            self._hub_said = {name: words.get(name) for name in self._hub_said}
        else:
            self._heard(words)

    def _take_worker(self, worker: str, words: Words) -> None:
        if "outbox_rows" in words and worker in self._workers:
            self._outbox_rows[worker] = int(words["outbox_rows"])

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_status(self) -> None:
        while True:
            write_private(self._data / STATUS_FILE, json.dumps(self.status(), indent=1))
            await asyncio.sleep(STATUS_S)
