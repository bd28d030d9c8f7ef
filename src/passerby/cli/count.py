"""`passerby count`: counts a recording and shows, draws and writes what it found."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from passerby.cli.options import LikeFile, RecordedFps
from passerby.config.loader import layout_of, load_layout, load_site
from passerby.config.site import CameraKeys, DetectorKeys, LayoutKeys, Site
from passerby.domain.errors import OutputError, PasserbyError
from passerby.domain.intervals import SiteClock
from passerby.domain.progress import Progress as Step
from passerby.domain.report import CountReport, CountResult
from passerby.domain.service import DetectorPlan
from passerby.messages.sandbox_orders import DEFAULT_FPS, CountPlan
from passerby.recordings.count import count_in_sandbox
from passerby.report.terminal import print_report
from passerby.tables.counts_csv import write_counts_csv
from passerby.tables.counts_json import write_counts_json
from passerby.text import in_nfc, printable
from passerby.units import DAY_S, NS_PER_S

BUILD = Path("build")
"""Where a picture goes that was not given a name, so that it is no stray file in the working folder."""

LONGEST_S = 400 * DAY_S
"""No recording lasts longer: the changes of the site's clock until then go along with the plan."""

PARTIAL = 3
"""Exit code of a run that counted what could be counted, and lost some."""

DEFAULT_PLACES = LayoutKeys.model_validate(
    {
        "lines": {
            "middle": {"points": ((0.5, 0.0), (0.5, 1.0)), "forward": "to the left", "backward": "to the right"},
            "across": {"points": ((0.0, 0.5), (1.0, 0.5)), "forward": "towards", "backward": "away"},
        },
        "zones": {"picture": {"points": ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))}},
    }
)
"""Where is counted when the user names no place: two lines through the middle, and the whole picture."""


def count(
    video: Annotated[Path, typer.Argument(help="The recording, in any container that FFmpeg reads.")],
    site: Annotated[Path | None, typer.Option("--site", help="Site file with the camera's lines and zones.")] = None,
    lines: Annotated[Path | None, typer.Option("--lines", help="File with lines and zones alone.")] = None,
    camera: Annotated[str | None, typer.Option("--camera", help="Which camera of the site file it is.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the counts as JSON.")] = None,
    csv_out: Annotated[Path | None, typer.Option("--csv", help="Write the intervals as CSV.")] = None,
    csv_bom: Annotated[
        bool, typer.Option("--csv-bom", help="Begin the CSV with a byte order mark, so that Excel reads ä and é.")
    ] = False,
    parquet_out: Annotated[Path | None, typer.Option("--parquet", help="Write the intervals as Parquet.")] = None,
    picture_out: Annotated[
        Path | None, typer.Option("--picture", help="The PNG of the place; unless named, beside the JSON or in build/.")
    ] = None,
    without_picture: Annotated[bool, typer.Option("--no-picture", help="Draw no picture of the place.")] = False,
    fps: Annotated[
        float | None, typer.Option("--fps", help="Frames looked at a second; 10 unless the site says.")
    ] = None,
    start: Annotated[str, typer.Option("--start", help="When the recording began, ISO 8601.")] = "1970-01-01T00:00:00Z",
    model: Annotated[str | None, typer.Option("--model", help="Detector: a known name or an ONNX file.")] = None,
    like: LikeFile = None,
    recorded_fps: RecordedFps = None,
    profile: Annotated[bool, typer.Option("--profile", help="Show where the CPU time went.")] = False,
) -> None:
    """Count road users in a recording: who crosses which line which way, who is in which zone."""
    with_picture = not without_picture
    plan, time_zone = _plan(video, site, lines, camera, fps, start, model, with_picture=with_picture)
    plan = replace(plan, like=like, recorded_fps=recorded_fps)
    for path in (json_out, csv_out, parquet_out, picture_out if with_picture else None):
        if path:
            _check_output(path)
    # Only now: where something else is wrong, no folder is left behind.
    picture_out = (picture_out or picture_path(video, json_out)) if with_picture else None
    counted = _count_in_sight(plan)
    report = counted.report
    empty_scene = counted.empty_scene.image if counted.empty_scene else None
    # The screen first: a disk that is full must not cost the numbers of a long run.
    faults = _shown(counted, time_zone, profile=profile)
    writers: tuple[tuple[Path | None, Callable[[Path], None]], ...] = (
        (json_out, lambda path: write_counts_json(report, path)),
        (csv_out, lambda path: write_counts_csv(report, path, time_zone, bom=csv_bom)),
        (parquet_out, lambda path: _write_parquet(report, path)),
        (picture_out, lambda path: _write_picture(report, empty_scene, path, time_zone)),
    )
    faults += [fault for path, write in writers if path and (fault := _written(path, write))]
    if faults:
        raise OutputError("\n".join(faults))
    if not counted.complete:
        raise typer.Exit(PARTIAL)


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


def _write_parquet(report: CountReport, path: Path) -> None:
    # Its library takes a tenth of a second to load, and few ask for it.
    from passerby.tables.counts_parquet import write_counts_parquet

    write_counts_parquet(report, path)


def _write_picture(
    report: CountReport, empty_scene: npt.NDArray[np.uint8] | None, path: Path, time_zone: tzinfo
) -> None:
    # The same holds for drawing, where no picture is wanted.
    from passerby.report.picture import write_summary_png

    write_summary_png(report, empty_scene, path, time_zone)


