"""The command line: words in, tables out. `main` is what `passerby` runs."""

import os
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from passerby import __version__
from passerby.admin.extras import missing_extra
from passerby.cli.audit import audit_app
from passerby.cli.backup import backup, restore
from passerby.cli.cameras import cameras_app
from passerby.cli.check import check
from passerby.cli.doctor import doctor
from passerby.cli.governance.register import register_app
from passerby.cli.governance.retention import retention_app
from passerby.cli.governance.secrets import secrets_app
from passerby.cli.hints import filled
from passerby.cli.models import models_app
from passerby.cli.options import Program
from passerby.cli.recordings.anonymise import anonymise
from passerby.cli.recordings.count import count
from passerby.cli.recordings.draw import draw
from passerby.cli.recordings.replay import replay
from passerby.cli.recordings.report import report
from passerby.cli.recordings.validate import validate
from passerby.cli.service import apply, link, run
from passerby.cli.status import status
from passerby.cli.tokens import tokens_app
from passerby.cli.users import users_app
from passerby.domain.errors import PasserbyError

app = typer.Typer(
    name="passerby",
    cls=Program,
    help="Measures how a city's squares and streets are used. It measures the place, never the person.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(count)
app.command()(check)
app.command()(draw)
app.command()(anonymise)
app.command()(replay)
app.command()(report)
app.command()(validate)
app.command()(run)
app.command()(status)
app.command()(apply)
app.command()(link)
app.command()(doctor)
app.command()(backup)
app.command()(restore)
app.add_typer(retention_app, name="retention")
app.add_typer(register_app, name="register")
app.add_typer(audit_app, name="audit")
app.add_typer(users_app, name="users")
app.add_typer(tokens_app, name="tokens")
app.add_typer(secrets_app, name="secrets")
app.add_typer(cameras_app, name="cameras")
app.add_typer(models_app, name="models")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"passerby {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options of every command."""


def main() -> None:
    """Runs a command; an error that a user can mend is one sentence and exit code 1, never a traceback."""
    try:
        app()
    except PasserbyError as error:
        _print_error(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # the last resort: a bug of ours must not bury the user under its traceback
        advice = missing_extra(error) if isinstance(error, ModuleNotFoundError) else None
        if advice is not None:
            _print_error(advice)
            sys.exit(1)
        if os.environ.get("PASSERBY_DEBUG"):
            raise
        _print_error(
            f"this is a bug in passerby ({type(error).__name__}). Run again with PASSERBY_DEBUG=1 and report it."
        )
        sys.exit(70)


def _print_error(text: str) -> None:
    Console(stderr=True, soft_wrap=True).print(f"[bold red]passerby:[/] {escape(filled(text))}", highlight=False)
