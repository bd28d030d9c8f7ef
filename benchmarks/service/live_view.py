"""From decode to the viewer: `python -m benchmarks.service.live_view` looks at a running service over real WebSockets.

A whole service watches a real RTSP camera. Nobody looks, then one does, then many do, then many and one who takes a
picture a second, then nobody again. A picture's age is the machine's clock when the whole message has come less the
time that the message says, which is the frame's at decode. CPU is that of the processes; what the sealed process
writes shows whether pictures are drawn.
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from websockets.asyncio.client import connect
from websockets.typing import Origin

from benchmarks.footage import PETS, RESULTS_FOLDER, FootageMissingError, find_footage
from benchmarks.store.databases import machine
from passerby.engine.service_folder import LINK_FILE
from testing.ports import free_port
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, opened
from testing.trial_service.service import Service, children
from testing.trial_service.viewing import MAX_BYTES, Door, entered, view_address

RESULTS = RESULTS_FOLDER / "live_view.json"
BAR_P95_MS = 200.0
SLOW_PAUSE_S = 1.0
NARROW_BYTES = 16_384
SETTLE_S = 4.0
"""A place is learned, or forgotten about, before anything is measured."""

NUMBERS_BYTES_PER_S = 8_000
"""Numbers alone are less, and a single picture a second is more."""

NOBODY = ("nobody", "nobody again")

LINES = """
      west lane: {points: [[0.27, 0.355], [0.245, 0.475]]}
      north road: {points: [[0.69, 0.325], [0.91, 0.365]]}
"""


@dataclass(slots=True)
class Viewer:
    """What one viewer got: age of each picture in ms, its length in bytes, and how it was drawn."""

    ages_ms: list[float] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    drawn: int = 0

    def take(self, message: bytes) -> None:
        """Takes a message that has just come."""
        came_s = time.time()
        end = 4 + int.from_bytes(message[:4], "big")
        said = json.loads(message[4:end])
        self.ages_ms.append((came_s - datetime.fromisoformat(said["time"]).timestamp()) * 1e3)
        self.lengths.append(len(message))
        self.drawn += said["method"] != "masked"


def _line(door: Door, *, narrow: bool) -> socket.socket:
    """A connection to the service; a narrow one holds next to nothing on the viewer's side, as a slow line does."""
    host, _, port = door.address.rpartition("//")[2].rpartition(":")
    line = socket.socket()
    if narrow:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW_BYTES)
    line.connect((host, int(port)))
    return line


async def look(door: Door, viewer: Viewer, until_s: float, pause_s: float = 0.0) -> None:
    """Looks until a moment of `time.monotonic`; what comes in the first seconds is not kept."""
    address = await asyncio.to_thread(view_address, door, "junction")
    from_s = time.monotonic() + SETTLE_S
    async with connect(
        address, additional_headers={"Cookie": door.cookie}, origin=Origin(door.address),
        sock=_line(door, narrow=pause_s > 0), proxy=None, compression=None, max_size=MAX_BYTES, max_queue=1,
    ) as view:  # fmt: skip
        while (left_s := until_s - time.monotonic()) > 0:
            try:
                message = await asyncio.wait_for(view.recv(), left_s)
            except TimeoutError:
                return
            if isinstance(message, bytes) and time.monotonic() > from_s:
                viewer.take(message)
            await asyncio.sleep(pause_s)


class Processes:
    """The CPU time and the written bytes of a service's processes."""

    def __init__(self, service: Service) -> None:
        found = service.processes()
        worker = next(pid for name, pid in found.items() if name == "worker-1")
        self.pids = {"hub": [found["hub"]], "worker": [worker], "sealed": _family(children(worker))}

    def cpu_s(self) -> dict[str, float]:
        """CPU seconds so far."""
        return {name: sum(map(_cpu_s, pids)) for name, pids in self.pids.items()}

    def written(self) -> int:
        """Bytes that the sealed process has written so far."""
        return sum(_written(pid) for pid in self.pids["sealed"])


def _family(pids: Sequence[int]) -> list[int]:
    return [one for pid in pids for one in (pid, *_family(children(pid)))]


def _cpu_s(pid: int) -> float:
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def _written(pid: int) -> int:
    words = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(words["wchar"])


async def phase(
    door: Door, processes: Processes, seconds: float, viewers: int, *, slow: bool = False
) -> dict[str, Any]:
    """So many look for so long."""
    many, slow_one = [Viewer() for _ in range(viewers)], Viewer()
    until_s = time.monotonic() + SETTLE_S + seconds
    tasks = [asyncio.create_task(look(door, one, until_s)) for one in many]
    if slow:
        tasks.append(asyncio.create_task(look(door, slow_one, until_s, SLOW_PAUSE_S)))
    await asyncio.sleep(SETTLE_S)
    begun_s, cpu_s, written = time.monotonic(), processes.cpu_s(), processes.written()
    await asyncio.sleep(max(0.0, until_s - time.monotonic()))
    length_s = time.monotonic() - begun_s
    used = {name: processes.cpu_s()[name] - before for name, before in cpu_s.items()}
    reported = processes.written() - written
    await asyncio.gather(*tasks)
    result: dict[str, Any] = {
        "viewers": viewers,
        "slow_viewers": int(slow),
        "cpu_share": {name: round(each / length_s, 4) for name, each in used.items()},
        "sealed_written_bytes_per_s": round(reported / length_s),
    }
    if viewers:
        result |= _ages([age for one in many for age in one.ages_ms])
        worst = max((float(np.percentile(one.ages_ms, 95)) for one in many if one.ages_ms), default=None)
        counts = [len(one.ages_ms) for one in many]
        result |= {
            "worst_viewer_p95_ms": None if worst is None else round(worst, 1),
            "pictures_per_viewer_s": [round(min(counts) / length_s, 2), round(max(counts) / length_s, 2)],
            "drawn_share": round(sum(one.drawn for one in many) / max(1, sum(counts)), 3),
            "message_bytes": round(float(np.mean([size for one in many for size in one.lengths] or [0]))),
        }
    if slow:
        result["slow_viewer"] = {"pictures": len(slow_one.ages_ms), **_ages(slow_one.ages_ms)}
    return result


