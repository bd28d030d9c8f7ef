"""Real recordings counted by the real command, and scored by the script that the truth lies beside."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

Document = dict[str, Any]


def counted(video: Path, folder: Path, *words: str | Path, code: int = 0) -> Document:
    """What `passerby count` writes about a video, less what it writes into a folder."""
    command = [sys.executable, "-m", "passerby", "count", video, "--json", "counts.json", "--no-picture", *words]
    ended = subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == code, ended.stderr
    document: Document = json.loads((folder / "counts.json").read_text())
    return document


def wape(boxes: Path, size_px: tuple[int, int], truth: Path, counts: Path) -> float:
    """Weighted absolute percentage error over the grid of lines, as a share."""
    script, lines = truth / "score_counts.py", truth / "grid_lines.yaml"
    command = [sys.executable, script, boxes, size_px[0], size_px[1], lines, counts]
    said = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout
    match = re.match(r"WAPE (\d+\.\d+)", said)
    assert match, said
    return float(match[1])


def lines_file(path: Path, **lines: tuple[tuple[float, float], tuple[float, float]]) -> Path:
    """A file of lines given by their ends, 0-1 of the picture."""
    rows = [f"  {name}: {{points: [{list(ends[0])}, {list(ends[1])}]}}\n" for name, ends in lines.items()]
    path.write_text("lines:\n" + "".join(rows))
    return path


def crossings(document: Document, line: str) -> dict[str, tuple[int, int]]:
    """Class -> (forward, backward), of those that were counted at all."""
    ways = {name: (count["forward"], count["backward"]) for name, count in document["lines"][line].items()}
    return {name: both for name, both in ways.items() if any(both)}
