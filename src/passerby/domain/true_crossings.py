"""How many really crossed, where so many were counted: a number with its interval, and the two parts of its error.

The place part is what this view does to the detector: all numbers of a camera share it, so that it is added up whole in
sums. The count part, misses and double counts that come and go, is added up in quadrature. On the scale of logarithms,
where a product of errors is a sum, both make

    low, high = expected / exp(spread), expected * exp(spread)
    spread = quantile * sqrt(place_sd**2 + count_sd**2) / expected

so that nothing under 0 crosses, and the interval reaches further up than down: detectors miss more than they invent.
Where a share u of what moves steadily is explained by no detection, low is taken (1 - 0.3 u) times and high (1 + u)
times.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

LEVEL: Final = 0.95
"""Share of intervals that hold the truth."""

LIFT: Final = 1.0
"""Of what counts by its motion alone as many again may not have been seen to move at all. This and the next number are
chosen, not fitted: there is one recording with much unexplained motion."""

LOWERING: Final = 0.3
"""And so much of it may be no road user, or one that counts twice."""

LEAST: Final = 0.01
"""Fewer road users are none."""

Numbers = npt.NDArray[np.float64]


def basis_of(by_hand: int) -> str:
    """Returns what an interval rests on, in the words of files.

    >>> basis_of(0), basis_of(112)
    ('prior', 'validated 112')
    """
    return f"validated {by_hand}" if by_hand else "prior"


@dataclass(frozen=True, slots=True)
class TrueCrossings:
    """How many really crossed in watched time; all but the level in road users.

    Attributes:
        expected: what is believed most.
        low, high: where the truth lies in 95 of 100 cases.
        place_sd: standard deviation of the place part; it is added up as it is.
        count_sd: standard deviation of the count part; its square is added up.
        by_hand: true crossings that were counted by hand for it; 0 where no one did, and the interval is believed only.
        unexplained: 0-1, see `TrueColumns`.

    Of a mean, such as how many are in a zone, all of this is of that mean.
    """

    expected: float
    low: float
    high: float
    place_sd: float
    count_sd: float
    by_hand: int
    unexplained: float = 0.0

    @property
    def basis(self) -> str:
        """What the interval rests on, in the words of files."""
        return basis_of(self.by_hand)

    def scaled(self, factor: float) -> "TrueCrossings":
        """Returns the same in another unit, so many of which make one road user."""
        return replace(
            self,
            expected=self.expected * factor,
            low=self.low * factor,
            high=self.high * factor,
            place_sd=self.place_sd * factor,
            count_sd=self.count_sd * factor,
        )


@dataclass(frozen=True, slots=True, eq=False)
class TrueColumns:
    """`TrueCrossings` of many numbers of one series, or of several that were added up.

    Attributes:
        expected, place_sd, count_sd: float64 (N,); NaN where the number cannot be known.
        unseen: float64 (N,) or one for all; so many may have crossed where none was counted.
        quantile: how many standard deviations the interval reaches to each side.
        by_hand: see `TrueCrossings`.
        unexplained: float64 (N,) or one for all, 0-1: share of the steady motion that no detection explains. The true
            number may be higher by as much, and somewhat lower.
    """

    expected: Numbers
    place_sd: Numbers
    count_sd: Numbers
    unseen: Numbers | float
    quantile: float
    by_hand: int
    unexplained: Numbers | float = 0.0

    @property
    def basis(self) -> str:
        """What the intervals rest on, in the words of files."""
        return basis_of(self.by_hand)

    @property
    def low(self) -> Numbers:
        """Where the intervals begin."""
        low: Numbers = self.expected * np.exp(-self._spread) * lowered(self.unexplained)
        return low

    @property
    def high(self) -> Numbers:
        """Where they end."""
        seen = np.maximum(self.expected * np.exp(self._spread), self.expected + self.unseen)
        high: Numbers = seen * lifted(self.unexplained)
        return high

    def at(self, number: int) -> TrueCrossings:
        """Returns one of them."""
        low, high = float(self.low[number]), float(self.high[number])
        expected, place_sd, count_sd = (
            float(column[number]) for column in (self.expected, self.place_sd, self.count_sd)
        )
        unexplained = float(np.broadcast_to(self.unexplained, self.expected.shape)[number])
        return TrueCrossings(expected, low, high, place_sd, count_sd, self.by_hand, unexplained)

    def scaled(self, factor: float) -> "TrueColumns":
        """Returns the same in another unit, so many of which make one road user."""
        return replace(
            self,
            expected=self.expected * factor,
            place_sd=self.place_sd * factor,
            count_sd=self.count_sd * factor,
            unseen=self.unseen * factor,
        )

    @property
    def _spread(self) -> Numbers:
        error = np.hypot(self.place_sd, self.count_sd)
        # Of nothing the relative error is not defined; `unseen` is what may have crossed then.
        share = np.divide(error, self.expected, out=np.zeros_like(error), where=self.expected > LEAST)
        spread: Numbers = self.quantile * share
        return spread


def lifted(unexplained: Numbers | float) -> Any:
    """Returns by what factor intervals end higher for motion that no detection explains."""
    return 1 + LIFT * _share(unexplained)


def lowered(unexplained: Numbers | float) -> Any:
    """Returns by what factor they begin lower: what counts by its motion may also be no road user, or one of two."""
    return 1 - LOWERING * _share(unexplained)


def _share(unexplained: Numbers | float) -> Any:
    # Of one number NumPy takes twenty times as long.
    return min(max(unexplained, 0.0), 1.0) if isinstance(unexplained, float) else np.clip(unexplained, 0.0, 1.0)


def added(parts: Sequence[TrueColumns]) -> TrueColumns:
    """Returns the sums of numbers of one camera: other lines, classes or ways, bin by bin.

    The place parts add up whole, as if all erred alike: whether they do is not known, and that is the wider interval.
    What was counted by hand for all of them is what was for the least known one; parts of which nothing was counted do
    not matter there.

    Args:
        parts: at least one; of the same bins.
    """
    counted = [part for part in parts if np.nansum(part.expected) > 0] or list(parts)
    expected: Numbers = np.sum([part.expected for part in parts], axis=0)
    shares = [np.broadcast_to(part.unexplained, expected.shape) * part.expected for part in parts]
    whole = np.sum(shares, axis=0)
    return TrueColumns(
        expected,
        np.sum([part.place_sd for part in parts], axis=0),
        np.sqrt(np.sum([part.count_sd**2 for part in parts], axis=0)),
        np.max([np.broadcast_to(part.unseen, expected.shape) for part in parts], axis=0),
        max(part.quantile for part in counted),
        min(part.by_hand for part in counted),
        np.divide(whole, expected, out=np.zeros_like(expected), where=expected > 0),
    )


def over_time(part: TrueColumns, together: Sequence[slice]) -> TrueColumns:
    """Returns the sums of stretches of bins; bins that cannot be known are left out.

    Args:
        part: of one series.
        together: which bins make one number.
    """

    def sums(column: Numbers) -> Numbers:
        return np.array([np.nansum(column[each]) for each in together])

    expected = sums(part.expected)
    unexplained = sums(np.broadcast_to(part.unexplained, part.expected.shape) * part.expected)
    return TrueColumns(
        expected,
        sums(part.place_sd),
        np.sqrt(sums(part.count_sd**2)),
        np.array([np.max(np.broadcast_to(part.unseen, part.expected.shape)[each], initial=0.0) for each in together]),
        part.quantile,
        part.by_hand,
        np.divide(unexplained, expected, out=np.zeros_like(expected), where=expected > 0),
    )


def half_width(interval: TrueCrossings) -> float:
    """Returns half the interval's width as a share of what is believed most; infinite where that is nothing."""
    return (interval.high - interval.low) / 2 / interval.expected if interval.expected > 0 else math.inf
