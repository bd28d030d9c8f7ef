"""Holds what was measured at one camera against its rules, and reports the events that come of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from passerby.domain.event_rules import EventRule
from passerby.domain.health import CameraState
from passerby.domain.intervals import SiteClock
from passerby.domain.layout import Layout
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.rule_hours import watched_at
from passerby.events.camera_trouble import CameraTrouble, cause_of
from passerby.events.evaluator import Evaluator, Reading
from passerby.events.life import EventLife
from passerby.events.making import Evaluators
from passerby.events.near_misses.encounters import Encounter, NearMisses, NearMissLimits
from passerby.events.rule_clock import RuleClock
from passerby.events.scene import EventFrame, Places, Scene
from passerby.events.subjects import lacks
from passerby.units import MINUTE_S, NS_PER_S

_MISSING = "pictures were missing"
_NOT_IN_HOURS = "the rule is not watched at this time"
_GONE = "the rule is not there any more"


@dataclass(frozen=True, slots=True)
class EventSettings:
    """Settings of all rules of a camera.

    Attributes:
        hidden_s: frames farther apart are not watched between; what is known of tracks is dropped so long after
            they were last seen.
        update_s: seconds between two reports of an event in which only its values change.
        near_miss: what counts as a near miss.
    """

    hidden_s: float = 2.0
    update_s: float = 10.0
    near_miss: NearMissLimits = field(default_factory=NearMissLimits)


@dataclass(frozen=True, slots=True)
class Unwatched:
    """A rule that is not watched, because it lacks what it needs.

    Attributes:
        rule: the rule's name.
        reasons: a sentence each.
    """

    rule: str
    reasons: tuple[str, ...]


@dataclass(slots=True)
class _Watched:
    rule: EventRule
    life: EventLife
    evaluator: Evaluator | None
    """None for the camera's state, which needs no frame."""
    active: bool = True


