"""deface 1.5 at its defaults on the recordings with labelled heads, for a line beside ours."""

import tempfile
from pathlib import Path

import numpy as np

from benchmarks.anonymise.scenes import plain
from benchmarks.bench import Bench, read_json
from benchmarks.footage import PETS, REPOSITORY, TOWN_CENTRE, Recording, find_footage

OF_SCENE = {"town-centre": TOWN_CENTRE, "town-centre-film": TOWN_CENTRE, "pets": PETS, "pets-film": PETS}
EVERY = 10
"""Each how many-th picture: deface needs up to a second for one."""


def deface_row(recording: Recording) -> dict[str, float]:
    """What deface covers of a recording's heads, the faces that it finds, and CPU ms a picture, detection included."""
    with tempfile.TemporaryDirectory() as place:
        bench = Bench(find_footage(), REPOSITORY / "build" / "detector", Path(place), 1, print)
        heads = bench.folder / "heads.txt"
        heads.write_text("\n".join(_head_rows(recording)))
        out, video = bench.folder / "deface.json", bench.footage.video(recording)
        arguments = [str(video), str(out), "--heads", str(heads), "--every", str(EVERY)]
        bench.in_peers("benchmarks.peers.deface_cover", *arguments)
        document = read_json(out)
    shares = np.array(document["head_shares"])
    return {
        "heads": len(shares),
        "heads_half": float((shares >= 0.5).mean()),
        "heads_covered": float((shares >= 0.95).mean()),
        "cpu_ms": float(document["cpu_ms"]),
    }


def _head_rows(recording: Recording) -> list[str]:
    """The heads that ours is measured with, as a file of frame, id, left, top, width, height."""
    rows = []
    for shot in plain(recording, fps=1000.0):
        for left, top, right, bottom in () if shot.heads is None else shot.heads.tolist():
            rows.append(f"{shot.raw.stamp.index + 1},0,{left},{top},{right - left},{bottom - top}")
    return rows
