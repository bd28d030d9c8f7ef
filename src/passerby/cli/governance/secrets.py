"""`passerby secrets list | rotate | take`: the cameras' passwords that are kept encrypted, and their key."""

import json
from dataclasses import asdict

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from passerby.admin.camera_passwords import ListedPassword, listed, rotate, take
from passerby.cli.hints import filled
from passerby.cli.options import AsJson, DataFolder, SiteFile
from passerby.domain.sources import PasswordPlace
from passerby.text import utc_minute

secrets_app = typer.Typer(
    help="The cameras' passwords that are kept encrypted: list, rotate, take.", no_args_is_help=True
)

_PLACES = {
    PasswordPlace.NONE: "none",
    PasswordPlace.ENCRYPTED: "encrypted",
    PasswordPlace.OUTSIDE: "site file or environment",
}


@secrets_app.command("list")
def list_secrets(site: SiteFile, data: DataFolder = None, as_json: AsJson = False) -> None:
    """List where each camera's password is kept, and never the password; exit code 1 when one cannot be opened."""
    rows = listed(site, data)
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows]))
    else:
        _show(rows)
    if any(row.fault for row in rows):
        raise typer.Exit(1)


@secrets_app.command("rotate")
def rotate_secrets(site: SiteFile, data: DataFolder = None) -> None:
    """Make a new key and encrypt all passwords with it; the service may run meanwhile."""
    done = rotate(site, data)
    typer.echo(
        f"{done.passwords} password{'s are' if done.passwords != 1 else ' is'} encrypted with the key {done.key_id}."
    )
    if done.ours:
        typer.echo(f"Keep a copy of {done.place} apart from the backups. What older backups hold needs the old key.")
    else:
        typer.echo(f"The other lines of the credential {done.place.name} can be taken away now.")


@secrets_app.command("take")
def take_secrets(site: SiteFile, data: DataFolder = None) -> None:
    """Take the passwords that stand in the site file out of it, and keep them encrypted; comments stay."""
    done = take(site, data)
    if not done.cameras:
        typer.echo(f"No camera's password stands in {site}.")
        return
    typer.echo(f"Kept encrypted, and taken out of {site}: {', '.join(done.cameras)}.")
    if done.running:
        typer.echo(
            filled("Now run `passerby apply SITE.yaml`: until then the service's own copy of the file holds them.")
        )
    typer.echo("Older copies and backups of the file may still hold them: change such a password at the camera.")


def _show(rows: tuple[ListedPassword, ...]) -> None:
    table = Table("camera", "password", "set", "fault")
    for row in rows:
        fault = Text(row.fault, style="bold red")
        table.add_row(Text(row.camera), _PLACES[row.place], "" if row.set_ns is None else utc_minute(row.set_ns), fault)
    Console(highlight=False).print(table)
