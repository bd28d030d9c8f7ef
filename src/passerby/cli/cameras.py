"""`passerby cameras`: which are on the network, which stream of one to watch, and lines that were drawn elsewhere."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from passerby.cli.hints import filled, keep_site
from passerby.domain.errors import PasserbyError, SourceError
from passerby.text import printable

if TYPE_CHECKING:  # all that speaks ONVIF belongs to the extra `service`, and the other commands run without it
    from passerby.onvif.choice import Choice
    from passerby.onvif.device import ProbedCamera, StreamProfile
    from passerby.onvif.matches import FoundCamera

cameras_app = typer.Typer(
    help="Cameras: discover and probe those that speak ONVIF, import and export lines.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


@cameras_app.command("discover")
def discover(
    timeout_s: Annotated[float, typer.Option("--timeout", min=0.5, max=60, help="Seconds to wait for answers.")] = 4.0,
    interface: Annotated[
        str | None, typer.Option("--interface", help="Network interface to ask on, such as eth0; all without it.")
    ] = None,
    at: Annotated[
        list[str] | None,
        typer.Option("--at", help="Ask this IPv4 address directly too, in a network that multicast does not reach."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Asks the local network for cameras and lists those that answer; none of them is connected to."""
    from passerby.admin.network_cameras import found_row
    from passerby.onvif import discovery

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with _progress(*columns) as bar:
        task = bar.add_task("Waiting for cameras to answer", total=timeout_s)
        found = discovery.discover(
            timeout_s, interface, tuple(at or ()), lambda gone_s: bar.update(task, completed=gone_s)
        )
    if as_json:
        typer.echo(json.dumps({"cameras": [found_row(camera) for camera in found]}, indent=2))
    else:
        _show_found(found)


