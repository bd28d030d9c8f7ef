"""What was counted in the bins of counters, from stored minutes: whole numbers, coverage, and whether all has come."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from passerby.domain.class_groups import ClassGroup, group_of
from passerby.domain.columns import Grouping, SeriesColumns
from passerby.domain.observations import Quantity
from passerby.domain.published import PublishedCounter, Way
from passerby.domain.queries import Bin, ObservationQuery
from passerby.ports import Store
from passerby.units import MINUTE_S, NS_PER_S

_QUANTITIES: Mapping[Way, Quantity] = {
    Way.FORWARD: Quantity.FLOW, Way.BACKWARD: Quantity.FLOW,
    Way.ENTRIES: Quantity.ENTRIES, Way.EXITS: Quantity.EXITS,
}  # fmt: skip
_CAMERAS_AT_ONCE = 50


@dataclass(frozen=True, slots=True, order=True)
class DueBin:
    """A bin of a counter, UTC nanoseconds, [from, to)."""

    from_ns: int
    to_ns: int
    counter: PublishedCounter = field(compare=False)


@dataclass(frozen=True, slots=True)
class CountedBin:
    """What was counted in a bin; it never leaves the site.

    Attributes:
        due: the bin.
        counts: for each class group and way how many, in minutes that were measured where the line or zone was drawn.
        coverage: 0-1, the share of the bin that was watched so; a number is never scaled up by it.
        complete: something is stored of each of its minutes.
    """

    due: DueBin
    counts: Mapping[tuple[ClassGroup, Way], int]
    coverage: float
    complete: bool


async def counted_bins(store: Store, due: Sequence[DueBin]) -> list[CountedBin]:
    """Returns what was counted in bins, in their order.

    Raises:
        StoreError: it cannot be read.
    """
    cameras = sorted({one.counter.camera for one in due})
    found: dict[tuple[str, str], list[SeriesColumns]] = {}
    for first in range(0, len(cameras), _CAMERAS_AT_ONCE):
        some = tuple(cameras[first : first + _CAMERAS_AT_ONCE])
        of_them = [one for one in due if one.counter.camera in some]
        query = ObservationQuery(
            min(one.from_ns for one in of_them),
            max(one.to_ns for one in of_them),
            bin=Bin.MINUTE,
            cameras=some,
            series=tuple({one.counter.place for one in of_them}),
            quantities=tuple(sorted(set(_QUANTITIES.values()))),
        )
        for columns in await store.columns(query, Grouping()):
            found.setdefault((columns.series.camera, columns.series.series), []).append(columns)
    places = [found.get((one.counter.camera, one.counter.place), ()) for one in due]
    # Hundreds of bins take a fraction of a second, in which the hub has to answer others.
    return await asyncio.to_thread(lambda: [_counted(*each) for each in zip(due, places, strict=True)])


def _counted(due: DueBin, series: Sequence[SeriesColumns]) -> CountedBin:
    start_s, minutes = due.from_ns // NS_PER_S, (due.to_ns - due.from_ns) // NS_PER_S // MINUTE_S
    watched_s, stored = np.zeros(minutes), np.zeros(minutes, np.bool_)
    counts = {(group, way): 0 for group in due.counter.groups for way in due.counter.ways}
    for columns in series:
        first, last = np.searchsorted(columns.start_s, [start_s, start_s + minutes * MINUTE_S])
        places = (columns.start_s[first:last] - start_s) // MINUTE_S
        good = columns.reliable[first:last]
        stored[places] = True
        np.maximum.at(watched_s, places[good], columns.watched_s[first:last][good])
        key = _key(due.counter, columns)
        if key in counts:
            counts[key] += _sum(columns.value[first:last][good])
    coverage = min(1.0, float(watched_s.sum()) / (minutes * MINUTE_S))
    return CountedBin(due, counts, coverage, bool(stored.all()))


def _key(counter: PublishedCounter, columns: SeriesColumns) -> tuple[ClassGroup, Way] | None:
    """The group and way that a series belongs to; None for all classes together, which would count them twice."""
    series = columns.series
    if series.road_user is None:
        return None
    for way in counter.ways:
        if series.quantity is _QUANTITIES[way] and series.direction in (None, way.value):
            return group_of(series.road_user), way
    return None


def _sum(values: npt.NDArray[np.float64]) -> int:
    return round(float(np.nansum(values)))
