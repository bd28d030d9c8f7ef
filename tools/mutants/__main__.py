"""`python -m tools.mutants`: puts small faults into a copy of the code and runs the room's unit tests on each."""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path
from typing import Final

from testing.source_tree import ROOT
from tools.mutants.mutations import Mutant, mutants_of

ROOMS: Final = ("measure", "track", "geometry", "store", "config", "engine")
MORE_TESTS: Final = {"store": ("tests/contract/store",)}
NEEDED_SHARE: Final = 0.85
TEST_SECONDS: Final = 120.0
COPIED: Final = ("src", "testing", "tests", "tools", "docs", "examples", "pyproject.toml")
EQUIVALENT: Final = Path(__file__).with_name("equivalent.toml")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("--room", action="append", choices=ROOMS, help="all of them unless given")
    parser.add_argument("--sample", type=int, default=20, help="faults a room [%(default)s]")
    parser.add_argument("--seconds", type=float, default=1200.0, help="begin no fault after this time [%(default)s]")
    parser.add_argument("--seed", type=int, default=8, help="chooses the faults [%(default)s]")
    return parser.parse_args()


def _chosen(room: str, count: int, seed: int) -> list[tuple[Path, Mutant]]:
    """A sample of the room's faults, without those named as equivalent."""
    named = tomllib.loads(EQUIVALENT.read_text("utf-8")).get("mutant", [])
    left_out = {(each["file"], each["before"], each["after"]) for each in named}
    files = sorted((ROOT / "src" / "passerby" / room).rglob("*.py"))
    all_of_them = [(file.relative_to(ROOT), mutant) for file in files for mutant in mutants_of(file.read_bytes())]
    fit = [(file, each) for file, each in all_of_them if (str(file), each.before, each.after) not in left_out]
    return random.Random(f"{seed} {room}").sample(fit, min(count, len(fit)))


def _passes(copy: Path, room: str) -> bool:
    """Whether the room's tests pass on the copy; a run that takes too long does not."""
    tests = [f"tests/unit/{room}", *MORE_TESTS.get(room, ())]
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    command += ["-k", "not postgresql"] if room == "store" else []
    environment = os.environ | {"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return not subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, timeout=TEST_SECONDS, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        return False


def _measure(copy: Path, room: str, sample: list[tuple[Path, Mutant]], until_s: float) -> tuple[int, int]:
    """How many of the room's faults were noticed, and how many were tried; prints each that was not."""
    noticed = tried = 0
    for file, mutant in sample:
        if time.monotonic() > until_s:
            break
        source = (copy / file).read_bytes()
        (copy / file).write_bytes(mutant.applied(source))
        survived = _passes(copy, room)
        (copy / file).write_bytes(source)
        tried, noticed = tried + 1, noticed + (not survived)
        if survived:
            print(f"  {file}:{mutant.line}: {mutant.before}  ->  {mutant.after}", flush=True)
    return noticed, tried


def _copy_project(target: Path) -> None:
    for source in map(ROOT.joinpath, COPIED):
        if source.is_dir():
            shutil.copytree(source, target / source.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def main() -> int:
    """Exit code 0: enough faults were noticed; 1: too few; 2: the tests fail without any fault."""
    options = _options()
    until_s = time.monotonic() + options.seconds
    all_noticed = all_tried = 0
    with tempfile.TemporaryDirectory(prefix="passerby-mutants-") as folder:
        copy = Path(folder)
        _copy_project(copy)
        for room in options.room or ROOMS:
            if not _passes(copy, room):
                print(f"{room}: without any fault its tests fail or take over {TEST_SECONDS:g} s", file=sys.stderr)
                return 2
            noticed, tried = _measure(copy, room, _chosen(room, options.sample, options.seed), until_s)
            print(f"{room}: {noticed} of {tried} noticed", flush=True)
            all_noticed, all_tried = all_noticed + noticed, all_tried + tried
    print(f"all: {all_noticed} of {all_tried} noticed; {NEEDED_SHARE:.0%} are needed")
    return 0 if all_tried and all_noticed >= NEEDED_SHARE * all_tried else 1


if __name__ == "__main__":
    sys.exit(main())
