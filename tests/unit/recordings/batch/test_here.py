"""On one machine, recordings are counted one after the other, and the one that is counted ends with the run."""

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from passerby.domain.layout import Layout
from passerby.domain.progress import Progress
from passerby.messages.sandbox_orders import CountPlan
from passerby.recordings.batch import here
from passerby.recordings.batch.here import counted_here
from passerby.recordings.batch.jobs import CountJob, JobResult

JOBS = [CountJob(CountPlan(Path(name), "north", Layout((), (), (), None)), "", 1.0) for name in ("a", "b")]


def test_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(here, "count_job", lambda job, *_: JobResult(None, job.name))
    assert [(job.name, result.fault) for job, result in counted_here(JOBS, print)] == [("a", "a"), ("b", "b")]


def test_ctrl_c_ends_the_one_that_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def count(job: CountJob, on_progress: Callable[[Progress], None], stopped: Callable[[], bool]) -> JobResult:
        on_progress(Progress(1.0, 2.0, 3))
        while not stopped():
            threading.Event().wait(0.01)
        seen.append(job.name)
        return JobResult(None, stopped=True)

    def interrupt(_: Progress) -> None:
        threading.Event().wait(0.2)  # the run waits for the result by then
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    monkeypatch.setattr(here, "count_job", count)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            list(counted_here(JOBS, interrupt))
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == ["a"]
