"""`passerby status`: what runs, and how the cameras are."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from passerby.cli.options import DataFolder
from passerby.config.texts.site_storage import folder_of
from passerby.domain.health import CameraState
from passerby.engine.service_folder import FRESH_S, ServiceFolder, read_status, status_age_s, supervisor
from passerby.units import DAY_S, HOUR_S

_STYLES = {
    CameraState.ONLINE.value: "green",
    CameraState.CONNECTING.value: "yellow",
    CameraState.PAUSED.value: "yellow",
}


def status(
    site: Annotated[Path | None, typer.Argument(help="The site file; or name the data folder with --data.")] = None,
    data: DataFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Show what runs and how the cameras are; exit code 1 when nothing runs."""
    folder = folder_of(site, data)
    found = read_status(folder)
    age_s = status_age_s(found)
    running = age_s is not None and age_s < FRESH_S
    if as_json:
        typer.echo(json.dumps({"running": running, "age_s": age_s, **(found or {})}, indent=2))
    else:
        _show_status(folder, found or {}, age_s, running=running)
    if not running:
        raise typer.Exit(1)


def _show_status(folder: ServiceFolder, found: Mapping[str, Any], age_s: float | None, *, running: bool) -> None:
    console = Console(highlight=False)
    if not running:
        console.print(Text("Not running.", style="bold red"))
        console.print(_why_not(folder, age_s), markup=False, soft_wrap=True)
    else:
        console.print(Text("Running.", style="bold green"))
    if found.get("problem"):
        console.print(Text.assemble(("The site file does not run as it is: ", "yellow"), str(found["problem"])))
    processes, cameras = _rows(found.get("processes")), _rows(found.get("cameras"))
    if processes:
        table = Table("process", "pid", "restarts", "since", "why it is away", title="Processes", title_justify="left")
        for row in processes:
            here = row.get("pid") is not None
            style = "dim" if not running else "" if here else "bold red"
            cells = (row.get("name"), row.get("pid") or "away", row.get("restarts"), _moment(row.get("since_ns")))
            table.add_row(*(_cell(cell) for cell in (*cells, row.get("why"))), style=style)
        console.print(table)
    if cameras:
        table = Table("camera", "state", "since", "why", title="Cameras", title_justify="left")
        for row in cameras:
            state = str(row.get("state"))
            style = "dim" if not running else _STYLES.get(state, "bold red")
            table.add_row(
                _cell(row.get("camera")), Text(state, style), _cell(_moment(row.get("since_ns"))), _cell(row.get("why"))
            )
        console.print(table)
    if found.get("store_fault"):
        console.print(Text.assemble(("The store does not answer: ", "yellow"), str(found["store_fault"])))
    recipients = found.get("recipients")
    for line in recipients if isinstance(recipients, list) else ():
        console.print(Text.assemble(("Recipient ", "yellow"), str(line)))
    burden = found.get("burden")
    for sentence in burden if isinstance(burden, list) else ():
        console.print(Text.assemble(("Too many alarms: ", "yellow"), str(sentence)))
    if "outbox_rows" in found:
        console.print(f"{found['outbox_rows']} results wait to be stored.", markup=False)


def _why_not(folder: ServiceFolder, age_s: float | None) -> str:
    if age_s is None:
        return f"Nothing runs on {folder.path}. Is this the right folder? `passerby run SITE.yaml` starts one."
    number = supervisor(folder)
    if number is not None:
        return f"Process {number} is there, but has reported nothing for {age_s:.0f} s. What follows is old."
    return f"The last status of {folder.path} is {_length(age_s)} old. What follows was so then."


def _rows(value: object) -> list[Mapping[str, Any]]:
    """Returns the rows of one kind in a status; another version of passerby may have written it."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _cell(value: object) -> Text:
    return Text("" if value is None else str(value))


def _moment(time_ns: object) -> str:
    """UTC nanoseconds as a time of this machine's own zone."""
    if isinstance(time_ns, bool) or not isinstance(time_ns, (int, float)):
        return ""
    try:
        return datetime.fromtimestamp(time_ns / 1e9, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return ""


def _length(age_s: float) -> str:
    if age_s < 120:
        return f"{age_s:.0f} s"
    if age_s < 7200:
        return f"{age_s / 60:.0f} min"
    return f"{age_s / HOUR_S:.0f} h" if age_s < 2 * DAY_S else f"{age_s / DAY_S:.0f} days"
