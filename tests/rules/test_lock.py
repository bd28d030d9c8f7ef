"""The lock file pins everything that pyproject.toml asks for, with hashes, and names no registry."""

import re
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from testing.source_tree import ROOT, project_settings

LOCKS = [ROOT / "requirements.lock", *sorted((ROOT / "benchmarks").glob("requirements*.lock"))]
ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)", re.IGNORECASE)


def entries(text: str) -> list[str]:
    """Each locked package with its hashes, as one line."""
    joined = re.sub(r"\\\n\s*", "", text)
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def locked_versions() -> dict[str, str]:
    """Package name -> version in requirements.lock."""
    matches = (ENTRY.match(entry) for entry in entries((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    return {canonicalize_name(match[1]): match[2] for match in matches if match}


def asked_for() -> list[str]:
    """Every requirement of pyproject.toml, those of its extras and of the groups for work on passerby included."""
    settings = project_settings()
    groups = [*settings["project"]["optional-dependencies"].values(), *settings["dependency-groups"].values()]
    lines = [*settings["project"]["dependencies"], *(line for group in groups for line in group)]
    return [line for line in lines if Requirement(line).name != "passerby"]


@pytest.mark.parametrize("line", asked_for())
def test_requirement_is_locked_within_its_range(line: str) -> None:
    requirement = Requirement(line)
    assert requirement.specifier.contains(locked_versions()[canonicalize_name(requirement.name)])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
@pytest.mark.asvs("15.1.2")
def test_every_entry_has_a_version_and_hashes(lock: Path) -> None:
    locked = entries(lock.read_text(encoding="utf-8"))
    assert locked
    assert [entry for entry in locked if not ENTRY.match(entry) or "--hash=sha256:" not in entry] == []


def test_what_is_installed_is_what_is_locked() -> None:
    """Else the tests would speak of other versions than the ones that users get."""
    installed = {str(canonicalize_name(each.name)): each.version for each in metadata.distributions()}
    locked = locked_versions()
    wrong = {name: installed[name] for name in locked.keys() & installed.keys() if installed[name] != locked[name]}
    assert wrong == {}
