"""The venvs that the peers run in, made from their locks and kept under build/."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.footage import REPOSITORY

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Environment:
    """One venv.

    Attributes:
        name: its folder under build/.
        lock: the file of pinned packages it is made from.
    """

    name: str
    lock: Path

    @property
    def folder(self) -> Path:
        """Where it is kept."""
        return REPOSITORY / "build" / self.name

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"


PEERS = Environment("bench-venv", HERE / "requirements.lock")
FACES = Environment("faces-venv", HERE / "requirements-faces.lock")


def prepare(environment: Environment) -> Path:
    """The environment's interpreter; the venv is made anew when its lock has changed.

    Raises:
        RuntimeError: the venv could not be made, or its lock not installed; the text holds the last lines said.
    """
    stamp = environment.folder / "lock.sha256"
    wanted = hashlib.sha256(environment.lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return environment.python
    _must([str(REPOSITORY / "tools" / "make_venv"), str(environment.folder), sys.executable], environment)
    pip = [str(environment.python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
    _must([*pip, "--no-deps", "--require-hashes", "--requirement", str(environment.lock)], environment)
    stamp.write_text(wanted)
    return environment.python


def _must(command: list[str], environment: Environment) -> None:
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        last = "\n".join(said.stderr.splitlines()[-5:])
        raise RuntimeError(f"build/{environment.name} could not be made from {environment.lock.name}:\n{last}")


def one_thread() -> dict[str, str]:
    """This process's environment with every numeric library held to one thread, so that CPU seconds compare."""
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return inherited | dict.fromkeys(threads, "1")
