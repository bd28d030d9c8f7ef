"""`passerby` as a user starts it: another process, with what it said and what it left behind."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PASSERBY = (sys.executable, "-m", "passerby")


@dataclass(frozen=True)
class Said:
    """How a command ended: exit code, standard output and standard error."""

    code: int
    out: str
    err: str


def environment() -> dict[str, str]:
    """The user's own, without what would change how errors are shown or how wide the tables are."""
    kept = {
        name: value for name, value in os.environ.items() if name not in ("PASSERBY_DEBUG", "COLUMNS", "FORCE_COLOR")
    }
    return kept | {"COLUMNS": "400", "NO_COLOR": "1"}


def passerby(*words: str | Path, folder: Path, before: Callable[[], None] | None = None) -> Said:
    """Runs a command in a folder; `before` runs in the child, to take rights or room from it."""
    ended = subprocess.run(
        [*PASSERBY, *map(str, words)],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=300,
        preexec_fn=before,
        check=False,
    )
    return Said(ended.returncode, ended.stdout, ended.stderr)


def refused(said: Said, *words: str, code: int = 1) -> None:
    """It ended with a sentence that holds the words, and never with a traceback."""
    assert said.code == code, said
    assert "Traceback" not in said.err + said.out, said.err
    assert "bug in passerby" not in said.err, said.err
    for word in words:
        assert word in said.err, said.err


def left_in(folder: Path) -> set[str]:
    """Names of all that lies in a folder."""
    return {path.name for path in folder.iterdir()}
