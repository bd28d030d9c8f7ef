"""Measured numbers as columns, one for each series: for charts, where a row of words an interval is too much."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.domain.histograms import Histogram
from passerby.domain.intervals import COMBINATIONS, Combination, Interval
from passerby.domain.observations import PERCENTILES, Quantity
from passerby.domain.road_user import RoadUser


@dataclass(frozen=True, slots=True)
class Grouping:
    """How stored intervals are put together for columns.

    Attributes:
        spans: longer intervals to aggregate to, in order and without overlap; empty for the stored ones.
        add_classes, add_directions: one column for all of them: a sum, or a percentile of all their values.
    """

    spans: tuple[Interval, ...] = ()
    add_classes: bool = False
    add_directions: bool = False

    @property
    def adds(self) -> bool:
        """Several series become one."""
        return self.add_classes or self.add_directions


def can_be_added(quantity: Quantity) -> bool:
    """Returns whether the numbers of classes and ways add up to one number: a count does, a mean does not."""
    return COMBINATIONS[quantity] is Combination.SUM


def can_be_put_together(quantity: Quantity) -> bool:
    """Returns whether there is one number of several classes and ways: a sum, or a percentile of all their values."""
    return can_be_added(quantity) or quantity in PERCENTILES


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """A series that something is stored of; its parts are as of `Observation`."""

    camera: str
    series: str
    quantity: Quantity
    road_user: RoadUser | None
    direction: str | None


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the values of one series were distributed in one interval, or those of several that were merged.

    Attributes:
        series: which; of merged ones with no class and no way, where these were merged.
        start_s: UTC seconds at which the interval begins.
        histogram: the values.
        reliable: see `Observation`.
    """

    series: StoredSeries
    start_s: int
    histogram: Histogram
    reliable: bool


@dataclass(frozen=True, slots=True, eq=False)
class SeriesColumns:
    """The intervals of one series, or of several that were added up; those of which nothing is stored are missing.

    Attributes:
        series: which; of a sum with no class and no way, where these were added up.
        start_s: int64 (N,), UTC seconds, rising.
        value: float64 (N,) in the quantity's unit; NaN where it cannot be known.
        error: float64 (N,), standard error of the value; NaN where it is not known.
        count: int64 (N,), how many crossings, visits or frames it rests on.
        watched_s: float64 (N,), seconds that were watched; of a sum, those of its least watched part.
        reliable: bool (N,), see `Observation`.
        estimated: bool (N,), see `Observation`.
        unexplained: float64 (N,), 0-1, see `Observation`; of a sum the largest, which is all of one view.
    """

    series: StoredSeries
    start_s: npt.NDArray[np.int64]
    value: npt.NDArray[np.float64]
    error: npt.NDArray[np.float64]
    count: npt.NDArray[np.int64]
    watched_s: npt.NDArray[np.float64]
    reliable: npt.NDArray[np.bool_]
    estimated: npt.NDArray[np.bool_]
    unexplained: npt.NDArray[np.float64]
