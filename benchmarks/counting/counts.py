"""Benchmark `counts`: how far counted line crossings are from the truth."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.cost import CommandFailedError
from benchmarks.figures import Chapter, Figure
from benchmarks.footage import PETS, TOWN_CENTRE, Footage, Recording

_SCORE = re.compile(r"WAPE (\d+\.\d+) \((\d+) of (\d+) crossings off\)")


@dataclass(frozen=True, slots=True)
class Score:
    """What the truth's own script says of one JSON of counts.

    Attributes:
        wape: weighted absolute percentage error, as a share.
        off: crossings counted too many or too few, over all lines and both ways.
        total: true crossings.
    """

    wape: float
    off: int
    total: int


def score(footage: Footage, recording: Recording, counts: Path) -> Score:
    """Scores a JSON of counts over the grid with `truth/score_counts.py`.

    Raises:
        ValueError: the script refused the counts; the text is what it said.
    """
    width, height = recording.size_px
    script = footage.truth / "score_counts.py"
    arguments = [str(footage.boxes(recording)), str(width), str(height), str(footage.grid_lines), str(counts)]
    said = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True, check=False)
    match = _SCORE.search(said.stdout)
    if said.returncode or match is None:
        raise ValueError(f"{counts.name}: {said.stderr.strip().splitlines()[-1:] or said.stdout}")
    return Score(float(match[1]), int(match[2]), int(match[3]))


def measure(bench: Bench) -> Chapter:
    """Counts both recordings with both systems, on the same analysed frames."""
    figures = [
        _row(bench, PETS, 5.0, must=0.04),
        _row(bench, TOWN_CENTRE, 10.0, must=0.20),
        _row(bench, PETS, 2.5, must=0.08),
    ]
    wide, _ = bench.count_peer(TOWN_CENTRE, 10.0, "peer-town-centre-wide", (640, 384))
    figures.append(
        Figure(
            "Town Centre, 10 fps",
            "WAPE, input 640x384",
            peer=score(bench.footage, TOWN_CENTRE, wide).wape,
            note="the baseline's best case",
        )
    )
    for recording in (PETS, TOWN_CENTRE):
        every, _ = bench.count_peer(recording, None, f"peer-{recording.folder}-every")
        peer = score(bench.footage, recording, every)
        note = f"{peer.off} of {peer.total} off"
        figures.append(Figure(f"{recording.name}, every frame", "WAPE", peer=peer.wape, note=note))
    return Chapter("counts", "Line crossings over 17 lines (grid_lines.yaml)", tuple(figures), (_REMARK,))


def _row(bench: Bench, recording: Recording, fps: float, must: float) -> Figure:
    name, where = f"{recording.folder}-{fps:g}", f"{recording.name}, {fps:g} fps"
    peer_json, _ = bench.count_peer(recording, fps, f"peer-{name}")
    peer = score(bench.footage, recording, peer_json)
    try:
        ours = score(bench.footage, recording, bench.count_ours(recording, fps, f"ours-{name}"))
    except CommandFailedError:
        # A run that breaks down misses its bar; the baseline's figure is still worth having.
        return Figure(where, "WAPE", None, peer.wape, must, "passerby count ended with an error")
    note = f"{ours.off} of {ours.total} off; other parts {peer.off}"
    return Figure(where, "WAPE", ours.wape, peer.wape, must, note)


_REMARK = (
    "Other parts: NanoDet-g fp32 on the full frame at 416, persons only; roboflow trackers 2.6.1 ByteTrack at its "
    "defaults; a plain line test with a dead band of 6 px."
)
