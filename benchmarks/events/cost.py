"""What 1,000 rules on 200 cameras cost beside measuring the same cameras, in the same run."""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.counting.our_tracks import stage_times
from benchmarks.events.made_tracks import LAYOUT, Street, all_rules
from benchmarks.events.world import event_frame
from benchmarks.footage import PETS, find_footage
from passerby.domain.event_rules import EventRule, RuleKind
from passerby.events.event_rules import EventRules
from passerby.measure.camera_measures import CameraMeasures

RULES_A_CAMERA = 5
MUST_SHARE = 0.05
CAMERA_STAGES = ("detect", "track", "measure")
PLACE = replace(LAYOUT, zones=LAYOUT.zones[:1])
"""One line and one zone: measuring another zone, which no rule is about, would make the rules look cheap."""


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of one camera, without what reading the clock costs.

    Attributes:
        measure_s: for its lines and zones.
        rules_s: for its rules on the same frames.
        frames: how many they were.
    """

    measure_s: float
    rules_s: float
    frames: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0: the rules of all kinds but near misses cost less than 5 % of measuring; 1: more."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.events.cost", description=__doc__)
    parser.add_argument("--cameras", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--film", action="store_true", help="also beside detecting and tracking in PETS")
    asked = parser.parse_args(arguments)
    some = max(1, asked.cameras // 10)
    _print_kinds(some, asked.seconds)
    others = [rule for rule in all_rules() if rule.kind is not RuleKind.NEAR_MISSES]
    whole = mixed(others, asked.cameras, asked.seconds)
    _print_share(f"{RULES_A_CAMERA * asked.cameras} rules of all kinds but near misses", whole)
    if asked.film:
        _print_whole_camera(whole)
    alone_s, near_s = near_misses_spent(some, asked.seconds)
    print(f"near misses, all road users in view: {near_s / alone_s:.1%} of measuring the same camera without them")
    return int(share(whole) >= MUST_SHARE)


def mixed(kinds: Sequence[EventRule], cameras: int, seconds: float) -> list[Spent]:
    """Returns what each camera spends with `RULES_A_CAMERA` rules, each camera with the next ones in their turn."""
    chosen = [
        [kinds[(camera * RULES_A_CAMERA + number) % len(kinds)] for number in range(RULES_A_CAMERA)]
        for camera in range(cameras)
    ]
    return [spent(rules, seconds, seed) for seed, rules in enumerate(chosen)]


def spent(watched: Sequence[EventRule], seconds: float, seed: int) -> Spent:
    """Returns what one camera spends."""
    measures = CameraMeasures("made", PLACE.lines, PLACE.movements, PLACE.zones, PLACE.ground)
    rules = EventRules("made", watched, PLACE)
    measure_s = rules_s = clock_s = 0.0
    frames = 0
    for tracks in Street(walkers=12, cars=3).frames(seconds, np.random.default_rng(seed)):
        begun_s = time.process_time()
        measured = measures.update(tracks)
        measured_s = time.process_time()
        again_s = time.process_time()
        rules.update(event_frame(tracks, measured))
        ended_s = time.process_time()
        clock_s += again_s - measured_s
        measure_s, rules_s, frames = measure_s + measured_s - begun_s, rules_s + ended_s - again_s, frames + 1
    return Spent(measure_s - clock_s, rules_s - clock_s, frames)


def near_misses_spent(cameras: int, seconds: float) -> tuple[float, float]:
    """Returns the CPU seconds of measuring without near misses, and those that counting them adds."""
    spent_s = [0.0, 0.0]
    for camera in range(cameras):
        both = [
            CameraMeasures("made", PLACE.lines, PLACE.movements, PLACE.zones, PLACE.ground, near_misses=counted)
            for counted in (None, PLACE.near_misses)
        ]
        for tracks in Street(walkers=14, cars=6, fps=10.0).frames(seconds, np.random.default_rng(camera)):
            for place, measures in enumerate(both):
                begun_s = time.process_time()
                measures.update(tracks)
                spent_s[place] += time.process_time() - begun_s
    return spent_s[0], spent_s[1] - spent_s[0]


def share(cameras: Sequence[Spent]) -> float:
    """Returns the rules' share of measuring, over all cameras."""
    return sum(each.rules_s for each in cameras) / sum(each.measure_s for each in cameras)


def _print_share(what: str, cameras: Sequence[Spent]) -> None:
    low, high = np.percentile([each.rules_s / each.measure_s for each in cameras], (10, 90))
    print(f"{what}: {share(cameras):.1%} of measuring; of ten cameras, eight between {low:.1%} and {high:.1%}")


def _print_kinds(cameras: int, seconds: float) -> None:
    """Prints each kind's share alone, above what the rules' clock and the camera's state cost without any rule."""
    nothing = share([spent([], seconds, seed) for seed in range(cameras)])
    print(f"without a rule: {nothing:.1%} of measuring; and one rule of a kind above that:")
    for rule in all_rules():
        if rule.kind is RuleKind.NEAR_MISSES:
            continue
        alone = share([spent([rule], seconds, seed) for seed in range(cameras)])
        print(f"  {rule.kind:<16} {alone - nothing:.1%}")


def _print_whole_camera(cameras: Sequence[Spent]) -> None:
    """Prints the rules' share of a camera's detecting, tracking and measuring, which PETS's film is taken for."""
    footage = find_footage()
    stages = stage_times(footage.video(PETS), footage.grid_lines, PETS.analysed_fps)
    camera_ms = sum(stages[stage] for stage in CAMERA_STAGES)
    rules_ms = 1000 * sum(each.rules_s for each in cameras) / sum(each.frames for each in cameras)
    print(f"  {rules_ms / camera_ms:.2%} of the {camera_ms:.0f} ms a frame of PETS: detected, tracked, measured")


if __name__ == "__main__":
    raise SystemExit(main())
