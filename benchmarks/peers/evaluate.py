"""IDF1, HOTA and MOTA of one MOT-style result, from roboflow's `trackers.eval`, which is checked against TrackEval.

Usage: python -m benchmarks.peers.evaluate GT.txt RESULT.txt     (prints one JSON object)
"""

import json
import sys
from pathlib import Path

from trackers.eval.evaluate import evaluate_mot_sequence


def main() -> int:
    """Prints the three figures as 0-1, and the number of identity switches."""
    scored = evaluate_mot_sequence(Path(sys.argv[1]), Path(sys.argv[2]), ["CLEAR", "HOTA", "Identity"])
    if scored.Identity is None or scored.HOTA is None or scored.CLEAR is None:
        raise SystemExit(f"{sys.argv[2]}: the evaluator gave no figures")
    print(
        json.dumps(
            {
                "IDF1": float(scored.Identity.IDF1),
                "HOTA": float(scored.HOTA.HOTA),
                "MOTA": float(scored.CLEAR.MOTA),
                "IDSW": int(scored.CLEAR.IDSW),
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
