"""The busiest hour, and how evenly its traffic comes: the peak hour and the peak-hour factor.

The peak hour is the four quarters of an hour in a row in which the most crossed; it may begin at any quarter. The
peak-hour factor (PHF) is its volume over four times its busiest quarter's: 1 where all quarters are alike, 0.25 where
all came in one. Source: Highway Capacity Manual, Transportation Research Board, chapter 4 in the 2010 and later
editions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from passerby.units import QUARTER_S

ENOUGH_COVERAGE: Final = 0.95
"""A quarter that was watched less may have been busier than it is known to be: no factor is given."""

IN_HOUR: Final = 4


@dataclass(frozen=True, slots=True)
class Quarter:
    """What crossed in a quarter of an hour.

    Attributes:
        start_s: UTC seconds at which it begins.
        count: how many; None where nothing of it was watched.
        coverage: 0-1, the share of it that was watched.
    """

    start_s: int
    count: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class PeakHour:
    """The busiest hour that is known.

    Attributes:
        start_s: UTC seconds at which it begins.
        volume: how many crossed in it.
        busiest_quarter: the most that crossed in one of its quarters.
        factor: the peak-hour factor, 0.25-1; None where a quarter of it was watched for less than `ENOUGH_COVERAGE`.
        coverage: 0-1, the share of the hour that was watched.
        doubtful_hours: how many other hours were not watched enough to say that they were not busier.
    """

    start_s: int
    volume: float
    busiest_quarter: float
    factor: float | None
    coverage: float
    doubtful_hours: int


def peak_hour(quarters: Iterable[Quarter]) -> PeakHour | None:
    """Returns the busiest hour; the earliest of several, None where no hour is known or no one crossed in any.

    Args:
        quarters: in any order, each once; what is missing was not watched.

    >>> peak_hour(Quarter(900 * number, count, 1.0) for number, count in enumerate((10, 20, 30, 20, 10))).factor
    0.6666666666666666
    """
    by_start = {quarter.start_s: quarter for quarter in quarters}
    hours = [_hour(by_start, start_s) for start_s in sorted(by_start)]
    known = [hour for hour in hours if _volume(hour) is not None]
    best = max(known, key=lambda hour: (_volume(hour) or 0.0, -hour[0].start_s), default=None)
    volume = _volume(best) if best else None
    if best is None or not volume:
        return None
    busiest = max(quarter.count or 0.0 for quarter in best)
    return PeakHour(
        start_s=best[0].start_s,
        volume=volume,
        busiest_quarter=busiest,
        factor=volume / (IN_HOUR * busiest) if _watched(best) else None,
        coverage=sum(quarter.coverage for quarter in best) / IN_HOUR,
        doubtful_hours=sum(
            not _watched(hour) for hour in hours if hour is not best and hour[-1].start_s <= max(by_start)
        ),
    )


def _hour(by_start: Mapping[int, Quarter], start_s: int) -> tuple[Quarter, ...]:
    starts = (start_s + number * QUARTER_S for number in range(IN_HOUR))
    return tuple(by_start.get(each, Quarter(each, None, 0.0)) for each in starts)


def _volume(hour: Sequence[Quarter]) -> float | None:
    return _sum(quarter.count for quarter in hour)


def _watched(hour: Sequence[Quarter]) -> bool:
    return all(quarter.count is not None and quarter.coverage >= ENOUGH_COVERAGE for quarter in hour)


def _sum(counts: Iterable[float | None]) -> float | None:
    found = list(counts)
    return None if any(count is None for count in found) else sum(count or 0.0 for count in found)
