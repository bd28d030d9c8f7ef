"""The process of a worker that Ray has placed: gets its part of the site file from the hub, and watches its cameras."""

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from passerby.domain.errors import OutputError, PasserbyError
from passerby.engine.hub.link import unix_connection
from passerby.engine.service_folder import HUB_SOCKET, PRIVATE_UMASK
from passerby.engine.worker import Worker
from passerby.files import locked_file
from passerby.fleet.identity import NodeIdentity
from passerby.messages.cluster_messages import WorkerStarted, WorkerSuperseded
from passerby.messages.hub_messages import SitePart
from passerby.sandbox.limits import forbid_dumps
from passerby.service.nodes.held_part import HeldPart, site_of
from passerby.service.nodes.placed_work import JOURNAL, LOCK, WANTED, worker_folder
from passerby.service.plans import published_plan
from passerby.service.ray_engine.actors import SUPERSEDED
from passerby.service.supervised_process import stop_at_signals
from passerby.service.worker_runs import JOURNAL_FAULT, exit_code, watch
from passerby.telemetry.logs import Redaction, configure_logs, get_log

HUB_FIRST_S: Final = 5.0
"""So long it waits for a newer part before it runs the one that it has."""
DELIVER_S: Final = 20.0
"""So long one that is to end delivers what it has; the machine's actor delivers what is left."""
AGAIN_S: Final = 0.5


class PlacedWorker:
    """Runs a worker by the parts of the site file that the hub sends it."""

    def __init__(self, name: str, data: Path, start: str, began_s: float, redaction: Redaction) -> None:
        """Takes what its actor says; to be made inside a running event loop.

        Args:
            name: the worker's name.
            data: the node's data folder.
            start: random hex digits of this start of its actor.
            began_s: when that was, by CLOCK_BOOTTIME.
            redaction: gets the secrets that no log may show.

        Raises:
            PasserbyError: the machine has not said yet which node it is.
        """
        identity = NodeIdentity.read(data)
        self._name, self._folder, self._redaction = name, worker_folder(data, name), redaction
        self._start, self._began_s = start, began_s
        machine = identity.machine
        self._held = HeldPart(self._folder, machine.site, machine.node, identity.verify, name)
        self._messages: asyncio.Queue[SitePart | WorkerSuperseded] = asyncio.Queue()
        self._worker = Worker(
            name,
            self._folder / JOURNAL,
            unix_connection(data / HUB_SOCKET),
            first=self._first,
            placed=self._messages.put_nowait,
        )
        self._superseded = False

    def _first(self) -> WorkerStarted:
        age_s = time.clock_gettime(time.CLOCK_BOOTTIME) - self._began_s
        held = self._held.announced()
        return WorkerStarted(self._name, self._start, max(age_s, 0.0), held.number, held.sha256)

    async def run(self, stop: asyncio.Event) -> int:
        """Works until the event, or until the hub has another do it; returns the exit code."""
        following = asyncio.create_task(self._follow(stop))
        try:
            await self._worker.run(stop)
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
        return SUPERSEDED if self._superseded else 0

    async def _follow(self, stop: asyncio.Event) -> None:
        runs = await asyncio.to_thread(self._held.start)
        try:
            message = await asyncio.wait_for(self._messages.get(), HUB_FIRST_S if runs else None)
        except TimeoutError:
            get_log().warning("the hub cannot be reached; the part of the site file that is held runs")
            await self._apply()
            message = await self._messages.get()
        while isinstance(message, SitePart):
            await self._take(message)
            message = await self._messages.get()
        get_log().warning("another start of this worker watches its cameras; it ends", why=message.why)
        self._superseded = True
        await self._worker.assign({})
        with suppress(TimeoutError):
            await asyncio.wait_for(self._delivered(), DELIVER_S)
        stop.set()

    async def _delivered(self) -> None:
        while not await asyncio.to_thread(lambda: self._worker.done):
            await asyncio.sleep(AGAIN_S)

    async def _take(self, part: SitePart) -> None:
        try:
            await asyncio.to_thread(self._held.take, part, os.environ)
        except (PasserbyError, OutputError) as fault:
            get_log().error("the part of the site file that came is not taken; what ran runs on", why=str(fault))
            return
        await self._apply()

    async def _apply(self) -> None:
        """Watches the cameras of the part that is held, each under its lease."""
        try:
            plan = await asyncio.to_thread(
                published_plan, site_of(self._folder), self._folder, os.environ, connects=True
            )
            self._redaction.hide(plan.secrets)
            await watch(self._worker, plan.running, plan, self._folder)
        except PasserbyError as fault:
            get_log().error("the part of the site file cannot be run; the cameras stay as they are", why=str(fault))


@contextmanager
def held_folder(folder: Path) -> Iterator[None]:
    """Holds a worker's folder: no other process has its journal then; waits for who delivers what is in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = folder / WANTED
    wanted.touch(0o600)
    with locked_file(folder / LOCK, wait=True):
        wanted.unlink(missing_ok=True)
        yield


async def work(name: str, data: Path, start: str, began_s: float, redaction: Redaction) -> int:
    """Works until a signal; returns the exit code."""
    stop = asyncio.Event()
    stop_at_signals(stop)
    while not stop.is_set():
        try:
            worker = PlacedWorker(name, data, start, began_s, redaction)
        except PasserbyError as fault:
            get_log().info("the worker waits for its machine", why=str(fault))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_S)
        else:
            return await worker.run(stop)
    return 0


def main() -> int:
    """`python -m passerby.service.ray_engine.worker_process NAME DATA START BEGAN`."""
    name, data, start, began_s = sys.argv[1], Path(sys.argv[2]), sys.argv[3], float(sys.argv[4])
    os.umask(PRIVATE_UMASK)
    forbid_dumps()
    redaction = configure_logs(name)
    with held_folder(worker_folder(data, name)):
        return exit_code(work(name, data, start, began_s, redaction), JOURNAL_FAULT)


if __name__ == "__main__":
    sys.exit(main())
