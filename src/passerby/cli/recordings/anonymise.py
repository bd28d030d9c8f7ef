"""`passerby anonymise`: writes a recording anew, so that no person in it can be recognised."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from passerby.cli.options import CameraName, LikeFile, ModelName, RecordedFps
from passerby.config.loader import load_site
from passerby.domain.errors import PasserbyError
from passerby.domain.film import Concealment, FilmReport, Mode
from passerby.messages.sandbox_orders import DEFAULT_FPS, AnonymisePlan
from passerby.recordings.anonymise import anonymise_in_sandbox
from passerby.text import percent, printable

PARTIAL = 3
"""Exit code of a run that wrote what could be read, and lost some."""


def anonymise(
    video: Annotated[Path, typer.Argument(help="The recording, in any container that FFmpeg reads.")],
    out: Annotated[Path, typer.Argument(help="The film to write: .mp4, .webm or .mkv.")],
    mode: Annotated[
        Mode | None, typer.Option("--mode", help="redrawn: figures in the empty place; mosaic: coarse squares.")
    ] = None,
    site: Annotated[Path | None, typer.Option("--site", help="Site file with the camera's masks and mode.")] = None,
    camera: CameraName = None,
    fps: Annotated[float, typer.Option("--fps", min=0.1, max=120, help="Pictures a second of the film.")] = DEFAULT_FPS,
    model: ModelName = None,
    like: LikeFile = None,
    recorded_fps: RecordedFps = None,
    report: Annotated[bool, typer.Option("--report", help="Report what was masked, how sharp it is, what it cost.")] = (
        False
    ),
    heads: Annotated[Path | None, typer.Option("--heads", help="Labelled heads; the report gives their cover.")] = None,
    bodies: Annotated[Path | None, typer.Option("--bodies", help="Labelled people, in the same form.")] = None,
) -> None:
    """Write a recording anew: the empty place as it is, everything else drawn or in coarse squares."""
    plan = _plan(video, out, mode, site, camera, fps, model, heads, bodies)
    plan = replace(plan, like=like, recorded_fps=recorded_fps)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True, refresh_per_second=4) as bar:
        task = bar.add_task(escape(printable(video.name)), total=1.0)
        done = anonymise_in_sandbox(plan, lambda part: bar.update(task, completed=part))
    out_console = Console()
    if report or heads or bodies:
        _print_report(done, out_console)
    for loss in done.losses:
        out_console.print(loss, highlight=False, markup=False, soft_wrap=True)
    out_console.print(f"Written: {printable(str(out))}", highlight=False, markup=False, soft_wrap=True)
    if done.losses:
        raise typer.Exit(PARTIAL)


def _plan(
    video: Path,
    out: Path,
    mode: Mode | None,
    site: Path | None,
    camera: str | None,
    fps: float,
    model: str | None,
    heads: Path | None,
    bodies: Path | None,
) -> AnonymisePlan:
    masks: tuple[npt.NDArray[np.float32], ...] = ()
    site_mode = Mode.REDRAWN
    if site is not None:
        cameras = load_site(site).cameras
        name = camera or (next(iter(cameras)) if len(cameras) == 1 else None)
        if name is None or name not in cameras:
            raise PasserbyError(f"{site}: name one of its cameras with --camera: {', '.join(cameras)}. Got {name}.")
        keys = cameras[name]
        masks, site_mode = tuple(np.array(area, np.float32) for area in keys.masks), Mode(keys.anonymise.mode)
    return AnonymisePlan(
        video, out, (mode or site_mode).value, fps, model, masks, heads=heads, bodies=bodies
    )  # fmt: skip


def _print_report(done: FilmReport, console: Console) -> None:
    lines = [
        f"{done.frames} pictures, {sum(done.masked.values())} masked wholly",
        *(f"  {count} because: {reason}" for reason, count in sorted(done.masked.items())),
        f"{100 * done.sharp_share:.0f} % of the picture is certainly the empty place and shown sharp",
        f"Sandbox: {done.isolation}",
        f"{done.learn_ms:.1f} ms CPU a picture for learning, {done.draw_ms:.1f} ms for drawing, beside detection",
    ]
    lines += [_concealment_line(name, part) for name, part in (("heads", done.heads), ("bodies", done.bodies)) if part]
    for line in lines:
        console.print(line, highlight=False, markup=False)


def _concealment_line(name: str, concealment: Concealment) -> str:
    return (
        f"{concealment.boxes} labelled {name}: {percent(concealment.boxes_covered)} at least 95 % covered, "
        f"{percent(concealment.area_covered)} of their area, worst {percent(concealment.worst_covered)}"
    )
