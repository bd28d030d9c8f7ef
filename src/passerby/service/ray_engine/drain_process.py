"""Delivers what workers that are on this machine no more have left in their outboxes."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

from passerby.engine.hub.link import unix_connection
from passerby.engine.service_folder import HUB_SOCKET, PRIVATE_UMASK
from passerby.engine.worker import Worker
from passerby.files import locked_file
from passerby.sandbox.limits import forbid_dumps
from passerby.service.nodes.placed_work import JOURNAL, LOCK, WANTED, WORKERS
from passerby.service.supervised_process import stop_at_signals
from passerby.service.worker_runs import exit_code
from passerby.telemetry.logs import configure_logs, get_log

LOOK_S: Final = 2.0
WATCH_S: Final = 0.25


@contextmanager
def left_folder(folder: Path) -> Iterator[bool]:
    """Holds a worker's folder where no worker does; yields whether it does."""
    with ExitStack() as held:
        try:
            held.enter_context(locked_file(folder / LOCK))
        except BlockingIOError:
            yield False
        else:
            yield not (folder / WANTED).exists()


class Drains:
    """Delivers the outboxes of one machine."""

    def __init__(self, data: Path) -> None:
        """Takes the node's data folder."""
        self._data = data
        self._empty: dict[Path, float] = {}
        self._running: dict[Path, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Works until the event.

        Raises:
            OSError, sqlite3.Error: a journal cannot be read or written.
        """
        while not stop.is_set():
            for folder, task in tuple(self._running.items()):
                if task.done():
                    self._running.pop(folder).result()
            for folder in (self._data / WORKERS).glob("*"):
                if folder not in self._running and (folder / JOURNAL).exists() and self._changed(folder):
                    self._running[folder] = asyncio.create_task(self._drain(folder, stop))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_S)
        await asyncio.gather(*self._running.values())

    def _changed(self, folder: Path) -> bool:
        """Returns whether a journal was written since it was found to be empty."""
        return self._empty.get(folder) != _written_s(folder)

    async def _drain(self, folder: Path, stop: asyncio.Event) -> None:
        with left_folder(folder) as free:
            if not free:
                return
            get_log().info("what a worker has left here is delivered", worker=folder.name)
            ended = asyncio.Event()
            worker = Worker(folder.name, folder / JOURNAL, unix_connection(self._data / HUB_SOCKET))
            await worker.assign({})
            running = asyncio.create_task(worker.run(ended))
            try:
                while not stop.is_set() and not (folder / WANTED).exists():
                    if await asyncio.to_thread(lambda: worker.done):
                        break
                    await asyncio.sleep(WATCH_S)
            finally:
                ended.set()
                await running
            self._empty[folder] = _written_s(folder)


def _written_s(folder: Path) -> float:
    return max((file.stat().st_mtime for file in folder.glob(f"{JOURNAL}*")), default=0.0)


async def work(data: Path) -> int:
    """Works until a signal; returns the exit code."""
    stop = asyncio.Event()
    stop_at_signals(stop)
    await Drains(data).run(stop)
    return 0


def main() -> int:
    """`python -m passerby.service.ray_engine.drain_process DATA`."""
    os.umask(PRIVATE_UMASK)
    forbid_dumps()
    configure_logs("drain")
    return exit_code(work(Path(sys.argv[1])), "what workers have left cannot be delivered; tried again")


if __name__ == "__main__":
    sys.exit(main())
