"""Builds the wheel and the sdist, installs the wheel without extras in an empty venv, and counts a video there."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from testing.films import film
from testing.source_tree import ROOT

FOLDER: Final = ROOT / "build" / "package"
ABSENT: Final = ("fastapi", "zeep", "asyncpg", "sqlalchemy", "alembic")
"""Packages of the extras, which an installation that only counts recordings does not have."""

SITE: Final = "cameras: {north: {lines: {gate: {points: [[0.2, 0.1], [0.2, 0.9]], count: [pedestrian]}}}}\n"


class TrialError(Exception):
    """The package was not built, not installed, or did not work; the text holds what the failed command wrote."""


def base_packages() -> set[str]:
    """Returns the canonical names of all that an installation without extras needs, from package to package.

    It asks the packages installed here for their requirements.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    waiting = [Requirement(line) for line in project["dependencies"]]
    found: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += [Requirement(line) for line in metadata.requires(name) or []]
    return found


def base_lock(lock: str, names: set[str]) -> str:
    """Returns the entries of a lock file, hashes included, that belong to the named packages."""
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", lock, flags=re.MULTILINE).rstrip())
    return "\n".join(entry for entry in entries if canonicalize_name(entry.partition("==")[0].strip()) in names) + "\n"


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Runs a command and returns its output.

    Raises:
        TrialError: its exit code is not 0.
    """
    ended = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise TrialError(f"{' '.join(map(str, command))}: exit code {ended.returncode}\n{ended.stdout}{ended.stderr}")
    return ended.stdout


def built() -> Path:
    """Builds the sdist and the wheel, and returns the wheel's path."""
    run(sys.executable, "-m", "hatchling", "build", "-d", FOLDER / "dist")
    wheels, sdists = [*(FOLDER / "dist").glob("*.whl")], [*(FOLDER / "dist").glob("*.tar.gz")]
    if len(wheels) != 1 or len(sdists) != 1:
        raise TrialError(f"{FOLDER / 'dist'}: got {len(wheels)} wheels and {len(sdists)} sdists, not one of each")
    with zipfile.ZipFile(wheels[0]) as packed:
        if "passerby/web/built/index.html" not in packed.namelist():
            raise TrialError(f"{wheels[0].name}: the web application is not in it")
    return wheels[0]


def installed(wheel: Path) -> Path:
    """Installs the wheel and the locked packages that it needs in an empty venv, and returns its Python."""
    run(ROOT / "tools" / "make_venv", FOLDER / "venv", sys.executable)
    python = FOLDER / "venv" / "bin" / "python"
    lock = FOLDER / "base.lock"
    lock.write_text(base_lock((ROOT / "requirements.lock").read_text("utf-8"), base_packages()), "utf-8")
    pip = (python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet")
    # Used once: what is imported is compiled then.
    run(*pip, "--no-compile", "--require-hashes", "--requirement", lock)
    run(*pip, "--no-deps", "--no-index", wheel)
    run(python, "-m", "pip", "--disable-pip-version-check", "check")
    return python


def counts(python: Path) -> None:
    """Counts a video with the installed package, away from the checkout.

    Raises:
        TrialError: the counts are not there, or a package of an extra is.
    """
    work = FOLDER / "work"
    work.mkdir()
    (work / "site.yaml").write_text(SITE, "utf-8")
    film(work / "grey.mp4", size_px=(320, 240))
    program = f"from importlib.util import find_spec; print(*[name for name in {ABSENT!r} if find_spec(name)])"
    if present := run(python, "-I", "-c", program, cwd=work).split():
        raise TrialError(f"an installation without extras has {', '.join(present)}")
    passerby = python.with_name("passerby")
    run(passerby, "count", "grey.mp4", "--site", "site.yaml", "--json", "counts.json", "--no-picture", cwd=work)
    document = json.loads((work / "counts.json").read_text("utf-8"))
    if document["lines"] != {"gate": {"pedestrian": {"forward": 0, "backward": 0}}}:
        raise TrialError(f"counts.json: got {document['lines']}, not the zero counts of an empty film")


def main() -> int:
    """Exit code 0: built, installed and counted; 1: not, and standard error has the reason."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        wheel = built()
        counts(installed(wheel))
    except (TrialError, OSError) as fault:
        print(f"tools.package_trial: {fault}", file=sys.stderr)
        return 1
    print(f"{wheel.name}: installed in an empty environment without extras, and counted a video there")
    return 0


if __name__ == "__main__":
    sys.exit(main())
