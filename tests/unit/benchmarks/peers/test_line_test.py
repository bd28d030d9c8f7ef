import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.counting.counts import score
from benchmarks.footage import PETS, Footage
from benchmarks.peers.line_test import LineTest


def upright() -> LineTest:
    """A line from top to bottom at x = 50, 10 to 90 px high: forward is from right to left."""
    return LineTest("line", (50.0, 10.0), (50.0, 90.0))


def walk(line: LineTest, *points: tuple[float, float], track_id: int = 1) -> tuple[int, int]:
    for x_px, y_px in points:
        line.update(track_id, x_px, y_px)
    return line.forward, line.backward


def test_there_and_back_counts_once_each_way() -> None:
    assert walk(upright(), (80, 50), (20, 50), (80, 50)) == (1, 1)


def test_dithering_inside_the_dead_band_is_no_crossing() -> None:
    assert walk(upright(), (80, 50), (46, 50), (54, 50), (46, 50)) == (0, 0)


def test_passing_beside_the_ends_is_no_crossing() -> None:
    assert walk(upright(), (80, 95), (20, 95)) == (0, 0)


def test_two_tracks_are_not_joined() -> None:
    line = upright()
    walk(line, (80, 50), track_id=1)
    assert walk(line, (20, 50), track_id=2) == (0, 0)


@pytest.mark.footage
def test_on_the_labels_it_finds_exactly_the_true_crossings(footage: Path, truth: Path, tmp_path: Path) -> None:
    """The baseline must not lose by its line test: fed with the truth's own tracks it makes no error."""
    place = Footage(footage, truth)
    width, height = PETS.size_px
    sys_path_script = "import json, sys; sys.path.insert(0, sys.argv[1]); from score_counts import read_lines; "
    said = subprocess.run(
        [sys.executable, "-c", sys_path_script + "print(json.dumps(read_lines(sys.argv[2])))", truth, place.grid_lines],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [
        LineTest(name, (x1 * width, y1 * height), (x2 * width, y2 * height))
        for name, (x1, y1, x2, y2) in json.loads(said.stdout).items()
    ]
    tracks = defaultdict(list)
    for row in place.boxes(PETS).read_text().splitlines():
        frame, track_id, left, top, wide, high = (float(cell) for cell in row.split(",")[:6])
        tracks[int(track_id)].append((frame, left + wide / 2, top + high))
    for track_id, points in tracks.items():
        for line in lines:
            walk(line, *((x, y) for _, x, y in sorted(points)), track_id=track_id)
    counts = {line.name: {"pedestrian": {"forward": line.forward, "backward": line.backward}} for line in lines}
    out = tmp_path / "counts.json"
    out.write_text(json.dumps({"lines": counts}))
    assert score(place, PETS, out).off == 0
