"""The project's own files, as the rules look at them."""

import shutil
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "passerby"


def project_settings() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def python_files(*folders: str) -> list[Path]:
    """Every Python file under the folders of the project."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def rooms() -> set[str]:
    """The names of passerby's rooms: packages and modules right under it."""
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    return packages | {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}


def kept_files() -> list[Path]:
    """Every file that git keeps, or would keep: tracked, or new and not ignored. Empty where git cannot tell."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return []
    safe = ["-c", f"safe.directory={ROOT}"]
    command = [git, *safe, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted(path for path in map(ROOT.joinpath, filter(None, listing.split("\0"))) if path.is_file())


def runtime_packages() -> list[str]:
    """The names of everything that `pip install passerby` with all extras installs, found from package to package."""
    project = project_settings()["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    waiting = [Requirement(line) for line in lines]
    found: set[tuple[str, str]] = {("passerby", "")}
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras} - {known for other, known in found if other == name}:
            found.add((name, extra))
            needs = [Requirement(line) for line in metadata.requires(name) or []]
            waiting += [each for each in needs if not each.marker or each.marker.evaluate({"extra": extra})]
    return sorted({name for name, _ in found} - {"passerby"})
