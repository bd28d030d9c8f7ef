"""Whether the intervals of counts hold the truth, and how wide they are.

    python -m benchmarks.counting.intervals [--made-only]

Before a count by hand: on every recording with known crossings, series by series (line, way, group) of five true
crossings and more, once with what passerby believes of any place, and once with a belief that is fitted to the other
recordings alone; and on made places of known recall. After a count by hand of 100 crossings: on made places, and on
PETS, where as many lines as have 100 crossings validate the view and the others are foretold.
"""

import argparse
import json
import math
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product

import numpy as np

from benchmarks.counting.tune.count import count_tracks
from benchmarks.counting.tune.place import WHOLE, Place, all_places
from benchmarks.counting.tune.sightings import Looking, runs_of, sightings
from benchmarks.footage import PETS, RESULTS_FOLDER, FootageMissingError, find_footage
from passerby.domain.count_accuracy import Accuracy, accuracy_of
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.intervals import Interval
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.measure.coverage import Coverage
from passerby.measure.unexplained_motion import UnexplainedMotion
from passerby.track.tracker import TrackerSettings
from passerby.units import NS_PER_S

RESULTS = RESULTS_FOLDER / "intervals.json"

FEWEST = 5
"""True crossings of a series that is judged."""

RECALLS, FALSE_SHARES, GROUPS = (0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95), (0.0, 0.05, 0.1), (1, 2)
TRUTHS, MINUTES, TIMES = (5, 10, 20, 50, 200), (10, 20), 150
VALIDATED = 100
AT = 50
"""Crossings at which the half-width is told."""


@dataclass(frozen=True, slots=True)
class Held:
    """How often intervals held the truth, and how wide they were.

    Attributes:
        what: of which recording or made places.
        series: how many intervals were judged.
        held: the share of them that held the truth, 0-1.
        half_width: the median half-width where 50 were counted, as a share of 50.
        half_width_true: the same as a share of the number that is believed most.
    """

    what: str
    series: int
    held: float
    half_width: float
    half_width_true: float


@dataclass(frozen=True, slots=True)
class RealRun:
    """Truth and counts of one run of a place, series by series, and how much of what moved was not detected."""

    place: Place
    fps: float
    pairs: tuple[tuple[int, int], ...]
    unexplained: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0; 2 where the recordings are not here."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.counting.intervals", description=__doc__)
    parser.add_argument("--made-only", action="store_true", help="leave the recordings out")
    asked = parser.parse_args(arguments)
    rows = [*_shown(made_before()), *_shown(made_after())]
    if not asked.made_only:
        try:
            runs = real_runs(all_places(find_footage()))
        except FootageMissingError as missing:
            print(missing, file=sys.stderr)
            return 2
        rows += [*_shown(real_before(runs)), *_shown(real_fitted(runs)), *_shown(real_after(runs))]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", "utf-8")
    return 0


def made_before() -> Iterator[Held]:
    """Made places that no one has counted at: by recall, then all together."""
    chance, prior = np.random.default_rng(20261130), accuracy_of([])
    every: list[bool] = []
    for recall in RECALLS:
        held = []
        for false, group, truth in product(FALSE_SHARES, GROUPS, TRUTHS):
            for _ in range(TIMES):
                by_hand, by_system = _made(chance, truth / 5, 5, recall, false, group)
                if sum(by_hand) >= FEWEST:
                    held.append(_holds(prior, sum(by_hand), sum(by_system)))
        every += held
        yield _row(f"made, not validated, recall {recall:g}", held, [prior])
    yield _row("made, not validated, all", every, [prior])


def made_after() -> Iterator[Held]:
    """Made places at which some 100 crossings were counted by hand; what is judged are ten later minutes."""
    chance = np.random.default_rng(20261130)
    every: list[bool] = []
    accuracies: list[Accuracy] = []
    for recall in RECALLS:
        held, known = [], []
        for false, group, minutes in product(FALSE_SHARES, GROUPS, MINUTES):
            for _ in range(TIMES):
                accuracy = _validated(*_made(chance, VALIDATED / minutes, minutes, recall, false, group))
                by_hand, by_system = _made(chance, AT / 10, 10, recall, false, group)
                held.append(_holds(accuracy, sum(by_hand), sum(by_system)))
                known.append(accuracy)
        every, accuracies = every + held, accuracies + known
        yield _row(f"made, validated, recall {recall:g}", held, known)
    yield _row("made, validated, all", every, accuracies)


def real_runs(places: Sequence[Place]) -> list[RealRun]:
    """Every run of every place with known crossings."""
    found = []
    for place in places:
        runs = runs_of(place)
        for run, frames in zip(runs, sightings(runs, Looking()), strict=True):
            seen = _Seen(TrackerSettings().keep_confidence)
            counted = count_tracks(place, frames, TrackerSettings(), seen.update)
            keys = sorted({*place.truth, *counted})
            pairs = tuple((place.truth.get(key, 0), counted[key]) for key in keys)
            found.append(RealRun(place, run.fps, pairs, seen.unexplained))
        print(f"counted {place.name}", file=sys.stderr, flush=True)
    return found


