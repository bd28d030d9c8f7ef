"""Which class is counted as which: a confusion table over the recordings whose crossings are known by class.

`python -m benchmarks.counting.classes [--heavy-certainty 0.5]` counts each recording by the command, at its default
settings, and pairs what was counted with what is true of the same line and way. When each crossed is not compared:
equal classes are paired first, so that the table shows the fewest confusions that there can have been.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from rich.console import Console
from rich.table import Table

from benchmarks.footage import RESULTS_FOLDER, Footage, FootageMissingError, find_footage

MISSED: Final = "not counted"
MADE_UP: Final = "no one"
ENOUGH: Final = 20
"""True crossings of a class below which nothing is said of it."""
RESULTS: Final = RESULTS_FOLDER / "classes.json"

Pairs = Counter[tuple[str, str]]
"""True class and counted class -> how many; `no one` is true of what was made up, and what is missed is counted as
`not counted`."""


@dataclass(frozen=True, slots=True)
class Clip:
    """One recording.

    Attributes:
        video: under the footage's folder.
        lines: name -> both ends, 0-1 of the picture.
        truth: name -> class -> way -> how many.
    """

    video: str
    lines: Mapping[str, Any]
    truth: Mapping[str, Mapping[str, Mapping[str, int]]]


JUNCTION: Final = (
    Clip("junction/cars-cyclist.mp4", {"middle": [[0.5, 0], [0.5, 1]]}, {"middle": {"bicycle": {"backward": 1}}}),
    Clip("junction/cars-truck.mp4", {"middle": [[0.4, 0], [0.4, 1]]}, {"middle": {"truck": {"backward": 1}}}),
)
"""What the makers of these say of them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table and writes it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--heavy-certainty", type=float, help="passed to passerby count")
    asked = parser.parse_args(arguments)
    try:
        footage = find_footage()
    except FootageMissingError as missing:
        print(f"Skipped: {missing}")
        return 0
    words = [] if asked.heavy_certainty is None else ["--heavy-certainty", f"{asked.heavy_certainty:g}"]
    pairs: Pairs = Counter()
    for clip in clips(footage):
        print(f"counting {clip.video}", file=sys.stderr)
        counted = _counted(footage.recordings / clip.video, clip.lines, words)
        for line, truth in clip.truth.items():
            for way in ("forward", "backward"):
                pairs.update(paired(_of_way(truth, way), _of_way(counted[line], way)))
    Console().print(table_of(pairs))
    RESULTS.parent.mkdir(exist_ok=True)
    rows = [{"true": true, "counted": counted, "n": n} for (true, counted), n in sorted(pairs.items())]
    RESULTS.write_text(json.dumps({"options": words, "pairs": rows, "measured": measured(pairs)}, indent=1) + "\n")
    return 0


def clips(footage: Footage) -> Iterator[Clip]:
    """Yields the recordings that were counted by hand, and those of which the makers say what is in them."""
    by_hand = yaml.safe_load((footage.truth / "hand_counts.yaml").read_text("utf-8"))["clips"]
    for name, clip in by_hand.items():
        lines = clip["lines"]
        ends, truth = ({line: keys[key] for line, keys in lines.items()} for key in ("points", "truth"))
        yield Clip(f"{name}/video.mp4", ends, truth)
    yield from JUNCTION


def paired(truth: Mapping[str, int], counted: Mapping[str, int]) -> Pairs:
    """Returns the pairs of one line and way: equal classes first, then what is left in the order of the classes."""
    same = Counter(truth) & Counter(counted)
    pairs: Pairs = Counter({(kind, kind): n for kind, n in same.items()})
    left = sorted((Counter(truth) - same).elements()), sorted((Counter(counted) - same).elements())
    for at in range(max(map(len, left))):
        true, was = (one[at] if at < len(one) else none for one, none in zip(left, (MADE_UP, MISSED), strict=True))
        pairs[true, was] += 1
    return pairs


def measured(pairs: Pairs) -> dict[str, float | None]:
    """Returns of each true class the share that was counted as it; None where there are too few to say."""
    true: Counter[str] = Counter()
    for (kind, _), n in pairs.items():
        true[kind] += n
    return {kind: pairs[kind, kind] / n if n >= ENOUGH else None for kind, n in true.items() if kind != MADE_UP}


def table_of(pairs: Pairs) -> Table:
    """Returns the table: a row for each true class, a column for each that was counted."""
    shares = measured(pairs)
    true, counted = sorted({one for one, _ in pairs}), sorted({other for _, other in pairs})
    table = Table("true", *counted, "right", title="Counted as")
    for kind in true:
        share = shares.get(kind)
        right = "" if kind == MADE_UP else "not measured" if share is None else f"{share:.2f}"
        table.add_row(kind, *(str(pairs[kind, other] or "") for other in counted), right)
    return table


def _of_way(classes: Mapping[str, Mapping[str, int]], way: str) -> dict[str, int]:
    return {kind: n for kind, ways in classes.items() if (n := ways.get(way, 0))}


def _counted(video: Path, lines: Mapping[str, Any], words: Sequence[str]) -> dict[str, dict[str, dict[str, int]]]:
    with tempfile.TemporaryDirectory() as folder:
        where, out = Path(folder, "lines.yaml"), Path(folder, "counts.json")
        where.write_text(yaml.safe_dump({"lines": {name: {"points": ends} for name, ends in lines.items()}}), "utf-8")
        command = [sys.executable, "-m", "passerby", "count", str(video), "--lines", str(where), "--json", str(out)]
        subprocess.run([*command, "--no-picture", *words], check=True, capture_output=True)
        found: dict[str, dict[str, dict[str, int]]] = json.loads(out.read_text("utf-8"))["lines"]
    return found


if __name__ == "__main__":
    sys.exit(main())
