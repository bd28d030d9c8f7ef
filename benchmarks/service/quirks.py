"""Cameras as they really are: `python -m benchmarks.service.quirks` watches a test camera with one quirk at a time.

Each is played over real RTSP and watched by the live source of a service. The table shows what was decoded, damaged and
handed on for analysis, the share of the time that counts as watched, how fast the stream's clock ran against the wall's
in the second half, and what the camera's health says.
"""

import argparse
import json
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.footage import PETS, FootageMissingError, find_footage
from passerby.domain.sources import CameraSource, SourceKind
from passerby.ingest.sources.live import LiveSource
from passerby.measure.coverage import Coverage
from passerby.sandbox.connection_broker import AllowList, connect
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import Film, encode, packed
from testing.rtsp_camera.packets import quirks_of

HERE = AllowList.of(["127.0.0.0/8"])
MAX_PACE_ERROR = 0.05
"""Share by which the clock of a camera that is watched may be off in the second half of its time."""

QUIRKS = (
    "", "marker=unit", "marker=none", "marker=every", "marker=first", "sets_apart", "no_sets,marker=unit",
    "constant", "constant,marker=none", "clock_hz=1000", "clock_hz=30000", "clock_hz=180000", "slow=1.19", "slow=0.84",
    "outlier_s=5", "outlier_s=-5", "outlier_s=37600", "back_s=3", "jitter_s=0.05", "new_source=100", "held_s=3",
    "start_ticks=4294900000", "leave_out=40", "lose_every=400",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one quirk.

    Attributes:
        codec, quirk: of the camera.
        decoded, damaged, handed: pictures.
        coverage: watched share of the time from the first picture on.
        pace: seconds of the stream's clock a second, in the second half.
        health, measured: what the source says at the end.
    """

    codec: str
    quirk: str
    decoded: int
    damaged: int
    handed: int
    coverage: float
    pace: float
    health: str
    measured: float | None


@dataclass(frozen=True, slots=True)
class Here:
    """Connects in this process, as the worker does."""

    source: CameraSource

    def open(self) -> socket.socket:
        """Returns a connected socket."""
        return connect(self.source, HERE)


def watched(film: Film, quirk: str, seconds: float, fps: float) -> Outcome:
    """Watches a camera with a quirk for some seconds."""
    with RtspCamera(film) as camera:
        if quirk.startswith("lose_every="):
            camera.faults.lose_every = int(quirk.partition("=")[2])
        else:
            camera.quirks = quirks_of(quirk)
        source = CameraSource(SourceKind.RTSP, "127.0.0.1", camera.port, camera.path)
        live = LiveSource(source, "quirk", analysed_fps=fps, connector=Here(source))
        coverage, times_s = Coverage(max_gap_s=1.5), []
        end_s = time.monotonic() + seconds
        for frame in live:
            if frame is not None:
                coverage.update(frame.stamp)
                times_s.append((time.monotonic(), frame.stamp.stream_s))
            if time.monotonic() > end_s:
                break
        condition = live.condition
        live.stop()
    decoded, _, damaged = live.take_counts()
    wall_s = times_s[-1][0] - times_s[0][0] if len(times_s) > 1 else 0.0
    late = times_s[len(times_s) // 2 :]
    pace = (late[-1][1] - late[0][1]) / (late[-1][0] - late[0][0]) if len(late) > 1 else 0.0
    return Outcome(
        film.codec, quirk or "none", decoded, damaged, len(times_s),
        round(min(1.0, coverage.total_s / wall_s), 3) if wall_s else 0.0, round(pace, 3),
        f"{condition.state.value}: {condition.why}", condition.measured,
    )  # fmt: skip


def films(recording: Path, folder: Path, codecs: Sequence[str]) -> list[Film]:
    """The recording in each codec, with four slices a picture where the codec has slices."""
    found = []
    for codec in codecs:
        path = folder / (f"{codec}.avi" if codec == "mjpeg" else f"{codec}.mp4")
        encode(recording, path, codec, slices=4)
        found.append(packed(path))
    return found


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0: every camera was watched; 1: one was not, or its clock ran wrong by more than a tenth."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service.quirks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=40.0, help="for each [%(default)s]")
    parser.add_argument("--fps", type=float, default=5.0, help="analysed [%(default)s]")
    parser.add_argument("--codecs", default="h264", help="of h264,hevc,mjpeg [%(default)s]")
    parser.add_argument("--at-once", type=int, default=6, help="cameras at the same time [%(default)s]")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(words)
    console = Console()
    try:
        recording = find_footage().video(PETS)
    except FootageMissingError as missing:
        console.print(f"[yellow]Skipped:[/] {missing}")
        return 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.at_once) as pool:
        made = films(recording, Path(folder), options.codecs.split(","))
        tasks = [pool.submit(watched, film, quirk, options.seconds, options.fps) for film in made for quirk in QUIRKS]
        outcomes = [task.result() for task in tasks]
    if options.json:
        print(json.dumps([asdict(each) for each in outcomes], indent=1))
    else:
        console.print(table_of(outcomes))
    return int(any(not each.handed or abs(each.pace - 1) > MAX_PACE_ERROR for each in outcomes))


def table_of(outcomes: Sequence[Outcome]) -> Table:
    """The outcomes, a row each."""
    table = Table("codec", "quirk", "decoded", "damaged", "handed", "coverage", "pace", "health")
    for each in outcomes:
        figures = (each.decoded, each.damaged, each.handed, each.coverage, each.pace)
        table.add_row(each.codec, each.quirk, *map(str, figures), each.health)
    return table


if __name__ == "__main__":
    sys.exit(main())
