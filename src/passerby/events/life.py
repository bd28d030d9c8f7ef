"""The life of one rule's events: from the threshold that is passed to the report that it is kept again."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from passerby.domain.event_rules import EventRule
from passerby.domain.place_events import EventState, PlaceEvent, event_id_of
from passerby.events.evaluator import GRAIN_S, Reading
from passerby.events.rule_clock import RuleClock
from passerby.events.samples import Samples
from passerby.events.wording import why
from passerby.units import NS_PER_S

_ASK_EVERY_S = 1.0


@dataclass(slots=True)
class _Passing:
    """The time since a rule's threshold was passed.

    Attributes:
        event_id: the event's, once it is raised.
        start_ns, start_s, start_watched_s: when it was passed: by the stamp, by the rules' clock, and what had
            been watched until then.
        last_ns: the newest time; the times of one event never go back, also when a clock is set.
        reported_ns: when it was last reported; later reports are later, also when a clock is set.
        raised_ns: when it was raised; None before.
        kept_ns, kept_s: since when the threshold is kept again; None while it is passed.
        suspended: why it cannot be measured now; empty while it is.
        reported_s: the same by the rules' clock.
        value, peak, at_least, samples: see `PlaceEvent`.
        asked_s: when the confidence was last asked for.
        confidence_sum, confidences: of the detections while it was passed.
    """

    event_id: str
    start_ns: int
    start_s: float
    start_watched_s: float
    last_ns: int
    peak: float
    value: float | None = None
    raised_ns: int | None = None
    kept_ns: int | None = None
    kept_s: float = 0.0
    suspended: str = ""
    reported_ns: int = 0
    reported_s: float = 0.0
    at_least: bool = False
    asked_s: float = -math.inf
    samples: Samples = field(default_factory=Samples)
    confidence_sum: float = 0.0
    confidences: int = 0

    def now_ns(self, clock: RuleClock) -> int:
        """Returns the clock's time, or the last one where the clock was set back since."""
        self.last_ns = max(clock.time_ns, self.last_ns)
        return self.last_ns


