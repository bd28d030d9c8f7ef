"""When a rule would have raised events, by the minutes and health reports that are stored."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from passerby.domain.event_rules import EventRule, RuleKind
from passerby.domain.health import MEANT, CameraHealth
from passerby.domain.observations import Observation, Quantity
from passerby.domain.rule_subjects import road_users_of
from passerby.units import DAY_S, MINUTE_S, NS_PER_S

QUANTITIES: Final[Mapping[RuleKind, tuple[Quantity, ...]]] = {
    RuleKind.OVERCROWDING: (
        Quantity.OCCUPANCY_MEAN, Quantity.OCCUPANCY_MAX, Quantity.DENSITY_MEAN, Quantity.DENSITY_MAX,
    ),
    RuleKind.VEHICLE_IN_ZONE: (Quantity.OCCUPANCY_MEAN, Quantity.OCCUPANCY_MAX),
    RuleKind.CROWD_RISING: (Quantity.OCCUPANCY_MEAN,),
    RuleKind.COUNTER_FLOW: (Quantity.FLOW,),
    RuleKind.WRONG_WAY: (Quantity.FLOW,),
    RuleKind.SPEEDS: (Quantity.SPEED_P85,),
}  # fmt: skip
"""What is kept by the minute of the kinds that can be tried on the past; the camera's state goes by health reports."""

TRIED_ON_PAST: Final = frozenset({*QUANTITIES, RuleKind.CAMERA_STATE})

_WINDOW: Final = 5
"""Minutes within which a share or a speed is taken of `min_count` road users, as by the rule itself."""


@dataclass(frozen=True, slots=True)
class Minute:
    """What a rule would have gone by in one minute.

    Attributes:
        start_s: UTC seconds.
        low, high: between what its value was in that minute; None where nothing is known.
        coverage: 0-1, how much of the minute was watched.
    """

    start_s: int
    low: float | None
    high: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class PastTrial:
    """When a rule would have raised events.

    Attributes:
        times_ns: UTC nanoseconds of the minutes in which it surely would: the value was past the threshold in the mean
            of each minute of the hold time.
        at_most: how many events there would have been had it stayed at the highest value of each minute.
        watched_days: how much of the time was watched.
    """

    times_ns: tuple[int, ...]
    at_most: int
    watched_days: float

    @property
    def per_day(self) -> float | None:
        """Events a watched day; None where nothing was watched."""
        return len(self.times_ns) / self.watched_days if self.watched_days else None


def past_trial(rule: EventRule, rows: Iterable[Observation]) -> PastTrial:
    """Returns what a rule would have raised by stored minutes of its place, of the quantities of its kind.

    Raises:
        KeyError: its kind goes by something that is not kept by the minute.
    """
    minutes = _minutes(rule, rows)
    sure = _raised(rule, [(each.start_s, each.low) for each in minutes])
    highest = _raised(rule, [(each.start_s, each.high) for each in minutes])
    watched_days = sum(each.coverage for each in minutes) * MINUTE_S / DAY_S
    return PastTrial(tuple(start_s * NS_PER_S for start_s in sure), max(len(sure), len(highest)), watched_days)


def past_camera_trial(rule: EventRule, reports: Sequence[CameraHealth], start_ns: int, end_ns: int) -> PastTrial:
    """Returns what a rule of the camera's state would have raised by health reports, oldest first."""
    times: list[int] = []
    since_ns: int | None = None
    for at_ns, well in [*((each.time_ns, each.state in MEANT) for each in reports), (end_ns, True)]:
        passed_ns = None if since_ns is None else since_ns + round(rule.threshold * NS_PER_S)
        if well:
            if passed_ns is not None and at_ns > passed_ns:
                times.append(passed_ns)
            since_ns = None
        elif since_ns is None:
            since_ns = at_ns
    days = (end_ns - start_ns) / (DAY_S * NS_PER_S) if reports else 0.0
    return PastTrial(tuple(times), len(times), days)


