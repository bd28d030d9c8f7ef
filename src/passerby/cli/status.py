"""`passerby status`: what runs, and how the cameras are."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from passerby.cli.hints import filled, keep_site
from passerby.cli.options import DataFolder
from passerby.config.loader import time_zone_in
from passerby.config.texts.site_storage import applied_file, folder_of
from passerby.domain.errors import SiteFileError
from passerby.domain.health import CameraState
from passerby.engine.service_folder import FRESH_S, ServiceFolder, read_status, status_age_s, supervisor
from passerby.text import utc_time
from passerby.units import DAY_S, HOUR_S, NS_PER_S

_STYLES = {
    CameraState.ONLINE.value: "green",
    CameraState.CONNECTING.value: "yellow",
    CameraState.PAUSED.value: "yellow",
}


def status(
    site: Annotated[
        Path | None, typer.Argument(help="The site file; or name the data folder with --data.", callback=keep_site)
    ] = None,
    data: DataFolder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Show what runs and how the cameras are; exit code 1 when nothing runs."""
    folder = folder_of(site, data)
    found = read_status(folder)
    age_s = status_age_s(found)
    # On a full disk the status cannot be written, and the service runs none the less.
    running = (age_s is not None and age_s < FRESH_S) or supervisor(folder) is not None
    zone = _zone(site, folder)
    if as_json:
        head = {"running": running, "age_s": None if age_s is None else round(age_s, 1), "time_zone": zone.key}
        typer.echo(json.dumps({**head, **_with_times(found or {})}, indent=2))
    else:
        _show_status(folder, found or {}, age_s, zone, running=running)
    if not running:
        raise typer.Exit(1)


def _zone(site: Path | None, folder: ServiceFolder) -> ZoneInfo:
    """The site's time zone: of the site file, else of what runs; UTC where neither names one that there is."""
    for path in (site, applied_file(folder.path)):
        with suppress(SiteFileError, KeyError, ValueError, OSError):
            if path is not None:
                return ZoneInfo(time_zone_in(path))
    return ZoneInfo("UTC")


def _with_times(value: Any) -> Any:
    """The status with RFC 3339 times in UTC, as the API has them, in place of nanoseconds, and rounded figures."""
    if isinstance(value, float):
        return float(f"{value:.3g}")
    if isinstance(value, list):
        return [_with_times(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key.removesuffix("_ns"): _rfc3339(each) if key.endswith("_ns") else _with_times(each)
        for key, each in value.items()
    }


def _rfc3339(time_ns: object) -> str | None:
    """A time in whole seconds; None for what is none."""
    if isinstance(time_ns, bool) or not isinstance(time_ns, (int, float)):
        return None
    try:
        return utc_time(int(time_ns) // NS_PER_S * NS_PER_S)
    except (OverflowError, ValueError):
        return None


def _show_status(
    folder: ServiceFolder, found: Mapping[str, Any], age_s: float | None, zone: ZoneInfo, *, running: bool
) -> None:
    console = Console(highlight=False)
    if not running:
        console.print(Text("Not running.", style="bold red"))
        console.print(_why_not(folder, age_s), markup=False, soft_wrap=True)
    else:
        console.print(Text("Running.", style="bold green"))
        if age_s is None or age_s >= FRESH_S:
            console.print(_why_old(folder, age_s), markup=False, soft_wrap=True)
    if found:
        console.print(f"Times are those of {zone.key}.", markup=False, soft_wrap=True)
    if found.get("problem"):
        console.print(Text.assemble(("The site file does not run as it is: ", "yellow"), filled(str(found["problem"]))))
    if found.get("standby"):
        console.print(Text.assemble(("Standby: ", "yellow"), str(found["standby"])))
    processes, cameras = _rows(found.get("processes")), _rows(found.get("cameras"))
    if processes:
        table = Table("process", "pid", "restarts", "since", "why it is away", title="Processes", title_justify="left")
        for row in processes:
            here = row.get("pid") is not None
            style = "dim" if not running else "" if here else "bold red"
            cells = (row.get("name"), row.get("pid") or "away", row.get("restarts"), _moment(row.get("since_ns"), zone))
            table.add_row(*(_cell(cell) for cell in (*cells, row.get("why"))), style=style)
        console.print(table)
    if cameras:
        table = Table("camera", "state", "since", "why", title="Cameras", title_justify="left")
        for row in cameras:
            state = str(row.get("state"))
            style = "dim" if not running else _STYLES.get(state, "bold red")
            table.add_row(
                _cell(row.get("camera")),
                Text(state, style),
                _cell(_moment(row.get("since_ns"), zone)),
                _cell(row.get("why")),
            )
        console.print(table)
    if found.get("store_fault"):
        console.print(
            Text.assemble(("Results wait, as they cannot be stored: ", "yellow"), filled(str(found["store_fault"])))
        )
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
        return filled(f"Nothing runs on {folder.path}. Is this the right folder? `passerby run SITE.yaml` starts one.")
    return f"The last status of {folder.path} is {_length(age_s)} old. What follows was so then."


def _why_old(folder: ServiceFolder, age_s: float | None) -> str:
    since = "its status yet" if age_s is None else f"its status for {_length(age_s)}; what follows is as old"
    return f"Process {supervisor(folder)} is there, but has not written {since}. Is the disk of {folder.path} full?"


def _rows(value: object) -> list[Mapping[str, Any]]:
    """Returns the rows of one kind in a status; another version of passerby may have written it."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _cell(value: object) -> Text:
    return Text("" if value is None else str(value))


def _moment(time_ns: object, zone: ZoneInfo) -> str:
    """UTC nanoseconds as a time of the site's zone."""
    if isinstance(time_ns, bool) or not isinstance(time_ns, (int, float)):
        return ""
    try:
        return datetime.fromtimestamp(time_ns / 1e9, UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, OSError, ValueError):
        return ""


def _length(age_s: float) -> str:
    if age_s < 120:
        return f"{age_s:.0f} s"
    if age_s < 7200:
        return f"{age_s / 60:.0f} min"
    return f"{age_s / HOUR_S:.0f} h" if age_s < 2 * DAY_S else f"{age_s / DAY_S:.0f} days"
