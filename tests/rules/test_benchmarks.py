"""Every benchmark that can be run is named on the page of benchmarks."""

import re
from pathlib import Path

from testing.source_tree import ROOT, python_files

PAGE = ROOT / "benchmarks" / "README.md"
MAKE_BENCH = ROOT / "benchmarks" / "__main__.py"
"""`make bench`, which the whole page is about."""


def named(file: Path, text: str) -> bool:
    """Whether a text names a module: as `python -m` does, by its path, or by its name alone."""
    path = file.relative_to(ROOT / "benchmarks").with_suffix("")
    module = ".".join(["benchmarks", *(path.parent if path.name == "__main__" else path).parts])
    return any(
        re.search(rf"{re.escape(each)}[` ]", text) for each in (f"python -m {module}", f"{path}.py", f"`{path.name}")
    )


def test_every_benchmark_is_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    runnable = [
        file
        for file in python_files("benchmarks")
        if '__name__ == "__main__"' in file.read_text("utf-8") and "peers" not in file.parts and file != MAKE_BENCH
    ]
    assert len(runnable) > 30
    assert [str(file.relative_to(ROOT)) for file in runnable if not named(file, text)] == []


def test_a_benchmark_that_is_named_otherwise_is_missing() -> None:
    file = ROOT / "benchmarks" / "fleet" / "made.py"
    assert named(file, "| `python -m benchmarks.fleet.made --kills 2` |")
    assert named(file, "| `fleet/made.py` |")
    assert named(file, "| likewise `made` |")
    assert not named(file, "| `python -m benchmarks.fleet.made_tracks`, `made_up` and what is made |")
