"""What decoding a camera apart costs: `python -m benchmarks.service.separate` watches a real camera both ways.

An RTSP camera plays a recording; it is watched by one process, then by two, in turns. Written down are the processor
time of all of a camera's processes, and their memory, in which what they share counts once.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

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
WARM_UP_S = 10.0
MB = 1 << 20
ZONE = Zone("picture", np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32))
TOGETHER, SEPARATE = "one process", "two processes"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a camera took: processor time and analysed frames in a second, and memory."""

    cpu_share: float
    memory_mb: float
    analysed_fps: float


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


class _Frames:
    """Counts the frames that a camera's mean occupancy rests on, which are those that were analysed."""

    def __init__(self, process: SandboxProcess | SeparatedCamera) -> None:
        self.online = threading.Event()
        self._minutes: dict[int, int] = {}
        self._process = process
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(PasserbyError, ValueError, OSError):
            for message in self._process.messages():
                if isinstance(message, CameraHealth) and message.state is CameraState.ONLINE:
                    self.online.set()
                elif isinstance(message, Minutes):
                    for one in (*observations_of(message.open), *observations_of(message.closed)):
                        if one.quantity is Quantity.OCCUPANCY_MEAN:
                            self._minutes[one.start_ns] = one.count

    @property
    def analysed(self) -> int:
        """How many there were since the start."""
        return sum(self._minutes.values())


def measured(film: Film, seconds: float, fps: float, *, separate: bool) -> Cost:
    """Watches a camera for a while."""
    with RtspCamera(film) as camera:
        source = CameraSource(SourceKind.RTSP, "127.0.0.1", camera.port, "/main")
        plan = CameraPlan("bench", source, Layout((), (ZONE,), (), None), fps)
        start = CameraStart(plan, DetectorPlan(), AllowList.of(["127.0.0.0/8"]), separate=separate)
        with start(None) as process:
            frames = _Frames(process)
            if not frames.online.wait(60.0):
                raise TimeoutError("the camera was not online within a minute")
            time.sleep(WARM_UP_S)
            pids = family(process.pid)
            if isinstance(process, SeparatedCamera):
                pids += family(process.decoder_pid)
            began_s, before_s, seen = time.monotonic(), cpu_s(pids), frames.analysed
            time.sleep(seconds)
            took_s = time.monotonic() - began_s
            return Cost((cpu_s(pids) - before_s) / took_s, memory_mb(pids), (frames.analysed - seen) / took_s)


def main() -> None:
    """Measures both in turns, prints a table and writes the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=40.0)
    arguments.add_argument("--fps", type=float, default=10.0, help="frames analysed a second")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--recording", default="town-centre/video.mp4")
    wanted = arguments.parse_args()
    recording = find_footage().recordings / wanted.recording
    costs: dict[str, list[Cost]] = {TOGETHER: [], SEPARATE: []}
    with tempfile.TemporaryDirectory() as folder:
        film = opened(recording, Path(folder))
        for _ in range(wanted.rounds):
            for name in costs:
                costs[name].append(measured(film, wanted.seconds, wanted.fps, separate=name == SEPARATE))
    table = Table("", "CPU", "memory", "frames a second", "CPU a frame", title=wanted.recording)
    for name, found in costs.items():
        share, memory = mean(one.cpu_share for one in found), mean(one.memory_mb for one in found)
        fps = mean(one.analysed_fps for one in found)
        table.add_row(name, f"{share:.1%}", f"{memory:.0f} MB", f"{fps:.1f}", f"{share / max(fps, 0.1) * 1e3:.1f} ms")
    Console().print(table)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    figures = {name: [asdict(one) for one in found] for name, found in costs.items()}
    RESULTS.write_text(json.dumps({"machine": machine(), "costs": figures}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
