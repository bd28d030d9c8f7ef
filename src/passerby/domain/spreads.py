"""How measured values are spread: V15, V50 and V85 of a histogram, and what of a whole span is merged from its parts.

V85, the speed that 85 % do not exceed, is what speed limits are judged by; V15 and V50 stand beside it. Under
`FEWEST` values none of them is given: of 30 values V85 lies between the 22nd and the 29th in 95 of 100 cases (order
statistics of a binomial), and of fewer it may be that of a single road user.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from passerby.domain.columns import StoredSeries
from passerby.domain.histograms import Histogram, merged
from passerby.domain.observations import Distributed, Observation

FEWEST: Final = 30
"""Under so many values no percentile is given."""

FEWEST_FOR_BINS: Final = 5
"""Under so many values the bins would be those of single road users: they are kept back, and the number is given."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles of values, in their unit.

    Attributes:
        n: how many values there are.
        p15, p50, p85: what 15, 50 and 85 of 100 do not exceed; None under `FEWEST` values.
    """

    n: int
    p15: float | None = None
    p50: float | None = None
    p85: float | None = None


def spread(histogram: Histogram | None) -> Spread:
    """Returns the percentiles of a histogram.

    >>> spread(Histogram.of_values([10.0] * 29)).p85, spread(Histogram.of_values([10.0] * 30)).n
    (None, 30)
    """
    n = 0 if histogram is None else histogram.n
    if histogram is None or n < FEWEST:
        return Spread(n)
    return Spread(n, *(histogram.percentile(share) for share in (0.15, 0.5, 0.85)))


def whole_distributions(observations: Iterable[Observation]) -> Mapping[StoredSeries, Histogram]:
    """Returns each series' values of all intervals together, by name, class and way; series without any are left out.

    Args:
        observations: of one or several cameras; the quantity of a series is that which its histograms are kept with.
    """
    found: dict[StoredSeries, Histogram] = {}
    for one in observations:
        if one.histogram is not None and one.histogram.n:
            series = StoredSeries(one.camera, one.series, one.quantity, one.road_user, one.direction)
            found[series] = merged(found.get(series), one.histogram) or one.histogram
    return dict(sorted(found.items(), key=lambda item: _order(item[0])))


def merged_over(
    distributions: Mapping[StoredSeries, Histogram], *, ways: bool = False, classes: bool = False
) -> Mapping[StoredSeries, Histogram]:
    """Returns distributions with the ways, the classes or both merged, under None for what was merged.

    Headways of classes are not merged: those between classes are not among them.
    """
    found: dict[StoredSeries, Histogram] = {}
    for series, histogram in distributions.items():
        if classes and series.quantity is Distributed.HEADWAY.kept_with:
            continue
        key = replace(
            series,
            road_user=None if classes else series.road_user,
            direction=None if ways else series.direction,
        )
        found[key] = merged(found.get(key), histogram) or histogram
    return found


def _order(series: StoredSeries) -> tuple[str, str, str, int, str]:
    road_user = -1 if series.road_user is None else int(series.road_user)
    return series.camera, series.series, series.quantity.value, road_user, series.direction or ""
