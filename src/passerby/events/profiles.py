"""Which profiles the calendar has switched on, and a camera's rules that follow it."""

from collections.abc import Iterable
from datetime import UTC, datetime

from passerby.domain.event_rules import Profile
from passerby.domain.intervals import SiteClock
from passerby.events.event_rules import EventRules
from passerby.events.rule_clock import in_hours
from passerby.units import NS_PER_S


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


class ProfileCalendar:
    """Switches the profiles of a camera's rules as the calendar says.

    Args:
        rules: the camera's rules, with no profile switched on yet.
        profiles: those of the site.
        clock: the site's clock.
    """

    def __init__(self, rules: EventRules, profiles: tuple[Profile, ...], clock: SiteClock) -> None:
        self._rules, self._profiles, self._clock = rules, profiles, clock
        self._on: frozenset[str] = frozenset()

    def follow(self, time_ns: int) -> None:
        """Switches the profiles that are on at a moment, UTC nanoseconds, where they are others than before."""
        on = profiles_at(self._profiles, time_ns, self._clock)
        if on != self._on:
            self._on = on
            self._rules.use_profiles(on)
