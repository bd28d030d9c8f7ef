"""`tests/unit` mirrors `src`: whoever looks for the test of a module finds it at the same path."""

from pathlib import Path

import pytest

from testing.source_tree import ROOT

UNIT = ROOT / "tests" / "unit"
BESIDE_SRC = ("testing", "tools", "benchmarks")
"""Folders beside src whose tests are in a folder of their name."""

KNOWN_EXCEPTIONS: dict[str, str] = {
    "tools/test_makefile.py": "the Makefile, beside the tools that it calls",
    "cli/test_packaging.py": "the command lines in packaging/, which the command line must know",
    "cli/test_without_extras.py": "every command, in an installation without the packages of extras",
}
"""Tests of something other than one module, and of what."""


def folder_of(test: Path) -> Path:
    """The folder in which the module is that a test file is about."""
    inside = test.relative_to(UNIT).parent
    beside = inside.parts[:1] and inside.parts[0] in BESIDE_SRC
    return ROOT / inside if beside else ROOT / "src" / "passerby" / inside


def subjects(folder: Path) -> set[str]:
    """The names of a folder's modules, packages and programs, as a test's name begins with them."""
    if not folder.is_dir():
        return set()
    names = {path.stem for path in folder.iterdir() if path.suffix in (".py", "")} - {"__init__", "__pycache__"}
    return {"main" if name == "__main__" else name for name in names}


def has_subject(test: Path) -> bool:
    """Whether the file is named test_<module>.py or test_<module>_<topic>.py for a module at its path."""
    name = test.stem.removeprefix("test_")
    return any(name == subject or name.startswith(subject + "_") for subject in subjects(folder_of(test)))


def test_every_unit_test_lies_where_its_module_does() -> None:
    tests = {str(path.relative_to(UNIT)): path for path in sorted(UNIT.rglob("test_*.py"))}
    assert len(tests) > 100
    lost = {name for name, path in tests.items() if not has_subject(path)}
    assert lost == set(KNOWN_EXCEPTIONS)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("track/test_tracker.py", True),
        ("track/test_tracker_restarts.py", True),
        ("track/test_trackers.py", False),
        ("geometry/test_tracker.py", False),
        ("benchmarks/test_main.py", True),
        ("tools/test_debian_file.py", True),
    ],
)
def test_the_rule_can_fail(place: str, expected: bool) -> None:
    assert has_subject(UNIT / place) is expected
