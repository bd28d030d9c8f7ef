"""`passerby count`: counts a recording and shows, draws and writes what it found."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from passerby.cli.options import AnalysedFps, CameraName, InLight, LikeFile, ModelName, RecordedFps, StartTime
from passerby.cli.recordings.film_span import film_span
from passerby.cli.recordings.known_lines import accuracies_in
from passerby.cli.recordings.outputs import check_apart, check_output
from passerby.cli.recordings.plans import PlannedRecording, plans_one_by_one, progress_bar, recording_plan
from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.line_accuracies import LineAccuracies
from passerby.domain.report import CountReport, CountResult
from passerby.messages.sandbox_orders import CountPlan
from passerby.recordings.count import count_in_sandbox
from passerby.report.pictures.output import check_picture_name
from passerby.report.terminal import print_report
from passerby.tables.counts_csv import write_counts_csv
from passerby.tables.counts_json import write_counts_json
from passerby.tables.crossings import check_crossings_name, recording_names, write_crossings
from passerby.text import printable

if TYPE_CHECKING:
    from passerby.recordings.review_film import ReviewFilm

BUILD = Path("build")
"""Where a picture goes that was not given a name, so that it is no stray file in the working folder."""

FOR_AUDIT = (
    "{} has every crossing with its time: it is for an audit of this count alone. Publish no row of it, and delete it "
    "when the audit is done, or with the recording."
)

PARTIAL = 3
"""Exit code of a run that counted what could be counted, and lost some."""


def count(
    videos: Annotated[
        list[Path] | None,
        typer.Argument(help="The recording, or several of one camera, or a folder of them; else the camera's file."),
    ] = None,
    site: Annotated[Path | None, typer.Option("--site", help="Site file with the camera's lines and zones.")] = None,
    lines: Annotated[Path | None, typer.Option("--lines", help="File with lines and zones alone.")] = None,
    camera: CameraName = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the counts as JSON.")] = None,
    csv_out: Annotated[Path | None, typer.Option("--csv", help="Write the intervals as CSV.")] = None,
    csv_bom: Annotated[
        bool, typer.Option("--csv-bom", help="Begin the CSV with a byte order mark, so that Excel reads ä and é.")
    ] = False,
    parquet_out: Annotated[Path | None, typer.Option("--parquet", help="Write the intervals as Parquet.")] = None,
    events_out: Annotated[
        Path | None,
        typer.Option("--events", help="List every crossing, for an audit: .csv or .parquet."),
    ] = None,
    picture_out: Annotated[
        Path | None,
        typer.Option(
            "--picture",
            help="The picture of the place: PNG, SVG or PDF; else beside the JSON or in build/.",
        ),
    ] = None,
    light: InLight = False,
    film_out: Annotated[
        Path | None,
        typer.Option("--film", help="Write a redrawn film in which the counters go up: .mp4, .webm or .mkv."),
    ] = None,
    film_from: Annotated[
        str | None,
        typer.Option("--film-from", help="Where it begins: 08:15 by the site's clock, or 90s into the recording."),
    ] = None,
    film_for: Annotated[
        str | None, typer.Option("--film-for", help="How much of it the film shows: 120s, 15min or 1h.")
    ] = None,
    without_picture: Annotated[bool, typer.Option("--no-picture", help="Draw no picture of the place.")] = False,
    fps: AnalysedFps = None,
    start: StartTime = None,
    interval_min: Annotated[
        int | None,
        typer.Option("--interval", help="Minutes of an interval in all tables; 15 unless the site says."),
    ] = None,
    model: ModelName = None,
    heavy_certainty: Annotated[
        float | None,
        typer.Option(
            "--heavy-certainty",
            min=0.5,
            max=1,
            help="How surely a bus has to be known from a truck: 0.5 names each, 1 none; 0.9 unless the site says.",
        ),
    ] = None,
    like: LikeFile = None,
    recorded_fps: RecordedFps = None,
    validation: Annotated[
        Path | None,
        typer.Option("--validation", help="Counts by hand, a file of passerby validate: intervals rest on them."),
    ] = None,
    profile: Annotated[bool, typer.Option("--profile", help="Show where the CPU time went.")] = False,
    each: Annotated[
        Path | None,
        typer.Option(
            "--each", help="Count each recording by itself, its JSON into this folder; what is there is kept."
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option("--engine", help="Count each recording on a Ray cluster: ray, or ray://HOST:PORT of its head."),
    ] = None,
) -> None:
    """Count road users in a recording: who crosses which line which way, who is in which zone."""
    if each is not None or engine is not None:
        refused = {
            "--csv": csv_out, "--csv-bom": csv_bom, "--parquet": parquet_out, "--events": events_out, "--start": start,
            "--picture": picture_out, "--light": light, "--film": film_out, "--film-from": film_from,
            "--film-for": film_for, "--profile": profile,
        }  # fmt: skip
        _check_fit_each([name for name, value in refused.items() if value])
        plans = plans_one_by_one(videos or (), site, lines, camera, fps, model, interval_min=interval_min)
        plans = tuple((_with_hints(one, like, recorded_fps, heavy_certainty), length_s) for one, length_s in plans)
        read = [path for path in (site, lines, like, validation) if path]
        raise typer.Exit(_count_each(plans, each, engine, validation, json_out, read))
    with_picture = not without_picture
    planned = recording_plan(
        videos or (), site, lines, camera, fps, start, model, interval_min=interval_min, with_picture=with_picture
    )
    planned = _with_hints(planned, like, recorded_fps, heavy_certainty)
    plan, time_zone = replace(planned.plan, lists_crossings=events_out is not None), planned.zone
    known, outdated = accuracies_in(validation, plan)
    picture_out = picture_out if with_picture else None
    if picture_out:
        check_picture_name(picture_out)
    if events_out:
        check_crossings_name(events_out)
    span = film_span(film_from, film_for, plan.start_ns, time_zone, wanted=film_out is not None)
    plan = replace(plan, film=span)
    videos = [plan.video, *(part.video for part in plan.then)]
    outputs = [path for path in (json_out, csv_out, parquet_out, events_out, picture_out, film_out) if path]
    for path in outputs:
        check_output(path)
    check_apart(outputs, [path for path in (*videos, site, lines, like, validation) if path])
    with _film(film_out, planned, plan) as film:
        if with_picture:
            # Only now: where something else is wrong, no folder is left behind.
            picture_out = picture_out or picture_path(plan.video, json_out)
        with progress_bar(plan) as (show, _):
            counted = count_in_sandbox(plan, show, on_film=film.take) if film else count_in_sandbox(plan, show)
        counted = replace(
            counted, report=replace(counted.report, notes=(*planned.notes, *outdated, *counted.report.notes))
        )
        report = counted.report
        if film:
            film.finish(report)
    writers: tuple[tuple[Path | None, Callable[[Path], None]], ...] = (
        (json_out, lambda path: write_counts_json(report, path, known)),
        (csv_out, lambda path: write_counts_csv(report, path, time_zone, bom=csv_bom, accuracies=known)),
        (parquet_out, lambda path: _write_parquet(report, path, known)),
        (events_out, lambda path: write_crossings(report, recording_names(videos), path, time_zone, bom=csv_bom)),
        (picture_out, lambda path: _write_picture(counted, path, planned.site, time_zone, known, light=light)),
    )
    # The files first: who reads the screen, such as `head`, may close it early. A disk that is full costs no numbers
    # either: what could not be written is collected, and the screen has them all.
    done = [(path, _written(path, write)) for path, write in writers if path]
    if film and film_out:
        done.append((film_out, film.fault))
    written = [path for path, fault in done if not fault]
    faults = _shown(counted, time_zone, known, written, profile, events_out)
    faults += [fault for _, fault in done if fault]
    if faults:
        raise OutputError("\n".join(faults))
    if not counted.complete:
        raise typer.Exit(PARTIAL)


def _with_hints(
    planned: PlannedRecording, like: Path | None, recorded_fps: float | None, heavy_certainty: float | None
) -> PlannedRecording:
    plan = replace(planned.plan, like=like, recorded_fps=recorded_fps)
    if heavy_certainty is not None:
        plan = replace(plan, detector=replace(plan.detector, heavy_certainty=heavy_certainty))
    return replace(planned, plan=plan)


def _check_fit_each(given: Sequence[str]) -> None:
    if given:
        raise PasserbyError(
            f"{', '.join(given)}: of one count, and with --each or --engine each recording is counted by itself. "
            "Leave it out; --json writes a summary, and each recording's JSON has all of its numbers."
        )


def _count_each(
    plans: Sequence[tuple[PlannedRecording, float]],
    folder: Path | None,
    engine: str | None,
    validation: Path | None,
    summary: Path | None,
    read: Sequence[Path],
) -> int:
    # Few ask for it.
    from passerby.cli.recordings.each import DEFAULT_FOLDER, CountEach

    return CountEach(plans, folder or DEFAULT_FOLDER, engine, validation, summary, read).run()


@contextmanager
def _film(path: Path | None, planned: PlannedRecording, plan: CountPlan) -> "Iterator[ReviewFilm | None]":
    """Gives the review film to add to; None where none is wanted."""
    if path is None:
        yield None
        return
    # Loads the encoder, which counting does without.
    from passerby.recordings.review_film import ReviewFilm

    with ReviewFilm(path, plan, site=planned.site, zone=planned.zone) as film:
        yield film


def picture_path(video: Path, json_out: Path | None) -> Path:
    """Returns where the picture goes that was not given a name: beside the JSON, or else in ./build.

    Raises:
        OutputError: the folder cannot be made.
    """
    name = f"{video.stem}.counts.png"
    if json_out is not None:
        return json_out.with_name(name)
    try:
        BUILD.mkdir(exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{BUILD}: the folder for the picture cannot be made, got: {error.strerror}. Name a place with --picture, "
            "or leave the picture out with --no-picture."
        ) from None
    return BUILD / name


def _write_parquet(report: CountReport, path: Path, known: LineAccuracies) -> None:
    # Its library takes a tenth of a second to load, and few ask for it.
    from passerby.tables.counts_parquet import write_counts_parquet

    write_counts_parquet(report, path, known)


def _write_picture(
    counted: CountResult, path: Path, site: str | None, time_zone: tzinfo, known: LineAccuracies, *, light: bool
) -> None:
    # The same holds for drawing, where no picture is wanted.
    from passerby.report.pictures.count_picture import count_picture
    from passerby.report.pictures.output import write_picture
    from passerby.report.pictures.palette import DARK, LIGHT

    palette = LIGHT if light else DARK
    scene = count_picture(
        counted.report, counted.empty_scene, site=site, time_zone=time_zone, palette=palette, accuracies=known
    )
    write_picture(scene, path)


def _shown(
    counted: CountResult,
    time_zone: tzinfo,
    known: LineAccuracies,
    written: Sequence[Path],
    profile: bool,
    events: Path | None,
) -> list[str]:
    """Prints the tables, and which files were written; returns why they could not be printed."""
    console = Console()
    try:
        print_report(counted.report, console, time_zone, known)
        console.print(f"Sandbox: {counted.report.isolation}.", highlight=False, markup=False, soft_wrap=True)
        if profile:
            _print_profile(counted, console)
        for path in written:
            console.print(f"Written: {printable(str(path))}", highlight=False, markup=False, soft_wrap=True)
            if path == events:
                console.print(FOR_AUDIT.format(printable(str(path))), highlight=False, markup=False, soft_wrap=True)
    except BrokenPipeError:
        raise  # the reader, such as `head`, has read enough
    except OSError as error:
        return [f"the table could not be printed whole, got: {error.strerror}. Free some space, or print it elsewhere."]
    return []


def _written(path: Path, write: Callable[[Path], None]) -> str:
    """Writes one file; returns why it could not be written, or nothing."""
    try:
        write(path)
    except OutputError as error:
        return str(error)
    return ""


def _print_profile(counted: CountResult, console: Console) -> None:
    frames = max(counted.report.frames_analysed, 1)
    for stage, cpu_s in sorted(counted.stage_cpu_s.items(), key=lambda row: -row[1]):
        console.print(f"{stage:10} {cpu_s:8.2f} s CPU {1000 * cpu_s / frames:7.2f} ms a frame", highlight=False)
