"""How often a size on calibrated ground names the right class, of made bodies.

    python -m benchmarks.counting.ground_sizes

A camera 7 m up sees bodies of random size that go any way, 14 to 42 m off; nothing else is known of them.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np

from benchmarks.footage import RESULTS_FOLDER
from testing.pictures.made_bodies import seen_as

RESULTS = RESULTS_FOLDER / "ground_sizes.json"
TIMES = 150

BODIES = {
    "walker": ((0.35, 0.8), (0.4, 0.7), (1.55, 1.95), (0.8, 2.0)),
    "group of people": ((1.2, 5.0), (0.6, 2.0), (1.6, 1.8), (0.8, 1.8)),
    "dog": ((0.6, 1.2), (0.25, 0.4), (0.4, 0.8), (0.8, 3.5)),
    "cyclist": ((1.6, 2.0), (0.5, 0.8), (1.6, 1.9), (3.0, 8.0)),
    "motorcycle": ((1.9, 2.3), (0.7, 0.9), (1.5, 1.8), (6.0, 14.0)),
    "car": ((3.6, 5.0), (1.65, 1.95), (1.4, 1.8), (5.0, 14.0)),
    "van": ((5.0, 6.2), (1.95, 2.1), (2.0, 2.6), (5.0, 14.0)),
    "lorry or bus": ((7.0, 16.0), (2.3, 2.55), (2.8, 3.6), (5.0, 14.0)),
}
"""Length, width and height in metres, and metres a second: between which each body's are drawn."""

SLOW_MPS, LONG_S, SHORT_S = 2.5, 3.5, 1.2
"""Who walks is seen for longer."""


def main(_arguments: Sequence[str] | None = None) -> int:
    """Exit code 0."""
    chance, found = np.random.default_rng(1), {}
    for name, spans in BODIES.items():
        named: Counter[str] = Counter()
        for _ in range(TIMES):
            length, width, height, mps = (float(chance.uniform(*span)) for span in spans)
            course = float(chance.uniform(0, 2 * np.pi))
            at_m = (float(chance.uniform(-6, 6)), float(chance.uniform(14, 42)))
            seconds = SHORT_S if mps > SLOW_MPS else LONG_S
            named[seen_as((length, width, height), mps, course, at_m, seconds=seconds).label] += 1
        found[name] = dict(named)
        print(f"{name:16} {found[name]}", flush=True)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
