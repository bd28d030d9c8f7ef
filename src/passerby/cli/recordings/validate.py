"""`passerby validate`: compares a count by hand with passerby's own, keeps it, and sends it to a service."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from passerby.admin.extras import check_modules
from passerby.cli.options import AnalysedFps, CameraName, LikeFile, ModelName, RecordedFps, StartTime
from passerby.cli.recordings.outputs import check_apart
from passerby.cli.recordings.plans import PlannedRecording, camera_of, progress_bar, recording_plan, site_name
from passerby.config.loader import layout_of, load_site
from passerby.domain.count_accuracy import Accuracy, accuracies_of
from passerby.domain.errors import PasserbyError
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MIN_COVERAGE, CountedMinute, MinutePair, line_version, paired_minutes
from passerby.domain.layout import Layout, Line
from passerby.domain.observations import Observation, Quantity
from passerby.domain.report import CountReport
from passerby.domain.road_user import RoadUser, compared_with
from passerby.recordings.count import count_in_sandbox
from passerby.recordings.start_times import given_time
from passerby.recordings.validations.requests import RECORDINGS, TALLIES, CountedAt, recording_body, tally_body
from passerby.report.wording import many
from passerby.tables.tally_csv import Tallied, Tally, TallyOf, read_tally
from passerby.tables.validation_json import Stretch, read_validation, with_stretch, write_validation
from passerby.text import percent, printable, quoted
from passerby.units import MINUTE_S, NS_PER_S

if TYPE_CHECKING:
    from passerby.recordings.validations.service_client import RunningService

OUT: Final = Path("validation.json")

_WHERE_AND_WHEN: Final = (
    "--to: of a live camera the service has to know where and when was counted. Give --site SITE.yaml, --from and "
    "--until; or name the recording that was counted."
)


def validate(
    video: Annotated[
        Path | None,
        typer.Argument(help="The recording that was counted by hand; with --to none, where a live camera was."),
    ] = None,
    *,
    line: Annotated[str, typer.Option("--line", help="The line that was counted at.")],
    tally: Annotated[
        Path,
        typer.Option("--tally", help="CSV of time, road_user, direction: a row a crossing; with count a row a minute."),
    ],
    site: Annotated[Path | None, typer.Option("--site", help="Site file with the camera's lines and zones.")] = None,
    lines: Annotated[Path | None, typer.Option("--lines", help="File with lines and zones alone.")] = None,
    camera: CameraName = None,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", help="A class that was counted; may be repeated. Else those of the tally."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", help="File that it is added to, for the --validation of passerby count.")
    ] = OUT,
    fps: AnalysedFps = None,
    start: StartTime = None,
    model: ModelName = None,
    like: LikeFile = None,
    recorded_fps: RecordedFps = None,
    to: Annotated[
        str | None,
        typer.Option("--to", help="Send it to the service at this address, such as https://count.example.org."),
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option("--token-file", help="A file with the API token for --to; else PASSERBY_TOKEN.")
    ] = None,
    ca: Annotated[
        Path | None, typer.Option("--ca", help="Certificates that the service's is checked against; else the system's.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Of a live camera: from when was counted, by the site's clock.")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", help="Of a live camera: until when.")] = None,
) -> None:
    """Compare a count by hand with passerby's own: how far off it is, and how sure its numbers are."""
    service = _service(to, token_file, ca)
    if video is None:
        if service is None:
            raise PasserbyError(
                "what was counted by hand? Name the recording; or, of a running service's camera, give --to URL with "
                "--from and --until."
            )
        others = {"--lines": lines, "--fps": fps, "--start": start, "--model": model, "--like": like}
        _send_tally(service, (site, camera, line), tally, classes, (since, until), others)
        return
    if since is not None or until is not None:
        raise PasserbyError(
            f"--from, --until: these are of a live camera, and {video} was given. Leave one of them out."
        )
    planned = recording_plan((video,), site, lines, camera, fps, start, model)
    # Minutes of the recording, not of the clock: of the first one all was counted, too.
    plan = replace(planned.plan, like=like, recorded_fps=recorded_fps, report_s=MINUTE_S, start_ns=0)
    counted_at = _line(planned.plan.layout, line)
    if service is not None:
        _check_sendable(planned, site)
    check_apart([out], [path for path in (video, tally, site, lines, like) if path])
    before = read_validation(out) if out.exists() else ()
    # Read before the count, so that what is wrong with it is said at once; the recording's length is known after it.
    of = TallyOf(counted_at, float("inf"), planned.plan.start_ns, planned.zone)
    road_users = _classes(counted_at, classes, read_tally(tally, of), tally)
    with progress_bar(plan) as (show, _):
        report = count_in_sandbox(plan, show).report
    by_hand = read_tally(tally, replace(of, duration_s=report.duration_s))
    pairs = _pairs(report, by_hand, line, road_users)
    if not pairs:
        raise PasserbyError(
            f"{video}: no minute of it was watched whole, so there is nothing to compare. Look at what passerby count "
            "says was lost."
        )
    version = line_version(plan, counted_at, plan.detector.model)
    write_validation(with_stretch(before, Stretch(video.name, line, version, pairs)), out)
    _print(counted_at, accuracies_of(pairs, road_users), pairs, out)
    if service is not None:
        counted = CountedAt(planned.site, plan.camera_id, counted_at.name, road_users)
        _send(service, RECORDINGS, recording_body(counted, version, planned.plan.start_ns, pairs))


