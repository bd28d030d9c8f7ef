"""Memory over hours of video: `python -m benchmarks.service.memory` plays a recording as fast as two sandboxes can.

A real worker holds two cameras, both the same recording in a loop without pauses: nobody looks at one, and somebody
looks at the other all the time through a real hub. Written down are the resident bytes of both sealed processes, of
the worker and of the hub, and how they grow over the video's own time.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.footage import PETS, RESULTS_FOLDER, FootageMissingError, find_footage
from benchmarks.store.databases import machine
from passerby.config.texts.site_storage import applied_file
from passerby.domain.place_events import PlaceEvent
from passerby.engine.camera_start import CameraStart
from passerby.engine.hub.link import unix_connection
from passerby.engine.plausible.minutes import places_of
from passerby.engine.plausible.sizes import resident_bytes
from passerby.engine.separated_camera import SeparatedCamera
from passerby.engine.service_folder import HUB_SOCKET, LINK_FILE
from passerby.engine.worker import Assignment, Worker
from passerby.ingest.sources.file.recording import SEAM_S
from passerby.messages.sandbox_messages import Message, Minutes, ViewMemory
from passerby.sandbox.connection_broker import AllowList
from passerby.sandbox.process import SandboxProcess
from passerby.service.plans import published_plan
from passerby.telemetry.logs import configure_logs
from testing.ports import free_port
from testing.trial_service.viewing import entered, viewed

RESULTS = RESULTS_FOLDER / "memory.json"
ALONE, LOOKED_AT = "alone", "looked_at"
MB = 1 << 20
BAR_MB = 5.0
OVER_S = 10_000.0
SAMPLE_S = 2.0
AHEAD_NS = 10**9 * 400_000
"""Played faster than it was filmed, the video's clock runs ahead; the worker's book must not wait for ours."""

PLACES = """
    lines:
      west lane: {points: [[0.27, 0.355], [0.245, 0.475]]}
      north road: {points: [[0.69, 0.325], [0.91, 0.365]]}
      east road: {points: [[0.895, 0.44], [0.855, 0.745]]}
    zones:
      lawn: {points: [[0.27, 0.475], [0.82, 0.80], [0.88, 0.97], [0.20, 0.97], [0.08, 0.60], [0.08, 0.46]]}
"""


@dataclass(slots=True)
class Series:
    """What one process held: resident bytes at seconds of video."""

    video_s: list[float] = field(default_factory=list)
    bytes_held: list[int] = field(default_factory=list)

    def judged(self, warm_up_s: float) -> dict[str, float]:
        """Growth after the warm-up: between the first and the last quarter's medians, and as a straight line."""
        times_s, held = np.array(self.video_s), np.array(self.bytes_held) / MB
        after = times_s >= warm_up_s
        if after.sum() < 8:
            return {"samples": int(after.sum())}
        times_s, held = times_s[after], held[after]
        length_s = float(times_s[-1] - times_s[0])
        first, last = held[: len(held) // 4], held[-(len(held) // 4) :]
        return {
            "samples": len(held),
            "video_s": round(length_s),
            "start_mb": round(float(np.median(first)), 2),
            "end_mb": round(float(np.median(last)), 2),
            "most_mb": round(float(held.max()), 2),
            "growth_mb": round(float(np.median(last) - np.median(first)), 2),
            "line_mb_per_10000_s": round(float(np.polyfit(times_s, held, 1)[0]) * OVER_S, 2),
        }


class _Tapped:
    """A sealed process whose video clock is read on the way."""

    def __init__(self, process: SandboxProcess | SeparatedCamera, watch: "_TappedStart") -> None:
        self._process, self._watch = process, watch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._process, name)

    def messages(self) -> Iterator[Message]:
        for message in self._process.messages():
            if isinstance(message, Minutes) and message.open_from_ns is not None:
                self._watch.reported(message.open_from_ns)
            yield message


class _TappedStart:
    """Starts a camera's process, and knows its number and how far its video is."""

    def __init__(self, start: CameraStart) -> None:
        self._start = start
        self._first_ns: int | None = None
        self.pid: int | None = None
        self.video_s = 0.0
        self.starts = 0

    def reported(self, open_from_ns: int) -> None:
        self._first_ns = self._first_ns or open_from_ns
        # The clock jumps at each seam, where there is no video.
        share = PETS.duration_s / (PETS.duration_s + SEAM_S)
        self.video_s = (open_from_ns - self._first_ns) / 1e9 * share

    @contextmanager
    def __call__(self, memory: ViewMemory | None, events: tuple[PlaceEvent, ...]) -> Iterator[_Tapped]:
        with self._start(memory, events) as process:
            self.pid, self.starts = process.pid, self.starts + 1
            yield _Tapped(process, self)


async def work(site: Path, data: Path) -> None:
    """The worker's side: holds both cameras, and says now and then what all of it takes."""
    configure_logs("worker-1")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    plan = published_plan(site, data, os.environ)
    starts = {
        camera.name: _TappedStart(CameraStart(camera, plan.detector, AllowList.of(()), pace=0.0))
        for camera in plan.cameras
    }
    assigned = {
        camera.name: Assignment(starts[camera.name], camera.name.encode(), places_of(camera.layout))  # type: ignore[arg-type]
        for camera in plan.cameras
    }
    worker = Worker(
        "worker-1", data / "worker-1.sqlite", unix_connection(data / HUB_SOCKET), lambda: time.time_ns() + AHEAD_NS
    )
    await worker.assign(assigned)

    async def tell() -> None:
        while True:
            held = {
                name: (start.video_s, resident_bytes(start.pid), start.starts)
                for name, start in starts.items()
                if start.pid
            }
            print(json.dumps({"cameras": held, "worker": own_bytes(os.getpid())}), flush=True)
            await asyncio.sleep(SAMPLE_S)

    telling = asyncio.create_task(tell())
    await worker.run(stop)
    telling.cancel()


