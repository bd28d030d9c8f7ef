"""One room's tests, run on a copy of the project with a fault in it."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, Self

from testing.source_tree import ROOT
from tools.mutants.mutations import Mutant

MORE_TESTS: Final = {"store": ("tests/contract/store",)}
COPIED: Final = ("src", "testing", "tests", "tools", "docs", "examples", "pyproject.toml")
MAX_UNMUTATED_S: Final = 300.0
SLOWER: Final = 5.0
"""A run that takes so many times as long as without a fault is stopped: an endless loop, or too busy a machine."""


class Outcome(Enum):
    """What the tests made of a fault."""

    NOTICED = "noticed"
    SURVIVED = "not noticed"
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True)
class RoomTests:
    """The tests of one room, on a copy.

    Attributes:
        copy: the copy's folder.
        room: a folder of `src/passerby`.
        limit_s: after how long a run is stopped.
    """

    copy: Path
    room: str
    limit_s: float

    @classmethod
    def prepared(cls, copy: Path, room: str) -> Self | None:
        """The tests with a limit taken from a run without a fault; None if that run fails or takes too long."""
        began_s = time.monotonic()
        tests = cls(copy, room, MAX_UNMUTATED_S)
        if tests._run(tests._test_files(Path())) is not Outcome.SURVIVED:
            return None
        return cls(copy, room, 20.0 + SLOWER * (time.monotonic() - began_s))

    def outcome(self, file: Path, mutant: Mutant) -> Outcome:
        """Puts the fault into the file, runs the tests, and takes it out again."""
        source = (self.copy / file).read_bytes()
        (self.copy / file).write_bytes(mutant.applied(source))
        try:
            outcome = self._run(self._test_files(file))
            own = self._own_files(file)
            return self._run(own, "--slow") if own and outcome is Outcome.SURVIVED else outcome
        finally:
            (self.copy / file).write_bytes(source)

    def _run(self, files: list[str], *more: str) -> Outcome:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
        command += ["--hypothesis-profile=mutants", *more, *files]
        command += ["-k", "not postgresql"] if self.room == "store" else []
        environment = os.environ | {"PYTHONPATH": str(self.copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.Popen(
            command, cwd=self.copy, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            return Outcome.NOTICED if process.wait(self.limit_s) else Outcome.SURVIVED
        except subprocess.TimeoutExpired:
            return Outcome.TIMED_OUT
        finally:
            _end(process)

    def _test_files(self, changed: Path) -> list[str]:
        """The room's test files, those of the changed module first: most faults are noticed there."""
        folders = [f"tests/unit/{self.room}", *MORE_TESTS.get(self.room, ())]
        found = [path for folder in folders for path in sorted((self.copy / folder).rglob("test_*.py"))]
        own = f"test_{changed.stem}"
        return [str(path.relative_to(self.copy)) for path in sorted(found, key=lambda path: own not in path.stem)]

    def _own_files(self, changed: Path) -> list[str]:
        """The test files of the changed module; their slow tests run too where all others have noticed nothing."""
        found = sorted((self.copy / f"tests/unit/{self.room}").rglob(f"test_{changed.stem}*.py"))
        return [str(path.relative_to(self.copy)) for path in found]


def copy_project(target: Path) -> None:
    """Copies what the tests need into a folder."""
    for source in map(ROOT.joinpath, COPIED):
        if source.is_dir():
            shutil.copytree(source, target / source.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a run with the processes that its tests started and, with a fault in the code, may have left."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
