"""Arithmetic of intervals: where they begin, and how the values of short ones combine to the value of a long one.

This is the one rule. The journal adds up the parts of a minute by it, the store writes roll-ups with SQL that is
composed from `COMBINATIONS`, and the day so far on the page is made by it.
"""

import bisect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import partial
from typing import Self
from zoneinfo import ZoneInfo

from passerby.domain.histograms import Histogram, merged
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.units import DAY_S, HOUR_S, NS_PER_S, QUARTER_S


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """[start, end) in UTC seconds."""

    start_s: int
    end_s: int

    @property
    def length_s(self) -> int:
        """Seconds; a day may have 82,800 or 90,000."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class SiteClock:
    """A site's own clock as a table, for a process that can read no time zone.

    Attributes:
        from_s: UTC seconds from which each offset holds, in order; the first one also before.
        offset_s: seconds that the clock is ahead of UTC.
    """

    from_s: tuple[int, ...] = (0,)
    offset_s: tuple[int, ...] = (0,)

    def __post_init__(self) -> None:
        if not self.from_s or len(self.from_s) != len(self.offset_s) or list(self.from_s) != sorted(self.from_s):
            raise ValueError("from_s, offset_s: one offset for each beginning, in order, and at least one")

    @classmethod
    def of(cls, zone: ZoneInfo, start_s: int, end_s: int) -> Self:
        """Returns the clock of a zone, right from `start_s` to `end_s`."""
        from_s, offset_s = [start_s], [_zone_offset_s(zone, start_s)]
        for day_s in range(start_s, end_s, DAY_S):
            if _zone_offset_s(zone, day_s + DAY_S) != offset_s[-1]:
                from_s.append(_change_s(partial(_zone_offset_s, zone), day_s, day_s + DAY_S))
                offset_s.append(_zone_offset_s(zone, day_s + DAY_S))
        return cls(tuple(from_s), tuple(offset_s))

    def offset_at(self, time_s: int) -> int:
        """Returns the seconds that the clock is ahead of UTC at a time in UTC seconds."""
        return self.offset_s[max(0, bisect.bisect_right(self.from_s, time_s) - 1)]


class Intervals:
    """Finds the interval that a time lies in, by the site's own clock.

    An interval begins where the clock shows a whole multiple of its length since midnight. When the clock is set:

    - What it skips is missing: a day of 23 hours; a day that begins at 1:00, where midnight is skipped.
    - What it shows twice belongs to one interval of a day or of several hours: a day of 25 hours. Of an hour or less
      there are two, one after the other: 2:00 summer time and 2:00 winter time.
    - Where it is set by half an hour (Lord Howe), one hour of the night has 30 minutes in spring, 90 in autumn.

    So intervals of one length meet without gap or overlap, and hours fit into days. Minutes and quarters are the same
    everywhere: every offset from UTC in use is a whole number of quarters.

    Args:
        clock: the site's time zone, or its clock as a table.
    """

    def __init__(self, clock: ZoneInfo | SiteClock) -> None:
        self._offset_s = clock.offset_at if isinstance(clock, SiteClock) else partial(_zone_offset_s, clock)
        self._newest: dict[int, Interval] = {}

    def around(self, length_s: int, time_s: int) -> Interval:
        """Returns the interval around a time.

        Args:
            length_s: its length by the clock: a `Bin`, or any number of seconds that divides a day.
            time_s: UTC seconds.

        Raises:
            ValueError: the length does not divide a day.

        >>> Intervals(ZoneInfo("Europe/Berlin")).around(DAY_S, 1_774_742_400).length_s  # clocks go forward
        82800
        """
        if length_s <= 0 or DAY_S % length_s:
            raise ValueError(f"length_s: a day must be a whole number of intervals, got {length_s}")
        if QUARTER_S % length_s == 0:
            start_s = time_s - time_s % length_s
            return Interval(start_s, start_s + length_s)
        newest = self._newest.get(length_s)
        if newest is None or not newest.start_s <= time_s < newest.end_s:
            newest = self._newest[length_s] = Interval(self._start_s(length_s, time_s), self._end_s(length_s, time_s))
        return newest

    def _start_s(self, length_s: int, time_s: int) -> int:
        offset_s = self._offset_s(time_s)
        start_s = time_s - (time_s + offset_s) % length_s
        if self._offset_s(start_s) != offset_s:
            start_s = _change_s(self._offset_s, start_s, time_s)
        return start_s if self._begins(length_s, start_s) else self._start_s(length_s, start_s - 1)

    def _end_s(self, length_s: int, time_s: int) -> int:
        offset_s = self._offset_s(time_s)
        end_s = time_s - (time_s + offset_s) % length_s + length_s
        if self._offset_s(end_s) != offset_s:
            end_s = _change_s(self._offset_s, time_s, end_s)
        return end_s if self._begins(length_s, end_s) else self._end_s(length_s, end_s)

    def _begins(self, length_s: int, time_s: int) -> bool:
        before_s, here_s = (one + self._offset_s(one) for one in (time_s - 1, time_s))
        return before_s // length_s != here_s // length_s or (length_s <= HOUR_S and here_s % length_s == 0)


def _zone_offset_s(zone: ZoneInfo, time_s: int) -> int:
    offset = datetime.fromtimestamp(time_s, UTC).astimezone(zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _change_s(offset_at: Callable[[int], int], before_s: int, after_s: int) -> int:
    """Returns the first second of the offset that holds at `after_s`; there is one change after `before_s`."""
    while after_s - before_s > 1:
        middle_s = (before_s + after_s) // 2
        if offset_at(middle_s) == offset_at(after_s):
            after_s = middle_s
        else:
            before_s = middle_s
    return after_s


class Combination(IntEnum):
    """How values of short intervals make the value of a long one. The numbers are stored; they never change."""

    SUM = 0
    HIGHEST = 1
    MEAN_OVER_TIME = 2
    MEAN_OVER_COUNT = 3


COMBINATIONS: Mapping[Quantity, Combination] = {
    Quantity.FLOW: Combination.SUM,
    Quantity.MOVEMENT: Combination.SUM,
    Quantity.ENTRIES: Combination.SUM,
    Quantity.EXITS: Combination.SUM,
    Quantity.ENCOUNTERS: Combination.SUM,
    Quantity.NEAR_MISSES: Combination.SUM,
    Quantity.OCCUPANCY_MAX: Combination.HIGHEST,
    Quantity.DENSITY_MAX: Combination.HIGHEST,
    Quantity.OCCUPANCY_MEAN: Combination.MEAN_OVER_TIME,
    Quantity.DENSITY_MEAN: Combination.MEAN_OVER_TIME,
    Quantity.SATURATED: Combination.MEAN_OVER_TIME,
    Quantity.SPEED_MEAN: Combination.MEAN_OVER_COUNT,
    # Percentiles cannot be had from percentiles; the mean of them, weighted by counts, is an estimate. The store puts
    # the true ones of merged histograms in its place, where all minutes have one.
    Quantity.SPEED_P85: Combination.MEAN_OVER_COUNT,
    Quantity.DWELL_P50: Combination.MEAN_OVER_COUNT,
    Quantity.DWELL_P85: Combination.MEAN_OVER_COUNT,
    Quantity.HEADWAY_MEAN: Combination.MEAN_OVER_COUNT,
}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A value with all that it needs to be combined further, in any grouping.

    Attributes:
        value: in the quantity's unit; None where it cannot be known.
        weight: what a mean stands on: watched seconds of a mean over time, else the count, at least 1; 0 with no value.
        error: standard error of the value, None where it is not known. A mean of errors: the calibration's share of an
            error does not average out, so a mean is no more certain than one typical value.
        error_weight: what the error stands on.
        count: how many crossings, visits or frames it rests on.
        watched_s: seconds that were watched.
        reliable: all of it was measured where the lines and zones were drawn.
        histogram: the values that it rests on, of a quantity that carries them.
        unexplained: see `Observation`; averaged over the watched time.
    """

    value: float | None
    weight: float
    error: float | None
    error_weight: float
    count: int
    watched_s: float
    reliable: bool
    histogram: Histogram | None = None
    unexplained: float = 0.0

    @classmethod
    def of(cls, observation: Observation) -> "Aggregate":
        """Returns one observation as an aggregate."""
        watched_s = observation.coverage * observation.length_s
        if observation.value is None:
            weight = 0.0
        elif COMBINATIONS[observation.quantity] is Combination.MEAN_OVER_TIME:
            weight = watched_s
        else:
            # A value that was measured on no road user is one value all the same.
            weight = float(max(1, observation.count))
        error_weight = 0.0 if observation.error is None else weight
        return cls(observation.value, weight, observation.error, error_weight, observation.count, watched_s,
                   observation.reliable, observation.histogram, observation.unexplained)  # fmt: skip

    def plus(self, other: "Aggregate", combination: Combination) -> "Aggregate":
        """Returns both combined; the order does not matter."""
        return Aggregate(
            value=_combined(self.value, self.weight, other.value, other.weight, combination),
            weight=self.weight + other.weight,
            error=_mean(self.error, self.error_weight, other.error, other.error_weight),
            error_weight=self.error_weight + other.error_weight,
            count=self.count + other.count,
            watched_s=self.watched_s + other.watched_s,
            reliable=self.reliable and other.reliable,
            histogram=merged(self.histogram, other.histogram),
            unexplained=_mean(self.unexplained, self.watched_s, other.unexplained, other.watched_s) or 0.0,
        )

    def coverage(self, length_s: float) -> float:
        """Returns the share of so many seconds, 0-1, that was watched."""
        return min(1.0, self.watched_s / length_s) if length_s > 0 else 0.0


