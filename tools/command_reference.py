"""Writes docs/reference/command-line.md from the commands themselves, so that the page cannot say anything else.

python -m tools.command_reference          prints the page
python -m tools.command_reference --write  puts it in its place
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "command-line.md"

_TOP = """# The command line

Written by `python -m tools.command_reference --write`; a test fails when it is not what the commands say.
"""
_MARKUP = re.compile(r"\[/?[a-z_ ]*\]")

Command = TyperCommand | TyperGroup


def commands(app: typer.Typer) -> Iterator[tuple[str, Command]]:
    """Every command that users see with its full name, groups before what is in them.

    An app with a single command has no group around it; its one command is then the program itself.
    """
    top = typer.main.get_command(app)
    if not isinstance(top, Command):
        raise TypeError(f"a Typer command is needed, got {type(top).__name__}")
    yield from _walk("passerby", top)


def _walk(name: str, command: Command) -> Iterator[tuple[str, Command]]:
    if command.hidden:
        return
    yield name, command
    if isinstance(command, TyperGroup):
        for part_name, part in command.commands.items():
            if isinstance(part, Command):
                yield from _walk(f"{name} {part_name}", part)


def _cell(text: str) -> str:
    """A text that stands in one cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def _table(heading: str, rows: list[tuple[str, str]]) -> str:
    if not rows:
        return ""
    lines = [f"| {heading} | |", "|---|---|", *(f"| `{_cell(term)}` | {_cell(reported)} |" for term, reported in rows)]
    return "\n".join(lines) + "\n\n"


def section(name: str, command: Command) -> str:
    """The part of the page that tells about one command."""
    context = typer.Context(command, info_name=name)
    arguments: list[tuple[str, str]] = []
    options: list[tuple[str, str]] = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None:
            (options if isinstance(parameter, TyperOption) else arguments).append(record)
    reported = _MARKUP.sub("", (command.help or "").strip())
    parts = [
        f"## {name}\n\n",
        f"{reported}\n\n" if reported else "",
        _table("argument", arguments),
        _table("option", options),
    ]
    return "".join(parts)


def page(app: typer.Typer) -> str:
    """The whole page, Markdown."""
    return _TOP + "\n" + "".join(section(name, command) for name, command in commands(app)).rstrip() + "\n"


def main() -> int:
    """Prints the page, or writes it."""
    from passerby.cli import app

    text = page(app)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
