"""The import rules hold, and each of them can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from testing.source_tree import ROOT, project_settings, rooms

PURE_ROOMS = {"domain", "geometry", "track", "measure", "events"}
OUTLETS = {"access", "audit", "onvif", "publish", "register", "report", "store", "tables", "web"}
RESULTS = PURE_ROOMS | OUTLETS | {"config", "engine", "messages"}


def contract(name: str) -> dict[str, object]:
    """One contract of pyproject.toml, by the beginning of its name."""
    contracts = project_settings()["tool"]["importlinter"]["contracts"]
    return next(each for each in contracts if each["name"].startswith(name))


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of the copy of the project under `root`."""
    lint = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [lint, "--no-cache", "--config", root / "pyproject.toml"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the source that a test may break."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.onnx"))
    return tmp_path


def test_contracts_hold() -> None:
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("room", "illegal", "broken"),
    [
        ("pipeline/leak.py", "from passerby.ingest.raw import RawFrame", "Raw pixels never leave ingest"),
        ("report/leak.py", "import passerby.ingest.raw", "Raw pixels never leave ingest"),
        ("report/leak.py", "from passerby.track import tracker", "Outlets see results, not the pipeline"),
        ("measure/leak.py", "import cv2", "Results know nothing of pixels"),
        ("track/leak.py", "import socket", "The core does no I/O"),
        ("track/leak.py", "import passerby.measure", "Imports point one way"),
        ("domain/leak.py", "import passerby.geometry", "Imports point one way"),
    ],
)
def test_broken_contract_fails(house: Path, room: str, illegal: str, broken: str) -> None:
    (house / "src/passerby" / room).write_text(f'"""A leak."""\n\n{illegal}\n', encoding="utf-8")
    outcome = lint_imports(house)
    assert outcome.returncode != 0
    assert any(line.startswith(broken) and line.endswith("BROKEN") for line in outcome.stdout.splitlines()), (
        outcome.stdout
    )


def test_room_that_no_layer_names_fails(house: Path) -> None:
    (house / "src/passerby/extra.py").write_text('"""A room of nobody."""\n', encoding="utf-8")
    outcome = lint_imports(house)
    assert outcome.returncode != 0
    assert "extra" in outcome.stdout


@pytest.mark.parametrize(
    ("name", "bound"),
    [("Results know nothing", RESULTS), ("The core does no I/O", PURE_ROOMS), ("Outlets see results", OUTLETS)],
)
def test_every_room_is_bound_by_the_contracts_that_concern_it(name: str, bound: set[str]) -> None:
    """A contract cannot name a room that does not exist yet; this names the rooms that it must take in when they do."""
    named = contract(name)["source_modules"]
    assert isinstance(named, list)
    assert set(named) == {f"passerby.{room}" for room in bound & rooms()}
