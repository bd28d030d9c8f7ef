"""Counting and anonymising a recording without seeing it: a sealed process looks, this one writes down."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from passerby.domain.errors import WorkerError
from passerby.domain.film import FilmReport
from passerby.domain.frames import AnonymousFrame
from passerby.domain.progress import Progress
from passerby.domain.report import CountReport
from passerby.ingest.detectors.registry import known_models, model_file, model_path
from passerby.messages.orders import order_of
from passerby.messages.plans import AnonymisePlan, Counted, CountPlan, check_film
from passerby.messages.sandbox_messages import FilmOpened, StageSeconds
from passerby.sandbox.process import BOOTSTRAP, NeverStartedError, Sandbox, SandboxProcess


def count_in_sandbox(plan: CountPlan, on_progress: Callable[[Progress], None], worker: str = BOOTSTRAP) -> Counted:
    """Counts a recording in a sealed process, to its end or to the user's Ctrl-C.

    Args:
        plan: what to count.
        on_progress: told now and then.
        worker: the module that the sealed process runs.

    Raises:
        SourceError: the video cannot be read at all.
        ModelError: the detector cannot be used.
        WorkerError: the sealed process died.
    """
    model = model_file(plan.detector.model)
    room = _room(plan.detector.model, [plan.video, *([model] if model else [])])
    try:
        return _count_in(room, plan, model, on_progress, worker)
    except NeverStartedError:
        return _count_in(room.bare(), plan, model, on_progress, worker)


def _count_in(
    room: Sandbox, plan: CountPlan, model: Path | None, on_progress: Callable[[Progress], None], worker: str
) -> Counted:
    detector = replace(plan.detector, model=str(room.inside(model)) if model else plan.detector.model)
    order = order_of(replace(plan, video=room.inside(plan.video), detector=detector))
    cpu_s: dict[str, float] = {}
    report: CountReport | None = None
    empty_scene: AnonymousFrame | None = None
    with SandboxProcess(room, worker, order) as process, _stopped_by_user(process):
        for message in process.messages():
            if isinstance(message, Progress):
                on_progress(message)
            elif isinstance(message, StageSeconds):
                cpu_s = dict(message.cpu_s)
            elif isinstance(message, AnonymousFrame):
                empty_scene = message
            elif isinstance(message, CountReport):
                report = message
    if report is None:
        raise WorkerError("the sealed process ended without a report. This is a bug in passerby: report it.")
    return Counted(report, cpu_s, not report.losses, empty_scene)


def anonymise_in_sandbox(
    plan: AnonymisePlan, on_progress: Callable[[float], None], worker: str = BOOTSTRAP
) -> FilmReport:
    """Looks through a recording in a sealed process and writes the film of what comes out of it.

    Args:
        plan: what to anonymise.
        on_progress: told the part done, 0-1.
        worker: the module that the sealed process runs.

    Raises:
        SourceError: the video or a file with truth cannot be read.
        ModelError: the detector cannot be used.
        OutputError: the film cannot be written.
        WorkerError: the sealed process died.
    """
    check_film(plan)
    model = model_file(plan.model)
    inputs = [path for path in (plan.video, model, plan.heads, plan.bodies) if path is not None]
    room = _room(plan.model, inputs)
    try:
        return _anonymise_in(room, plan, model, on_progress, worker)
    except NeverStartedError:
        return _anonymise_in(room.bare(), plan, model, on_progress, worker)


def _anonymise_in(
    room: Sandbox, plan: AnonymisePlan, model: Path | None, on_progress: Callable[[float], None], worker: str
) -> FilmReport:
    # Loads the encoder, which counting does without.
    from passerby.ingest.anonymise.film_writer import FilmWriter, check_ending

    check_ending(plan.out)
    order = order_of(_inside(plan, room, model))
    report: FilmReport | None = None
    rate_fps = plan.fps
    with ExitStack() as open_film, SandboxProcess(room, worker, order) as process:
        writer: FilmWriter | None = None
        for message in process.messages():
            if isinstance(message, Progress):
                on_progress(message.done_s)
            elif isinstance(message, FilmOpened):
                rate_fps = message.rate_fps
            elif isinstance(message, AnonymousFrame):
                if writer is None:
                    height_px, width_px, _ = message.image.shape
                    writer = open_film.enter_context(FilmWriter(plan.out, (width_px, height_px), rate_fps))
                writer.write(message)
            elif isinstance(message, FilmReport):
                report = message
        if report is None or writer is None:
            raise WorkerError("the sealed process ended without a film. This is a bug in passerby: report it.")
    return report


def _inside(plan: AnonymisePlan, room: Sandbox, model: Path | None) -> AnonymisePlan:
    """The plan with the names that files have in the room; where the film goes is nobody's business there."""
    return replace(
        plan,
        video=room.inside(plan.video),
        out=Path("film"),
        model=str(room.inside(model)) if model else plan.model,
        heads=room.inside(plan.heads) if plan.heads else None,
        bodies=room.inside(plan.bodies) if plan.bodies else None,
    )


def _room(model: str | None, inputs: list[Path]) -> Sandbox:
    return Sandbox.around(inputs, [model_path(known) for known in known_models() if known.name == model])


@contextmanager
def _stopped_by_user(process: SandboxProcess) -> Iterator[None]:
    """The first Ctrl-C stops the process with what it has, the second at once; only the main thread may say so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        process.stop()

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
