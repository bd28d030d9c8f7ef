"""How right the counts of a line are, from counts by hand; and the interval of any number that is counted there.

Of the true crossings of a minute passerby counts the share `ratio`, more or less:

    count of a minute = ratio * truth + noise,   variance of the noise = dispersion * max(truth, 1/2)

`ratio` is the place part of the error: what this view does to the detector. All bins of the line share it, so that it
does not get smaller in sums. `dispersion` is the count part: misses and double counts, which come and go. Where each
crossing is missed by chance it is `ratio * (1 - ratio)`; groups that are missed together raise it (an overdispersed
count, as in a quasi-Poisson model: McCullagh and Nelder, Generalized Linear Models, 1989, chapters 6 and 9).

The sum of counts over the sum of truths estimates such a ratio best (Cochran, Sampling Techniques, 1977, chapter 6).
Before anything is counted by hand, `ratio` is `PRIOR_RATIO` with a standard deviation of `PRIOR_SD`, and `dispersion`
is `PRIOR_DISPERSION` as if `PRIOR_MINUTES` minutes had shown it; counts by hand update both (normal and scaled inverse
chi-squared: Gelman et al., Bayesian Data Analysis, 2013, chapters 2 and 3). So the interval is one of Student's t.
`python -m benchmarks.counting.intervals` measures what holds.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Final

import numpy as np

from passerby.domain.events import Direction
from passerby.domain.hand_counts import MinutePair
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import LEVEL, Numbers, TrueColumns, TrueCrossings

ENOUGH: Final = 20
"""True crossings below which a class counts as not measured."""

PRIOR_RATIO, PRIOR_SD = 0.78, 0.11
"""Of the ratio before anything is counted by hand. Detectors miss more than they invent, so it is believed to be below
1; 0.59 to 1.03 holds 95 of 100 places, and of steep views and rain less (`python -m benchmarks.counting.intervals`)."""

PRIOR_DISPERSION, PRIOR_MINUTES, PRIOR_CROSSINGS = 0.42, 4.0, 20.0
"""Where one of ten is missed and one of ten counted twice the dispersion is 0.19; in groups more. After so many true
crossings as the last number what is believed of it rests as much on the ratio that they showed."""

SMALLEST_DISPERSION: Final = 0.08
"""Nobody counts better than that for long: some are doubtful to a person, too."""

SMALLEST_RATIO: Final = 0.05
"""Of a line that counts less than a twentieth of what crosses, nothing can be said."""


@dataclass(frozen=True, slots=True)
class ErrorInterval:
    """An error, and where it lies in 95 of 100 cases."""

    low: float
    value: float
    high: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What counts by hand say about the counts of one line, one class and one way; or of several together.

    Attributes:
        road_user: the class; None for all that were counted together.
        direction: the way; None for both together.
        by_hand: true crossings.
        by_system: what passerby counted meanwhile.
        minutes: how many minutes were compared.
        ratio: counts over truth, as believed after these; the place part.
        ratio_sd: its standard deviation.
        dispersion: the count part.
        freedom: degrees of freedom of the interval; infinite where nothing was counted by hand.
    """

    road_user: RoadUser | None
    direction: Direction | None
    by_hand: int
    by_system: int
    minutes: int
    ratio: float
    ratio_sd: float
    dispersion: float
    freedom: float

    @property
    def measured(self) -> bool:
        """Whether enough were counted by hand to speak of an error."""
        return self.by_hand >= ENOUGH

    @property
    def error(self) -> ErrorInterval | None:
        """How many too many (above 0) or too few are counted, as a share of the truth; None where not measured."""
        if not self.measured:
            return None
        half = self.quantile * self.ratio_sd
        counted = self.by_system / self.by_hand - 1
        low, high = max(self.ratio - half, 0.0) - 1, self.ratio + half - 1
        return ErrorInterval(min(low, counted), counted, max(high, counted))

    def true_crossings(self, counted: float, unexplained: float = 0.0, samples: float = 1.0) -> TrueCrossings:
        """Returns how many really crossed in watched time, where passerby counted so many.

        Args:
            counted: the sum of this line's counts over any time; the place part stays as large in a long one.
            unexplained: 0-1, see `TrueColumns`.
            samples: see `true_columns`.
        """
        return _one(self, float(counted), unexplained, samples)

    def true_columns(
        self, counted: Numbers, unexplained: Numbers | float = 0.0, samples: Numbers | float = 1.0
    ) -> TrueColumns:
        """Returns the same of many numbers.

        Args:
            counted: float64 (N,); NaN where the number cannot be known.
            unexplained: float64 (N,) or one for all, see `TrueColumns`.
            samples: float64 (N,) or one for all, 1 or more: of a mean, of how many independent samples; the count
                part of its error is smaller by their root.
        """
        ratio = max(self.ratio, SMALLEST_RATIO)
        expected = counted / ratio
        return TrueColumns(
            expected,
            expected * (self.ratio_sd / ratio),
            np.sqrt(self.dispersion * expected / samples) / ratio,
            # So many may cross where none is counted.
            self.quantile**2 * self.dispersion / ratio**2 / samples,
            self.quantile,
            self.by_hand,
            unexplained,
        )

    @property
    def quantile(self) -> float:
        """How many standard deviations the interval reaches to each side."""
        if math.isinf(self.freedom):
            return NormalDist().inv_cdf((1 + LEVEL) / 2)
        # It loads a hundred modules in a quarter of a second, and most lines are not validated.
        from scipy.special import stdtrit

        return float(stdtrit(self.freedom, (1 + LEVEL) / 2))


