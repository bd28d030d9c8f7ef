"""The plan of a count, made from what the command line and a site file say; and its progress on the screen."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from passerby.config.events.rules import profiles_of, rules_of
from passerby.config.loader import layout_of, load_layout, load_site
from passerby.config.rules.warnings import layout_warnings
from passerby.config.site import CameraKeys, DetectorKeys, LayoutKeys, Site
from passerby.domain.errors import PasserbyError, SourceError
from passerby.domain.intervals import SiteClock
from passerby.domain.progress import Progress as Step
from passerby.domain.service import DetectorPlan
from passerby.messages.sandbox_messages import RecordingHeader
from passerby.messages.sandbox_orders import DEFAULT_FPS, CountPlan, RecordingPart
from passerby.recordings.headers import headers_in_sandbox
from passerby.recordings.sequence import in_order, recordings_in
from passerby.recordings.start_times import start_of
from passerby.text import in_nfc, printable
from passerby.units import DAY_S, MINUTE_S, NS_PER_S, QUARTER_S

LONGEST_S = 400 * DAY_S
"""No recording lasts longer: the changes of the site's clock until then go along with the plan."""

MAX_ONE_BY_ONE = 20_000
"""A year of half-hours; more are rather a wrong folder."""

HEADERS_AT_ONCE = 100

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


@dataclass(frozen=True, slots=True)
class PlannedRecording:
    """What is to be counted in a recording.

    Attributes:
        plan: the plan; its `start_ns` is 0 where it is not known when the recording began.
        zone: the zone that its times are shown in.
        site: the site's name; None without a site file.
        start_note: where its time is from, a sentence without its full stop; empty where the user says it.
        notes: what to think about beside the numbers, one such sentence each, `start_note` among them.
    """

    plan: CountPlan
    zone: tzinfo
    site: str | None
    start_note: str
    notes: tuple[str, ...]


def recording_plan(
    videos: Sequence[Path],
    site: Path | None,
    lines: Path | None,
    camera: str | None,
    fps: float | None,
    start: str | None,
    model: str | None,
    *,
    interval_min: int | None = None,
    with_picture: bool = False,
    with_rules: bool = False,
) -> PlannedRecording:
    """Returns what to count in a recording.

    Args:
        videos: the recording, or several of one camera, or folders of them; none for the file that is the camera's
            source.
        site, camera: a site file, and which of its cameras it is.
        lines: a lines file, in place of a site file.
        fps: frames looked at a second; None for what the site says.
        start: when the recording began, ISO 8601, in the site's time zone where it has no offset; None for what the
            recording's metadata or its name say.
        model: the detector; None for what the site says.
        interval_min: length of the reported intervals, in minutes; None for what the site says.
        with_picture: learn the empty place.
        with_rules: watch the camera's place-safety rules.

    Raises:
        PasserbyError: what is wrong with any of them.
    """
    if site and lines:
        raise PasserbyError("--site and --lines were both given: each says where to count. Give one.")
    if camera and not site:
        raise PasserbyError(
            f"--camera: {camera} is looked up in a site file, and none was given. Add --site SITE.yaml."
        )
    loaded = load_site(site) if site else None
    camera_id, keys = camera_of(loaded, camera, site) if loaded else ("", None)
    found = recordings_in(videos or [_own_recording(camera_id, keys, site)])
    places = keys or (load_layout(lines) if lines else DEFAULT_PLACES)
    analysed_fps = fps if fps is not None else (keys.analysed_fps if keys else None) or DEFAULT_FPS
    if not 0.1 <= analysed_fps <= 120:
        raise PasserbyError(f"--fps: between 0.1 and 120 frames a second can be looked at, got {analysed_fps:g}.")
    report_s = _report_s(interval_min, loaded)
    detector = loaded.detector if loaded else DetectorKeys()
    zone = ZoneInfo(loaded.site.time_zone if loaded else "UTC")
    parts, notes, start_note = _placed(found, start, zone if loaded else None)
    # The first in time: the order of the command's words says nothing.
    video, start_ns = parts[0].video, parts[0].start_ns
    plan = CountPlan(
        video=video,
        camera_id=camera_id or in_nfc(video.stem) or "camera",
        layout=layout_of(places),
        analysed_fps=analysed_fps,
        start_ns=start_ns,
        report_s=report_s,
        clock=_clock(zone, start_ns),
        detector=DetectorPlan(model or detector.model, *detector.limits),
        closer_areas=_areas(keys.look_closer) if keys else (),
        masks=_areas(keys.masks) if keys else (),
        with_picture=with_picture,
        then=parts[1:],
    )
    if with_rules and loaded and keys:
        plan = replace(plan, rules=rules_of(keys.rules, plan.layout.lines), profiles=profiles_of(loaded.profiles))
    notes = (*layout_warnings(plan.layout), *notes)
    return PlannedRecording(plan, zone if loaded else UTC, site_name(loaded), start_note, notes)


def plans_one_by_one(
    videos: Sequence[Path],
    site: Path | None,
    lines: Path | None,
    camera: str | None,
    fps: float | None,
    model: str | None,
    *,
    interval_min: int | None = None,
) -> tuple[tuple[PlannedRecording, float], ...]:
    """Returns what to count in each of many recordings, each by itself, and how long it claims to be, in seconds.

    Each plan is the one that `recording_plan` makes of the recording alone. The arguments are the same.

    Raises:
        PasserbyError: what is wrong with any of them; a recording that cannot be read is left to its count.
    """
    named = recordings_in(videos, max_count=MAX_ONE_BY_ONE)
    first = recording_plan(named[:1], site, lines, camera, fps, None, model, interval_min=interval_min)
    return tuple(
        (_of_one(first, video, header, site is not None), header.duration_s if header else 0.0)
        for video, header in zip(named, _headers(named), strict=True)
    )


