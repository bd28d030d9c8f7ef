"""Tests, tools and benchmarks do not import one another; what they share is in testing, which imports passerby only."""

import ast
from pathlib import Path

import pytest

from testing.source_tree import ROOT, python_files

OURS = {"passerby", "testing", "tests", "tools", "benchmarks"}
SUBJECTS = {
    "tests/unit/tools": "tools",
    "tests/rules/test_documented.py": "tools",
    "tests/rules/test_hinted_commands.py": "tools",
    "tests/unit/benchmarks": "benchmarks",
    "tests/golden/test_health.py": "benchmarks",
    "tests/golden/test_drawn.py": "benchmarks",
}
"""Tests of tools and benchmarks import their subject."""


def imported(path: Path) -> set[str]:
    """The top packages of our own that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return {name.partition(".")[0] for name in names} & OURS


def allowed(path: Path) -> set[str]:
    """What a file may import of our own packages."""
    place = path.relative_to(ROOT).as_posix()
    own = place.partition("/")[0]
    subjects = {subject for folder, subject in SUBJECTS.items() if place == folder or place.startswith(folder + "/")}
    shared = set() if own == "src" else {"testing"}
    return {"passerby", *shared, *subjects, *({own} & OURS)}


@pytest.mark.parametrize("folder", ["src", "testing", "tests", "tools", "benchmarks"])
def test_imports_stay_within_their_folder_testing_and_passerby(folder: str) -> None:
    wrong = {
        f"{path.relative_to(ROOT)}: {name}" for path in python_files(folder) for name in imported(path) - allowed(path)
    }
    assert wrong == set()


def test_a_benchmark_that_imports_a_test_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "kills.py"
    file.write_text("from tests.contract.store import keeper\nimport tools.lock\n", "utf-8")
    assert imported(file) - allowed(ROOT / "benchmarks/service/kills.py") == {"tests", "tools"}
    assert "testing" not in allowed(ROOT / "src/passerby/text.py")
