"""What a whole process costs: its own user and system time, as the kernel counts it."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.environment import one_thread
from benchmarks.footage import REPOSITORY


@dataclass(frozen=True, slots=True)
class Usage:
    """One finished process, the children it waited for included.

    Attributes:
        cpu_s: user and system seconds.
        wall_s: seconds from start to end.
        peak_mib: largest resident size.
    """

    cpu_s: float
    wall_s: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two programs run in turns (A B A B), so that a slow spell of the machine meets both.

    Attributes:
        ours: one usage a round.
        peer: one usage a round.
    """

    ours: tuple[Usage, ...]
    peer: tuple[Usage, ...]

    @property
    def ours_cpu_s(self) -> float:
        """Median CPU seconds of ours."""
        return statistics.median(usage.cpu_s for usage in self.ours)

    @property
    def peer_cpu_s(self) -> float:
        """Median CPU seconds of the peer."""
        return statistics.median(usage.cpu_s for usage in self.peer)

    def ratio(self, ours_start_s: float = 0.0, peer_start_s: float = 0.0) -> float:
        """Median over the rounds of ours divided by the peer, after taking off what each needs to start."""
        return statistics.median(
            (ours.cpu_s - ours_start_s) / max(peer.cpu_s - peer_start_s, 1e-9)
            for ours, peer in zip(self.ours, self.peer, strict=True)
        )


class CommandFailedError(Exception):
    """A measured program ended with an error; the text holds its last words."""


def run(command: Sequence[str]) -> Usage:
    """Runs one program to its end and says what it cost.

    Raises:
        CommandFailedError: its exit code is not 0.
    """
    with tempfile.TemporaryFile("w+") as said:
        start_s = time.perf_counter()
        process = subprocess.Popen(  # its words go to a file: a full pipe would stall it
            list(command), stdout=said, stderr=subprocess.STDOUT, cwd=REPOSITORY, env=one_thread()
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - start_s
        if process.returncode:
            said.seek(0)
            last = "".join(said.readlines()[-12:])
            raise CommandFailedError(f"{' '.join(command[:4])} … ended with {process.returncode}:\n{last}")
    return Usage(usage.ru_utime + usage.ru_stime, wall_s, usage.ru_maxrss / 1024)


def alternate(
    ours: Sequence[str], peer: Sequence[str], rounds: int, after_each: Callable[[], None] = lambda: None
) -> Pairs:
    """Runs both programs in turns.

    Args:
        ours: our command.
        peer: the peer's command.
        rounds: how often each is run.
        after_each: called when a program has ended, outside the measured time.
    """
    pairs: list[tuple[Usage, Usage]] = []
    for _ in range(rounds):
        first = run(ours)
        after_each()
        second = run(peer)
        after_each()
        pairs.append((first, second))
    return Pairs(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))
