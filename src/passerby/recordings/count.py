"""Counts a recording: a sandbox sees the pictures, this process gets the numbers."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from passerby.domain.errors import WorkerError
from passerby.domain.frames import AnonymousFrame
from passerby.domain.place_events import PlaceEvent
from passerby.domain.progress import Progress
from passerby.domain.report import CountReport, CountResult
from passerby.domain.review import FilmEnd, FilmMoment
from passerby.engine.plausible.events import goes_with
from passerby.ingest.detectors.registry import model_file
from passerby.messages.sandbox_messages import EventReports, StageSeconds
from passerby.messages.sandbox_orders import CountPlan
from passerby.sandbox.process import BOOTSTRAP, NeverStartedError, Sandbox, SandboxProcess

OnEvents = Callable[[tuple[PlaceEvent, ...]], None]
OnFilm = Callable[[FilmMoment | FilmEnd], None]
Enough = Callable[[Progress], bool]


def _ignored(_: tuple[PlaceEvent, ...]) -> None:
    """Takes the events of a plan without rules: there are none."""


def _unfilmed(_: FilmMoment | FilmEnd) -> None:
    """Takes the moments of a plan without a film: there are none."""


def _to_the_end(_: Progress) -> bool:
    return False


def count_in_sandbox(
    plan: CountPlan,
    on_progress: Callable[[Progress], None],
    module: str = BOOTSTRAP,
    *,
    on_events: OnEvents = _ignored,
    on_film: OnFilm = _unfilmed,
    enough: Enough = _to_the_end,
) -> CountResult:
    """Counts a recording in a sandbox, to its end or to the user's Ctrl-C.

    Args:
        plan: what to count.
        on_progress: called now and then.
        module: the module that the sandbox runs.
        on_events: called with the events of the plan's rules as they are raised, changed and closed.
        on_film: called with the moments of the plan's film, and its end.
        enough: asked after each step whether that is enough: the run then ends with what it has.

    Raises:
        SourceError: the video cannot be read at all.
        ModelError: the detector cannot be used.
        OutputError: the film would begin after the recording's end.
        WorkerError: the sandbox's process died, or it reported an event of a rule, or a crossing of a line, that the
            plan does not have.
    """
    model = model_file(plan.detector.model)
    sandbox = Sandbox.with_model(
        plan.detector.model, [plan.video, *(part.video for part in plan.then), *([plan.like] if plan.like else [])]
    )
    try:
        return _count(sandbox, plan, model, module, on_progress, on_events, on_film, enough)
    except NeverStartedError:
        return _count(sandbox.bare(), plan, model, module, on_progress, on_events, on_film, enough)


def _count(
    sandbox: Sandbox,
    plan: CountPlan,
    model: Path | None,
    module: str,
    on_progress: Callable[[Progress], None],
    on_events: OnEvents,
    on_film: OnFilm,
    enough: Enough,
) -> CountResult:
    detector = replace(plan.detector, model=str(sandbox.inside(model)) if model else plan.detector.model)
    like = sandbox.inside(plan.like) if plan.like else None
    then = tuple(replace(part, video=sandbox.inside(part.video)) for part in plan.then)
    inside = replace(plan, video=sandbox.inside(plan.video), then=then, like=like, detector=detector)
    cpu_s: dict[str, float] = {}
    report: CountReport | None = None
    empty_scene: AnonymousFrame | None = None
    with SandboxProcess(sandbox, module, inside) as process, _stopped_by_user(process):
        for message in process.messages():
            if isinstance(message, Progress):
                on_progress(message)
                if enough(message):
                    process.stop()
            elif isinstance(message, StageSeconds):
                cpu_s = dict(message.cpu_s)
            elif isinstance(message, EventReports):
                on_events(_own(message.events, plan))
            elif isinstance(message, FilmMoment | FilmEnd):
                _check_lines(message, plan)
                on_film(message)
            elif isinstance(message, AnonymousFrame):
                empty_scene = message
            elif isinstance(message, CountReport):
                report = message
    if report is None:
        raise WorkerError("the sandbox ended without a report. This is a bug in passerby: report it.")
    listed = report.crossings
    if listed is not None and listed.recording.max(initial=0) > len(plan.then):
        raise WorkerError("the sandbox reported crossings of a recording that it was not given. The run was ended.")
    return CountResult(report, cpu_s, not report.losses, empty_scene)


def _own(events: tuple[PlaceEvent, ...], plan: CountPlan) -> tuple[PlaceEvent, ...]:
    """The events, which are all of the plan's own rules: a sandbox that was taken over could name any."""
    rules = {rule.name: rule for rule in plan.rules}
    for event in events:
        rule = rules.get(event.rule)
        if rule is None or event.camera != plan.camera_id or not goes_with(event, rule):
            raise WorkerError("the sandbox reported an event of a rule that it was not given. The run was ended.")
    return events


def _check_lines(message: FilmMoment | FilmEnd, plan: CountPlan) -> None:
    lines = {line.name for line in plan.layout.lines}
    if plan.film is None or not lines.issuperset(crossing.line for crossing in message.crossings):
        raise WorkerError("the sandbox filmed a line that it was not given. The run was ended.")


@contextmanager
def _stopped_by_user(process: SandboxProcess) -> Iterator[None]:
    """The first Ctrl-C stops the process with what it has, the second at once; only the main thread may handle it."""
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
