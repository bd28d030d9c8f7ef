"""What looking costs: `python -m benchmarks.service.live_cost` watches real RTSP cameras, with default settings.

A camera plays a recording; the service's own processes watch it, and beside them a plain FFmpeg decoder takes the same
stream at the same time. Written down are the processor time of all of a camera's processes, less that of the decoder
alone, in ms for each second; the same as a share of one whole look at each of five frames a second, which is what was
done before; and the memory of the camera's processes, in which what they share counts once (PSS). No one looks.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.counting.our_tracks import read_lines
from benchmarks.environment import one_thread
from benchmarks.footage import BOTH, RESULTS_FOLDER, Footage, Recording, find_footage
from benchmarks.service.separate import ZONE, WatchedFrames, cpu_s, memory_mb, watched
from benchmarks.store.databases import machine
from passerby.domain.layout import Layout
from passerby.domain.service import CameraPlan, DetectorPlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.camera_start import CameraStart
from passerby.ingest.crops import full_frame_size
from passerby.ingest.detectors.loader import open_detector
from passerby.sandbox.connection_broker import AllowList
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import opened

RESULTS = RESULTS_FOLDER / "live_cost.json"
BEFORE_FPS, DECODER_WARM_UP_S = 5.0, 3.0
DECODER = """
import av, sys
with av.open(sys.argv[1], options={"rtsp_transport": "tcp"}) as stream:
    stream.streams.video[0].codec_context.thread_count = 1
    for packet in stream.demux(video=0):
        try:
            packet.decode()
        except av.error.FFmpegError:
            pass
"""


@dataclass(frozen=True, slots=True)
class StreamCost:
    """What a camera took for each second, and what the plain decoder took in the same seconds.

    Attributes:
        all_ms: processor time of all of the camera's processes.
        decoder_ms: that of a decoder alone, on the same stream.
        analysed_fps: frames that were looked at.
        memory_mb: of all the camera's processes, PSS.
    """

    all_ms: float
    decoder_ms: float
    analysed_fps: float
    memory_mb: float

    @property
    def above_ms(self) -> float:
        """Processor time above decoding alone."""
        return self.all_ms - self.decoder_ms


@dataclass(frozen=True, slots=True)
class LiveCost(StreamCost):
    """The same, with one whole look's processor time, measured in the same turn."""

    look_ms: float

    @property
    def share(self) -> float:
        """The same as a share of five whole looks a second."""
        return self.above_ms / (BEFORE_FPS * self.look_ms)


def look_ms(size_px: tuple[int, int]) -> float:
    """Returns what one whole look takes in this very moment: the machine's speed changes with what else it does."""
    detector = open_detector()
    width_px, height_px = full_frame_size(size_px)
    picture = np.random.default_rng(1).integers(80, 140, (height_px, width_px, 3)).astype(np.uint8)
    detector.find(picture)
    begun_s = time.process_time()
    for _ in range(10):
        detector.find(picture)
    return (time.process_time() - begun_s) * 100


def stream_cost(frames: WatchedFrames, pids: list[int], address: str, seconds: float) -> StreamCost:
    """Returns what a watched camera takes for a while, with a plain decoder on the stream at that address."""
    decoder = subprocess.Popen([sys.executable, "-c", DECODER, address], env=one_thread())
    try:
        time.sleep(DECODER_WARM_UP_S)
        began_s, before_s, alone_s, seen = time.monotonic(), cpu_s(pids), cpu_s([decoder.pid]), frames.analysed
        time.sleep(seconds)
        took_s = time.monotonic() - began_s
        return StreamCost(
            (cpu_s(pids) - before_s) / took_s * 1e3,
            (cpu_s([decoder.pid]) - alone_s) / took_s * 1e3,
            (frames.analysed - seen) / took_s,
            memory_mb(pids),
        )
    finally:
        decoder.kill()
        decoder.wait()


def measured(footage: Footage, recording: Recording, seconds: float, folder: Path) -> LiveCost:
    """Watches a camera for a while."""
    film = opened(footage.video(recording), folder)
    layout = Layout(read_lines(footage.grid_lines), (ZONE,), (), None)
    with RtspCamera(film) as camera:
        source = CameraSource(SourceKind.RTSP, "127.0.0.1", camera.port, "/main")
        start = CameraStart(
            CameraPlan("bench", source, layout), DetectorPlan(), AllowList.of(["127.0.0.0/8"]), separate=True
        )
        with watched(start) as (frames, pids):
            cost = stream_cost(frames, pids, camera.address, seconds)
            return LiveCost(**asdict(cost), look_ms=look_ms(recording.size_px))


def main() -> None:
    """Measures each recording in turns, prints a table and writes the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=60.0, help="of each turn, after its warm-up")
    arguments.add_argument("--rounds", type=int, default=3, help="turns a recording")
    arguments.add_argument("--only", choices=[one.folder for one in BOTH], help="one recording")
    wanted = arguments.parse_args()
    os.environ.update(one_thread())
    footage = find_footage()
    table = Table("", "above decoding", "of 5 whole looks/s", "all", "decoder alone", "frames/s", "memory")
    figures: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for recording in BOTH:
            if wanted.only not in (None, recording.folder):
                continue
            found = []
            for turn in range(wanted.rounds):
                found.append(measured(footage, recording, wanted.seconds, Path(folder)))
                print(f"{recording.name}, turn {turn + 1}: {found[-1]}", flush=True)
            table.add_row(
                recording.name,
                f"{median(one.above_ms for one in found):.0f} ms/s",
                f"{median(one.share for one in found):.0%}",
                f"{median(one.all_ms for one in found):.0f} ms/s",
                f"{median(one.decoder_ms for one in found):.0f} ms/s",
                f"{median(one.analysed_fps for one in found):.2f}",
                f"{median(one.memory_mb for one in found):.0f} MB",
            )
            figures[recording.name] = [{**asdict(one), "above_ms": one.above_ms, "share": one.share} for one in found]
    Console().print(table)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"machine": machine(), "recordings": figures}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
