"""`passerby register`: what the public register lacks, says, and is published as."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from passerby.cli.options import AsJson, DataFolder, SiteFile

register_app = typer.Typer(help="The public register: draft, show, export.", no_args_is_help=True)


@register_app.command("draft")
def draft_register(site: SiteFile) -> None:
    """Print the keys that the register lacks, as YAML to be filled in; what is known is filled in."""
    from passerby.admin.register import draft

    typer.echo(draft(site), nl=False)


@register_app.command("show")
def show_register(site: SiteFile, as_json: AsJson = False) -> None:
    """Show how far each camera is registered; exit code 1 when a record is not complete."""
    from passerby.admin.register import registrations

    found = registrations(site)
    console = Console(highlight=False)
    if as_json:
        rows = [{"camera": name, "runs": each.runs, "missing": list(each.gaps)} for name, each in found]
        typer.echo(json.dumps({"cameras": rows}, indent=2))
    for name, each in () if as_json else found:
        if each.record is None:
            console.print(
                Text.assemble(("not registered ", "bold red"), (name, "bold"), f": lacks {', '.join(each.gaps)}")
            )
        else:
            state = ("runs           ", "green") if each.runs else ("paused         ", "yellow")
            console.print(Text.assemble(state, (name, "bold"), f": {each.record.title.first}"))
    if any(each.record is None for _, each in found):
        raise typer.Exit(1)


@register_app.command("export")
def export_register(
    site: SiteFile,
    folder: Annotated[Path, typer.Argument(help="The folder that the pages are written into.")],
    data: DataFolder = None,
) -> None:
    """Write the published register as static pages with its history, for a city's own web server."""
    from passerby.admin.register import export

    done = export(site, folder, data)
    typer.echo(f"Wrote version {done.number} of the register: {done.files} files in {folder}.")