def _of_one(first: PlannedRecording, video: Path, header: RecordingHeader | None, of_site: bool) -> PlannedRecording:
    """Returns what to count in a recording as in the first one; the camera of a site has the name that it has there."""
    zone = first.zone if isinstance(first.zone, ZoneInfo) else None
    began = start_of(video.name, None, zone, header)
    start_ns = began.start_ns or 0
    plan = replace(
        first.plan, video=video, start_ns=start_ns, clock=_clock(zone or ZoneInfo("UTC"), start_ns),
        camera_id=first.plan.camera_id if of_site else in_nfc(video.stem) or "camera",
    )  # fmt: skip
    notes = (*layout_warnings(first.plan.layout), *((began.note,) if began.note else ()))
    return replace(first, plan=plan, start_note=began.note, notes=notes)


def _headers(videos: Sequence[Path]) -> list[RecordingHeader | None]:
    """What each recording says of itself; None for one that cannot be read."""
    found: list[RecordingHeader | None] = []
    for begin in range(0, len(videos), HEADERS_AT_ONCE):
        some = videos[begin : begin + HEADERS_AT_ONCE]
        try:
            found += headers_in_sandbox(some)
        except SourceError:
            found += map(_header, some)
    return found


def _clock(zone: ZoneInfo, start_ns: int) -> SiteClock:
    return SiteClock.of(zone, start_ns // NS_PER_S - DAY_S, start_ns // NS_PER_S + LONGEST_S)


def _placed(
    videos: Sequence[Path], start: str | None, zone: ZoneInfo | None
) -> tuple[tuple[RecordingPart, ...], tuple[str, ...], str]:
    """The recordings in order of time, the notes on that, and where the time of a single one is from."""
    if len(videos) > 1:
        if start is not None:
            raise PasserbyError(
                f"--start: it says when one recording began, and there are {len(videos)}, which are placed by their "
                "metadata or names. Leave it out, or count one."
            )
        sequence = in_order(videos, zone)
        return sequence.parts, sequence.notes, ""
    header = _header(videos[0]) if start is None else None
    began = start_of(videos[0].name, start, zone, header)
    notes = (began.note,) if began.note else ()
    return (RecordingPart(videos[0], began.start_ns or 0),), notes, began.note


def _report_s(interval_min: int | None, site: Site | None) -> int:
    """Length of the reported intervals, in seconds."""
    if interval_min is None:
        return site.intervals.report_s if site else QUARTER_S
    if interval_min < 1 or DAY_S % (interval_min * MINUTE_S):
        raise PasserbyError(
            f"--interval: a number of minutes of which a day is a whole number is needed, such as 5, 15 or 60, got "
            f"{interval_min}."
        )
    return interval_min * MINUTE_S


def site_name(site: Site | None) -> str | None:
    """Returns the site's name, where the file gives it one."""
    return site.site.name if site and "name" in site.site.model_fields_set else None


def _header(video: Path) -> RecordingHeader | None:
    """What a recording says of itself; None where it cannot be read, which the count itself then reports."""
    if not video.is_file():
        return None
    try:
        return headers_in_sandbox([video])[0]
    except SourceError:
        return None


def _areas(polygons: Sequence[Sequence[Sequence[float]]]) -> tuple[npt.NDArray[np.float32], ...]:
    return tuple(np.array(polygon, np.float32) for polygon in polygons)


def camera_of(site: Site, wanted: str | None, path: Path | None) -> tuple[str, CameraKeys]:
    """Returns a camera of a site file by its name; None for its only one.

    Raises:
        PasserbyError: there is none of that name, or several and none was named.
    """
    if not site.cameras:
        raise PasserbyError(f"{path}: there is no camera in it. Add one with its lines, or leave --site out")
    if wanted is None and len(site.cameras) == 1:
        return next(iter(site.cameras.items()))
    if wanted is None:
        raise PasserbyError(
            f"{path}: there are {len(site.cameras)} cameras. Name one: --camera {next(iter(site.cameras))}"
        )
    if wanted not in site.cameras:
        raise PasserbyError(f"{path}: there is no camera {wanted}. There are {', '.join(site.cameras)}.")
    return wanted, site.cameras[wanted]


def _own_recording(camera_id: str, keys: CameraKeys | None, site: Path | None) -> Path:
    """The file that is a camera's source, counted from the site file's folder."""
    file = keys.source.file if keys and keys.source else None
    if file is None or site is None:
        which = f"camera {camera_id} of {site} has no source.file" if site else "no site file names one"
        raise PasserbyError(f"VIDEO: which recording is to be read? {which}. Name the recording.")
    return site.parent / file


@contextmanager
def progress_bar(plan: CountPlan) -> Iterator[tuple[Callable[[Step], None], Console]]:
    """Gives what shows each step on a bar, and the console that the bar is on: the terminal's error stream."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    began_s, console = time.monotonic(), Console(stderr=True)
    with Progress(*columns, console=console, transient=True, refresh_per_second=4) as bar:
        task = bar.add_task(escape(printable(plan.video.name)), total=None, rate="")

        def show(step: Step) -> None:
            rate = step.frames / max(time.monotonic() - began_s, 1e-6)
            bar.update(task, total=step.duration_s, completed=step.done_s, rate=f"{rate:.0f} frames/s")

        yield show, console
