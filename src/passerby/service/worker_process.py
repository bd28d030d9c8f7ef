"""A worker's process: gets its cameras' names from the supervisor, and their plans from the applied site file."""

import asyncio
import fcntl
import os
import signal
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

from passerby.domain.errors import PasserbyError
from passerby.domain.leases import NO_LEASE
from passerby.engine.camera_start import assignment
from passerby.engine.hub.link import unix_connection
from passerby.engine.replays.encryption import ReplayKey
from passerby.engine.service_folder import HUB_SOCKET, PRIVATE_UMASK, REPLAY_KEY_FILE
from passerby.engine.worker import Worker
from passerby.messages.supervision_messages import AssignedCameras, FromSupervisor, WorkerStatus
from passerby.sandbox.limits import forbid_dumps
from passerby.service.nodes.leases_file import read_leases
from passerby.service.plans import published_plan
from passerby.service.supervised_process import SupervisorLink
from passerby.telemetry.logs import Redaction, configure_logs, get_log

STATUS_S = 2.0
LAST_S = 20.0
"""Less than the supervisor waits before it kills."""


async def work(name: str, site: Path, data: Path, redaction: Redaction, link: SupervisorLink) -> None:
    """Works until the supervisor sends a signal, or is gone."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    key = ReplayKey(data / REPLAY_KEY_FILE, os.environ)
    worker = Worker(name, data / f"{name}.sqlite", unix_connection(data / HUB_SOCKET), encrypt=key.encrypted)
    assigned: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()

    def received(message: FromSupervisor) -> None:
        if isinstance(message, AssignedCameras):
            assigned.put_nowait(message.cameras)

    async def receive() -> None:
        try:
            await link.receive(received)
            # What was assigned before the end of the link is done first: a worker without cameras closes their events.
            with suppress(TimeoutError):
                await asyncio.wait_for(assigned.join(), LAST_S)
        finally:
            stop.set()

    async def assign() -> None:
        while True:
            cameras = await assigned.get()
            try:
                await (assign_once(cameras) if cameras else worker.assign({}))
            finally:
                assigned.task_done()

    async def assign_once(cameras: tuple[str, ...]) -> None:
        try:
            plan = await asyncio.to_thread(published_plan, site, data, os.environ, connects=True)
        except PasserbyError as fault:
            get_log().error("the published configuration cannot be read; the cameras stay as they are", why=str(fault))
            return
        redaction.hide(plan.secrets)
        wanted = [plan.camera(camera) for camera in cameras]
        # Whatever the supervisor assigned: what the file does not register does not run.
        running = [camera for camera in wanted if camera is not None and camera.runs]
        leases = await asyncio.to_thread(read_leases, data)
        worker.limit_outbox(plan.outbox_share([camera.name for camera in running]))
        await worker.assign(
            {camera.name: assignment(camera, plan, lease=leases.get(camera.name, NO_LEASE)) for camera in running}
        )

    async def report() -> None:
        while True:
            rows, done = await asyncio.to_thread(lambda: (worker.outbox_rows, worker.done))
            link.send(WorkerStatus(rows, done, worker.health))
            await asyncio.sleep(STATUS_S)

    tasks = [asyncio.create_task(each()) for each in (receive, assign, report)]
    await worker.run(stop)
    for task in tasks:
        task.cancel()


def main() -> int:
    """`python -m passerby.service.worker_process NAME SITE DATA`."""
    name, site, data = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    os.umask(PRIVATE_UMASK)
    forbid_dumps()
    link = SupervisorLink()
    redaction = configure_logs(name)
    code = 0
    # A worker of a service that was killed may still be finishing.
    with (data / f"{name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            asyncio.run(work(name, site, data, redaction, link))
        except* (sqlite3.Error, OSError) as faults:
            for fault in faults.exceptions:
                get_log().error("the worker cannot write its journal; is the disk full?", why=str(fault))
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
