"""`passerby validate`: compares a count by hand of a recording with passerby's own, and keeps it for other counts."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from passerby.cli.options import AnalysedFps, CameraName, LikeFile, ModelName, RecordedFps, StartTime
from passerby.cli.recordings.outputs import check_apart
from passerby.cli.recordings.plans import PlannedRecording, progress_bar, recording_plan
from passerby.domain.count_accuracy import Accuracy, accuracies_of
from passerby.domain.errors import PasserbyError
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MIN_COVERAGE, CountedMinute, MinutePair, line_version, paired_minutes
from passerby.domain.layout import Line
from passerby.domain.observations import Observation, Quantity
from passerby.domain.report import CountReport
from passerby.domain.road_user import RoadUser, compared_with
from passerby.recordings.count import count_in_sandbox
from passerby.report.wording import many
from passerby.tables.tally_csv import Tallied, Tally, TallyOf, read_tally
from passerby.tables.validation_json import Stretch, read_validation, with_stretch, write_validation
from passerby.text import percent, printable, quoted
from passerby.units import MINUTE_S, NS_PER_S

OUT: Final = Path("validation.json")


def validate(
    video: Annotated[Path, typer.Argument(help="The recording that was counted by hand.")],
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
) -> None:
    """Compare a count by hand of a recording with passerby's own: how far off it is, and how sure its numbers are."""
    planned = recording_plan((video,), site, lines, camera, fps, start, model)
    # Minutes of the recording, not of the clock: of the first one all was counted, too.
    plan = replace(planned.plan, like=like, recorded_fps=recorded_fps, report_s=MINUTE_S, start_ns=0)
    counted_at = _line(planned, line)
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
    write_validation(
        with_stretch(before, Stretch(video.name, line, line_version(plan, counted_at, plan.detector.model), pairs)), out
    )
    _print(counted_at, accuracies_of(pairs, road_users), pairs, out)


def _line(planned: PlannedRecording, name: str) -> Line:
    for one in planned.plan.layout.lines:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in planned.plan.layout.lines) or "none"
    raise PasserbyError(f"--line: there is no line {quoted(name)}. There are: {printable(names)}.")


def _classes(line: Line, given: list[str] | None, tally: Tally, path: Path) -> tuple[RoadUser, ...]:
    """The classes that were counted: of these, none seen is a zero."""
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
    return tuple(sorted(compared_with({known[word] for word in given} if given else found)))


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
