"""A worker's process: gets its cameras' names from the supervisor, and their plans from the applied site file."""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path

from passerby.domain.errors import PasserbyError
from passerby.engine.hub.link import unix_connection
from passerby.engine.replays.encryption import ReplayKey
from passerby.engine.service_folder import HUB_SOCKET, PRIVATE_UMASK, REPLAY_KEY_FILE
from passerby.engine.worker import Worker
from passerby.files import locked_file
from passerby.messages.supervision_messages import AssignedCameras, FromSupervisor, WorkerStatus
from passerby.sandbox.limits import forbid_dumps
from passerby.service.plans import published_plan
from passerby.service.supervised_process import SupervisorLink, stop_at_signals
from passerby.service.worker_runs import JOURNAL_FAULT, exit_code, watch
from passerby.telemetry.logs import Redaction, configure_logs, get_log

STATUS_S = 2.0
LAST_S = 20.0
"""Less than the supervisor waits before it kills."""


async def work(name: str, site: Path, data: Path, redaction: Redaction, link: SupervisorLink) -> int:
    """Works until the supervisor sends a signal, or is gone; returns the exit code."""
    stop = asyncio.Event()
    stop_at_signals(stop)
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
        await watch(worker, running, plan, data)

    async def report() -> None:
        while True:
            rows, done = await asyncio.to_thread(lambda: (worker.outbox_rows, worker.done))
            link.send(WorkerStatus(rows, done, worker.health))
            await asyncio.sleep(STATUS_S)

    tasks = [asyncio.create_task(each()) for each in (receive, assign, report)]
    await worker.run(stop)
    for task in tasks:
        task.cancel()
    return 0


def main() -> int:
    """`python -m passerby.service.worker_process NAME SITE DATA`."""
    name, site, data = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    os.umask(PRIVATE_UMASK)
    forbid_dumps()
    link = SupervisorLink()
    redaction = configure_logs(name)
    # A worker of a service that was killed may still be finishing.
    with locked_file(data / f"{name}.lock", wait=True):
        return exit_code(work(name, site, data, redaction, link), JOURNAL_FAULT)


if __name__ == "__main__":
    sys.exit(main())
