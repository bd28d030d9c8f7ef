"""Anonymises a recording: a sandbox sees the pictures, this process writes the film of what comes out of it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from passerby.domain.errors import OutputError, WorkerError
from passerby.domain.film import FilmReport
from passerby.domain.frames import AnonymousFrame
from passerby.domain.progress import Progress
from passerby.ingest.detectors.registry import model_file
from passerby.messages.sandbox_messages import FilmOpened
from passerby.messages.sandbox_orders import AnonymisePlan
from passerby.sandbox.process import BOOTSTRAP, NeverStartedError, Sandbox, SandboxProcess


def anonymise_in_sandbox(
    plan: AnonymisePlan, on_progress: Callable[[float], None], module: str = BOOTSTRAP
) -> FilmReport:
    """Anonymises a recording in a sandbox and writes the film.

    Args:
        plan: what to anonymise.
        on_progress: called with the part done, 0-1.
        module: the module that the sandbox runs.

    Raises:
        SourceError: the video or a file with labelled boxes cannot be read.
        ModelError: the detector cannot be used.
        OutputError: the film cannot be written.
        WorkerError: the sandbox's process died.
    """
    if plan.writes_over_input():
        raise OutputError(f"{plan.out}: this is the recording itself. Name another file for the anonymous film.")
    model = model_file(plan.model)
    sandbox = Sandbox.with_model(
        plan.model, [path for path in (plan.video, plan.like, plan.heads, plan.bodies) if path is not None]
    )
    try:
        return _anonymise(sandbox, plan, model, on_progress, module)
    except NeverStartedError:
        return _anonymise(sandbox.bare(), plan, model, on_progress, module)


def _anonymise(
    sandbox: Sandbox, plan: AnonymisePlan, model: Path | None, on_progress: Callable[[float], None], module: str
) -> FilmReport:
    # Loads the encoder, which counting does without.
    from passerby.ingest.anonymise.film_writer import FilmWriter, check_ending

    check_ending(plan.out)
    report: FilmReport | None = None
    rate_fps = plan.fps
    with ExitStack() as open_film, SandboxProcess(sandbox, module, _inside(plan, sandbox, model)) as process:
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
            raise WorkerError("the sandbox ended without a film. This is a bug in passerby: report it.")
    return report


def _inside(plan: AnonymisePlan, sandbox: Sandbox, model: Path | None) -> AnonymisePlan:
    """Returns the plan with the names that files have in the sandbox; where the film goes is not named there."""
    return replace(
        plan,
        video=sandbox.inside(plan.video),
        out=Path("film"),
        model=str(sandbox.inside(model)) if model else plan.model,
        like=sandbox.inside(plan.like) if plan.like else None,
        heads=sandbox.inside(plan.heads) if plan.heads else None,
        bodies=sandbox.inside(plan.bodies) if plan.bodies else None,
    )
