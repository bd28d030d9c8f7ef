"""Views moved while nobody watched: python -m benchmarks.health.restarts; writes results/health_restarts.json."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict

import cv2

from benchmarks.footage import RESULTS_FOLDER, FootageMissingError, find_footage
from benchmarks.health.changed_views import FILMS, Rig, outcome_of, pictures_of, tell
from benchmarks.health.changes import MOVES, WELL, Case, darkened, night
from passerby.ingest.view_health.image_quality import ImageQualityMeter

RESULTS = RESULTS_FOLDER / "health_restarts.json"

WATCHED_S = 36
"""Longer than the hold of a view that is not recognised, shorter than it takes to report anything else."""

NIGHT_FELL_S = 400.0

CASES = (
    *(case for case in MOVES if case.name not in ("turned by 1°", "turned by 10°", "zoomed by 20%", "shifted by 20%")),
    *(case for case in WELL if case.name in ("untouched", "rain and noise", "switched to infrared")),
    Case("a third of the light, noise", darkened(0.35), None),
    Case("night", lambda luma, _, chance: night(luma, NIGHT_FELL_S, chance), None),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Learns a recording's first half, restarts on its second with a change; exit code 0."""
    argparse.ArgumentParser(prog="python -m benchmarks.health.restarts", description=__doc__).parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        folder = find_footage().recordings
    except FootageMissingError as missing:
        print(f"Skipped: {missing}")
        return 0
    outcomes = []
    for film in FILMS:
        pictures = pictures_of(folder, film)[: film.most]
        before, after = pictures[: len(pictures) // 2], pictures[len(pictures) // 2 :]
        learned = Rig(before)
        learned.learn()
        restarted = Rig(after)
        restarted.signs = ImageQualityMeter(learned.signs.reference())
        for case in CASES:
            outcomes.append(outcome_of(restarted, film, case, WATCHED_S, after))
            tell(outcomes[-1])
    document = {
        "measured": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "outcomes": [asdict(each) | {"alarms": each.alarms} for each in outcomes],
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
