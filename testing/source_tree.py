"""The project's own files, as the rules look at them."""

import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

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
