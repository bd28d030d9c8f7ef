"""Hours of the week: as rules have them, and whether two of them ever meet."""

from collections.abc import Iterable, Iterator
from typing import Final

from passerby.config.events.keys import HoursKeys
from passerby.domain.event_rules import WEEK, WeeklyHours
from passerby.units import DAY_S

_WEEK_S: Final = 7 * DAY_S


def hours_of(hours: Iterable[HoursKeys]) -> tuple[WeeklyHours, ...]:
    """Returns hours of the week as rules have them."""
    return tuple(
        WeeklyHours(frozenset(map(WEEK.index, each.days)), seconds_of(each.start), seconds_of(each.end))
        for each in hours
    )


def seconds_of(time: str) -> int:
    """Returns the seconds since midnight of a time of day.

    >>> seconds_of("18:30"), seconds_of("24:00")
    (66600, 86400)
    """
    hours, minutes = time.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def meet(one: Iterable[WeeklyHours], other: Iterable[WeeklyHours]) -> bool:
    """Returns whether some second of the week is in the hours of both.

    >>> night = WeeklyHours(frozenset({6}), 22 * 3600, 2 * 3600)
    >>> meet([night], [WeeklyHours(frozenset({0}), 0, 3600)]), meet([night], [WeeklyHours(frozenset({1}), 0, 3600)])
    (True, False)
    """
    spans = list(_spans(other))
    return any(start < until and begin < end for start, end in _spans(one) for begin, until in spans)


def _spans(hours: Iterable[WeeklyHours]) -> Iterator[tuple[int, int]]:
    """[start, end) in seconds of the week; what goes on over its end is given as two."""
    for each in hours:
        for day in each.days:
            start = day * DAY_S + each.start_s
            end = day * DAY_S + each.end_s + (0 if each.end_s > each.start_s else DAY_S)
            yield start, min(end, _WEEK_S)
            if end > _WEEK_S:
                yield 0, end - _WEEK_S
