"""`passerby replay`: holds a recording against a camera's place-safety rules, and prints the events of it."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from passerby.cli.options import AnalysedFps, AsJson, CameraName, LikeFile, ModelName, RecordedFps, StartTime
from passerby.cli.recordings.event_texts import EventTexts
from passerby.cli.recordings.plans import progress_bar, recording_plan
from passerby.config.validation import suggestion
from passerby.domain.errors import PasserbyError
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.events.subjects import Unwatched
from passerby.events.wording import span
from passerby.messages.sandbox_orders import CountPlan
from passerby.recordings.replay import Replay, replay_in_sandbox, watchable
from passerby.tables.events_json import events_document
from passerby.text import percent, printable

PARTIAL = 3
"""Exit code of a run that replayed what could be read, and lost some."""


def replay(
    video: Annotated[Path, typer.Argument(help="The recording, in any container that FFmpeg reads.")],
    site: Annotated[Path, typer.Option("--site", help="Site file with the camera's places and rules.")],
    camera: CameraName = None,
    events: Annotated[bool, typer.Option("--events", help="Print the place-safety events of its rules.")] = False,
    as_json: AsJson = False,
    profile: Annotated[
        list[str] | None, typer.Option("--profile", help="Switch this profile on, and all that are not named off.")
    ] = None,
    start: StartTime = None,
    fps: AnalysedFps = None,
    model: ModelName = None,
    like: LikeFile = None,
    recorded_fps: RecordedFps = None,
) -> None:
    """Replay a recording against a camera's rules, and print the events that they would have raised."""
    if not events:
        raise PasserbyError("say what is to be printed: --events, the place-safety events of the camera's rules.")
    planned = recording_plan((video,), site, None, camera, fps, start, model, with_rules=True)
    start_known = planned.plan.start_ns != 0
    plan = replace(
        planned.plan, like=like, recorded_fps=recorded_fps, switched_on=_switched_on(planned.plan, profile, site)
    )
    plan, unwatched = watchable(plan, start_known=start_known)
    if not plan.rules:
        raise PasserbyError(_nothing_to_watch(plan.camera_id, unwatched, site))
    shown_zone, console = planned.zone if start_known else None, Console(file=sys.stdout)
    texts = EventTexts(plan.rules, plan.start_ns, shown_zone)
    if not as_json:
        _print_beginning(plan, unwatched, console, planned.start_note, start_known=start_known)
    found = _replayed(plan, texts, console, silent=as_json)
    report = found.counted.report
    if as_json:
        names, left_out = [rule.name for rule in plan.rules], {each.rule: each.why for each in unwatched}
        typer.echo(json.dumps(events_document(report, found.events, names, left_out, shown_zone), indent=2))
    else:
        _print_end(found, texts, console)
    if not found.counted.complete:
        raise typer.Exit(PARTIAL)


def _switched_on(plan: CountPlan, names: list[str] | None, site: Path) -> frozenset[str] | None:
    known = [each.name for each in plan.profiles]
    for name in names or ():
        if name not in known:
            raise PasserbyError(f"--profile: {site} has no profile {printable(name)}. {suggestion(name, known)}")
    return frozenset(names) if names else None


def _replayed(plan: CountPlan, texts: EventTexts, console: Console, *, silent: bool) -> Replay:
    """Replays with a progress bar, and prints each event as it is raised, suspended and closed."""
    states: dict[str, EventState] = {}
    with progress_bar(plan) as (show, bar_console):
        # Where both are the same terminal, only the bar's own console prints above the bar.
        out = bar_console if console.is_terminal and bar_console.is_terminal else console

        def on_event(event: PlaceEvent) -> None:
            if not silent and states.get(event.event_id) is not event.state:
                out.print(texts.line(event), highlight=False, soft_wrap=True)
            states[event.event_id] = event.state

        return replay_in_sandbox(plan, show, on_event)


def _nothing_to_watch(camera: str, unwatched: tuple[Unwatched, ...], site: Path) -> str:
    if not unwatched:
        return f"{site}: camera {camera} has no rules. Add them under cameras.{camera}.rules."
    why = "; ".join(f"{each.rule}: {each.why}" for each in unwatched)
    return f"{site}: no rule of camera {camera} can be watched. {printable(why)}."


def _print_beginning(
    plan: CountPlan, unwatched: tuple[Unwatched, ...], console: Console, start_note: str, *, start_known: bool
) -> None:
    """Prints which rules are watched, and which are not."""
    names = ", ".join(printable(rule.name) for rule in plan.rules)
    console.print(f"Watched: {escape(names)}.", highlight=False, soft_wrap=True)
    for each in unwatched:
        text = escape(printable(f"{each.rule}: {each.why}"))
        console.print(f"[yellow]Not watched:[/] {text}.", highlight=False, soft_wrap=True)
    if not start_known:
        note = "When the recording began is not known (--start): times count from its start, and hours are not kept."
        console.print(note, highlight=False, soft_wrap=True)
    elif start_note:
        console.print(f"Note: {start_note}.", highlight=False, markup=False, soft_wrap=True)


def _print_end(found: Replay, texts: EventTexts, console: Console) -> None:
    """Prints all events in a table, what was lost, and how far the process was isolated."""
    console.print(texts.table(found.events) if found.events else "No rule raised an event.", highlight=False)
    for event in found.events:
        if event.state is not EventState.CLOSED:
            console.print(texts.line(event, "not closed"), highlight=False, soft_wrap=True)
    report = found.counted.report
    for loss in report.losses:
        console.print(printable(loss), highlight=False, markup=False, soft_wrap=True)
    counted = "1 event" if len(found.events) == 1 else f"{len(found.events)} events"
    watched = f"{counted} in {span(report.duration_s)}, {percent(report.coverage)} of them watched."
    console.print(f"{watched} Sandbox: {report.isolation}.", highlight=False, markup=False, soft_wrap=True)
