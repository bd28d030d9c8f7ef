"""The state of a camera that no process watches: its rules are held against it all the same."""

from collections.abc import Callable, Iterable

from passerby.domain.event_rules import BY_CALENDAR, EventRule, Profile, ProfileSwitch, RuleKind
from passerby.domain.health import MEANT, CameraState
from passerby.domain.intervals import SiteClock
from passerby.domain.layout import Layout
from passerby.domain.place_events import PlaceEvent
from passerby.events.event_rules import EventRules
from passerby.events.profiles import ProfileCalendar


class OfflineRules:
    """Raises the events of a camera's state while its process cannot start, or has ended.

    They are the same events as the process itself raises and closes: whoever comes next goes on with them.

    Args:
        camera: the camera's name.
        rules: those that are watched; the ones of the camera's state are looked at.
        profiles: what switches rules on by the calendar.
        clock: returns the site's clock.
    """

    def __init__(
        self, camera: str, rules: Iterable[EventRule], profiles: tuple[Profile, ...], clock: Callable[[], SiteClock]
    ) -> None:
        self._camera, self._profiles, self._clock = camera, profiles, clock
        self._rules = tuple(rule for rule in rules if rule.kind is RuleKind.CAMERA_STATE)
        self._by_hand = BY_CALENDAR
        self._since_s: float | None = None
        self._watching: tuple[EventRules, ProfileCalendar] | None = None

    def begin(self, now_s: float, open_events: Iterable[PlaceEvent]) -> None:
        """Takes in that there is no process.

        Args:
            now_s: seconds of a clock that is never set.
            open_events: the camera's events that are not closed; those of its state are gone on with.
        """
        if self._since_s is None:
            self._since_s = now_s
        if not self._rules:
            return
        clock = self._clock()
        rules = EventRules(
            self._camera,
            self._rules,
            Layout((), (), (), None),
            clock=clock,
            open_events=[event for event in open_events if event.kind is RuleKind.CAMERA_STATE],
            trouble_s=now_s - self._since_s,
        )
        calendar = ProfileCalendar(rules, self._profiles, clock)
        calendar.switch(self._by_hand)
        self._watching = rules, calendar

    def switch_profiles(self, by_hand: ProfileSwitch) -> None:
        """Takes in the profiles that an operator has switched on, from the next time on that there is no process."""
        self._by_hand = by_hand

    def look(self, now_ns: int) -> tuple[PlaceEvent, ...]:
        """Returns the events that were raised or changed until now (UTC nanoseconds)."""
        if self._watching is None:
            return ()
        rules, calendar = self._watching
        calendar.follow(now_ns)
        return rules.camera_changed(CameraState.OFFLINE, now_ns)

    def reported(self, state: CameraState) -> None:
        """Takes in what a process has reported of the camera: one that only tries has not ended its trouble."""
        if state in MEANT:
            self._since_s = None
