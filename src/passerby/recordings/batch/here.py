"""Counts recordings one after the other on this machine."""

import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor

from passerby.domain.progress import Progress
from passerby.recordings.batch.jobs import CountJob, JobResult, count_job


def counted_here(
    jobs: Sequence[CountJob], on_progress: Callable[[Progress], None]
) -> Generator[tuple[CountJob, JobResult]]:
    """Yields each recording with what came of it, in the order given.

    Ctrl-C ends the one that is being counted, whose numbers are dropped.

    Args:
        jobs: the recordings.
        on_progress: called now and then, from another thread, with the progress of the one that is being counted.
    """
    ended = threading.Event()
    # In a thread of its own, a count leaves Ctrl-C to this one.
    with ThreadPoolExecutor(1) as pool:
        try:
            for job in jobs:
                yield job, pool.submit(count_job, job, on_progress, ended.is_set).result()
        finally:
            ended.set()