def own_bytes(pid: int) -> int:
    """Resident bytes of one process without those that it started."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def run(video_s: float, warm_up_s: float, fps: float, max_s: float, console: Console) -> dict[str, Any]:
    """Plays; returns what came of it."""
    video = find_footage().video(PETS)
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="psb-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        site, data = _site(folder, video, fps)
        hub = stack.enter_context(_process("passerby.service.hub_process", str(site), str(data), heard=False))
        worker = stack.enter_context(_process("benchmarks.service.memory", "--work", str(site), str(data), heard=True))
        leaving = threading.Event()
        viewer = threading.Thread(target=partial(_look, data / LINK_FILE, leaving), daemon=True)
        viewer.start()
        stack.callback(leaving.set)
        series = {name: Series() for name in (ALONE, LOOKED_AT, "worker", "hub")}
        begun_s, told_s, starts = time.monotonic(), 0.0, 0
        assert worker.stdout is not None
        for line in worker.stdout:
            said = json.loads(line)
            at_s = [camera[0] for camera in said["cameras"].values()]
            if len(at_s) < 2:
                continue
            for name, (camera_s, held, times) in said["cameras"].items():
                series[name].video_s.append(camera_s)
                series[name].bytes_held.append(held)
                starts = max(starts, times)
            for name, held in (("worker", said["worker"]), ("hub", own_bytes(hub.pid))):
                series[name].video_s.append(min(at_s))
                series[name].bytes_held.append(held)
            if time.monotonic() - told_s > 20:
                told_s = time.monotonic()
                now = {name: round(one.bytes_held[-1] / MB, 1) for name, one in series.items()}
                console.print(f"{told_s - begun_s:6.0f} s: {min(at_s):6.0f} s of video, MB: {now}")
            if min(at_s) >= video_s + warm_up_s or time.monotonic() - begun_s > max_s:
                break
        wall_s = time.monotonic() - begun_s
    return {
        "video_s": video_s, "warm_up_s": warm_up_s, "analysed_fps": fps, "wall_s": round(wall_s), "starts": starts,
        "bar_mb": BAR_MB, "processes": {name: one.judged(warm_up_s) for name, one in series.items()},
        "samples": {
            name: [[round(at), round(held / MB, 2)] for at, held in zip(one.video_s, one.bytes_held, strict=True)][::15]
            for name, one in series.items()
        },
        "machine": machine(),
    }  # fmt: skip


def _site(folder: Path, video: Path, fps: float) -> tuple[Path, Path]:
    """A site file with the recording as two cameras, applied."""
    port = free_port()
    cameras = "".join(
        f'  {name}:\n    source: {{file: "{video}"}}\n    analysed_fps: {fps:g}{PLACES}' for name in (ALONE, LOOKED_AT)
    )
    site, data = folder / "site.yaml", folder / "data"
    data.mkdir(mode=0o700)
    site.write_text(f"site: {{name: memory}}\nserver: {{port: {port}}}\ncameras:\n{cameras}", encoding="utf-8")
    shutil.copy(site, applied_file(data))
    return site, data


@contextmanager
def _process(module: str, *words: str, heard: bool) -> Iterator[subprocess.Popen[bytes]]:
    out = subprocess.PIPE if heard else subprocess.DEVNULL
    process = subprocess.Popen([sys.executable, "-m", module, *words], stdin=subprocess.PIPE, stdout=out,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        if process.stdout is not None:
            for _ in process.stdout:
                pass
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
        process.kill()
        process.wait()


def _look(link: Path, leaving: threading.Event) -> None:
    """Looks at one camera until the end."""
    while not leaving.is_set():
        with suppress(OSError):
            door = entered(link)
            for _ in viewed(door, LOOKED_AT):
                if leaving.is_set():
                    return
        time.sleep(1.0)


def shown(result: dict[str, Any]) -> Table:
    """The figures as a table."""
    table = Table(title="Resident memory over the video")
    names = ("start_mb", "end_mb", "most_mb", "growth_mb", "line_mb_per_10000_s", "video_s")
    for heading in ("process", *names):
        table.add_column(heading)
    for name, figures in result["processes"].items():
        table.add_row(name, *(str(figures.get(column, "")) for column in names))
    return table


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0: the sealed processes' memory is flat; 1: it grows, or a process was started twice."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.memory", description=__doc__)
    parser.add_argument("--video-s", type=float, default=1000.0, help="seconds of video after the warm-up")
    parser.add_argument("--warm-up-s", type=float, default=300.0, help="seconds of video before")
    parser.add_argument("--fps", type=float, default=5.0, help="frames looked at per second of video")
    parser.add_argument("--most-s", type=float, default=7200.0, help="seconds after which it ends in any case")
    parser.add_argument("--json", type=Path, default=RESULTS)
    parser.add_argument("--work", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    if options.work:
        asyncio.run(work(*options.work))
        return 0
    console = Console()
    try:
        result = run(options.video_s, options.warm_up_s, options.fps, options.max_s, console)
    except FootageMissingError as missing:
        console.print(f"[yellow]Skipped:[/] {missing}")
        return 0
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps(result, indent=1) + "\n")
    console.print(shown(result))
    growths = [result["processes"][name].get("growth_mb", float("inf")) for name in (ALONE, LOOKED_AT)]
    return 1 if result["starts"] > 1 or max(growths) >= BAR_MB else 0


if __name__ == "__main__":
    sys.exit(main())
