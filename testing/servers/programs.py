"""Servers' programs: those of the machine, or those that `make test` has fetched; see tools/test_programs."""

import os
import shutil
from pathlib import Path

FETCHED = Path(__file__).resolve().parents[2] / "build" / "debian"
"""Where `make test` puts what is not installed."""

LIBRARIES = os.pathsep.join(map(str, FETCHED.glob("usr/lib/*-linux-gnu")))
"""The libraries of what it has put there."""

_PLACES = os.pathsep.join(
    (os.environ.get("PATH", ""), "/usr/sbin", *(str(FETCHED / "usr" / folder) for folder in ("sbin", "bin")))
)


def found(name: str) -> str | None:
    """Where a program is; None where it is not."""
    return shutil.which(name, path=_PLACES)


def own_environment() -> dict[str, str]:
    """Variables of a server that finds the libraries that were fetched, and nothing of ours."""
    return {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": LIBRARIES}