def _ages(ages_ms: Sequence[float]) -> dict[str, Any]:
    if not ages_ms:
        return {"pictures": 0}
    p50, p95, p99 = np.percentile(ages_ms, (50, 95, 99))
    return {
        "pictures": len(ages_ms), "p50_ms": round(float(p50), 1), "p95_ms": round(float(p95), 1),
        "p99_ms": round(float(p99), 1), "most_ms": round(max(ages_ms), 1),
    }  # fmt: skip


def run(film: Film, fps: float, viewers: int, seconds: float, console: Console) -> dict[str, Any]:
    """All phases on one service."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="psb-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        camera = stack.enter_context(RtspCamera(film))
        service = stack.enter_context(Service(folder, _site(camera.address, fps)))
        service.until((service.data / LINK_FILE).exists, "a one-time link")
        door = entered(service.data / LINK_FILE)
        service.until(lambda: _online(service), "the camera online")
        time.sleep(10.0)  # what the process does once only is done
        processes = Processes(service)
        phases: dict[str, Any] = {}
        for name, many, slow in (
            ("nobody", 0, False),
            ("one", 1, False),
            ("many", viewers, False),
            ("many and a slow one", viewers, True),
            ("nobody again", 0, False),
        ):
            phases[name] = asyncio.run(phase(door, processes, seconds, many, slow=slow))
            console.print(f"{fps:g} fps, {name}: {json.dumps(phases[name])}")
        same = Processes(service).pids == processes.pids
    more = phases["many"]["cpu_share"]["hub"] - phases["one"]["cpu_share"]["hub"]
    return {
        "analysed_fps": fps,
        "phases": phases,
        "drawn_for_nobody": any(phases[name]["sealed_written_bytes_per_s"] > NUMBERS_BYTES_PER_S for name in NOBODY),
        "hub_cpu_share_per_viewer": round(more / (viewers - 1), 5),
        "processes_lived_through": same,
    }


def _online(service: Service) -> bool:
    cameras = service.status()["cameras"]
    return any(one["state"] == "online" and (one["frames_in"] or 0) > 0 for one in cameras)


def _site(address: str, fps: float) -> str:
    return (
        f"site: {{name: live view}}\nnetwork: {{cameras: [127.0.0.0/8]}}\nserver: {{port: {free_port()}}}\n"
        f'cameras:\n  junction:\n    source: {{rtsp: "{address}"}}\n    analysed_fps: {fps:g}\n    lines:{LINES}'
    )


def shown(results: Sequence[dict[str, Any]]) -> Table:
    """The figures as a table."""
    table = Table(title=f"From decode to the viewer; bar: p95 below {BAR_P95_MS:g} ms")
    for heading in ("fps", "who looks", "p50 ms", "p95 ms", "pictures/s", "hub CPU", "sealed CPU", "sealed bytes/s"):
        table.add_column(heading, justify="right")
    for result in results:
        for name, one in result["phases"].items():
            cpu = one["cpu_share"]
            rate = one.get("pictures_per_viewer_s", ["", ""])
            table.add_row(
                f"{result['analysed_fps']:g}", name, str(one.get("p50_ms", "")), str(one.get("p95_ms", "")),
                f"{rate[0]}-{rate[1]}", f"{cpu['hub']:.1%}", f"{cpu['sealed']:.1%}",
                str(one["sealed_written_bytes_per_s"]),
            )  # fmt: skip
    return table


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0: below the bar, and nothing drawn for nobody; 1: not so."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.live_view", description=__doc__)
    parser.add_argument("--fps", type=float, nargs="+", default=[5.0, 10.0], help="frames looked at a second")
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=15.0, help="length of each phase")
    parser.add_argument("--json", type=Path, default=RESULTS)
    options = parser.parse_args(words)
    console = Console()
    try:
        video = find_footage().video(PETS)
    except FootageMissingError as missing:
        console.print(f"[yellow]Skipped:[/] {missing}")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        film = opened(video, Path(folder))
        results = [run(film, fps, options.viewers, options.seconds, console) for fps in options.fps]
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(
        json.dumps({"bar_p95_ms": BAR_P95_MS, "runs": results, "machine": machine()}, indent=1) + "\n"
    )
    console.print(shown(results))
    phases = [result["phases"][name] for result in results for name in ("many", "many and a slow one")]
    prompt = all(one.get("p95_ms", BAR_P95_MS) < BAR_P95_MS for one in phases)
    return 0 if prompt and not any(result["drawn_for_nobody"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
