"""The command line: words in, tables out. `main` is what `passerby` runs."""

import gc
import os
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape

from passerby import __version__
from passerby.cli.hints import filled
from passerby.cli.options import Program
from passerby.domain.errors import PasserbyError

_PLACES: Final = {
    "count": "recordings.count:count",
    "check": "check:check",
    "draw": "recordings.draw:draw",
    "anonymise": "recordings.anonymise:anonymise",
    "replay": "recordings.replay:replay",
    "report": "recordings.report:report",
    "validate": "recordings.validate:validate",
    "run": "service:run",
    "node": "service:node",
    "status": "status:status",
    "apply": "service:apply",
    "link": "service:link",
    "doctor": "machines.doctor:doctor",
    "backup": "machines.backup:backup",
    "restore": "machines.backup:restore",
    "retention": "governance.retention:retention_app",
    "register": "governance.register:register_app",
    "disclosure": "governance.disclosure:disclosure_app",
    "audit": "audit:audit_app",
    "users": "users:users_app",
    "tokens": "tokens:tokens_app",
    "secrets": "governance.secrets:secrets_app",
    "cameras": "cameras:cameras_app",
    "models": "models:models_app",
    "fleet": "machines.fleet:fleet_app",
}
"""Where each command and group of commands is. Only what is asked for is loaded: all take a third of a second more."""


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"passerby {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Options of every command."""


def _program(names: Iterable[str]) -> typer.Typer:
    """The program with these commands alone."""
    program = typer.Typer(
        name="passerby",
        cls=Program,
        help="Measures how a city's squares and streets are used. It measures the place, never the person.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    program.callback()(_options)
    for name in names:
        module, _, attribute = _PLACES[name].partition(":")
        found = getattr(import_module(f"{__name__}.{module}"), attribute)
        if isinstance(found, typer.Typer):
            program.add_typer(found, name=name)
        else:
            program.command(name)(found)
    return program


@cache
def _whole_program() -> typer.Typer:
    return _program(_PLACES)


def __getattr__(name: str) -> typer.Typer:
    """Returns `app`, the program with all its commands, made when it is first asked for."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _whole_program()


def _asked_for(words: Sequence[str]) -> typer.Typer:
    """The program as far as these words need it; whole where they name no command, for its help and its errors."""
    command = next((word for word in words if not word.startswith("-")), "")
    # What is loaded now stays to the end: searching it for garbage again and again is a tenth of the time it takes.
    gc.disable()
    program = _program([command]) if command in _PLACES else _whole_program()
    gc.freeze()
    gc.enable()
    return program


def main() -> None:
    """Runs a command; an error that a user can mend is one sentence and exit code 1, never a traceback."""
    try:
        _asked_for(sys.argv[1:])()
    except PasserbyError as error:
        _print_error(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # the last resort: a bug of ours must not bury the user under its traceback
        advice = _missing_extra(error) if isinstance(error, ModuleNotFoundError) else None
        if advice is not None:
            _print_error(advice)
            sys.exit(1)
        if os.environ.get("PASSERBY_DEBUG"):
            raise
        _print_error(
            f"this is a bug in passerby ({type(error).__name__}). Run again with PASSERBY_DEBUG=1 and report it."
        )
        sys.exit(70)


def _missing_extra(error: ModuleNotFoundError) -> str | None:
    from passerby.admin.extras import missing_extra  # most commands need nothing of it

    return missing_extra(error)


def _print_error(text: str) -> None:
    Console(stderr=True, soft_wrap=True).print(f"[bold red]passerby:[/] {escape(filled(text))}", highlight=False)
