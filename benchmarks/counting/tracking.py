"""Benchmark `tracking`: IDF1, HOTA and MOTA from a public evaluator, for both systems on the same frames."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from benchmarks.bench import Bench, read_json
from benchmarks.counting.our_tracks import Looked, look
from benchmarks.environment import PEERS, prepare
from benchmarks.figures import Chapter, Figure
from benchmarks.footage import BOTH, REPOSITORY, Recording

_PEOPLE = (0, 1)
"""The truth has no classes: cyclists are persons in it."""


def measure(bench: Bench) -> Chapter:
    """Scores both systems' tracks on both recordings at their analysed rates."""
    figures: list[Figure] = []
    for recording in BOTH:
        ours, peer = _our_scores(bench, recording), _peer_scores(bench, recording)
        where = f"{recording.name}, {recording.analysed_fps:g} fps"
        figures.extend(Figure(where, name, ours[name], peer[name]) for name in ("IDF1", "HOTA", "MOTA"))
        figures.append(Figure(where, "identity switches", ours["IDSW"], peer["IDSW"], digits=0))
    return Chapter("tracking", "Tracks, by roboflow trackers.eval 2.6.1 (larger is better)", tuple(figures), _REMARKS)


def _our_scores(bench: Bench, recording: Recording) -> dict[str, float]:
    bench.report(f"passerby's tracks on {recording.name}")
    looked = look(bench.footage.video(recording), recording.analysed_fps)
    result = bench.folder / f"ours-{recording.folder}-mot.txt"
    result.write_text("".join(mot_rows(looked)))
    return evaluated(bench.footage.boxes(recording), result, {frame.number for frame in looked})


def _peer_scores(bench: Bench, recording: Recording) -> dict[str, float]:
    counts, tracks = bench.count_peer(recording, recording.analysed_fps, f"peer-{recording.folder}-mot")
    return evaluated(bench.footage.boxes(recording), tracks, set(read_json(counts)["frame_numbers"]))


def mot_rows(looked: Iterable[Looked]) -> list[str]:
    """Our confirmed tracks of people and bicycles as rows of a MOT-style file."""
    rows = []
    for frame in looked:
        tracks = frame.tracks
        for row in range(len(tracks)):
            if tracks.confirmed[row] and int(tracks.road_user[row]) in _PEOPLE:
                left, top, right, bottom = (float(side) for side in tracks.xyxy_px[row])
                box = f"{left:.2f},{top:.2f},{right - left:.2f},{bottom - top:.2f}"
                rows.append(f"{frame.number},{int(tracks.track_id[row])},{box},1,1,1\n")
    return rows


def evaluated(boxes: Path, result: Path, frames: set[int]) -> dict[str, float]:
    """Returns the evaluator's figures over the analysed frames that are labelled; both files are cut to them.

    Args:
        boxes: the true ones, a MOT-style file.
        result: the tracks, another.
        frames: numbers of the analysed frames, from 1.
    """
    labels = boxes.read_text().splitlines()
    numbers = [int(row.split(",")[0]) for row in labels]
    judged = {frame for frame in frames if min(numbers) <= frame <= max(numbers)}
    truth, cut = result.with_suffix(".truth"), result.with_suffix(".cut")
    truth.write_text("".join(f"{','.join(row.split(',')[:7])},1,1\n" for row in labels if _frame(row) in judged))
    kept = [row for row in result.read_text().splitlines() if _frame(row) in judged]
    cut.write_text("".join(f"{row}\n" for row in kept))
    command = [str(prepare(PEERS)), "-m", "benchmarks.peers.evaluate", str(truth), str(cut)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY)
    figures: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return figures


def _frame(row: str) -> int:
    return int(row.split(",", 1)[0])


_REMARKS = (
    "Only analysed, labelled frames are judged. The PETS rows flagged 0 are left out of the truth, as MOT 2015 does, "
    "though a box found there then counts as wrong. Some far people on Town Centre are not labelled.",
)