@cameras_app.command("probe")
def probe(
    host: Annotated[str, typer.Argument(help="The camera, as HOST or HOST:PORT.")],
    user: Annotated[str, typer.Option("--user", help="The camera's ONVIF user; none without it.")] = "",
    password_from: Annotated[
        str | None,
        typer.Option("--password-from", help="Environment variable that holds the password; asked for without it."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="What to call the camera in the site file; its model without it.")
    ] = None,
    timeout_s: Annotated[
        float, typer.Option("--timeout", min=1, max=120, help="Seconds that the camera may take for everything.")
    ] = 15.0,
    https: Annotated[bool, typer.Option("--https", help="Ask over TLS and check the camera's certificate.")] = False,
    authority: Annotated[
        Path | None,
        typer.Option("--authority", help="Certificates (PEM) to check it with, instead of the system's own."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Asks one camera what it is and what it streams, and recommends what to watch; no stream is opened."""
    from passerby.admin.network_cameras import check_camera_name, probed_row
    from passerby.onvif.addresses import device_address
    from passerby.onvif.choice import choices
    from passerby.onvif.probing import probe as probed  # half a second of imports that only this command needs
    from passerby.onvif.site_lines import camera_name, password_variable, site_lines
    from passerby.onvif.transport import Credentials

    address = device_address(host, encrypted=https or authority is not None)
    if name is not None:
        check_camera_name(name)
    credentials = Credentials(user, _password(user, password_from))
    with _progress(SpinnerColumn(), TextColumn("{task.description}")) as bar:
        task = bar.add_task("", total=None)
        camera = asyncio.run(
            probed(address, credentials, timeout_s, lambda step: bar.update(task, description=escape(step)), authority)
        )
    chosen = choices(camera.profiles)
    called = name or camera_name(camera.facts.model or host)
    variable = password_from or password_variable(called)
    lines = site_lines(chosen, called, user, variable)
    if as_json:
        typer.echo(json.dumps(probed_row(camera, chosen, lines), indent=2))
        return
    _show_probed(camera, chosen, lines)
    if lines and user:
        Console(stderr=True).print(
            f"\nThe password belongs into the environment variable {variable} of the account that runs passerby.",
            highlight=False,
        )


@cameras_app.command("import-lines")
def import_lines(
    site: Annotated[Path, typer.Argument(help="The site file to draw into.", callback=keep_site)],
    file: Annotated[Path, typer.Argument(help="An .otflow of OTAnalytics, or counter areas of OpenDataCam (JSON).")],
    camera: Annotated[str | None, typer.Option("--camera", help="Which camera of the site file it is.")] = None,
    size: Annotated[
        str | None,
        typer.Option("--size", help="Of the video that OTAnalytics' sections were drawn on, such as 1920x1080."),
    ] = None,
) -> None:
    """Draws lines and zones of another program at a camera of a site file; what is drawn there already stays."""
    from passerby.drawing import line_import

    name, places = line_import.import_lines(site, file, camera, None if size is None else _picture_size(size))
    for note in places.notes:
        typer.echo(f"Note: {printable(note)}.")
    many = f"{_counted(len(places.lines), 'line')} and {_counted(len(places.zones), 'zone')}"
    typer.echo(f"Drew {many} of {places.program} at {name}.")
    typer.echo(filled("Look at them: `passerby check SITE.yaml --picture FILE.png`"))


@cameras_app.command("export-lines")
def export_lines(
    site: Annotated[Path, typer.Argument(help="The site file.", callback=keep_site)],
    file: Annotated[Path, typer.Argument(help="What is written; .otflow or .json says whose it is.")],
    size: Annotated[str, typer.Option("--size", help="Of the video that the other program works on: 1920x1080.")],
    camera: Annotated[str | None, typer.Option("--camera", help="Which camera of the site file.")] = None,
    form: Annotated[
        str | None, typer.Option("--form", help="otflow (OTAnalytics) or opendatacam; by the file's name without it.")
    ] = None,
) -> None:
    """Writes a camera's lines and zones for OTAnalytics or OpenDataCam; nothing of who passed is in it."""
    from passerby.drawing import line_export

    wanted = line_export.form_of(file) if form is None else next((one for one in line_export.Form if one == form), None)
    if wanted is None:
        raise PasserbyError(
            f"--form: otflow or opendatacam is needed, or a file called .otflow or .json, got "
            f"{printable(form or file.name)!r}."
        )
    name, lines, zones = line_export.export_lines(site, file, camera, wanted, _picture_size(size))
    typer.echo(f"Wrote {_counted(lines, 'line')} and {_counted(zones, 'zone')} of {name}.")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _picture_size(text: str) -> tuple[float, float]:
    width, _, height = text.partition("x")
    sides = [int(side) if side.isascii() and side.isdecimal() and len(side) < 6 else 0 for side in (width, height)]
    if not all(sides):
        raise PasserbyError(
            f"--size: width and height in pixels are needed, such as 1920x1080, got {printable(text)!r}."
        )
    return float(sides[0]), float(sides[1])


def _progress(*columns: ProgressColumn) -> Progress:
    """Returns a progress bar for a terminal; nothing of it stays, and nothing goes into files."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _password(user: str, variable: str | None) -> str:
    """Returns the password from the environment or from a hidden prompt."""
    from passerby.admin.network_cameras import known_password

    password = known_password(user, variable, os.environ)
    if password is not None:
        return password
    if not sys.stdin.isatty():
        raise SourceError("--user: no terminal to ask for the password at. Name its variable with --password-from.")
    return str(typer.prompt("Password", hide_input=True, err=True))


def _show_found(found: "tuple[FoundCamera, ...]") -> None:
    console = Console()
    if not found:
        console.print(
            "No camera answered. Is discovery switched on in the cameras, and are they in this machine's own network? "
            "Across routers, ask one directly with --at.",
            highlight=False,
        )
        return
    table = Table(title=f"{len(found)} camera{'s' if len(found) > 1 else ''} answered", title_justify="left")
    table.add_column("address", no_wrap=True)
    for heading in ("name", "hardware", "location"):
        table.add_column(heading, overflow="fold")
    for camera in found:
        table.add_row(*(Text(cell) for cell in (camera.address, camera.name, camera.hardware, camera.location)))
    console.print(table)
    for camera in found:
        if camera.elsewhere:
            names = ", ".join(each.shown for each in camera.services)
            console.print(f"[yellow]Note:[/] {camera.sender} names only other hosts: {escape(names)}", highlight=False)
    console.print(
        filled(
            "Anyone can answer such a question. `passerby cameras probe ADDRESS --user USER` shows what one streams."
        ),
        soft_wrap=True,
    )


def _show_probed(camera: "ProbedCamera", chosen: "tuple[Choice, ...]", lines: str) -> None:
    from passerby.admin.network_cameras import address_notes

    console = Console()
    facts = camera.facts
    who = " ".join(word for word in (facts.maker, facts.model) if word) or "A camera that does not name its maker"
    firmware = f", firmware {facts.firmware}" if facts.firmware else ""
    console.print(Text.assemble((who, "bold"), f"{firmware}, at {camera.address}"))
    picked = {each.token for choice in chosen for each in (choice.profile, *choice.smaller)}
    table = Table()
    for heading in ("", "stream", "codec", "size", "fps", "address"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("size", "codec"))
    for profile in camera.profiles:
        cells = ("→" if profile.token in picked else "", profile.name or profile.token, profile.codec, *_sizes(profile))
        table.add_row(
            *(Text(cell) for cell in cells), Text(profile.address.shown if profile.address else "none reported")
        )
    if camera.profiles:
        console.print(table)
    for note in (*camera.notes, *address_notes(camera)):
        console.print(f"[yellow]Note:[/] {escape(note)}", highlight=False)
    for choice in chosen:
        named = " and ".join(escape(each.name or each.token) for each in (choice.profile, *choice.smaller))
        console.print(f"[bold]Watch {named}[/]: {escape(choice.reason)}.", highlight=False)
    if lines:
        console.print("\nFor the site file:\n", highlight=False)
        typer.echo(lines, nl=False)  # as it is: wrapped or coloured lines could not be pasted


def _sizes(profile: "StreamProfile") -> tuple[str, str]:
    size = f"{profile.width_px}x{profile.height_px}" if profile.width_px and profile.height_px else "?"
    return size, f"{profile.fps:g}" if profile.fps else "?"
