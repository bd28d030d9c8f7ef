"""Runs the benchmarks: python -m benchmarks [--only NAME ...] [--json] [--rounds N] [--fp32 MODEL.onnx]."""

import argparse
import importlib
import json
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks.bench import Bench
from benchmarks.cost import CommandFailedError
from benchmarks.counting.baseline_model import fp32_model
from benchmarks.figures import Chapter, document_of, table_of
from benchmarks.footage import RESULTS_FOLDER, Footage, FootageMissingError, find_footage

MODULES = {
    **{name: f"benchmarks.counting.{name}" for name in ("counts", "cpu", "ground", "tracking", "far", "stages")},
    "faces": "benchmarks.anonymise.face_finders",
}
NAMES = tuple(MODULES)
WIDTH_IN_A_LOG = 150
"""Columns where there is no terminal to ask: the tables then keep a line a row."""

RESULTS = RESULTS_FOLDER / "latest.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: every bar reached, or nothing to measure on; 1: a bar missed; 2: a benchmark could not run."""
    asked = _parser().parse_args(arguments)
    console = Console(stderr=asked.json)
    if not console.is_terminal:
        console = Console(stderr=asked.json, width=WIDTH_IN_A_LOG)
    try:
        footage = find_footage()
    except FootageMissingError as missing:
        console.print(f"[yellow]Skipped:[/] {missing}", soft_wrap=True)
        return 0
    try:
        model = fp32_model(asked.fp32)
    except RuntimeError as fault:
        console.print(escape(str(fault)), soft_wrap=True)
        return 2
    names = [name for name in NAMES if name in (asked.only or NAMES)]
    chapters, faults = _run(names, footage, model, asked.rounds, console)
    written = write_results(chapters, faults)
    if asked.json:
        print(json.dumps(written, indent=1))
    missed = [f"{chapter.name}: {figure.footage}, {figure.what}" for chapter in chapters for figure in chapter.failed]
    for line in missed:
        console.print(f"[red]not reached[/] {line}")
    console.print(f"written to benchmarks/results/{RESULTS.name}")
    return 2 if faults else 1 if missed else 0


def _run(
    names: Sequence[str], footage: Footage, model: Path, rounds: int, console: Console
) -> tuple[list[Chapter], dict[str, str]]:
    """The chapters that could be measured, printed as they come, and why the others could not be."""
    chapters: list[Chapter] = []
    faults: dict[str, str] = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with tempfile.TemporaryDirectory() as folder, Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(names))

        def report(line: str) -> None:
            progress.update(task, description=line)

        bench = Bench(footage, model, Path(folder), rounds, report)
        for name in names:
            try:
                chapter: Chapter = importlib.import_module(MODULES[name]).measure(bench)
            except (CommandFailedError, ImportError, RuntimeError, ValueError) as fault:
                faults[name] = f"{type(fault).__name__}: {fault}"
                progress.console.print(f"[bold red]{name} could not run:[/] {escape(str(fault))}", soft_wrap=True)
            else:
                chapters.append(chapter)
                progress.console.print(table_of(chapter))
            progress.advance(task)
    return chapters, faults


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=NAMES, metavar="NAME", help=f"one of {', '.join(NAMES)}")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on standard output, tables on error")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each program where CPU is measured")
    parser.add_argument("--fp32", type=Path, help="the baseline's detector; built when left out")
    return parser


def write_results(chapters: Sequence[Chapter], faults: dict[str, str]) -> dict[str, Any]:
    """Writes the run's figures; chapters that were not run keep what an earlier run found, with its date."""
    earlier: dict[str, Any] = json.loads(RESULTS.read_text("utf-8"))["chapters"] if RESULTS.is_file() else {}
    about = {"measured": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": _machine()}
    fresh = {name: chapter | about for name, chapter in document_of(chapters).items()}
    document = {"chapters": earlier | fresh, "could_not_run": faults}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", "utf-8")
    return document


def _machine() -> str:
    """The processor's name and the Python that measured."""
    names = Path("/proc/cpuinfo")
    lines = names.read_text().splitlines() if names.is_file() else []
    model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return f"{model}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