class EventRules:
    """The place-safety rules of one camera.

    Call `update` once for every analysed frame, in order, also of an empty scene; `camera_changed` when the camera's
    state changes, and on every beat without a frame. Nothing is read but what is given: no wall clock, no time zone.
    Each report of an event replaces the one before of the same id.

    Args:
        camera: the camera's name.
        rules: what to watch; those that lack what they need are left out, see `unwatched`.
        layout: the camera's lines, zones and ground, as they are measured.
        clock: the site's clock, by which the rules' hours are meant; UTC where it is left out.
        profiles: the profiles that are switched on, see `use_profiles`.
        open_events: events of this camera that were not closed when the process before ended; each goes on with its
            id, and those of rules that are not watched any more are closed with the first frame or report.
        settings: None for the defaults.
        trouble_s: for how long the camera has not watched already.
    """

    def __init__(
        self,
        camera: str,
        rules: Sequence[EventRule],
        layout: Layout,
        *,
        clock: SiteClock | None = None,
        profiles: frozenset[str] = frozenset(),
        open_events: Iterable[PlaceEvent] = (),
        settings: EventSettings | None = None,
        trouble_s: float = 0.0,
    ) -> None:
        chosen = settings or EventSettings()
        self._places, self._site_clock, self._profiles = Places(layout), clock or SiteClock(), profiles
        self._clock = RuleClock(chosen.hidden_s)
        self._trouble = CameraTrouble(trouble_s)
        self._minute = -1
        self.unwatched = tuple(Unwatched(rule.name, found) for rule in rules if (found := lacks(rule, layout)))
        left_out = {each.rule for each in self.unwatched}
        evaluators = Evaluators(layout, hidden_s=chosen.hidden_s, near_miss=chosen.near_miss)
        self._watched = [
            _Watched(rule, EventLife(camera, rule, update_s=chosen.update_s), evaluators.make(rule))
            for rule in rules
            if rule.name not in left_out
        ]
        self._open_events = tuple(open_events)

    def update(self, frame: EventFrame) -> tuple[PlaceEvent, ...]:
        """Takes one frame; returns the events that were raised, changed or closed with it."""
        clock = self._clock
        cause = cause_of(frame.state, reliable=frame.reliable, missing=False)
        goes_on = clock.frame(frame.tracks.stamp, watching=not cause)
        reports = self._take_up()
        if not goes_on:
            self._interrupt(reports)
        self._follow_hours(reports)
        trouble_s = max(clock.gap_s, self._trouble.update(clock.now_s, frame.state, missing=clock.losing))
        scene = Scene(frame, self._places, clock.now_s)
        for each in self._watched:
            if not each.active:
                continue
            if each.evaluator is None:
                report = each.life.update(clock, Reading(trouble_s), _no_confidence)
            elif cause:
                each.evaluator.restart()
                report = each.life.suspend(clock, cause)
            else:
                report = self._evaluate(each.life, each.evaluator, scene)
            if report is not None:
                reports[report.event_id] = report
        return tuple(reports.values())

    def camera_changed(self, state: CameraState, time_ns: int, *, reliable: bool = True) -> tuple[PlaceEvent, ...]:
        """Takes the camera's state at a moment without a frame; returns the events that changed.

        Args:
            state: the camera's state.
            time_ns: UTC nanoseconds.
            reliable: lines and zones lie where they were drawn, as far as is known.
        """
        clock = self._clock
        clock.beat(time_ns)
        reports = self._take_up()
        self._follow_hours(reports)
        missing = clock.missing
        cause = cause_of(state, reliable=reliable, missing=missing)
        trouble_s = self._trouble.update(clock.now_s, state, missing=missing)
        for each in self._watched:
            if not each.active:
                continue
            if each.evaluator is None:
                report = each.life.update(clock, Reading(trouble_s), _no_confidence)
            else:
                report = each.life.suspend(clock, cause) if cause else None
            if report is not None:
                reports[report.event_id] = report
        return tuple(reports.values())

    def use_profiles(self, profiles: frozenset[str]) -> None:
        """Switches profiles on, and all others off, from the next frame or report on."""
        self._profiles, self._minute = profiles, -1

    def take_encounters(self) -> dict[str, tuple[Encounter, ...]]:
        """Returns the encounters that are over since the last call, by the name of the near-miss rule that saw them."""
        return {
            each.rule.name: each.evaluator.take_encounters()
            for each in self._watched
            if isinstance(each.evaluator, NearMisses)
        }

    def finish(self) -> tuple[PlaceEvent, ...]:
        """Returns the events that are not closed, as they stand at the end."""
        standing = [each.life.as_it_stands(self._clock) for each in self._watched]
        return tuple(event for event in standing if event is not None)

    def _evaluate(self, life: EventLife, evaluator: Evaluator, scene: Scene) -> PlaceEvent | None:
        reading = evaluator.update(scene)
        return life.update(self._clock, reading, lambda: evaluator.confidence(scene))

    def _interrupt(self, reports: dict[str, PlaceEvent]) -> None:
        for each in self._watched:
            if each.evaluator is None:
                continue
            each.evaluator.restart()
            report = each.life.suspend(self._clock, _MISSING)
            if report is not None:
                reports[report.event_id] = report

    def _follow_hours(self, reports: dict[str, PlaceEvent]) -> None:
        """Looks once a minute which rules are watched: hours begin and end with minutes."""
        minute = self._clock.time_ns // (MINUTE_S * NS_PER_S)
        if minute == self._minute:
            return
        self._minute = minute
        for each in self._watched:
            active = watched_at(each.rule, self._clock.time_ns, self._site_clock, self._profiles)
            if each.active and not active:
                report = each.life.end(self._clock, _NOT_IN_HOURS)
                if report is not None:
                    reports[report.event_id] = report
                if each.evaluator is not None:
                    each.evaluator.restart()
            each.active = active

    def _take_up(self) -> dict[str, PlaceEvent]:
        """Goes on with the events of the process before; closes and returns those of rules that are gone."""
        if not self._open_events:
            return {}
        watched = {each.rule.name: each for each in self._watched}
        ended: dict[str, PlaceEvent] = {}
        for event in self._open_events:
            known = watched.get(event.rule)
            if known is not None and known.life.idle:
                known.life.resume(event, self._clock)
                if known.evaluator is None:
                    self._trouble.resume(self._clock.now_s - self._trouble_s(event))
            else:
                ended[event.event_id] = self._ended(event)
        self._open_events = ()
        return ended

    def _trouble_s(self, event: PlaceEvent) -> float:
        """Returns for how long a camera has been in trouble by an event of it, which began with the threshold's end."""
        return max(0.0, (self._clock.time_ns - event.start_ns) / NS_PER_S) + event.threshold

    def _ended(self, event: PlaceEvent) -> PlaceEvent:
        now_ns = max(self._clock.time_ns, event.updated_ns + 1)
        sentence = f"{event.why} It ended because {_GONE}."
        return replace(event, state=EventState.CLOSED, updated_ns=now_ns, end_ns=event.updated_ns, why=sentence)


def _no_confidence() -> None:
    return None