def accuracy_of(
    pairs: Iterable[MinutePair], road_user: RoadUser | None = None, direction: Direction | None = None
) -> Accuracy:
    """Returns what pairs say about a class and a way; without any, what is believed of a line that is not validated.

    Args:
        pairs: minutes of one line that were counted by hand and by passerby.
        road_user: only this class; None for all together.
        direction: only this way; None for both together.
    """
    chosen = [pair for pair in pairs if road_user in (None, pair.road_user) and direction in (None, pair.direction)]
    minutes = _by_minute(chosen)
    truth, counted = sum(each[0] for each in minutes), sum(each[1] for each in minutes)
    raw = counted / truth if truth else PRIOR_RATIO
    squares = sum((count - raw * true) ** 2 / max(true, 0.5) for true, count in minutes)
    # An empty minute shows no scatter; and one is taken by the ratio itself.
    seen = max(sum(true > 0 or count > 0 for true, count in minutes) - 1, 0)
    weight_scatter = PRIOR_MINUTES + seen
    dispersion = (PRIOR_MINUTES * _believed_dispersion(truth, counted) + squares) / weight_scatter
    freedom = weight_scatter if truth else math.inf
    weight_prior, weight = 1 / PRIOR_SD**2, truth / dispersion
    ratio = (weight_prior * PRIOR_RATIO + counted / dispersion) / (weight_prior + weight)
    return Accuracy(
        road_user, direction, truth, counted, len(minutes), ratio, (weight_prior + weight) ** -0.5, dispersion, freedom
    )


def accuracies_of(pairs: Sequence[MinutePair], road_users: Iterable[RoadUser]) -> tuple[Accuracy, ...]:
    """Returns what pairs of one line say of each of these classes: each way, then both together."""
    ways = (*Direction, None)
    return tuple(accuracy_of(pairs, road_user, way) for road_user in sorted(road_users) for way in ways)


def _believed_dispersion(truth: int, counted: int) -> float:
    """What is believed of the dispersion before its minutes are looked at: chance alone makes `ratio * (1 - ratio)`."""
    ratio = min((counted + PRIOR_CROSSINGS * PRIOR_RATIO) / (truth + PRIOR_CROSSINGS), 1.0)
    by_chance = max(ratio * (1 - ratio) + 0.05, SMALLEST_DISPERSION)
    return (PRIOR_CROSSINGS * PRIOR_DISPERSION + truth * by_chance) / (PRIOR_CROSSINGS + truth)


@lru_cache(maxsize=50_000)
def _one(accuracy: Accuracy, counted: float, unexplained: float, samples: float) -> TrueCrossings:
    """One number: the rows of a table have few different ones."""
    return accuracy.true_columns(np.array([counted]), unexplained, samples).at(0)


def _by_minute(pairs: Iterable[MinutePair]) -> list[tuple[int, int]]:
    sums: dict[int, tuple[int, int]] = {}
    for pair in pairs:
        truth, counted = sums.get(pair.start_s, (0, 0))
        sums[pair.start_s] = (truth + pair.by_hand, counted + pair.by_system)
    return list(sums.values())