class EventLife:
    """Raises, updates, suspends and closes the events of one rule, one at a time.

    Args:
        camera: the camera's name.
        rule: the rule.
        update_s: seconds between two reports of an event in which only its values change.
    """

    def __init__(self, camera: str, rule: EventRule, *, update_s: float) -> None:
        self._camera, self._rule, self._update_s = camera, rule, update_s
        self._passing: _Passing | None = None

    @property
    def idle(self) -> bool:
        """The threshold is kept, and no event waits to be closed."""
        return self._passing is None

    def resume(self, event: PlaceEvent, clock: RuleClock) -> None:
        """Goes on with an event that was open when the process before ended; the time between was not watched."""
        until_ns = max(clock.time_ns, event.updated_ns)
        watched_s = (event.updated_ns - event.start_ns) / NS_PER_S * event.coverage
        passing = _Passing(
            event.event_id, event.start_ns, clock.now_s - (until_ns - event.start_ns) / NS_PER_S,
            clock.watched_s - watched_s, event.updated_ns, event.peak, event.value, event.raised_ns,
            reported_ns=event.updated_ns, samples=Samples(event.samples), at_least=event.at_least,
            suspended="it has not been watched since",
        )  # fmt: skip
        if event.confidence is not None:
            passing.confidence_sum, passing.confidences = event.confidence, 1
        self._passing = passing

    def update(self, clock: RuleClock, reading: Reading, confidence: Callable[[], float | None]) -> PlaceEvent | None:
        """Takes the rule's value of one frame; returns the event if there is something to report of it.

        Args:
            clock: the rules' clock.
            reading: the value.
            confidence: returns the mean confidence of what the value rests on; asked only while it is passed.
        """
        passed = self._rule.passed_by(reading.value)
        passing = self._passing
        if passing is None or (passing.raised_ns is None and not passed):
            if not passed or reading.value is None:
                self._passing = None  # a hold that is broken begins anew
                return None
            passing = self._passing = self._begin(clock, reading.value)
        asks = passed and clock.now_s >= passing.asked_s + _ASK_EVERY_S
        if asks:
            passing.asked_s = clock.now_s
        self._take(passing, clock, reading, confidence() if asks else None)
        return self._raise(passing, clock) if passing.raised_ns is None else self._go_on(passing, clock, passed=passed)

    def suspend(self, clock: RuleClock, cause: str) -> PlaceEvent | None:
        """Takes in that nothing can be measured now: a hold begins anew, an event waits.

        Args:
            clock: the rules' clock.
            cause: why, as the end of a sentence.
        """
        passing = self._passing
        if passing is None or passing.raised_ns is None:
            self._passing = None
            return None
        if passing.suspended == cause:
            return None
        passing.suspended, passing.value, passing.kept_ns = cause, None, None
        passing.samples.add(clock.now_s, passing.now_ns(clock), None)
        return self._report(passing, clock, EventState.SUSPENDED, cause)

    def end(self, clock: RuleClock, cause: str) -> PlaceEvent | None:
        """Ends the event, because its rule is not watched any more."""
        passing, self._passing = self._passing, None
        if passing is None or passing.raised_ns is None:
            return None
        return self._report(passing, clock, EventState.CLOSED, cause)

    def as_it_stands(self, clock: RuleClock) -> PlaceEvent | None:
        """Returns the event that is not closed; None without one."""
        passing = self._passing
        if passing is None or passing.raised_ns is None:
            return None
        state = EventState.SUSPENDED if passing.suspended else EventState.OPEN
        return self._report(passing, clock, state, passing.suspended)

    def _begin(self, clock: RuleClock, value: float) -> _Passing:
        event_id = event_id_of(self._camera, self._rule.name, clock.time_ns)
        return _Passing(event_id, clock.time_ns, clock.now_s, clock.watched_s, clock.time_ns, value)

    @staticmethod
    def _take(passing: _Passing, clock: RuleClock, reading: Reading, confidence: float | None) -> None:
        passing.value = reading.value
        if reading.value is not None:
            passing.peak = max(passing.peak, reading.value)
        passing.at_least = passing.at_least or reading.at_least
        passing.samples.add(clock.now_s, passing.now_ns(clock), reading.value)
        if confidence is not None:
            passing.confidence_sum += confidence
            passing.confidences += 1

    def _raise(self, passing: _Passing, clock: RuleClock) -> PlaceEvent | None:
        if clock.now_s - passing.start_s < self._rule.passing_s - GRAIN_S:
            return None
        passing.raised_ns = passing.now_ns(clock)
        return self._report(passing, clock, EventState.OPEN)

    def _go_on(self, passing: _Passing, clock: RuleClock, *, passed: bool) -> PlaceEvent | None:
        resumed, passing.suspended = bool(passing.suspended), ""
        if passed:
            passing.kept_ns = None
        elif passing.kept_ns is None:
            passing.kept_ns, passing.kept_s = passing.now_ns(clock), clock.now_s
        if passing.kept_ns is not None and clock.now_s - passing.kept_s >= self._rule.cool_down_s - GRAIN_S:
            self._passing = None
            return self._report(passing, clock, EventState.CLOSED)
        due = clock.now_s - passing.reported_s >= self._update_s - GRAIN_S
        return self._report(passing, clock, EventState.OPEN) if resumed or due else None

    def _report(self, passing: _Passing, clock: RuleClock, state: EventState, cause: str = "") -> PlaceEvent:
        rule, now_ns = self._rule, max(passing.now_ns(clock), passing.reported_ns + 1)
        passing.reported_ns, passing.reported_s = now_ns, clock.now_s
        closed_ns = passing.kept_ns if passing.kept_ns is not None else now_ns
        until_s = passing.kept_s if passing.kept_ns is not None else clock.now_s
        whole_s = clock.now_s - passing.start_s
        watched_s = clock.watched_s - passing.start_watched_s
        coverage = min(1.0, max(0.0, watched_s / whole_s)) if whole_s > GRAIN_S else 1.0
        sentence = why(
            rule, state, passing.value, passing.peak,
            at_least=passing.at_least, lasted_s=until_s - passing.start_s, coverage=coverage, cause=cause,
        )  # fmt: skip
        return PlaceEvent(
            event_id=passing.event_id,
            camera=self._camera,
            rule=rule.name,
            kind=rule.kind,
            place=rule.place,
            severity=rule.severity,
            state=state,
            start_ns=passing.start_ns,
            raised_ns=passing.raised_ns if passing.raised_ns is not None else now_ns,
            updated_ns=now_ns,
            end_ns=closed_ns if state is EventState.CLOSED else None,
            value=passing.value,
            peak=passing.peak,
            threshold=rule.threshold,
            unit=rule.unit,
            at_least=passing.at_least,
            samples=passing.samples.all(),
            confidence=passing.confidence_sum / passing.confidences if passing.confidences else None,
            coverage=coverage,
            why=sentence,
            silent=rule.silent,
        )