def _service(to: str | None, token_file: Path | None, ca: Path | None) -> "RunningService | None":
    if to is None:
        if token_file or ca:
            raise PasserbyError("--token-file, --ca: these are for a service. Say with --to where it is.")
        return None
    check_modules("service", ("httpx",))
    from passerby.recordings.validations.service_client import running_service

    return running_service(to, token_file, ca)


def _check_sendable(planned: PlannedRecording, site: Path | None) -> None:
    """What a service needs to know of a recording, before it is counted for nothing."""
    if site is None:
        raise PasserbyError(
            "--to: the service has to know which camera was counted. Give its own site file: --site SITE.yaml --camera "
            "NAME."
        )
    if not planned.plan.start_ns:
        raise PasserbyError(
            "--to: it is not known when the recording began, and a service keeps counts by hand by their time. Give "
            "--start."
        )


def _send_tally(
    service: "RunningService",
    where: tuple[Path | None, str | None, str],
    tally: Path,
    classes: list[str] | None,
    times: tuple[str | None, str | None],
    others: Mapping[str, object],
) -> None:
    """Sends what was counted at a live camera; the service compares it with its own minutes."""
    site, camera, name = where
    if given := [option for option, value in others.items() if value is not None]:
        raise PasserbyError(f"{', '.join(given)}: of recordings alone, and none was given. Leave it out.")
    if site is None or None in times:
        raise PasserbyError(_WHERE_AND_WHEN)
    loaded = load_site(site)
    camera_id, keys = camera_of(loaded, camera, site)
    line, zone = _line(layout_of(keys), name), ZoneInfo(loaded.site.time_zone)
    start_ns, end_ns = (
        round(given_time(text or "", zone, option).timestamp()) * NS_PER_S
        for text, option in zip(times, ("--from", "--until"), strict=True)
    )
    counted = read_tally(tally, TallyOf(line, (end_ns - start_ns) / NS_PER_S, start_ns, zone, "time counted"))
    road_users = tuple(sorted(_named_classes(line, classes, counted, tally)))
    at = CountedAt(site_name(loaded), camera_id, line.name, road_users)
    _send(service, TALLIES, tally_body(at, counted, start_ns, end_ns))


def _send(service: "RunningService", path: str, body: Mapping[str, Any]) -> None:
    row = service.post(path, body)
    state, why = str(row.get("state")), str(row.get("why") or "")
    then = {
        "compared": "It counts from now on.",
        "waiting": "It is compared once the service's own minutes are complete, two and a half minutes after its end.",
    }.get(state, f"It does not count. {why}")
    Console().print(
        printable(f"Sent to {service.address}, where its number is {row.get('id')} and its state {state}. {then}"),
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip


def _line(layout: Layout, name: str) -> Line:
    for one in layout.lines:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in layout.lines) or "none"
    raise PasserbyError(f"--line: there is no line {quoted(name)}. There are: {printable(names)}.")