def _raised(rule: EventRule, values: Sequence[tuple[int, float | None]]) -> list[int]:
    """Returns the minutes in which events begin; hold time and cool-down are rounded up to whole minutes."""
    hold = max(1, math.ceil(rule.passing_s / MINUTE_S))
    cool_down = max(1, math.ceil(rule.cool_down_s / MINUTE_S))
    starts: list[int] = []
    passed, kept, open_now, last_s = 0, 0, False, 0
    for start_s, value in values:
        if value is None or start_s != last_s + MINUTE_S:
            passed = 0  # what was not watched is neither hold nor cool-down
        last_s = start_s
        if value is None:
            continue
        if rule.passed_by(value):
            passed, kept = passed + 1, 0
            if not open_now and passed >= hold:
                open_now = True
                starts.append(start_s - (passed - 1) * MINUTE_S)
        else:
            passed, kept = 0, kept + 1
            open_now = open_now and kept < cool_down
    return starts


def _minutes(rule: EventRule, rows: Iterable[Observation]) -> list[Minute]:
    """Returns the minutes that are known, in order."""
    users, by_start = road_users_of(rule), defaultdict[int, list[Observation]](list)
    for row in rows:
        if row.road_user in users and row.quantity in QUANTITIES[rule.kind]:
            by_start[row.start_ns // NS_PER_S].append(row)
    starts = sorted(by_start)
    read = _READERS[rule.kind]
    minutes = []
    for start_s in starts:
        window = [by_start.get(start_s - back * MINUTE_S, []) for back in range(_WINDOW)]
        low, high = read(rule, window)
        minutes.append(Minute(start_s, low, high, max(row.coverage for row in by_start[start_s])))
    return minutes


Between = tuple[float | None, float | None]
_NOTHING: Final[Between] = (None, None)


def _sum(rows: Iterable[Observation], quantity: Quantity) -> float | None:
    values = [row.value for row in rows if row.quantity is quantity and row.value is not None]
    return sum(values) if values else None


def _occupancy(rule: EventRule, window: Sequence[Sequence[Observation]]) -> Between:
    density = rule.unit == "m-2"
    mean, highest = (
        (Quantity.DENSITY_MEAN, Quantity.DENSITY_MAX) if density else (Quantity.OCCUPANCY_MEAN, Quantity.OCCUPANCY_MAX)
    )
    return _sum(window[0], mean), _sum(window[0], highest)


def _rising(_: EventRule, window: Sequence[Sequence[Observation]]) -> Between:
    now, before = (_sum(window[back], Quantity.OCCUPANCY_MEAN) for back in (0, 1))
    return _NOTHING if now is None or before is None else (now - before, now - before)


def _against(rule: EventRule, window: Sequence[Sequence[Observation]]) -> Between:
    rows = [row for row in window[0] if row.value is not None]
    against = sum(row.value or 0.0 for row in rows if row.direction != rule.direction)
    return (against, against) if rows else _NOTHING


def _share(rule: EventRule, window: Sequence[Sequence[Observation]]) -> Between:
    against = total = 0.0
    for rows in window:
        total += sum(row.value or 0.0 for row in rows)
        against += sum(row.value or 0.0 for row in rows if row.direction != rule.direction)
        if total >= rule.min_count:
            return against / total, against / total
    return _NOTHING if _sum(window[0], Quantity.FLOW) is None else (0.0, 0.0)


def _speeds(rule: EventRule, window: Sequence[Sequence[Observation]]) -> Between:
    """The percentiles of class and direction, in the mean by their counts: that of all together is not kept."""
    weighted, count = 0.0, 0
    for rows in window:
        for row in rows:
            if row.value is not None:
                weighted, count = weighted + row.value * row.count, count + row.count
        if count >= rule.min_count:
            return weighted / count, weighted / count
    return (0.0, 0.0) if window[0] else _NOTHING


_READERS: Final[Mapping[RuleKind, Callable[[EventRule, Sequence[Sequence[Observation]]], Between]]] = {
    RuleKind.OVERCROWDING: _occupancy,
    RuleKind.VEHICLE_IN_ZONE: _occupancy,
    RuleKind.CROWD_RISING: _rising,
    RuleKind.COUNTER_FLOW: _share,
    RuleKind.WRONG_WAY: _against,
    RuleKind.SPEEDS: _speeds,
}
