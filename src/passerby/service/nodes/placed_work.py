"""The folders of workers that a cluster has placed on a node, and what runs and waits there."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from passerby.domain.fleet import NodeReport
from passerby.engine.journal import results_in
from passerby.files import locked_file
from passerby.service.nodes.leases_file import read_leases

WORKERS: Final = "workers"
"""In a node's data folder: a folder for each worker that was placed there."""
JOURNAL: Final = "journal.sqlite"
LOCK: Final = "lock"
WANTED: Final = "wanted"
"""There while a worker waits for its journal, so that who delivers what an earlier one has left ends at once."""


def worker_folder(data: Path, worker: str) -> Path:
    """Returns the folder of one worker in a node's data folder."""
    return data / WORKERS / worker


def placed_work(data: Path) -> NodeReport:
    """Returns what runs of the workers that were placed on this node, and what waits in all of their folders.

    A worker counts as one that runs while its folder is held, also by who delivers what it has left.

    Args:
        data: the node's data folder.
    """
    cameras = workers = rows = 0
    for folder in (data / WORKERS).glob("*"):
        if _is_held(folder):
            workers += 1
            cameras += len(read_leases(folder))
        if (folder / JOURNAL).exists():
            with suppress(OSError):  # its own worker can say more about it
                rows += results_in(folder / JOURNAL)
    return NodeReport(cameras, workers, rows)


def _is_held(folder: Path) -> bool:
    try:
        with locked_file(folder / LOCK):
            return False
    except BlockingIOError:
        return True
    except OSError:
        return False
