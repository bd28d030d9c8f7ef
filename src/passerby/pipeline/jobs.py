"""What the sealed process does once it is sealed: looks at the recording, and says numbers and anonymous pictures."""

import os
import select
import time
import traceback
from collections.abc import Callable
from dataclasses import replace

from passerby.domain.errors import PasserbyError
from passerby.domain.isolation import Isolation
from passerby.domain.progress import Progress
from passerby.ingest.anonymise.film import drawn_film
from passerby.messages.orders import read_order
from passerby.messages.plans import AnonymisePlan, CountPlan, WatchPlan
from passerby.messages.sandbox_messages import SEALED, Failure, FilmOpened, Message, StageSeconds
from passerby.pipeline.anonymise_job import film_job
from passerby.pipeline.count_job import count_video

PROGRESS_S = 0.1
"""Nobody sees more than ten steps a second, and each wakes the other process."""

ORDERS = 0
"""Standard input: the order first, then at most one `stop`; its end is the end of whoever gave it."""


def run(door: int, isolation: Isolation) -> int:
    """Reads an order and follows it; returns the exit code.

    Args:
        door: the descriptor that leads out.
        isolation: how far this process is locked in.
    """
    debug = bool(os.environ.get("PASSERBY_DEBUG"))
    with os.fdopen(door, "wb") as out:

        def tell(message: Message) -> None:
            SEALED.send(message, out)

        try:
            tell(isolation)
            with os.fdopen(ORDERS, "rb", buffering=0, closefd=False) as orders:
                plan = read_order(orders)
            if isinstance(plan, CountPlan):
                _counted(plan, isolation, tell)
            elif isinstance(plan, WatchPlan):
                _watched(plan, tell)
            else:
                _drawn(plan, isolation, tell)
        except BrokenPipeError:
            os._exit(1)  # nobody listens any more, and what is still in the buffer cannot be told
        except PasserbyError as fault:
            tell(Failure(type(fault).__name__, str(fault)))
        except Exception as fault:  # a bug's text could hold anything at all; its name cannot
            if debug:
                traceback.print_exc()
            tell(Failure(type(fault).__name__, ""))
    return 0


def _counted(plan: CountPlan, isolation: Isolation, tell: Callable[[Message], None]) -> None:
    pace = _Pace(tell)
    counted = count_video(plan, pace.step)
    tell(StageSeconds(counted.stage_cpu_s))
    if counted.empty_scene is not None:
        tell(counted.empty_scene)
    tell(replace(counted.report, isolation=isolation))


def _drawn(plan: AnonymisePlan, isolation: Isolation, tell: Callable[[Message], None]) -> None:
    pace = _Pace(tell)
    job = film_job(plan)
    tell(FilmOpened(job.rate_fps))
    report = drawn_film(job, tell, lambda part: pace.step(Progress(part, 1.0, 0)))
    tell(replace(report, isolation=isolation))


def _watched(plan: WatchPlan, tell: Callable[[Message], None]) -> None:
    # Counting a recording does without what a live camera needs.
    from passerby.pipeline.watch_job import watch_camera

    watch_camera(plan, tell, ORDERS)


class _Pace:
    """Tells now and then how far it is, and hears whether it is to stop."""

    def __init__(self, tell: Callable[[Message], None]) -> None:
        self._tell = tell
        self._due_s = 0.0

    def step(self, progress: Progress) -> None:
        """After every picture; raises KeyboardInterrupt when the user wants to stop."""
        heard, _, _ = select.select([ORDERS], [], [], 0)
        if heard:
            if not os.read(ORDERS, 1):
                os._exit(1)  # whoever asked is gone
            raise KeyboardInterrupt
        now_s = time.monotonic()
        if now_s >= self._due_s:
            self._due_s = now_s + PROGRESS_S
            self._tell(progress)