def _combined(
    one: float | None, one_weight: float, other: float | None, other_weight: float, combination: Combination
) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    if combination is Combination.SUM:
        return one + other
    if combination is Combination.HIGHEST:
        return max(one, other)
    return _mean(one, one_weight, other, other_weight)


def _mean(one: float | None, one_weight: float, other: float | None, other_weight: float) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    weight = one_weight + other_weight
    return (one * one_weight + other * other_weight) / weight if weight > 0 else None


@dataclass(frozen=True, slots=True)
class _Key:
    camera: str
    series: str
    quantity: Quantity
    road_user: RoadUser | None
    direction: str | None
    interval: Interval


def regroup(
    observations: Iterable[Observation], length_s: int, clock: ZoneInfo | SiteClock | None = None
) -> list[Observation]:
    """Adds short intervals up to longer ones.

    Coverage is the watched share of the long interval: short intervals that are missing were not watched.

    Args:
        observations: of one length or several, each dividing `length_s`.
        length_s: the new length.
        clock: the site's clock, UTC where it is left out; up to a quarter of an hour all are the same.

    Returns:
        sorted by start, series, quantity, class and direction.

    Raises:
        ValueError: a length does not divide the new one.
    """
    groups: dict[_Key, Aggregate] = {}
    intervals = Intervals(clock or SiteClock())
    for one in observations:
        if length_s % one.length_s:
            raise ValueError(f"length_s: {length_s} is not a whole number of intervals of {one.length_s} s")
        around = intervals.around(length_s, one.start_ns // NS_PER_S)
        key = _Key(one.camera, one.series, one.quantity, one.road_user, one.direction, around)
        known, new = groups.get(key), Aggregate.of(one)
        groups[key] = new if known is None else known.plus(new, COMBINATIONS[key.quantity])
    return sort_observations(_observation(key, group) for key, group in groups.items())


def sort_observations(observations: Iterable[Observation]) -> list[Observation]:
    """Returns observations sorted by start, series, quantity, class (all together last) and direction."""
    return sorted(
        observations,
        key=lambda one: (
            one.start_ns,
            one.series,
            one.quantity.value,
            len(RoadUser) if one.road_user is None else int(one.road_user),
            one.direction or "",
        ),
    )


def _observation(key: _Key, group: Aggregate) -> Observation:
    start_ns, length_s = key.interval.start_s * NS_PER_S, key.interval.length_s
    return Observation(
        key.camera, key.series, key.quantity, key.road_user, key.direction, start_ns, length_s,
        group.value, group.count, group.coverage(length_s), group.error, group.reliable, group.histogram,
        unexplained=group.unexplained,
    )  # fmt: skip
