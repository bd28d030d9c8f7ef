"""When rules are watched: their hours of the week, and the profiles that the calendar has switched on."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from passerby.domain.event_rules import EventRule, Profile, WeeklyHours
from passerby.domain.intervals import SiteClock
from passerby.units import DAY_S, NS_PER_S

_THURSDAY: Final = 3
"""The weekday of 1 January 1970, with Monday as 0."""


def profiles_at(profiles: Iterable[Profile], time_ns: int, clock: SiteClock) -> frozenset[str]:
    """Returns the names of the profiles that are on at a moment, by their hours and dates.

    Args:
        profiles: those of the site.
        time_ns: UTC nanoseconds.
        clock: the site's clock.
    """
    time_s = time_ns // NS_PER_S
    # A date by the site's clock, without a time zone of its own.
    today = datetime.fromtimestamp(time_s + clock.offset_at(time_s), UTC).date().isoformat()
    return frozenset(each.name for each in profiles if today in each.dates or in_hours(each.hours, time_ns, clock))


def watched_at(rule: EventRule, time_ns: int, clock: SiteClock, profiles: frozenset[str]) -> bool:
    """Returns whether a rule is watched at a moment, by its hours and its profiles.

    Args:
        rule: the rule.
        time_ns: UTC nanoseconds.
        clock: the site's clock.
        profiles: those that are switched on now.
    """
    if rule.profiles and not rule.profiles & profiles:
        return False
    return not rule.hours or in_hours(rule.hours, time_ns, clock)


def in_hours(weekly: Iterable[WeeklyHours], time_ns: int, clock: SiteClock) -> bool:
    """Returns whether a moment lies in some hours of the week, by the site's clock.

    Args:
        weekly: the hours.
        time_ns: UTC nanoseconds.
        clock: the site's clock.
    """
    time_s = time_ns // NS_PER_S
    days, second = divmod(time_s + clock.offset_at(time_s), DAY_S)
    today = (days + _THURSDAY) % 7
    for hours in weekly:
        if hours.end_s > hours.start_s:
            if today in hours.days and hours.start_s <= second < hours.end_s:
                return True
        elif (today in hours.days and second >= hours.start_s) or (
            (today - 1) % 7 in hours.days and second < hours.end_s
        ):
            return True
    return False
