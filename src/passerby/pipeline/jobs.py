"""Runs the job that a sandbox was started for, and sends its numbers and anonymous pictures."""

import os
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from mmap import mmap

from passerby.domain.errors import PasserbyError, WorkerError
from passerby.domain.isolation import Isolation
from passerby.domain.progress import Progress
from passerby.ingest.late_libraries import load_late_libraries
from passerby.messages.sandbox_messages import FROM_SANDBOX, EventReports, Failure, FilmOpened, Message, StageSeconds
from passerby.messages.sandbox_orders import AnonymisePlan, CountPlan, Plan, WatchPlan
from passerby.pipeline.commands import Orders
from passerby.sandbox.isolation import isolate_further

PROGRESS_S = 0.1
"""A person sees no more than ten steps a second, and each wakes the other process."""

STANDARD_INPUT = 0


def run(output: int, isolation: Isolation, ring: mmap | None = None) -> int:
    """Reads a plan and follows it; returns the exit code.

    Args:
        output: the one descriptor that leads out of the sandbox.
        isolation: how far this process is isolated.
        ring: memory that frames are handed over in, between a decoder's process and an analysis process.
    """
    debug = bool(os.environ.get("PASSERBY_DEBUG"))
    orders = Orders(STANDARD_INPUT)
    with os.fdopen(output, "wb") as out:

        def send(message: Message) -> None:
            FROM_SANDBOX.send(message, out)

        try:
            plan = orders.plan()
            isolation = _all_loaded(plan, isolation)
            send(isolation)
            if isinstance(plan, CountPlan):
                _count(plan, isolation, orders, send)
            elif isinstance(plan, WatchPlan):
                _watch(plan, orders, send, ring)
            elif isinstance(plan, AnonymisePlan):
                _anonymise(plan, isolation, orders, send)
            else:
                raise WorkerError("a camera is decoded by a process with memory to hand its frames over in")
        except BrokenPipeError:
            os._exit(1)  # the other end is closed, and what is still in the buffer cannot be sent
        except PasserbyError as fault:
            send(Failure(type(fault).__name__, str(fault)))
        except Exception as fault:  # a bug's text could hold anything at all; its name cannot
            if debug:
                traceback.print_exc()
            send(Failure(type(fault).__name__, ""))
    return 0


def _all_loaded(plan: Plan, isolation: Isolation) -> Isolation:
    """Loads what the plan needs and no code after it; returns how far this process is isolated then.

    What another plan needs is left out: FFmpeg alone takes 10 MB of a process that gets its frames from another one.
    """
    if isinstance(plan, WatchPlan):
        import passerby.pipeline.watch_job

        if plan.decoded is None:
            import passerby.ingest.sources.live
    elif isinstance(plan, CountPlan):
        import passerby.pipeline.count_job
    elif isinstance(plan, AnonymisePlan):
        import passerby.ingest.anonymise.film
        import passerby.pipeline.anonymise_job  # noqa: F401
    load_late_libraries()
    return isolate_further(isolation)


def _count(plan: CountPlan, isolation: Isolation, orders: Orders, send: Callable[[Message], None]) -> None:
    from passerby.pipeline.count_job import count_video

    result = count_video(plan, _ProgressReports(orders, send).step, lambda events: send(EventReports(events)), send)
    send(StageSeconds(result.stage_cpu_s))
    if result.empty_scene is not None:
        send(result.empty_scene)
    send(replace(result.report, isolation=isolation))


def _anonymise(plan: AnonymisePlan, isolation: Isolation, orders: Orders, send: Callable[[Message], None]) -> None:
    from passerby.ingest.anonymise.film import drawn_film
    from passerby.pipeline.anonymise_job import film_job

    progress = _ProgressReports(orders, send)
    job = film_job(plan)
    send(FilmOpened(job.rate_fps))
    report = drawn_film(job, send, lambda part: progress.step(Progress(part, 1.0, 0)))
    send(replace(report, isolation=isolation))


def _watch(plan: WatchPlan, orders: Orders, send: Callable[[Message], None], ring: mmap | None) -> None:
    from passerby.pipeline.watch_job import watch_camera

    watch_camera(plan, send, orders, ring)


class _ProgressReports:
    """Sends the progress at its pace, and reads whether to stop."""

    def __init__(self, orders: Orders, send: Callable[[Message], None]) -> None:
        self._orders, self._send = orders, send
        self._due_s = 0.0

    def step(self, progress: Progress) -> None:
        """After every picture; raises KeyboardInterrupt when the user wants to stop."""
        if self._orders.commands():  # `Stop` is the only one that means something to this job
            raise KeyboardInterrupt
        now_s = time.monotonic()
        if now_s >= self._due_s:
            self._due_s = now_s + PROGRESS_S
            self._send(progress)
