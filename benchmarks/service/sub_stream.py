"""What a camera with two streams costs: `python -m benchmarks.service.sub_stream`, with default settings.

Town Centre is played as a camera's first stream, and beside it a smaller one made of it. The service's own processes
watch the camera. Written down is what they take before and after they have gone to the smaller stream, which follows
from the heights that they measure and takes some minutes, and what a plain decoder takes of each at the same time.
"""

import argparse
import json
import os
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.counting.our_tracks import read_lines
from benchmarks.environment import one_thread
from benchmarks.footage import RESULTS_FOLDER, TOWN_CENTRE, find_footage
from benchmarks.service.live_cost import stream_cost
from benchmarks.service.separate import ZONE, watched
from benchmarks.store.databases import machine
from passerby.domain.layout import Layout
from passerby.domain.service import CameraPlan, DetectorPlan
from passerby.domain.sources import CameraSource, SourceKind
from passerby.engine.camera_start import CameraStart
from passerby.sandbox.connection_broker import AllowList
from testing.rtsp_camera.camera import RtspCamera
from testing.rtsp_camera.film import encode, opened, packed

RESULTS = RESULTS_FOLDER / "sub_stream.json"
SWITCHED = "watches its second stream"
SWITCH_S = 600.0


def main() -> None:
    """Measures both streams, prints a table and writes the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=40.0, help="for which each stream is measured")
    arguments.add_argument("--size", default="640x360", help="of the second stream [%(default)s]")
    wanted = arguments.parse_args()
    width_px, height_px = (int(side) for side in wanted.size.split("x"))
    os.environ.update(one_thread())
    footage = find_footage()
    with tempfile.TemporaryDirectory() as folder:
        video, small = footage.video(TOWN_CENTRE), Path(folder, "sub.mp4")
        encode(video, small, size_px=(width_px, height_px))
        layout = Layout(read_lines(footage.grid_lines), (ZONE,), (), None)
        with RtspCamera(opened(video, Path(folder)), others={"/sub": packed(small)}) as camera:
            source = CameraSource(SourceKind.RTSP, "127.0.0.1", camera.port, "/main", streams=("/sub",))
            plan = CameraPlan("bench", source, layout)
            start = CameraStart(plan, DetectorPlan(), AllowList.of(["127.0.0.0/8"]), separate=True)
            with watched(start) as (frames, pids):
                began_s = time.monotonic()
                first = stream_cost(frames, pids, camera.address, wanted.seconds)
                print(first, flush=True)
                while SWITCHED not in frames.why and time.monotonic() - began_s < SWITCH_S:
                    time.sleep(1.0)
                print(f"after {time.monotonic() - began_s:.0f} s: {frames.why}", flush=True)
                second = stream_cost(frames, pids, camera.address.replace("/main", "/sub"), wanted.seconds)
                print(f"{second}\n{frames.why}", flush=True)
    table = Table("", "all", "decoder alone", "above it", "frames/s", "memory")
    for name, one in (("first, 1920x1080", first), (f"second, {wanted.size}", second)):
        above = f"{one.above_ms:.0f} ms/s"
        row = (f"{one.all_ms:.0f} ms/s", f"{one.decoder_ms:.0f} ms/s", above, f"{one.analysed_fps:.2f}")
        table.add_row(name, *row, f"{one.memory_mb:.0f} MB")
    Console().print(table)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    figures = {"first": asdict(first), "second": asdict(second), "why": frames.why}
    RESULTS.write_text(json.dumps({"machine": machine(), **figures}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
