"""`passerby cameras`: which cameras are on the network, and which stream of one to watch."""

import asyncio
import json
import os
import re
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from passerby.domain.errors import SourceError
from passerby.onvif.addresses import device_address
from passerby.onvif.choice import Choice, choices
from passerby.onvif.device import ProbedCamera, StreamProfile
from passerby.onvif.discovery import discover as discovered
from passerby.onvif.matches import FoundCamera
from passerby.onvif.site_lines import camera_name, password_variable, site_lines

cameras_app = typer.Typer(help="Cameras that speak ONVIF: discover, probe.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

_VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")
_CAMERA_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$")


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
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with _progress(*columns) as bar:
        task = bar.add_task("Waiting for cameras to answer", total=timeout_s)
        found = discovered(timeout_s, interface, tuple(at or ()), lambda gone_s: bar.update(task, completed=gone_s))
    if as_json:
        typer.echo(json.dumps({"cameras": [_found_row(camera) for camera in found]}, indent=2))
    else:
        _show_found(found)


@cameras_app.command("probe")
def probe(
    host: Annotated[str, typer.Argument(help="The camera, as HOST or HOST:PORT.")],
    user: Annotated[str, typer.Option("--user", help="The camera's ONVIF user; nobody without it.")] = "",
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
    """Asks one camera what it is and what it streams, and says which stream to watch; no stream is opened."""
    from passerby.onvif.probing import probe as probed  # half a second of imports that only this command needs
    from passerby.onvif.transport import Credentials

    address = device_address(host, encrypted=https or authority is not None)
    if name is not None and not _CAMERA_NAME.match(name):
        raise SourceError("--name: a camera's name needs 1 to 63 of the letters A-Z a-z 0-9 _ -.")
    credentials = Credentials(user, _password(user, password_from))
    with _progress(SpinnerColumn(), TextColumn("{task.description}")) as bar:
        task = bar.add_task("", total=None)
        told = asyncio.run(
            probed(address, credentials, timeout_s, lambda step: bar.update(task, description=escape(step)), authority)
        )
    chosen = choices(told.profiles)
    called = name or camera_name(told.facts.model or host)
    variable = password_from or password_variable(called)
    lines = site_lines(chosen, called, user, variable)
    if as_json:
        typer.echo(json.dumps(_probed_row(told, chosen, lines), indent=2))
        return
    _show_probed(told, chosen, lines)
    if lines and user:
        Console(stderr=True).print(
            f"\nThe password belongs into the environment variable {variable} of whoever runs passerby.",
            highlight=False,
        )


def _progress(*columns: ProgressColumn) -> Progress:
    """A bar for whoever waits at a screen; nothing of it stays, and nothing goes into files."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _password(user: str, variable: str | None) -> str:
    """The password out of the environment or a hidden prompt; it is never an argument, which others could read."""
    if not user:
        if variable:
            raise SourceError("--password-from: a password needs a user. Give --user too.")
        return ""
    if variable is not None:
        if not _VARIABLE.match(variable):
            # What was given may be the password itself, so it is not repeated.
            raise SourceError(
                "--password-from: this is no name of an environment variable. Put the password into a variable, "
                "such as CAMERA_PASSWORD, and give its name."
            )
        password = os.environ.get(variable, "")
        if not password:
            raise SourceError(f"--password-from: the environment variable {variable} is not set, or empty.")
        return password
    if not sys.stdin.isatty():
        raise SourceError("--user: nobody is there to ask for the password. Name its variable with --password-from.")
    return str(typer.prompt("Password", hide_input=True, err=True))


def _found_row(camera: FoundCamera) -> dict[str, Any]:
    services = [{"address": each.shown, "elsewhere": each.elsewhere} for each in camera.services]
    return {
        "address": camera.address,
        "name": camera.name,
        "hardware": camera.hardware,
        "location": camera.location,
        "endpoint": camera.endpoint,
        "services": services,
    }


def _show_found(found: tuple[FoundCamera, ...]) -> None:
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
        "Anybody can answer such a question. To see what one streams: passerby cameras probe ADDRESS --user U"
    )


def _probed_row(told: ProbedCamera, chosen: tuple[Choice, ...], lines: str) -> dict[str, Any]:
    reasons = {choice.profile.token: choice.reason for choice in chosen}
    profiles = []
    for profile in told.profiles:
        row = asdict(profile)
        row["address"] = None if profile.address is None else profile.address.shown
        row["elsewhere"] = profile.address is not None and profile.address.elsewhere
        row["usable"] = profile.address is not None and profile.address.usable
        row["recommended"] = reasons.get(profile.token)
        profiles.append(row)
    return {
        "address": told.address,
        "device": asdict(told.facts),
        "clock_ahead_s": told.clock_ahead_s,
        "profiles": profiles,
        "notes": [*told.notes, *_address_notes(told)],
        "site_lines": lines,
    }


def _show_probed(told: ProbedCamera, chosen: tuple[Choice, ...], lines: str) -> None:
    console = Console()
    facts = told.facts
    who = " ".join(word for word in (facts.maker, facts.model) if word) or "A camera that does not say what it is"
    firmware = f", firmware {facts.firmware}" if facts.firmware else ""
    console.print(Text.assemble((who, "bold"), f"{firmware}, at {told.address}"))
    picked = {choice.profile.token for choice in chosen}
    table = Table()
    for heading in ("", "stream", "codec", "size", "fps", "address"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("size", "codec"))
    for profile in told.profiles:
        cells = ("→" if profile.token in picked else "", profile.name or profile.token, profile.codec, *_sizes(profile))
        table.add_row(*(Text(cell) for cell in cells), Text(profile.address.shown if profile.address else "not told"))
    if told.profiles:
        console.print(table)
    for note in (*told.notes, *_address_notes(told)):
        console.print(f"[yellow]Note:[/] {escape(note)}", highlight=False)
    for choice in chosen:
        stream = escape(choice.profile.name or choice.profile.token)
        console.print(f"[bold]Watch {stream}[/]: {escape(choice.reason)}.", highlight=False)
    if lines:
        console.print("\nFor the site file:\n", highlight=False)
        typer.echo(lines, nl=False)  # as it is: wrapped or coloured lines could not be pasted


def _sizes(profile: StreamProfile) -> tuple[str, str]:
    size = f"{profile.width_px}x{profile.height_px}" if profile.width_px and profile.height_px else "?"
    return size, f"{profile.fps:g}" if profile.fps else "?"


def _address_notes(told: ProbedCamera) -> list[str]:
    """What is wrong with addresses that cannot be used as they are."""
    notes = []
    for profile in told.profiles:
        called, address = profile.name or profile.token, profile.address
        if address is None:
            notes.append(f"{called}: the camera gives no RTSP address for it.")
        elif address.elsewhere:
            notes.append(
                f"{called}: the camera points to another host, {address.shown}. It was not contacted. If that is the "
                "camera's own address in its network, probe that address instead."
            )
        elif not address.complete:
            notes.append(
                f"{called}: its address holds what may be credentials, hidden here as ***, or signs that no address "
                "has; passerby takes credentials in fields of their own only."
            )
    return notes
