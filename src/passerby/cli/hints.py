"""The commands that messages advise, with the program, the site file and the data folder of the command that runs."""

import sys
from contextvars import ContextVar
from pathlib import Path

from passerby.command_hints import CommandHints, hints_for

_SITE: ContextVar[Path | None] = ContextVar("site", default=None)
_DATA: ContextVar[Path | None] = ContextVar("data", default=None)


def keep_site(site: Path | None) -> Path | None:
    """Keeps the site file that a command was given, for what it advises; returns it."""
    _SITE.set(site)
    return site


def keep_data(data: Path | None) -> Path | None:
    """Keeps the data folder that a command was given, for what it advises; returns it."""
    _DATA.set(data)
    return data


def hints() -> CommandHints:
    """Returns how commands are written, as far as the command that runs knows."""
    return hints_for(_SITE.get(), _DATA.get(), sys.argv[0])


def filled(text: str) -> str:
    """Returns a message with the commands that it advises as they are to be typed."""
    return hints().filled(text)