def real_before(runs: Sequence[RealRun]) -> Iterator[Held]:
    """Recordings with what is believed of any place; it was not fitted to one of them."""
    prior = accuracy_of([])
    whole = [run for run in runs if run.place.view == WHOLE]
    for recording, of in _by_recording(whole).items():
        yield _row(f"{recording}, not validated", _all_held(prior, of), [prior])
    yield _row("all recordings, not validated", _all_held(prior, whole), [prior])
    made = [run for run in runs if run.place.view != WHOLE]
    for recording, of in _by_recording(made).items():
        yield _row(f"{recording}, nearer and farther views made of it", _all_held(prior, of), [prior])


def real_fitted(runs: Sequence[RealRun]) -> Iterator[Held]:
    """Each recording with a belief whose mean and spread are those of the other recordings' ratios."""
    by_recording = _by_recording([run for run in runs if run.place.view == WHOLE])
    for recording, of in by_recording.items():
        others = [run for name, each in by_recording.items() if name != recording for run in each]
        fitted = _fitted(others)
        yield _row(f"{recording}, fitted to the others ({fitted.ratio:.2f} ± {fitted.ratio_sd:.2f})",
                   _all_held(fitted, of), [fitted])  # fmt: skip


def real_after(runs: Sequence[RealRun]) -> Iterator[Held]:
    """PETS: series with 100 crossings together validate the view, and the sum of the others is foretold."""
    chance = np.random.default_rng(20261130)
    held, known = [], []
    for run in _by_recording(runs).get(PETS.folder, ()):
        for _ in range(40):
            order = chance.permutation(len(run.pairs))
            sums = np.cumsum([run.pairs[at][0] for at in order])
            if sums[-1] < 1.5 * VALIDATED:
                continue
            first = int(np.searchsorted(sums, VALIDATED)) + 1
            accuracy = _validated(*zip(*(run.pairs[at] for at in order[:first]), strict=True))
            rest = [run.pairs[at] for at in order[first:]]
            held.append(_holds(accuracy, sum(true for true, _ in rest), sum(count for _, count in rest)))
            known.append(accuracy)
    if held:
        yield _row(f"{PETS.folder}, validated", held, known)


def _made(
    chance: np.random.Generator, a_minute: float, minutes: int, recall: float, false: float, group: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Minutes of a place where groups of so many are found or missed together, and some counts are of no one."""
    groups = chance.poisson(a_minute / group, minutes)
    counted = chance.binomial(groups, recall) * group + chance.poisson(false * a_minute, minutes)
    return tuple((groups * group).tolist()), tuple(counted.tolist())


def _validated(by_hand: Sequence[int], by_system: Sequence[int]) -> Accuracy:
    return accuracy_of(
        MinutePair(60 * at, RoadUser.BICYCLE, Direction.FORWARD, hand, system)
        for at, (hand, system) in enumerate(zip(by_hand, by_system, strict=True))
    )


class _Seen:
    """How much of what moved in a run was not detected, as a count has it."""

    def __init__(self, keep_confidence: float) -> None:
        self._motion, self._coverage = UnexplainedMotion(keep_confidence), Coverage()
        self._last_s = 0

    def update(self, tracks: Tracks) -> None:
        """Takes one more frame."""
        self._coverage.update(tracks.stamp)
        self._motion.update(tracks)
        self._last_s = tracks.stamp.time_ns // NS_PER_S + 1

    @property
    def unexplained(self) -> float:
        """The share, 0-1."""
        return self._motion.of(Interval(0, self._last_s), self._coverage)


def _holds(accuracy: Accuracy, truth: float, counted: float, unexplained: float = 0.0) -> bool:
    interval = accuracy.true_crossings(counted, unexplained)
    return interval.low <= truth <= interval.high


def _all_held(accuracy: Accuracy, runs: Sequence[RealRun]) -> list[bool]:
    return [
        _holds(accuracy, true, count, run.unexplained) for run in runs for true, count in run.pairs if true >= FEWEST
    ]


def _fitted(runs: Sequence[RealRun]) -> Accuracy:
    """A belief by the ratios of views: the mean and the spread of their logarithms."""
    logs = [
        math.log(max(sum(count for _, count in run.pairs), 0.5) / sum(true for true, _ in run.pairs)) for run in runs
    ]
    ratio, spread = math.exp(statistics.fmean(logs)), max(statistics.stdev(logs), 0.05)
    return replace(accuracy_of([]), ratio=ratio, ratio_sd=ratio * spread)


def _by_recording(runs: Sequence[RealRun]) -> dict[str, list[RealRun]]:
    found: defaultdict[str, list[RealRun]] = defaultdict(list)
    for run in runs:
        found[run.place.recording].append(run)
    return dict(found)


def _row(what: str, held: Sequence[bool], accuracies: Sequence[Accuracy]) -> Held:
    intervals = [one.true_crossings(AT) for one in accuracies]
    halves = [(each.high - each.low) / 2 for each in intervals]
    of_true = [half / each.expected for half, each in zip(halves, intervals, strict=True)]
    share = statistics.fmean(held) if held else math.nan
    return Held(what, len(held), share, statistics.median(halves) / AT, statistics.median(of_true))


def _shown(rows: Iterator[Held]) -> Iterator[Held]:
    for row in rows:
        print(
            f"{row.what:60} {row.series:6} series, {row.held:6.1%} held; half-width at {AT}: {row.half_width:.3f} "
            f"of the count, {row.half_width_true:.3f} of the expected number", flush=True,
        )  # fmt: skip
        yield row


if __name__ == "__main__":
    sys.exit(main())
