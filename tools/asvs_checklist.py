"""Writes docs/reference/asvs.md from the table of OWASP ASVS 5.0's requirements and the markers of the tests.

python -m tools.asvs_checklist          prints the page
python -m tools.asvs_checklist --write  puts it in its place
"""

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "tools" / "asvs.toml"
PAGE = ROOT / "docs" / "reference" / "asvs.md"

REASONS = ("by_design", "documented", "not_applicable", "not_met")
"""What stands for a test; one of them, and only where there is none."""

_TOP = """# OWASP ASVS 5.0, level 2

The requirements of levels 1 and 2 of the [Application Security Verification Standard 5.0](https://asvs.dev), by
number and in words of our own; the standard has the whole text. Written by `python -m tools.asvs_checklist --write`
from `tools/asvs.toml` and the markers `asvs` of the tests; a test fails when it is not what they say. No one else has
verified it.

A *tested* requirement is shown by the tests that are named; *partly* says what is missing beside them. *By design* has
no test of its own, *documented* asks for a text alone, and *not met* is what it says.
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement.

    Attributes:
        number: as `6.2.1`.
        level: 1 or 2.
        title: what it asks for, in our words.
        reason: why no test shows it: one of `REASONS`, and the text; None where tests do.
        partly: what is missing beside the tests; empty for nothing.
    """

    number: str
    level: int
    title: str
    reason: tuple[str, str] | None
    partly: str = ""

    @property
    def order(self) -> tuple[int, ...]:
        """Its place among the others."""
        return tuple(int(part) for part in self.number.split("."))


@dataclass(frozen=True, slots=True)
class Checklist:
    """The requirements and the tests that show them.

    Attributes:
        chapters: number -> title.
        requirements: in order.
        tests: requirement -> tests, as `tests/unit/x.py::test_y`.
    """

    chapters: Mapping[str, str]
    requirements: tuple[Requirement, ...]
    tests: Mapping[str, tuple[str, ...]]


def requirements_of(table: Mapping[str, Mapping[str, Any]]) -> tuple[Requirement, ...]:
    """Returns the requirements of a table in order.

    Raises:
        ValueError: an entry has more than one reason, or a key that none has.
    """
    found = []
    for number, entry in table.items():
        reasons = [(key, str(entry[key])) for key in REASONS if key in entry]
        if len(reasons) > 1 or set(entry) - {"level", "title", "partly", *REASONS}:
            raise ValueError(f"{number}: one reason at most, and no other keys, got {', '.join(entry)}")
        reason = reasons[0] if reasons else None
        found.append(Requirement(number, entry["level"], entry["title"], reason, entry.get("partly", "")))
    return tuple(sorted(found, key=lambda each: each.order))


def marked(source: str) -> Iterator[tuple[str, str]]:
    """Yields the number of a requirement and the name of a test that is marked with it, in a test's source."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for number in _numbers(node.decorator_list):
                yield number, node.name


def _numbers(decorators: Iterable[ast.expr]) -> Iterator[str]:
    for each in decorators:
        if isinstance(each, ast.Call) and ast.unparse(each.func) == "pytest.mark.asvs":
            yield from (str(ast.literal_eval(argument)) for argument in each.args)


def tests_in(folder: Path) -> dict[str, tuple[str, ...]]:
    """Returns requirement -> tests of all test files of a folder."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for file in sorted(folder.rglob("test_*.py")):
        text = file.read_text("utf-8")
        for number, name in marked(text) if "asvs" in text else ():
            found[number].append(f"{file.relative_to(folder.parent).as_posix()}::{name}")
    return {number: tuple(names) for number, names in found.items()}


def checklist(table: Path = TABLE, tests: Path = ROOT / "tests") -> Checklist:
    """Returns the checklist of a checkout."""
    read = tomllib.loads(table.read_text("utf-8"))
    return Checklist(read["chapters"], requirements_of(read["requirements"]), tests_in(tests))


def faults(found: Checklist, root: Path = ROOT) -> Iterator[str]:
    """Yields what is wrong: markers of no requirement, and requirements with neither test nor reason, or with both."""
    known = {each.number for each in found.requirements}
    for number, tests in found.tests.items():
        if number not in known:
            yield f"{number}: {tests[0]} is marked with it, and tools/asvs.toml has none of this number"
    for each in found.requirements:
        has_tests = each.number in found.tests
        if not has_tests and each.reason is None:
            yield f"{each.number}: no test is marked with it, and no reason is given"
        if has_tests and each.reason is not None:
            yield f"{each.number}: tests show it, so `{each.reason[0]}` is not needed"
        if each.reason and each.reason[0] == "documented" and not (root / each.reason[1]).is_file():
            yield f"{each.number}: there is no {each.reason[1]}"


def page(found: Checklist) -> str:
    """Returns the page."""
    parts = [_TOP, _sums(found)]
    for chapter, title in found.chapters.items():
        rows = [_row(each, found) for each in found.requirements if each.order[0] == int(chapter)]
        head = "| number | level | what | how |\n|---|---|---|---|"
        parts.append(f"## {chapter} {title}\n\n" + "\n".join([head, *rows]) + "\n")
    return "\n".join(parts)


def _sums(found: Checklist) -> str:
    kinds = {each.number: _kind(each) for each in found.requirements}
    names = ("tested", "partly", *REASONS)
    rows = [f"| {name.replace('_', ' ')} | {sum(kind == name for kind in kinds.values())} |" for name in names]
    return "\n".join(["| state | requirements |", "|---|---|", *rows, f"| all | {len(kinds)} |"]) + "\n"


def _kind(each: Requirement) -> str:
    if each.reason is not None:
        return each.reason[0]
    return "partly" if each.partly else "tested"


def _row(each: Requirement, found: Checklist) -> str:
    if each.reason is None:
        tests = ", ".join(_test(name) for name in found.tests.get(each.number, ()))
        how = f"*partly*: {each.partly}; {tests}" if each.partly else f"*tested*: {tests}"
    elif each.reason[0] == "documented":
        path = each.reason[1]
        link = f"../{path.removeprefix('docs/')}" if path.startswith("docs/") else f"../../{path}"
        how = f"*documented*: [{Path(path).stem}]({link})"
    else:
        how = f"*{each.reason[0].replace('_', ' ')}*: {each.reason[1]}"
    return f"| {each.number} | {each.level} | {each.title} | {how} |"


def _test(name: str) -> str:
    file, _, test = name.partition("::")
    return f"[{test.removeprefix('test_').replace('_', ' ')}](../../{file})"


def main() -> int:
    """Prints the page, or writes it; returns 1 where something is wrong."""
    found = checklist()
    wrong = list(faults(found))
    for fault in wrong:
        print(fault, file=sys.stderr)
    if "--write" in sys.argv:
        PAGE.write_text(page(found), "utf-8")
    else:
        print(page(found))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
