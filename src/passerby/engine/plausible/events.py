"""Whether the events that a camera's process reports can be the camera's: its rules, their thresholds, about now.

A process that was taken over could otherwise report over another camera's events, name rules with texts of its own, or
fill the disk with events of other centuries.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from passerby.domain.errors import WorkerError
from passerby.domain.event_rules import EventRule
from passerby.domain.place_events import EventState, PlaceEvent, event_id_of
from passerby.engine.plausible.minutes import ShownTimes
from passerby.sandbox.token_bucket import TokenBucket
from passerby.text import printable, shortened

MAX_WHY: Final = 1000
"""Letters, and a mark where some were left out."""

NEW_PER_S: Final = 1.0
BURST_NEW: Final = 200.0
"""Events that begin: a rule without cool-down on a busy lane raises one every few seconds."""


def goes_with(event: PlaceEvent, rule: EventRule) -> bool:
    """Returns whether an event can be of a rule: another one may have had its name."""
    named = event.rule, event.kind, event.place, event.unit
    return named == (rule.name, rule.kind, rule.place, rule.unit)


class EventCheck:
    """Checks what one camera's process reports of events.

    Args:
        camera: the camera's name.
        rules: those that are watched.
    """

    def __init__(self, camera: str, rules: Iterable[EventRule]) -> None:
        self._camera = camera
        self._rules: Mapping[str, EventRule] = {rule.name: rule for rule in rules}
        self._new = TokenBucket(NEW_PER_S, BURST_NEW)
        self._known: dict[str, PlaceEvent] = {}

    def begin(self, open_events: Iterable[PlaceEvent]) -> None:
        """Takes the events that a new process goes on with; it knows no others."""
        self._known = {event.event_id: event for event in open_events}

    def checked(self, events: Sequence[PlaceEvent], shown: ShownTimes, now_s: float) -> tuple[PlaceEvent, ...]:
        """Returns the events, with texts that are safe to show.

        Args:
            events: what the process reports.
            shown: the times at which it can have measured.
            now_s: seconds of a clock that is never set.

        Raises:
            WorkerError: they cannot be the camera's.
        """
        return tuple(self._checked(event, shown, now_s) for event in events)

    def _checked(self, event: PlaceEvent, shown: ShownTimes, now_s: float) -> PlaceEvent:
        known = self._known.get(event.event_id)
        if event.camera != self._camera or event.event_id != event_id_of(event.camera, event.rule, event.start_ns):
            raise WorkerError("it reports an event that is not its camera's.")
        if known is None:
            self._check_new(event, now_s)
        elif _named(event) != _named(known):
            raise WorkerError("it reports an event otherwise than before.")
        # An event of a rule that was changed meanwhile is closed as it was, or goes on by the new terms.
        terms = [self._rules.get(event.rule), known]
        allowed = [(one.threshold, one.severity, one.silent) for one in terms if one is not None]
        if (event.threshold, event.severity, event.silent) not in allowed:
            raise WorkerError("it reports an event by other terms than those of its rule.")
        self._check_times(event, shown, known)
        if event.state is EventState.CLOSED:
            self._known.pop(event.event_id, None)
        else:
            self._known[event.event_id] = event
        return replace(event, why=shortened(printable(event.why), MAX_WHY))

    def _check_new(self, event: PlaceEvent, now_s: float) -> None:
        rule = self._rules.get(event.rule)
        if rule is None or not goes_with(event, rule):
            raise WorkerError("it reports an event of a rule that its camera does not have.")
        if any(other.rule == event.rule for other in self._known.values()):
            raise WorkerError("it reports a second event of a rule whose first one goes on.")
        if self._new.take(now_s, 1):
            raise WorkerError(f"it reported more than {NEW_PER_S:g} new events a second.")

    def _check_times(self, event: PlaceEvent, shown: ShownTimes, known: PlaceEvent | None) -> None:
        closed = event.state is EventState.CLOSED
        if (event.end_ns is not None) != closed or not event.start_ns <= event.raised_ns <= event.updated_ns:
            raise WorkerError("it reports an event whose times contradict each other.")
        if event.end_ns is not None and not event.start_ns <= event.end_ns <= event.updated_ns:
            raise WorkerError("it reports an event that ends before it begins, or later than it says so.")
        # What has gone on for days began long ago, and was near when it was reported first.
        times = [event.updated_ns] if known is not None else [event.start_ns, event.updated_ns]
        if known is not None and event.updated_ns <= known.updated_ns + 1:
            times = []  # a clock that was set back: the times of one event never go back
        if not shown.near(np.array(times, np.int64)):
            raise WorkerError("it reports an event that is more than a day from now, and from when it has run.")
        sampled = [sample.time_ns for sample in event.samples]
        if sampled != sorted(sampled) or (sampled and sampled[-1] > event.updated_ns):
            raise WorkerError("it reports values that are not in the order of time.")


def _named(event: PlaceEvent) -> tuple[object, ...]:
    """Returns what stays the same in all reports of an event."""
    return event.kind, event.place, event.unit, event.start_ns, event.raised_ns
