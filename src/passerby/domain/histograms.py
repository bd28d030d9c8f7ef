"""Histograms that can be merged: how often values lay in fixed bins, so that percentiles of any span are true.

The bins are the same for every quantity and for ever: bin k holds the values over `GROWTH**k` up to `GROWTH**(k + 1)`
of its unit (m/s or s). As in DDSketch (Masson, Rim and Lee, VLDB 2019) each value is then known to `RELATIVE_ERROR`, so
a percentile of the merged bins is within that of the percentile of the values themselves.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

GROWTH: Final = 1.04
"""Each bin is so many times as wide as the one below it. Stored counts are of these bins: it never changes."""

RELATIVE_ERROR: Final = (GROWTH - 1) / (GROWTH + 1)
"""How far a value is from what its bin stands for: 1.96 %."""

LOWEST_BIN: Final = -60
HIGHEST_BIN: Final = 360
"""The outer ones hold what lies beyond, too: below 0.1 and above 1.3 million (15 days in seconds)."""


def bin_of(value: float) -> int:
    """Returns the bin of a value that is not negative.

    >>> bin_of(1.0), bin_of(1.05), bin_of(0.0)
    (0, 1, -60)
    """
    if value <= GROWTH**LOWEST_BIN:
        return LOWEST_BIN
    return max(LOWEST_BIN, min(HIGHEST_BIN, math.floor(math.log(value) / math.log(GROWTH))))


def lower_edge(bin_: int) -> float:
    """Returns where a bin begins, which is where the one below it ends."""
    return float(GROWTH**bin_)


def typical_value(bin_: int) -> float:
    """Returns the value that a bin stands for: no value in it is farther from that than `RELATIVE_ERROR`."""
    return lower_edge(bin_) * (1 + RELATIVE_ERROR)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values lay in which bins; bins without any are left out.

    Attributes:
        bins: in order, each once.
        counts: of the same length, each at least 1.

    Raises:
        ValueError: they are not that.
    """

    bins: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.bins) != len(self.counts):
            raise ValueError(f"one count a bin is needed, got {len(self.counts)} for {len(self.bins)}")
        if any(one >= other for one, other in zip(self.bins, self.bins[1:], strict=False)):
            raise ValueError("bins: in order, and each once")
        if self.bins and not (self.bins[0] >= LOWEST_BIN and self.bins[-1] <= HIGHEST_BIN):
            raise ValueError(f"bins: {LOWEST_BIN} to {HIGHEST_BIN} are needed")
        if any(count < 1 for count in self.counts):
            raise ValueError("counts: at least 1 is needed in each bin that is named")

    @classmethod
    def of_counts(cls, counts: Mapping[int, int]) -> Self:
        """Returns the histogram of bin -> count."""
        bins = tuple(sorted(bin_ for bin_, count in counts.items() if count))
        return cls(bins, tuple(counts[bin_] for bin_ in bins))

    @classmethod
    def of_values(cls, values: Iterable[float]) -> Self:
        """Returns the histogram of values."""
        counts: dict[int, int] = {}
        for value in values:
            counts[bin_of(value)] = counts.get(bin_of(value), 0) + 1
        return cls.of_counts(counts)

    @property
    def n(self) -> int:
        """How many values there are."""
        return sum(self.counts)

    def plus(self, other: "Histogram") -> "Histogram":
        """Returns both merged; the order does not matter."""
        counts = dict(zip(self.bins, self.counts, strict=True))
        for bin_, count in zip(other.bins, other.counts, strict=True):
            counts[bin_] = counts.get(bin_, 0) + count
        return Histogram.of_counts(counts)

    def percentile(self, share: float) -> float | None:
        """Returns the value that a share (0-1) of the values does not exceed, by nearest rank; None without values."""
        rank = max(1, math.ceil(share * self.n))
        reached = 0
        for bin_, count in zip(self.bins, self.counts, strict=True):
            reached += count
            if reached >= rank:
                return typical_value(bin_)
        return None

    @property
    def mean(self) -> float:
        """The mean of the values, to `RELATIVE_ERROR`; 0 without any."""
        together = sum(typical_value(bin_) * count for bin_, count in zip(self.bins, self.counts, strict=True))
        return together / self.n if self.n else 0.0

    def share_under(self, value: float) -> float | None:
        """Returns the share (0-1) of the values under one; None without values.

        Of the bin that it lies in, the values are taken to be spread evenly: the share is off by that bin's at most.
        """
        if not self.n:
            return None
        under = 0.0
        for bin_, count in zip(self.bins, self.counts, strict=True):
            start, end = lower_edge(bin_), lower_edge(bin_ + 1)
            under += count * min(1.0, max(0.0, (value - start) / (end - start)))
        return under / self.n


def merged(one: Histogram | None, other: Histogram | None) -> Histogram | None:
    """Returns both merged; None where there is neither."""
    if one is None or other is None:
        return other if one is None else one
    return one.plus(other)