def _check_output(path: Path) -> None:
    """Refuses before the work what could not be written after it."""
    folder = path.absolute().parent
    if path.is_dir():
        raise OutputError(f"{path}: cannot write a file here, got a folder. Name a file inside it.")
    if not folder.is_dir():
        raise OutputError(f"{path}: there is no folder {folder}. Make it first, or choose one that exists.")
    if not path.exists() and not os.access(folder, os.W_OK):
        raise OutputError(f"{path}: nothing may be written to {folder}. Ask for the right, or choose another folder.")


def _shown(counted: CountResult, time_zone: tzinfo, *, profile: bool) -> list[str]:
    """Prints the tables; returns why they could not be printed."""
    console = Console()
    try:
        print_report(counted.report, console, time_zone)
        console.print(f"Sandbox: {counted.report.isolation}.", highlight=False, markup=False, soft_wrap=True)
        if profile:
            _print_profile(counted, console)
    except BrokenPipeError:
        raise  # the reader, such as `head`, has read enough
    except OSError as error:
        return [f"the table could not be printed whole, got: {error.strerror}. Free some space, or print it elsewhere."]
    return []


def _written(path: Path, write: Callable[[Path], None]) -> str:
    """Writes one file and says so; returns why it could not be written, or nothing."""
    try:
        write(path)
    except OutputError as error:
        return str(error)
    with suppress(OSError):  # that the table could not be printed has been reported
        Console().print(f"Written: {printable(str(path))}", highlight=False, markup=False, soft_wrap=True)
    return ""


def _plan(
    video: Path,
    site: Path | None,
    lines: Path | None,
    camera: str | None,
    fps: float | None,
    start: str,
    model: str | None,
    *,
    with_picture: bool,
) -> tuple[CountPlan, tzinfo]:
    if site and lines:
        raise PasserbyError("--site and --lines were both given: each says where to count. Give one.")
    if camera and not site:
        raise PasserbyError(
            f"--camera: {camera} is looked up in a site file, and none was given. Add --site SITE.yaml."
        )
    loaded = load_site(site) if site else None
    camera_id, keys = _camera(loaded, camera, site) if loaded else (in_nfc(video.stem) or "camera", None)
    places = keys or (load_layout(lines) if lines else DEFAULT_PLACES)
    analysed_fps = fps if fps is not None else (keys.analysed_fps if keys else None) or DEFAULT_FPS
    if not 0.1 <= analysed_fps <= 120:
        raise PasserbyError(f"--fps: between 0.1 and 120 frames a second can be looked at, got {analysed_fps:g}.")
    detector = loaded.detector if loaded else DetectorKeys()
    zone = ZoneInfo(loaded.site.time_zone if loaded else "UTC")
    start_ns = _start_ns(start)
    plan = CountPlan(
        video=video,
        camera_id=camera_id,
        layout=layout_of(places),
        analysed_fps=analysed_fps,
        start_ns=start_ns,
        report_s=loaded.intervals.report_s if loaded else 900,
        clock=SiteClock.of(zone, start_ns // NS_PER_S - DAY_S, start_ns // NS_PER_S + LONGEST_S),
        detector=DetectorPlan(model or detector.model, detector.start_confidence, detector.keep_confidence),
        closer_areas=_areas(keys.look_closer) if keys else (),
        masks=_areas(keys.masks) if keys else (),
        with_picture=with_picture,
    )
    return plan, zone if loaded else UTC


def _areas(polygons: Sequence[Sequence[Sequence[float]]]) -> tuple[npt.NDArray[np.float32], ...]:
    return tuple(np.array(polygon, np.float32) for polygon in polygons)


def _camera(site: Site, wanted: str | None, path: Path | None) -> tuple[str, CameraKeys]:
    if wanted is None and len(site.cameras) == 1:
        return next(iter(site.cameras.items()))
    if wanted is None:
        raise PasserbyError(
            f"{path}: there are {len(site.cameras)} cameras. Name one: --camera {next(iter(site.cameras))}"
        )
    if wanted not in site.cameras:
        raise PasserbyError(f"{path}: there is no camera {wanted}. There are {', '.join(site.cameras)}.")
    return wanted, site.cameras[wanted]


def _start_ns(start: str) -> int:
    try:
        moment = datetime.fromisoformat(start)
    except ValueError:
        raise PasserbyError(f"--start: a time like 2026-05-01T08:00:00+02:00 is needed, got {start!r}.") from None
    if moment.tzinfo is None:
        raise PasserbyError(f"--start: the time zone is missing in {start!r}. Write {start}Z for UTC, or +02:00.")
    if not 1900 <= moment.year < 2200:
        raise PasserbyError(f"--start: a time between 1900 and 2200 is needed, got {start!r}.")
    since_epoch = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return ((since_epoch.days * DAY_S + since_epoch.seconds) * 1_000_000 + since_epoch.microseconds) * 1_000


def _count_in_sight(plan: CountPlan) -> CountResult:
    """Counts with a progress bar on the terminal's error stream."""
    began_s = time.monotonic()
    with _bar() as bar:
        task = bar.add_task(escape(printable(plan.video.name)), total=None, rate="")

        def show(step: Step) -> None:
            rate = step.frames / max(time.monotonic() - began_s, 1e-6)
            bar.update(task, total=step.duration_s, completed=step.done_s, rate=f"{rate:.0f} frames/s")

        return count_in_sandbox(plan, show)


@contextmanager
def _bar() -> Iterator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=4) as bar:
        yield bar


def _print_profile(counted: CountResult, console: Console) -> None:
    frames = max(counted.report.frames_analysed, 1)
    for stage, cpu_s in sorted(counted.stage_cpu_s.items(), key=lambda row: -row[1]):
        console.print(f"{stage:10} {cpu_s:8.2f} s CPU {1000 * cpu_s / frames:7.2f} ms a frame", highlight=False)
