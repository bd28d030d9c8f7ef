"""Benchmark `cpu`: what a second of video costs, beside the baseline, in alternating runs of whole processes."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from benchmarks.bench import Bench
from benchmarks.cost import Pairs, alternate
from benchmarks.environment import PEERS, prepare
from benchmarks.figures import Chapter, Figure
from benchmarks.footage import PETS, TOWN_CENTRE, Recording

BLANK_FRAMES = 6


def measure(bench: Bench) -> Chapter:
    """Costs on both recordings, with and without what a process needs to start."""
    prepare(PEERS)
    figures: list[Figure] = []
    for recording, share in ((PETS, 1 / 3), (TOWN_CENTRE, 1 / 2)):
        figures.extend(_costs(bench, recording, share))
    return Chapter("cpu", "CPU (user + system) of whole processes", tuple(figures), _REMARKS)


def _costs(bench: Bench, recording: Recording, must_share: float) -> list[Figure]:
    video = bench.footage.video(recording)
    blank = bench.folder / f"blank-{recording.folder}.avi"
    write_blank(blank, recording.size_px)
    start = _pairs(bench, recording, blank, every_frame=True, doing="start")
    every = _pairs(bench, recording, video, every_frame=True, doing="every frame")
    drawn = _pairs(bench, recording, video, every_frame=True, doing="every frame, with the picture", picture=True)
    same = _pairs(bench, recording, video, every_frame=False, doing="the same frames")
    begun = (start.ours_cpu_s, start.peer_cpu_s)
    name, at = recording.name, f"{recording.analysed_fps:g} fps"
    scale = 1000 / recording.duration_s
    unit = "CPU ms per second of video"
    net_every, net_same = every.ratio(*begun), same.ratio(*begun)
    ours_net, peer_net, same_net = (
        every.ours_cpu_s - begun[0],
        every.peer_cpu_s - begun[1],
        same.peer_cpu_s - begun[1],
    )
    return [
        Figure(name, "start, CPU s", *begun, note="imports, model, a blank clip of six pictures", digits=2),
        Figure(name, f"{unit}, start included", every.ours_cpu_s * scale, every.peer_cpu_s * scale, digits=1),
        Figure(name, f"{unit}, start left out", ours_net * scale, peer_net * scale, digits=1),
        Figure(name, "share of the other's, start included", every.ratio(), 1.0, must_share, "other: every frame"),
        Figure(name, "share of the other's, start left out", net_every, 1.0, must_share, "other: every frame"),
        Figure(name, "share of the other's, picture drawn too", drawn.ratio(), 1.0, note="start included"),
        Figure(name, f"{unit}, both at {at}", ours_net * scale, same_net * scale, digits=1, note="start left out"),
        Figure(name, f"share of the other's, both at {at}", same.ratio(), 1.0, note="start included"),
        Figure(name, f"share of the other's, both at {at}", net_same, 1.0, note="start left out"),
        Figure(name, "peak memory, MiB", *_peaks(every), digits=0),
    ]


def _pairs(
    bench: Bench, recording: Recording, video: Path, *, every_frame: bool, doing: str, picture: bool = False
) -> Pairs:
    lines = bench.footage.grid_lines
    bench.report(f"CPU on {recording.name}, {doing}: {bench.rounds} rounds of two")
    drawn = bench.folder / "cost-ours.png" if picture else None
    ours = bench.ours(video, lines, bench.folder / "cost-ours.json", recording.analysed_fps, drawn)
    fps = None if every_frame else recording.analysed_fps
    peer = bench.peer(video, lines, bench.folder / "cost-peer.json", fps)
    return alternate(ours, peer, bench.rounds)


def _peaks(pairs: Pairs) -> tuple[float, float]:
    return max(usage.peak_mib for usage in pairs.ours), max(usage.peak_mib for usage in pairs.peer)


def write_blank(path: Path, size_px: tuple[int, int]) -> None:
    """A grey clip of a few pictures, so that a run over it costs what starting costs."""
    width, height = size_px
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=Fraction(10))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        picture = av.VideoFrame.from_ndarray(np.full((height, width, 3), 127, np.uint8), format="bgr24")
        for _ in range(BLANK_FRAMES):
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


_REMARKS = (
    "Runs alternate (ours, other, ours, other); a share is the median over the rounds of ours divided by the other's.",
    "Every numeric library is held to one thread. passerby also makes intervals and a report; the other only counts.",
    "The picture of the place without people, which passerby draws unless asked not to, is a row of its own.",
)
