"""A camera's rules that follow the profiles which the calendar, or a hand, has switched on."""

from passerby.domain.event_rules import BY_CALENDAR, Profile, ProfileSwitch
from passerby.domain.intervals import SiteClock
from passerby.domain.rule_hours import profiles_at
from passerby.events.event_rules import EventRules


class ProfileCalendar:
    """Switches the profiles of a camera's rules as the calendar says, or a hand for a while.

    Args:
        rules: the camera's rules, with no profile switched on yet.
        profiles: those of the site.
        clock: the site's clock.
    """

    def __init__(self, rules: EventRules, profiles: tuple[Profile, ...], clock: SiteClock) -> None:
        self._rules, self._profiles, self._clock = rules, profiles, clock
        self._on: frozenset[str] = frozenset()
        self._by_hand = BY_CALENDAR

    def switch(self, by_hand: ProfileSwitch) -> None:
        """Takes in what an operator has switched, in place of what it had before."""
        self._by_hand = by_hand

    def follow(self, time_ns: int) -> None:
        """Switches the profiles that are on at a moment, UTC nanoseconds, where they are others than before."""
        if time_ns >= self._by_hand.until_ns:
            self._by_hand = BY_CALENDAR  # it stays over, also where the clock is set back
            on = profiles_at(self._profiles, time_ns, self._clock)
        else:
            on = self._by_hand.profiles
        if on != self._on:
            self._on = on
            self._rules.use_profiles(on)
