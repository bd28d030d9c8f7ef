"""How files look: small, named by nouns, with a first line that says what they hold."""

import ast
import re
from pathlib import Path

import pytest

from testing.source_tree import ROOT, python_files

LONGEST_FILE_LINES = 400
VAGUE_NAMES = {"data", "info", "manager", "helper", "helpers", "util", "utils", "common", "misc", "object", "objects"}
UNFINISHED = re.compile(r"\b(T[O]DO|F[I]XME|X[X]X|H[A]CK)\b")
UNNAMED_EXCEPTION = re.compile(r"#\s*(type:\s*ignore(?!\[)|no[q]a(?!:))")

SOURCE = python_files("src", "testing", "tools", "benchmarks")
EVERYTHING = SOURCE + python_files("tests")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_first_line_says_what_the_file_holds() -> None:
    first_lines = {path: (ast.get_docstring(ast.parse(text_of(path))) or "").partition("\n")[0] for path in SOURCE}
    assert [named(path) for path, line in first_lines.items() if len(line) <= 11] == []


def test_files_are_short_enough_to_read() -> None:
    assert [named(path) for path in EVERYTHING if len(text_of(path).splitlines()) > LONGEST_FILE_LINES] == []


def test_nothing_is_left_undone() -> None:
    assert [named(path) for path in EVERYTHING if UNFINISHED.search(text_of(path))] == []


def test_no_warning_is_silenced_without_its_name() -> None:
    assert [named(path) for path in EVERYTHING if UNNAMED_EXCEPTION.search(text_of(path))] == []


@pytest.mark.parametrize("excuse", ["# type: ig" + "nore", "x = 1  # no" + "qa"])
def test_the_rule_on_silenced_warnings_can_fail(excuse: str) -> None:
    assert UNNAMED_EXCEPTION.search(excuse)
    assert not UNNAMED_EXCEPTION.search("x()  # type: ignore[arg-type]")


def test_files_are_named_by_what_they_hold() -> None:
    assert [named(path) for path in SOURCE if VAGUE_NAMES & set(path.stem.split("_"))] == []


def test_no_state_in_modules() -> None:
    """State lives in the object that needs it: `global` is the sign of a module that keeps some."""
    nodes = {path: ast.walk(ast.parse(text_of(path))) for path in SOURCE}
    assert [named(path) for path, walk in nodes.items() if any(isinstance(node, ast.Global) for node in walk)] == []
