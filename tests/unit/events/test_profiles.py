"""A camera's rules follow the calendar, and a hand for a while."""

from typing import cast

from passerby.domain.event_rules import BY_CALENDAR, Profile, ProfileSwitch, WeeklyHours
from passerby.domain.intervals import SiteClock
from passerby.events.event_rules import EventRules
from passerby.events.profiles import ProfileCalendar


class Switched:
    """Rules that note which profiles they use."""

    def __init__(self) -> None:
        self.uses: list[frozenset[str]] = []

    def use_profiles(self, profiles: frozenset[str]) -> None:
        self.uses.append(profiles)


def test_a_hand_holds_until_its_time_also_where_the_clock_is_set_back_after_it() -> None:
    rules, by_hand, none = Switched(), frozenset({"by hand"}), frozenset[str]()
    always = Profile("always", (WeeklyHours(frozenset(range(7)), 0, 86_400),))
    calendar = ProfileCalendar(cast("EventRules", rules), (always, Profile("by hand")), SiteClock())
    calendar.follow(5)
    calendar.switch(ProfileSwitch(by_hand, until_ns=10))
    for time_ns in (6, 9, 10, 7):
        calendar.follow(time_ns)
    calendar.switch(ProfileSwitch(none, until_ns=20))
    calendar.follow(11)
    calendar.switch(BY_CALENDAR)
    calendar.follow(12)
    assert rules.uses == [{"always"}, by_hand, {"always"}, none, {"always"}]
