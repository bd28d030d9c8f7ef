"""`passerby register`: what the public register lacks, says, and is published as."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from passerby.cli.options import AsJson, DataFolder, SiteFile

register_app = typer.Typer(
    help="The public register: draft, show, export, case-key, cases, answer.", no_args_is_help=True
)


@register_app.command("draft")
def draft_register(site: SiteFile) -> None:
    """Print the keys that the register lacks, as YAML to be filled in; what is known is filled in."""
    from passerby.admin.governance.register import draft

    typer.echo(draft(site), nl=False)


@register_app.command("show")
def show_register(site: SiteFile, as_json: AsJson = False) -> None:
    """Show how far each camera is registered; exit code 1 when a record is not complete."""
    from passerby.admin.governance.register import registrations

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
    from passerby.admin.governance.register import export

    done = export(site, folder, data)
    typer.echo(f"Wrote version {done.number} of the register: {done.files} files in {folder}.")


KeyFile = Annotated[Path, typer.Option("--key", help="The privacy officer's private key.")]


def _passphrase() -> str:
    return str(typer.prompt("Passphrase", hide_input=True))


@register_app.command("case-key")
def make_case_key(file: Annotated[Path, typer.Argument(help="Where the private key is written.")]) -> None:
    """Make the privacy officer's key pair: the private half into a file, the public one for the site file."""
    from passerby.admin.governance.cases import make_key

    public = make_key(file, str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=True)))
    typer.echo("For the site file:\n\nregister:\n  questions:\n    public_key: " + public)
    typer.echo(f"\n{file} holds the private key. Give it to the privacy officer and keep no copy on this machine.")


@register_app.command("cases")
def list_cases(
    site: SiteFile,
    key: Annotated[Path | None, typer.Option("--key", help="The privacy officer's private key, to read them.")] = None,
    data: DataFolder = None,
) -> None:
    """List objections and questions with their deadlines; with the privacy officer's key, what people wrote."""
    import time

    from passerby.admin.governance.cases import read_cases
    from passerby.text import printable, utc_time

    for each in read_cases(site, data, key, _passphrase):
        case = each.case
        state = "answered" if case.answered_ns else "OVERDUE" if case.overdue(time.time_ns()) else "open"
        came, due = utc_time(case.time_ns)[:10], utc_time(case.due_ns)[:10]
        typer.echo(f"{case.number}  {case.kind.value}  {state}  came {came}  due {due}")
        if each.problem:
            typer.echo(f"   {each.problem}")
        if each.letter is not None:
            typer.echo(f"   camera: {each.letter.camera or 'none in particular'}")
            for line in each.letter.text.splitlines():
                typer.echo("   " + printable(line))


@register_app.command("answer")
def answer(
    site: SiteFile,
    number: Annotated[int, typer.Argument(help="The case.")],
    key: KeyFile,
    data: DataFolder = None,
) -> None:
    """Answer a case with the text on standard input; only the holder of its reference can read it."""
    import sys

    from passerby.admin.governance.cases import answer_case

    answer_case(site, data, key, _passphrase, number, sys.stdin.read())
    typer.echo(f"Case {number} is answered.")
