"""Files, functions and folders stay small enough to take in at once."""

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from testing.source_tree import PACKAGE, ROOT, python_files

FOLDERS = ("src", "testing", "tests", "tools", "benchmarks")
MAX_FUNCTION_P95_LINES = 25
MAX_MODULES = 14

WIDER = {
    "src/passerby": "its folders are the rooms, and their order is checked by import-linter",
    "src/passerby/domain": "many small types, each in a module of its own",
    "benchmarks": "a folder for each part that is measured, beside what all of them share",
    "src/passerby/store/migrations/versions": "one module a revision; a revision is never taken away",
}
"""Folders that may hold more modules than others, and why."""


def function_lines(paths: Iterable[Path]) -> list[int]:
    """The lengths of all functions in the files, shortest first."""
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    functions = (node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return sorted((node.end_lineno or node.lineno) - node.lineno + 1 for node in functions)


def percentile_95(lengths: list[int]) -> int:
    """The length that 95 % of the functions do not exceed."""
    return lengths[int(0.95 * len(lengths))]


def modules_of(folder: Path) -> int:
    """How many modules and folders of modules a folder holds; its `__init__` is not counted."""
    modules = [path for path in folder.glob("*.py") if path.stem != "__init__"]
    return len(modules) + sum(1 for path in folder.iterdir() if path.is_dir() and any(path.glob("*.py")))


def wide_folders(top: Path) -> dict[str, int]:
    """The folders of modules under `top` that hold too many, with their number."""
    counted = {folder: modules_of(folder) for folder in {path.parent for path in top.rglob("*.py")}}
    return {str(folder.relative_to(ROOT)): n for folder, n in counted.items() if n > MAX_MODULES}


@pytest.mark.parametrize("folders", [("src",), pytest.param(FOLDERS, marks=pytest.mark.slow)], ids=["src", "all"])
def test_functions_are_short(folders: tuple[str, ...]) -> None:
    assert percentile_95(function_lines(python_files(*folders))) <= MAX_FUNCTION_P95_LINES


def test_folders_can_be_taken_in_at_once() -> None:
    wide: dict[str, int] = {}
    for top in ("src", "testing", "tools", "benchmarks"):
        wide |= wide_folders(ROOT / top)
    assert {folder: n for folder, n in wide.items() if folder not in WIDER} == {}


def test_the_rules_can_fail(tmp_path: Path) -> None:
    file = tmp_path / "long.py"
    file.write_text("def long():\n" + "    pass\n" * 30 + "def short():\n    pass\n", "utf-8")
    assert function_lines([file]) == [2, 31]
    assert percentile_95([1] * 94 + [30] * 6) == 30
    assert modules_of(PACKAGE / "domain") > MAX_MODULES