def _classes(line: Line, given: list[str] | None, tally: Tally, path: Path) -> tuple[RoadUser, ...]:
    """The classes that are compared: of these, none seen is a zero."""
    return tuple(sorted(compared_with(_named_classes(line, given, tally, path))))


def _named_classes(line: Line, given: list[str] | None, tally: Tally, path: Path) -> set[RoadUser]:
    """The classes that were counted by hand."""
    known = {user.label: user for user in line.road_users}
    for word in given or ():
        if word not in known:
            raise PasserbyError(
                f"--class: {line.name} counts {', '.join(sorted(known))}, got {quoted(word)}. Name one of these."
            )
    found = {row.road_user for row in tally.rows}
    if given and not found.issubset({known[word] for word in given}):
        others = ", ".join(sorted(user.label for user in found - {known[word] for word in given}))
        raise PasserbyError(
            f"{path}: it has {others} too, and --class does not name them. Name all classes that were counted."
        )
    if not found and not given:
        raise PasserbyError(f"{path}: it has no row. If no one crossed, say with --class which classes were counted.")
    return {known[word] for word in given} if given else found


def _pairs(report: CountReport, tally: Tally, line: str, road_users: tuple[RoadUser, ...]) -> tuple[MinutePair, ...]:
    """Both counts, minute by minute of the recording; the last one by the part of a minute that it has."""
    rows = [row for row in report.observations if row.quantity is Quantity.FLOW and row.series == line]
    by_system = [
        CountedMinute(row.start_ns // NS_PER_S, row.road_user, Direction(row.direction), round(row.value))
        for row in rows
        if row.road_user in road_users and row.road_user is not None and row.direction is not None
        and row.value is not None and _watched(row, report) >= MIN_COVERAGE
    ]  # fmt: skip
    by_hand = [CountedMinute(_minute_s(row), row.road_user, row.direction, row.count) for row in tally.rows]
    if tally.by_minute:
        # A minute that has no row was not counted; one of which none crossed has a row with 0.
        counted = {_minute_s(row) for row in tally.rows}
        by_system = [one for one in by_system if one.start_s in counted]
    return paired_minutes(by_hand, by_system)


def _minute_s(row: Tallied) -> int:
    return int(row.in_recording_s // MINUTE_S) * MINUTE_S


def _watched(row: Observation, report: CountReport) -> float:
    """Share of the part of a minute that lies in the recording, 0-1, that was watched."""
    inside_s = min(report.duration_s - row.start_ns / NS_PER_S, row.length_s)
    return row.coverage * row.length_s / inside_s if inside_s > 0 else 0.0


def _print(line: Line, found: tuple[Accuracy, ...], pairs: tuple[MinutePair, ...], out: Path) -> None:
    console = Console()
    minutes = len({pair.start_s for pair in pairs})
    sentences = [f"{line.name}: {minutes} minute{'s' if minutes != 1 else ''} compared."]
    sentences += [_sentence(one, one.road_user) for one in found if one.direction is None and one.road_user is not None]
    sentences.append(
        f"Written: {out}. passerby count --validation {out} uses it for this line as it is counted now; another place, "
        "mask, rate or detector is another instrument."
    )
    for sentence in sentences:
        console.print(printable(sentence), highlight=False, markup=False, soft_wrap=True)


def _sentence(one: Accuracy, road_user: RoadUser) -> str:
    counted = f"Of {one.by_hand} {many(road_user)} that were counted by hand, passerby counted {one.by_system}"
    error = one.error
    if error is None:
        return f"{counted}. Under 20 is not measured; 100 are needed for a narrow interval."
    fifty = one.true_crossings(50)
    return (
        f"{counted}: {_share(error.value)}, between {_share(error.low)} and {_share(error.high)} (95 %). "
        f"Where it counts 50, the truth is between {fifty.low:.0f} and {fifty.high:.0f}."
    )


def _share(error: float) -> str:
    if round(100 * error) == 0:
        return "none too few or many"
    return f"{percent(abs(error))} too {'few' if error < 0 else 'many'}"
