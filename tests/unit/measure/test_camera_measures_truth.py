"""Agreement with the definition that counts are judged by, on labelled footage fed as perfect tracks.

A few crossings differ on purpose: the band grows with the box, so that a road user who turns round right on a line
counts nothing here and +1/-1 there. The limits below are what was measured when this was written.
"""

import importlib.util
from collections import Counter, defaultdict

import numpy as np
import pytest

from passerby.domain.frames import FrameStamp
from passerby.domain.layout import Line
from passerby.domain.tracks import Tracks
from passerby.measure.camera_measures import CameraMeasures

GRID = {f"x{n}": (n / 10, 0.0, n / 10, 1.0) for n in range(1, 10)} | {
    f"y{n}": (0.0, n / 10, 1.0, n / 10) for n in range(2, 10)
}


def perfect_tracks(path, size_px, fps, step):
    rows, last = defaultdict(list), dict[int, int]()
    for text in path.read_text().split():
        frame, track, left, top, width, height = (float(cell) for cell in text.split(",")[:6])
        if (int(frame) - 1) % step == 0:
            rows[int(frame)].append((int(track), left, top, left + width, top + height))
            last[int(track)] = max(int(frame), last.get(int(track), 0))
    for frame in range(1, max(rows) + 1, step):
        table = np.array(rows[frame], np.float64).reshape(-1, 5)
        time_s = (frame - 1) / fps
        yield Tracks(
            FrameStamp("cam", frame - 1, round(time_s * 1e9), time_s, size_px),
            table[:, 0].astype(np.int64),
            table[:, 1:].astype(np.float32),
            np.ones(len(table), np.float32),
            np.zeros(len(table), np.int16),
            np.ones(len(table), np.bool_),
            np.array([track for track, end in last.items() if end == frame - step], np.int64),
        )


def true_feet(path):
    feet = defaultdict(list)
    for text in path.read_text().split():
        frame, track, left, top, width, height = (float(cell) for cell in text.split(",")[:6])
        feet[int(track)].append((int(frame), left + width / 2, top + height))
    return {track: sorted(points) for track, points in feet.items()}


@pytest.mark.footage
@pytest.mark.parametrize(
    ("name", "size_px", "fps", "step", "most_off"),
    [
        ("pets09-s2l1", (768, 576), 10.0, 1, 2),
        ("pets09-s2l1", (768, 576), 10.0, 2, 4),
        ("pets09-s2l1", (768, 576), 10.0, 4, 9),
        ("town-centre", (1920, 1080), 30.0, 1, 0),
        ("town-centre", (1920, 1080), 30.0, 3, 0),
    ],
)
def test_perfect_tracks_give_the_true_counts(footage, truth, name, size_px, fps, step, most_off):
    spec = importlib.util.spec_from_file_location("line_truth", truth / "line_truth.py")
    assert spec is not None
    assert spec.loader is not None
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    path = footage / name / "gt.txt"
    feet = true_feet(path)
    true: Counter[tuple[str, str]] = Counter()
    for line, (x1, y1, x2, y2) in GRID.items():
        ends = (x1 * size_px[0], y1 * size_px[1]), (x2 * size_px[0], y2 * size_px[1])
        true.update((line, "forward" if sign > 0 else "backward") for *_, sign in judge.crossings(feet, *ends))
    lines = tuple(Line(line, np.array(ends, np.float32).reshape(2, 2)) for line, ends in GRID.items())
    measures = CameraMeasures("cam", lines)
    counted: Counter[tuple[str, str]] = Counter()
    for tracks in perfect_tracks(path, size_px, fps, step):
        counted.update((crossing.line, crossing.direction.value) for crossing in measures.update(tracks).crossings)
    counted.update((crossing.line, crossing.direction.value) for crossing in measures.finish().crossings)
    off = sum(abs(counted[key] - true[key]) for key in true.keys() | counted.keys())
    assert true.total() > 40
    assert off <= most_off, f"{off} of {true.total()} crossings differ"
