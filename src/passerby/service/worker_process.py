"""A worker's process: told by the supervisor which cameras it holds, reads what they are from the applied site file."""

import asyncio
import fcntl
import os
import signal
import sqlite3
import sys
from pathlib import Path

from passerby.domain.errors import PasserbyError
from passerby.engine.camera_start import assignment
from passerby.engine.file_names import HUB_SOCKET, OURS_ALONE
from passerby.engine.worker import Worker
from passerby.service.configurations import applied_plan
from passerby.service.supervised_process import Words, heard_lines, say
from passerby.telemetry.logs import Redaction, configure_logs, get_log

TOLD_S = 2.0


async def work(name: str, site: Path, data: Path, redaction: Redaction) -> None:
    """Works until the supervisor says so, or is gone."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    worker = Worker(name, data / f"{name}.sqlite", data / HUB_SOCKET)
    shares: asyncio.Queue[list[str]] = asyncio.Queue()

    def take(words: Words) -> None:
        if "cameras" in words:
            shares.put_nowait([str(camera) for camera in words["cameras"]])

    async def heed() -> None:
        await heard_lines(take)
        stop.set()

    async def assign() -> None:
        while True:
            share = await shares.get()
            try:
                plan = await asyncio.to_thread(applied_plan, site, data, os.environ)
            except PasserbyError as fault:
                get_log().error("the applied site file cannot be read; the cameras stay as they are", why=str(fault))
                continue
            redaction.hide(plan.secrets)
            wanted = [plan.camera(camera) for camera in share]
            await worker.assign({camera.name: assignment(camera, plan) for camera in wanted if camera is not None})

    async def tell() -> None:
        while True:
            say({"outbox_rows": await asyncio.to_thread(lambda: worker.outbox_rows)})
            await asyncio.sleep(TOLD_S)

    tasks = [asyncio.create_task(each()) for each in (heed, assign, tell)]
    await worker.run(stop)
    for task in tasks:
        task.cancel()


def main() -> int:
    """`python -m passerby.service.worker_process NAME SITE DATA`."""
    name, site, data = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    os.umask(OURS_ALONE)
    redaction = configure_logs(name)
    code = 0
    # A worker of a service that was killed may still be bringing its own to an end.
    with (data / f"{name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            asyncio.run(work(name, site, data, redaction))
        except* (sqlite3.Error, OSError) as faults:
            for fault in faults.exceptions:
                get_log().error("the worker cannot keep its book; is the disk full?", why=str(fault))
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
