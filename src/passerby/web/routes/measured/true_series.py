"""The true crossings of series on bins: each with its interval, sums over classes by what is known of each class."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from passerby.domain.columns import SeriesColumns
from passerby.domain.events import Direction
from passerby.domain.line_accuracies import Counted, LineAccuracies
from passerby.domain.observations import Observation, Quantity
from passerby.domain.true_crossings import LEVEL, Numbers, TrueColumns, TrueCrossings, over_time
from passerby.text import figure, share_figure
from passerby.units import NS_PER_S

_Key = tuple[str, str, str | None]
"""Camera, line and way."""


class TrueSeries:
    """Gives the true crossings of series of one answer.

    Args:
        accuracies: what is believed of the counts of lines.
        bounds: int64 (N + 1,), UTC seconds at which the bins begin, and at which the last one ends.
    """

    def __init__(self, accuracies: LineAccuracies, bounds: npt.NDArray[np.int64]) -> None:
        self._accuracies = accuracies
        self._bounds = bounds
        self._classes: defaultdict[_Key, dict[Counted, Numbers]] = defaultdict(dict)
        self._unexplained: dict[_Key, Numbers] = {}
        self._sums: dict[_Key, TrueColumns] = {}

    def needs_classes(self, found: Sequence[SeriesColumns]) -> bool:
        """Returns whether sums over classes have to be known class by class: of lines that were counted by hand."""
        return any(
            each.series.quantity is Quantity.FLOW and self._accuracies.validated(each.series.camera, each.series.series)
            for each in found
        )

    def take(self, classes: Sequence[SeriesColumns]) -> None:
        """Takes the same series class by class."""
        for columns in classes:
            series = columns.series
            if series.quantity is Quantity.FLOW and series.road_user is not None:
                key = (series.camera, series.series, series.direction)
                self._classes[key][series.road_user, _way(series.direction)] = self._on_bins(columns, columns.value)
                self._unexplained[key] = np.nan_to_num(self._on_bins(columns, columns.unexplained))

    def of(self, columns: SeriesColumns) -> TrueColumns | None:
        """Returns the true numbers of a series, bin by bin of its own; None where it holds no counts of people."""
        series = columns.series
        camera, line = series.camera, series.series
        classes = self._classes.get((camera, line, series.direction))
        if series.quantity is not Quantity.FLOW or series.road_user is not None or classes is None:
            return self._accuracies.of_values(series, columns.value, columns.unexplained, columns.watched_s)
        # A class of which a bin has nothing counted none there; where all have nothing the sum is not known either.
        known = {key: np.nan_to_num(column[self._places(columns)]) for key, column in classes.items()}
        true = self._accuracies.of_columns(camera, line, known, columns.unexplained)
        true.expected[np.isnan(columns.value)] = np.nan
        return true

    def of_observation(self, observation: Observation) -> TrueCrossings | None:
        """Returns the true crossings of a row of a table of the same series."""
        key = (observation.camera, observation.series, observation.direction)
        classes = self._classes.get(key)
        of_lines = observation.quantity is Quantity.FLOW
        if not of_lines or observation.road_user is not None or classes is None or observation.value is None:
            return self._accuracies.of_observation(observation)
        if key not in self._sums:
            known = {each: np.nan_to_num(column) for each, column in classes.items()}
            self._sums[key] = self._accuracies.of_columns(
                observation.camera, observation.series, known, self._unexplained[key]
            )
        place = int(np.searchsorted(self._bounds, observation.start_ns // NS_PER_S))
        return self._sums[key].at(place)

    def _places(self, columns: SeriesColumns) -> npt.NDArray[np.intp]:
        return np.searchsorted(self._bounds, columns.start_s)

    def _on_bins(self, columns: SeriesColumns, numbers: Numbers) -> Numbers:
        whole = np.full(len(self._bounds) - 1, np.nan)
        whole[self._places(columns)] = numbers
        return whole


def total_of(columns: SeriesColumns, true: TrueColumns) -> dict[str, float | str | None] | None:
    """Returns the sum over all bins with its interval; None where no bin is known."""
    if np.isnan(columns.value).all():
        return None
    # As the store has it of a longer bin: by the time that was watched.
    watched_s = columns.watched_s.sum()
    unexplained = float((columns.unexplained * columns.watched_s).sum() / watched_s) if watched_s > 0 else 0.0
    whole = replace(over_time(true, [slice(None)]), unexplained=unexplained).at(0)
    return {
        "value": figure(float(np.nansum(columns.value))),
        "expected": figure(whole.expected),
        "low": figure(whole.low),
        "high": figure(whole.high),
        "level": LEVEL,
        "basis": whole.basis,
        "place_sd": figure(whole.place_sd),
        "count_sd": figure(whole.count_sd),
        "unexplained": share_figure(whole.unexplained),
    }


def _way(direction: str | None) -> Direction | None:
    return None if direction is None else Direction(direction)
