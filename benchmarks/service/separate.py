"""What decoding a camera apart costs: `python -m benchmarks.service.separate` watches a real camera both ways.

An RTSP camera plays a recording; it is watched by one process, and by two, in pairs of turns whose order changes, so
that a machine that grows busier favours neither. Written down are the processor time of all of a camera's processes for
each frame that was analysed, and their memory, in which what they share counts once. What is compared are the two turns
of a pair, and of all pairs the median: one that another program fell into does not decide.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.footage import RESULTS_FOLDER, find_footage
from benchmarks.store.databases import machine
from passerby.domain.errors import PasserbyError
from passerby.domain.health import CameraHealth, CameraState
from passerby.domain.layout import Layout, Zone
from passerby.domain.observations import Quantity
from passerby.domain.service import CameraPlan, DetectorPlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.camera_start import CameraStart
from passerby.engine.separated_camera import SeparatedCamera
from passerby.messages.columns import observations_of
from passerby.messages.sandbox_messages import Minutes
from passerby.sandbox.connection_broker import AllowList
from passerby.sandbox.process import SandboxProcess
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, opened

RESULTS = RESULTS_FOLDER / "separate.json"
ONLINE_S, WARM_UP_S = 90.0, 12.0
MB = 1 << 20
ZONE = Zone("picture", np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32))
TOGETHER, SEPARATE = "one process", "two processes"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a camera took: processor time and analysed frames in a second, and memory."""

    cpu_share: float
    memory_mb: float
    analysed_fps: float

    @property
    def frame_ms(self) -> float:
        """Processor time for each frame that was analysed."""
        return self.cpu_share / max(self.analysed_fps, 0.1) * 1e3


def family(pid: int) -> list[int]:
    """Returns a process and all that it has started."""
    found = [pid]
    with suppress(OSError):
        for task in Path("/proc", str(pid), "task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found


def cpu_s(pids: list[int]) -> float:
    """Returns the processor time that processes have taken."""
    ticks = 0
    for pid in pids:
        fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mb(pids: list[int]) -> float:
    """Returns the memory of processes; what several share is divided among them (PSS)."""
    total_kb = 0
    for pid in pids:
        for row in Path("/proc", str(pid), "smaps_rollup").read_text().splitlines():
            if row.startswith("Pss:"):
                total_kb += int(row.split()[1])
    return total_kb * 1024 / MB


class WatchedFrames:
    """Counts the frames that a camera's mean occupancy rests on, which are those that were analysed.

    Attributes:
        online: the camera has been.
        why: the newest sentence of its health.
    """

    def __init__(self, process: SandboxProcess | SeparatedCamera) -> None:
        self.online, self.why = threading.Event(), ""
        self._minutes: dict[int, int] = {}
        self._process = process
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(PasserbyError, ValueError, OSError):
            for message in self._process.messages():
                if isinstance(message, CameraHealth) and message.state is CameraState.ONLINE:
                    self.why = message.why
                    self.online.set()
                elif isinstance(message, Minutes):
                    for one in (*observations_of(message.open), *observations_of(message.closed)):
                        if one.quantity is Quantity.OCCUPANCY_MEAN:
                            self._minutes[one.start_ns] = one.count

    @property
    def analysed(self) -> int:
        """How many there were since the start."""
        return sum(self._minutes.values())


@contextmanager
def watched(start: CameraStart) -> Iterator[tuple[WatchedFrames, list[int]]]:
    """Starts a camera; yields its frames and the processes that it has, once it is online and warm.

    Raises:
        TimeoutError: it was not online in time.
    """
    with start(None) as process:
        frames = WatchedFrames(process)
        if not frames.online.wait(ONLINE_S):
            raise TimeoutError(f"the camera was not online within {ONLINE_S:g} s")
        time.sleep(WARM_UP_S)
        pids = family(process.pid)
        if isinstance(process, SeparatedCamera):
            pids += family(process.decoder_pid)
        yield frames, pids


def measured(film: Film, seconds: float, fps: float, *, separate: bool) -> Cost:
    """Watches a camera for a while."""
    with RtspCamera(film) as camera:
        source = CameraSource(SourceKind.RTSP, "127.0.0.1", camera.port, "/main")
        plan = CameraPlan("bench", source, Layout((), (ZONE,), (), None), fps)
        start = CameraStart(plan, DetectorPlan(), AllowList.of(["127.0.0.0/8"]), separate=separate)
        with watched(start) as (frames, pids):
            began_s, before_s, seen = time.monotonic(), cpu_s(pids), frames.analysed
            time.sleep(seconds)
            took_s = time.monotonic() - began_s
            return Cost((cpu_s(pids) - before_s) / took_s, memory_mb(pids), (frames.analysed - seen) / took_s)


def main() -> None:
    """Measures both in turns, prints a table and writes the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=20.0, help="of each turn, after its warm-up")
    arguments.add_argument("--fps", type=float, nargs="+", default=[2.0, 5.0], help="frames analysed a second")
    arguments.add_argument("--rounds", type=int, default=5, help="pairs of turns")
    arguments.add_argument("--recording", default="town-centre/video.mp4")
    wanted = arguments.parse_args()
    recording = find_footage().recordings / wanted.recording
    table = Table("", "CPU a frame", "CPU", "memory", "frames a second", title=wanted.recording)
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        film = opened(recording, Path(folder))
        for fps in wanted.fps:
            pairs = [_pair(film, wanted.seconds, fps, separate_first=bool(turn % 2)) for turn in range(wanted.rounds)]
            for name, found in zip((TOGETHER, SEPARATE), zip(*pairs, strict=True), strict=True):
                table.add_row(f"{fps:g} a second, {name}", *_medians(found))
            more = sorted(two.frame_ms / one.frame_ms - 1 for one, two in pairs)
            table.add_row("two need more by", f"{median(more):+.1%} ({more[0]:+.1%} to {more[-1]:+.1%})")
            figures[f"{fps:g}"] = {"more": more, "pairs": [[asdict(one), asdict(two)] for one, two in pairs]}
    Console().print(table)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": machine(), "fps": figures}, indent=2) + "\n", encoding="utf-8")


def _pair(film: Film, seconds: float, fps: float, *, separate_first: bool) -> tuple[Cost, Cost]:
    """Returns what one process took, and what two took."""
    first, second = (
        measured(film, seconds, fps, separate=separate) for separate in (separate_first, not separate_first)
    )
    return (second, first) if separate_first else (first, second)


def _medians(costs: Sequence[Cost]) -> tuple[str, str, str, str]:
    frame_ms, share = median(one.frame_ms for one in costs), median(one.cpu_share for one in costs)
    memory, fps = median(one.memory_mb for one in costs), median(one.analysed_fps for one in costs)
    return f"{frame_ms:.1f} ms", f"{share:.1%}", f"{memory:.0f} MB", f"{fps:.2f}"


if __name__ == "__main__":
    main()
