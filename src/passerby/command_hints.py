"""Commands that messages advise, written so that they work where they are read.

A message names a command in backticks, with SITE.yaml where the site file goes: `passerby link SITE.yaml`. Who shows
the message fills in how this program is called, and the site file and the data folder where they are known.
"""

import re
import shlex
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SITE: Final = "SITE.yaml"
"""Stands for the site file, with the data folder where there is one to name."""

_PROGRAM: Final = "passerby"
_HINT: Final = re.compile(r"`passerby ([^`]+)`")
_WITHOUT_DATA: Final = ("check ", "count ", "replay ", "register draft ", "register show ")
"""Commands that read the site file alone, and take no data folder."""


@dataclass(frozen=True, slots=True)
class CommandHints:
    """How commands are written here.

    Attributes:
        program: how this program is called, as a shell takes it.
        site: the site file, as a shell takes it.
        data: the data folder, as a shell takes it; empty where the site file says which.
    """

    program: str = _PROGRAM
    site: str = SITE
    data: str = ""

    def command(self, words: str) -> str:
        """Returns a whole command.

        >>> CommandHints(".venv/bin/passerby", "square.yaml", "kept").command("link SITE.yaml")
        '.venv/bin/passerby link square.yaml --data kept'
        """
        site = f"{self.site} --data {self.data}" if self.data and not words.startswith(_WITHOUT_DATA) else self.site
        return f"{self.program} {words.replace(SITE, site)}"

    def filled(self, text: str) -> str:
        """Returns a text with its commands, which stand in backticks, as they are to be written here.

        >>> CommandHints(site="square.yaml").filled("See `passerby status SITE.yaml`, or `make demo`.")
        'See `passerby status square.yaml`, or `make demo`.'
        """
        return _HINT.sub(lambda found: f"`{self.command(found[1])}`", text)


def hints_for(site: Path | None, data: Path | None, called: str | None = None) -> CommandHints:
    """Returns how commands are written for a site file and a data folder, as far as they are known.

    Args:
        site: the site file.
        data: the data folder, where the site file does not say which.
        called: what the shell was given to call this program, such as `.venv/bin/passerby`; None in another process.

    >>> hints_for(Path("my site.yaml"), Path("kept")).command("check SITE.yaml").partition(" ")[2]
    "check 'my site.yaml'"
    """
    kept = "" if data is None else shlex.quote(str(data))
    return CommandHints(program(called), SITE if site is None else shlex.quote(str(site)), kept)


def program(called: str | None = None) -> str:
    """Returns how this program is called, as a shell takes it: by its bare name only where that finds this very one.

    Args:
        called: what the shell was given, such as `.venv/bin/passerby`; None where another process started this one.
    """
    own = Path(sys.executable).parent / _PROGRAM
    found = shutil.which(_PROGRAM)
    if found is not None and (not own.exists() or Path(found).resolve() == own.resolve()):
        return _PROGRAM
    if called is not None and Path(called).name == _PROGRAM:
        return shlex.quote(called)
    return shlex.quote(str(own)) if own.exists() else f"{shlex.quote(sys.executable)} -m {_PROGRAM}"
