"""What the processes of workers have in common: how their cameras are assigned, and how they end."""

import asyncio
import sqlite3
from collections.abc import Coroutine, Sequence
from pathlib import Path

from passerby.domain.leases import NO_LEASE
from passerby.domain.service import CameraPlan, SitePlan
from passerby.engine.camera_start import assignment
from passerby.engine.worker import Worker
from passerby.service.nodes.leases_file import read_leases
from passerby.telemetry.logs import get_log


async def watch(worker: Worker, cameras: Sequence[CameraPlan], plan: SitePlan, data: Path) -> None:
    """Has a worker watch the cameras, each under its lease, and take no more of the disk than is theirs.

    Args:
        worker: the worker.
        cameras: those that it is to watch; no others are from then on.
        plan: what runs.
        data: the folder with the leases of this worker's cameras.
    """
    leases = await asyncio.to_thread(read_leases, data)
    worker.limit_outbox(plan.outbox_share([camera.name for camera in cameras]))
    await worker.assign(
        {camera.name: assignment(camera, plan, lease=leases.get(camera.name, NO_LEASE)) for camera in cameras}
    )


def exit_code(work: Coroutine[None, None, int], fault_words: str) -> int:
    """Runs what uses a worker's journal to its end; returns the exit code, 1 where the journal could not be used.

    Args:
        work: returns the code where it could.
        fault_words: what the log says of a journal that could not.
    """
    code = 1
    try:
        code = asyncio.run(work)
    except* (sqlite3.Error, OSError) as faults:
        for fault in faults.exceptions:
            get_log().error(fault_words, why=str(fault))
    return code


JOURNAL_FAULT = "the worker cannot write its journal; is the disk full?"
