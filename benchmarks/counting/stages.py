"""Benchmark `stages`: where the time goes, for each analysed frame."""

from benchmarks.bench import Bench, read_json
from benchmarks.counting.our_tracks import stage_times
from benchmarks.figures import Chapter, Figure
from benchmarks.footage import BOTH, Recording

STAGES = ("decode", "scale", "detect", "track", "measure")


def measure(bench: Bench) -> Chapter:
    """CPU ms by stage for both systems on both recordings, at their analysed rates."""
    figures: list[Figure] = []
    for recording in BOTH:
        figures.extend(_profile(bench, recording))
    return Chapter("stages", "Where the time goes, CPU ms for an analysed frame", tuple(figures), _REMARKS)


def _profile(bench: Bench, recording: Recording) -> list[Figure]:
    counts, _ = bench.count_peer(recording, recording.analysed_fps, f"peer-{recording.folder}-stages")
    written = read_json(counts)
    frames = len(written["frame_numbers"])
    peer = {stage: 1000 * written["stages_cpu_s"].get(stage, 0.0) / frames for stage in STAGES}
    bench.report(f"passerby's stages on {recording.name}")
    ours = stage_times(bench.footage.video(recording), bench.footage.grid_lines, recording.analysed_fps)
    where = f"{recording.name}, {recording.analysed_fps:g} fps"
    whole = sum(ours.values())
    return [
        Figure(where, stage, ours.get(stage), peer.get(stage), note=_share(ours.get(stage), whole), digits=2)
        for stage in [*STAGES, *sorted(set(ours) - set(STAGES))]
    ] + [Figure(where, "all", whole, sum(peer.values()), digits=2)]


def _share(ms: float | None, whole_ms: float) -> str:
    return "" if ms is None or not whole_ms else f"{100 * ms / whole_ms:.0f} % of ours"


_REMARKS = (
    "Decoding covers every frame between two analysed ones. Start-up is left out; `cpu` has the whole processes.",
)
