"""What 1,000 rules on 200 cameras cost beside measuring the same cameras, in the same run."""

import argparse
import time
from collections.abc import Sequence

import numpy as np

from benchmarks.events.made_tracks import LAYOUT, Street, all_rules
from passerby.domain.event_rules import EventRule
from passerby.events.event_rules import EventRules
from passerby.events.scene import EventFrame
from passerby.measure.camera_measures import CameraMeasures

RULES_A_CAMERA = 5
MUST_SHARE = 0.05


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: the rules cost less than 5 % of measuring; 1: more."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.cost", description=__doc__)
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    asked = parser.parse_args(arguments)
    measure_s, rules_s = spent(asked.cameras, asked.seconds, [rule for rule in all_rules() if rule.name != "near"])
    share = rules_s / measure_s
    number = RULES_A_CAMERA * asked.cameras
    print(f"measuring {measure_s:.2f} s, {number} rules without near misses {rules_s:.2f} s: {share:.1%}")
    alone_s, near_s = near_misses_spent(max(1, asked.cameras // 10), asked.seconds)
    print(f"near misses, all road users in view: {near_s / alone_s:.1%} of measuring the same camera without them")
    return int(share >= MUST_SHARE)


def spent(cameras: int, seconds: float, kinds: Sequence[EventRule]) -> tuple[float, float]:
    """Returns the CPU seconds of measuring and of at most `RULES_A_CAMERA` rules on each camera."""
    measure_s = rules_s = 0.0
    for camera in range(cameras):
        chosen = {kinds[(camera + 3 * number) % len(kinds)] for number in range(RULES_A_CAMERA)}
        measures = CameraMeasures("made", LAYOUT.lines, LAYOUT.movements, LAYOUT.zones, LAYOUT.ground)
        rules = EventRules("made", sorted(chosen, key=lambda rule: rule.name), LAYOUT)
        for tracks in Street(walkers=12, cars=3).frames(seconds, np.random.default_rng(camera)):
            begun_s = time.process_time()
            measured = measures.update(tracks)
            between_s = time.process_time()
            rules.update(EventFrame(tracks, measured.crossings, measured.occupancy, encounters=measured.encounters))
            ended_s = time.process_time()
            measure_s, rules_s = measure_s + between_s - begun_s, rules_s + ended_s - between_s
    return measure_s, rules_s


def near_misses_spent(cameras: int, seconds: float) -> tuple[float, float]:
    """Returns the CPU seconds of measuring without near misses, and those that counting them adds."""
    spent_s = [0.0, 0.0]
    for camera in range(cameras):
        both = [
            CameraMeasures("made", LAYOUT.lines, LAYOUT.movements, LAYOUT.zones, LAYOUT.ground, near_misses=counted)
            for counted in (None, LAYOUT.near_misses)
        ]
        for tracks in Street(walkers=14, cars=6, fps=10.0).frames(seconds, np.random.default_rng(camera)):
            for place, measures in enumerate(both):
                begun_s = time.process_time()
                measures.update(tracks)
                spent_s[place] += time.process_time() - begun_s
    return spent_s[0], spent_s[1] - spent_s[0]


if __name__ == "__main__":
    raise SystemExit(main())
