"""Arithmetic of intervals: where they begin, and how the values of short ones combine to the value of a long one.

This is the one rule. The journal adds up the parts of a minute by it, the store writes roll-ups with SQL that is
composed from `COMBINATIONS`, and the day so far on the page is made by it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin
from passerby.domain.road_user import RoadUser
from passerby.units import NS_PER_S


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """[start, end) in UTC seconds."""

    start_s: int
    end_s: int

    @property
    def length_s(self) -> int:
        """Seconds; a day may have 82,800 or 90,000."""
        return self.end_s - self.start_s


class Intervals:
    """Finds the interval that a time lies in: minutes, quarters and hours by UTC, days by the site's own clock.

    Every offset from UTC in use is a whole number of quarters, so quarters fit into days everywhere.

    Args:
        zone: the site's time zone.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def around(self, length: Bin, time_s: int) -> Interval:
        """Returns the interval of that length around a time in UTC seconds.

        >>> Intervals(ZoneInfo("Europe/Berlin")).around(Bin.DAY, 1_774_742_400).length_s  # clocks go forward
        82800
        """
        if length is not Bin.DAY:
            start_s = time_s - time_s % length
            return Interval(start_s, start_s + length)
        date = datetime.fromtimestamp(time_s, UTC).astimezone(self._zone).date()
        return Interval(self._midnight_s(date.isoformat()), self._midnight_s((date + timedelta(days=1)).isoformat()))

    def _midnight_s(self, date: str) -> int:
        return int(datetime.fromisoformat(date).replace(tzinfo=self._zone).timestamp())


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
    Quantity.OCCUPANCY_MAX: Combination.HIGHEST,
    Quantity.DENSITY_MAX: Combination.HIGHEST,
    Quantity.OCCUPANCY_MEAN: Combination.MEAN_OVER_TIME,
    Quantity.DENSITY_MEAN: Combination.MEAN_OVER_TIME,
    Quantity.SPEED_MEAN: Combination.MEAN_OVER_COUNT,
    # Percentiles cannot be had from percentiles; the mean of them, weighted by counts, is an estimate.
    Quantity.SPEED_P85: Combination.MEAN_OVER_COUNT,
    Quantity.DWELL_P50: Combination.MEAN_OVER_COUNT,
    Quantity.DWELL_P85: Combination.MEAN_OVER_COUNT,
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
    """

    value: float | None
    weight: float
    error: float | None
    error_weight: float
    count: int
    watched_s: float
    reliable: bool

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
                   observation.reliable)  # fmt: skip

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
    start_ns: int


def regroup(observations: Iterable[Observation], length_s: int) -> list[Observation]:
    """Adds short intervals up to longer ones.

    Coverage is the watched share of the long interval: short intervals that are missing were not watched.

    Args:
        observations: of one length or several, each dividing `length_s`.
        length_s: the new length.

    Returns:
        sorted by start, series, quantity, class and direction.

    Raises:
        ValueError: a length does not divide the new one.
    """
    groups: dict[_Key, Aggregate] = {}
    for one in observations:
        if length_s % one.length_s:
            raise ValueError(f"length_s: {length_s} is not a whole number of intervals of {one.length_s} s")
        start_ns = one.start_ns - one.start_ns % (length_s * NS_PER_S)
        key = _Key(one.camera, one.series, one.quantity, one.road_user, one.direction, start_ns)
        known, new = groups.get(key), Aggregate.of(one)
        groups[key] = new if known is None else known.plus(new, COMBINATIONS[key.quantity])
    return sort_observations(_observation(key, group, length_s) for key, group in groups.items())


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


def _observation(key: _Key, group: Aggregate, length_s: int) -> Observation:
    return Observation(
        key.camera, key.series, key.quantity, key.road_user, key.direction, key.start_ns, length_s,
        group.value, group.count, group.coverage(length_s), group.error, group.reliable,
    )  # fmt: skip
