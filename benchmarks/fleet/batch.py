"""What a cluster costs a count: `python -m benchmarks.fleet.batch` counts recordings on Ray, and by plain counts.

The same recordings on the same two processors, in turns: two plain `passerby count` side by side, each going through
its half, and one `passerby count --engine` on a cluster of one machine with two processors, which runs already.
Compared are the wall time and the processor time of all processes, Ray's own included, and the results, which have to
be the same bytes. What other programs took of the machine meanwhile is printed with them.
"""

import argparse
import json
import os
import resource
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from benchmarks.footage import PETS, RESULTS_FOLDER, FootageMissingError, find_footage
from benchmarks.store.databases import machine
from testing.servers.ray_cluster import RayCluster, cluster, descendants, missing

RESULTS = RESULTS_FOLDER / "batch.json"
PROCESSORS = 2
TARGET = 0.9
LOOK_S = 0.1
"""A process of Ray's that ends takes with it what it used since the last look."""

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Run:
    """What one way took.

    Attributes:
        wall_s: from its first process to its last result.
        cpu_s: processor time of all its processes, those of the cluster included.
        others_cpus: processors that other programs of this machine used meanwhile, on the mean.
    """

    wall_s: float
    cpu_s: float
    others_cpus: float


class Stopwatch:
    """Measures what happens within its block.

    Args:
        ours: the cluster whose processes count as ours; None for none.
    """

    def __init__(self, ours: RayCluster | None = None) -> None:
        self._cluster, self._ended = ours, threading.Event()
        self._seen_s: dict[tuple[int, int], float] = {}
        self._looks = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._before_s = sum(self._seen_s.values()) + children_s()
        self._busy_s, self._began_s = busy_s(), time.monotonic()
        self._looks.start()
        return self

    def __exit__(self, *_: object) -> None:
        wall_s = time.monotonic() - self._began_s
        self._ended.set()
        self._looks.join()
        self._look()
        cpu_s = sum(self._seen_s.values()) + children_s() - self._before_s
        self.run = Run(wall_s, cpu_s, max(0.0, busy_s() - self._busy_s - cpu_s) / wall_s)

    def _look_on(self) -> None:
        while not self._ended.wait(LOOK_S):
            self._look()

    def _look(self) -> None:
        """Ray's raylet waits for none of its children, so each has to be seen while it runs."""
        if self._cluster is None:
            return
        head = self._cluster.machines["head"].pid
        for pid in (head, *descendants(head)):
            try:
                line = Path(f"/proc/{pid}/cmdline").read_bytes()
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            # The parent of a sandbox waits for it, and has its time then; one that has ended has no command line.
            if line and b"passerby.pipeline" not in line:
                waited_for = b"raylet" not in line.split(b"\0")[0]
                self._seen_s[pid, int(fields[19])] = TICK_S * sum(map(int, fields[11 : 15 if waited_for else 13]))


def children_s() -> float:
    """Processor time of the children that this process has waited for, and theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def busy_s() -> float:
    """Processor time that all of this machine has used: user, nice and system."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return TICK_S * sum(map(int, fields[1:4]))


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "passerby", "count", *map(str, words), "--fps", str(PETS.analysed_fps)]


def side_by_side(recordings: Sequence[Path], out: Path) -> Run:
    """Two shells at once, each with one plain count after the other."""
    out.mkdir()
    scripts = [
        "\n".join(
            shlex.join(command(each, "--no-picture", "--json", out / f"{each.name}.counts.json"))
            for each in recordings[number::PROCESSORS]
        )
        for number in range(PROCESSORS)
    ]
    with Stopwatch() as watch:
        shells = [
            subprocess.Popen(["/bin/sh", "-ec", each], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for each in scripts
        ]
        codes = [shell.wait() for shell in shells]
    if any(codes):
        raise RuntimeError(f"a plain count ended with {codes}")
    return watch.run


def on_cluster(recordings: Sequence[Path], out: Path, ours: RayCluster) -> Run:
    """One command, whose recordings the cluster counts."""
    words = command(*recordings, "--engine", ours.address, "--each", out)
    with Stopwatch(ours) as watch:
        subprocess.run(words, env={**os.environ, **ours.environment}, check=True, stdout=subprocess.DEVNULL)
    return watch.run


def differing(recordings: Sequence[Path], one: Path, other: Path) -> list[str]:
    """The recordings whose results are not the same bytes; every one has to be there."""
    names = [f"{each.name}.counts.json" for each in recordings]
    return [name for name in names if (one / name).read_bytes() != (other / name).read_bytes()]


def measured(copies: int, rounds: int, folder: Path) -> dict[str, object]:
    """Runs both ways in turns; returns what each took, and how they compare."""
    source = find_footage().video(PETS)
    recordings = [folder / f"2026{1 + each // 28:02}{1 + each % 28:02}_080000{source.suffix}" for each in range(copies)]
    for each in recordings:
        shutil.copyfile(source, each)
    found, differ = [], []
    with cluster() as ours:
        ours.start_head(cpus=PROCESSORS)
        for number in range(rounds):
            plain = side_by_side(recordings, folder / f"plain-{number}")
            there = on_cluster(recordings, folder / f"there-{number}", ours)
            differ += differing(recordings, folder / f"plain-{number}", folder / f"there-{number}")
            found.append((plain, there))
            print(f"round {number + 1}: side by side {plain}, on the cluster {there}", file=sys.stderr, flush=True)
    return {
        "machine": machine(), "recordings": copies, "differing": differ,
        "rounds": [{"side_by_side": asdict(plain), "cluster": asdict(there)} for plain, there in found],
        "throughput": statistics.median(plain.wall_s / there.wall_s for plain, there in found),
        "throughput_by_cpu": statistics.median(plain.cpu_s / there.cpu_s for plain, there in found),
    }  # fmt: skip


def main() -> int:
    """Prints what was measured; returns 1 where a result differs, or the cluster is slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--copies", type=int, default=12, help="how many recordings: so often PETS 2009 is counted")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    if reason := missing():
        print(reason)
        return 1
    try:
        with tempfile.TemporaryDirectory(prefix="batch-") as folder:
            result = measured(given.copies, given.rounds, Path(folder))
    except FootageMissingError as error:
        print(error)
        return 1
    print(json.dumps(result, indent=2))
    RESULTS_FOLDER.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=2) + "\n")
    throughput = result["throughput"]
    return int(bool(result["differing"]) or not isinstance(throughput, float) or throughput < TARGET)


if __name__ == "__main__":
    sys.exit(main())
