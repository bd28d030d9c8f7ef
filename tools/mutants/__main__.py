"""`python -m tools.mutants`: puts small faults into a copy of the code and runs the room's unit tests on each."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tools.mutants.mutations import Equivalent, Mutant, equivalents, mutants_of
from tools.mutants.trial import Outcome, RoomTests, copy_project

ROOMS: Final = ("measure", "track", "geometry", "store", "config", "engine", "camera_secrets")
NEEDED_SHARE: Final = 0.85
LEFT_OUT: Final = ("store/databases/postgresql.py", "store/backup/postgresql.py")
"""Run on a PostgreSQL server alone, which the tests of each fault do without: `make test` has one."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("--room", action="append", choices=ROOMS, help="all of them unless given")
    parser.add_argument("--sample", type=int, default=20, help="faults a room [%(default)s]")
    parser.add_argument(
        "--seconds", type=float, default=900.0, help="begin no fault after this time, a room [%(default)s]"
    )
    parser.add_argument("--seed", type=int, default=8, help="chooses the faults [%(default)s]")
    return parser.parse_args()


def _chosen(copy: Path, room: str, count: int, seed: int) -> list[tuple[Path, Mutant]]:
    """A sample of the room's faults, without those named as equivalent; of the copy, for the project may change."""
    left_out = equivalents()
    package = copy / "src" / "passerby"
    files = sorted(set((package / room).rglob("*.py")) - {package / name for name in LEFT_OUT})
    all_of_them = [(file.relative_to(copy), mutant) for file in files for mutant in mutants_of(file.read_bytes())]
    fit = [(file, each) for file, each in all_of_them if not _is_equivalent(left_out.get((str(file), each.key)), each)]
    return random.Random(f"{seed} {room}").sample(fit, min(count, len(fit)))


def _is_equivalent(named: Equivalent | None, mutant: Mutant) -> bool:
    return named is not None and named.names(mutant)


def _enough(room: str, outcomes: list[Outcome]) -> bool:
    """Prints the room's figures; returns whether enough faults were noticed of those that came to a result."""
    noticed, late = outcomes.count(Outcome.NOTICED), outcomes.count(Outcome.TIMED_OUT)
    decided = len(outcomes) - late
    share = noticed / decided if decided else 0.0
    late_ones = f"; {late} more timed out" if late else ""
    print(f"{room}: {noticed} of {decided} noticed, {share:.0%}; {NEEDED_SHARE:.0%} are needed{late_ones}", flush=True)
    return share >= NEEDED_SHARE


def _measure(tests: RoomTests, sample: list[tuple[Path, Mutant]], seconds: float) -> list[Outcome]:
    """What became of each fault; prints those that were not noticed, and those whose run took too long."""
    outcomes: list[Outcome] = []
    until_s = time.monotonic() + seconds
    for file, mutant in sample:
        if time.monotonic() > until_s:
            print(f"  the time is up after {len(outcomes)} of {len(sample)} faults", flush=True)
            break
        outcome = tests.outcome(file, mutant)
        outcomes.append(outcome)
        if outcome is not Outcome.NOTICED:
            place = f"{file}:{mutant.line} {mutant.where}"
            print(f"  {outcome.value}: {place}: {mutant.before}  ->  {mutant.after}", flush=True)
    return outcomes


def main() -> int:
    """Exit code 0: enough faults were noticed in each room; 1: too few in one; 2: its tests fail without any fault."""
    options = _options()
    enough = True
    with tempfile.TemporaryDirectory(prefix="passerby-mutants-") as folder:
        copy = Path(folder)
        copy_project(copy)
        for room in options.room or ROOMS:
            tests = RoomTests.prepared(copy, room)
            if tests is None:
                print(f"{room}: its tests fail, or never end, without any fault", file=sys.stderr)
                return 2
            sample = _chosen(copy, room, options.sample, options.seed)
            enough = _enough(room, _measure(tests, sample, options.seconds)) and enough
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
