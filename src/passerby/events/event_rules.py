"""Holds what was measured at one camera against its rules, and reports the events that come of it."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from passerby.domain.event_rules import EventRule
from passerby.domain.health import CameraState
from passerby.domain.intervals import SiteClock
from passerby.domain.layout import Layout
from passerby.domain.place_events import EventState, PlaceEvent
from passerby.domain.rule_hours import watched_at
from passerby.events.camera_trouble import CameraTrouble, cause_of
from passerby.events.evaluator import GRAIN_S, LOOK_S, NO_VALUE, Bounded, Evaluator, Reading
from passerby.events.life import EventLife
from passerby.events.making import IN_EACH_FRAME, Evaluators
from passerby.events.rule_clock import RuleClock
from passerby.events.scene import Crossed, EventFrame, Places, Scene
from passerby.events.subjects import Unwatched, lacks
from passerby.units import MINUTE_S, NS_PER_S

_MISSING = "pictures were missing"
_NOT_IN_HOURS = "the rule is not watched at this time"
_GONE = "the rule is not there any more"

_MINUTE_NS = MINUTE_S * NS_PER_S

_Reports = list[PlaceEvent | None]


@dataclass(frozen=True, slots=True)
class EventSettings:
    """Settings of all rules of a camera.

    Attributes:
        hidden_s: frames farther apart are not watched between; what is known of tracks is dropped so long after
            they were last seen.
        update_s: seconds between two reports of an event in which only its values change.
    """

    hidden_s: float = 2.0
    update_s: float = 10.0


@dataclass(slots=True)
class _Watched:
    """A rule that is watched.

    Attributes:
        rule: the rule.
        life: of its events.
        active: it is watched now, by its hours and profiles.
    """

    rule: EventRule
    life: EventLife
    active: bool = True

    def restart(self) -> None:
        """Drops what was seen before: time or view does not go on from there."""


@dataclass(slots=True)
class _WatchedInFrames(_Watched):
    """A rule whose value is worked out from frames: all but those on the camera's state.

    Attributes:
        evaluator: works it out.
        in_each_frame: it is worked out with every frame, not only at looks.
        reading: the newest value.
        at_most: returns what the value is not above; None where that is as much work as the value.
    """

    evaluator: Evaluator = field(kw_only=True)
    in_each_frame: bool = field(kw_only=True)
    reading: Reading = NO_VALUE
    at_most: Callable[[Scene], float] | None = field(init=False)

    def __post_init__(self) -> None:
        self.at_most = self.evaluator.at_most if isinstance(self.evaluator, Bounded) else None

    def surely_keeps(self, scene: Scene) -> bool:
        """Returns whether no event is on its way and the value cannot pass the threshold: none needs to know it."""
        return self.at_most is not None and self.life.idle and not self.rule.passed_by(self.at_most(scene))

    def restart(self) -> None:
        """Drops what was seen before: time or view does not go on from there."""
        self.evaluator.restart()


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
        self._newest_trouble_s: float | None = None
        self._seeing = False
        self._minute = -1
        self.unwatched = tuple(Unwatched(rule.name, found) for rule in rules if (found := lacks(rule, layout)))
        left_out = {each.rule for each in self.unwatched}
        evaluators = Evaluators(layout, hidden_s=chosen.hidden_s)
        self._of_camera: list[_Watched] = []
        self._in_frames: list[_WatchedInFrames] = []
        for rule in rules:
            if rule.name in left_out:
                continue
            life, evaluator = EventLife(camera, rule, update_s=chosen.update_s), evaluators.make(rule)
            if evaluator is None:
                self._of_camera.append(_Watched(rule, life))
            else:
                self._in_frames.append(
                    _WatchedInFrames(rule, life, evaluator=evaluator, in_each_frame=rule.kind in IN_EACH_FRAME)
                )
        self._next_look_s = -math.inf
        self._due: list[_WatchedInFrames] = []
        self._crossed: list[Crossed] = []
        self._before: list[tuple[float, EventFrame]] = []
        self._open_events = tuple(open_events)

    def update(self, frame: EventFrame) -> tuple[PlaceEvent, ...]:
        """Takes one frame; returns the events that were raised, changed or closed with it."""
        clock = self._clock
        cause = cause_of(frame.state, reliable=frame.reliable, missing=False)
        goes_on = clock.frame(frame.tracks.stamp, watching=not cause)
        reports = self._take_up()
        if not goes_on:
            reports += self._suspend(_MISSING)
        reports += self._follow_hours()
        if self._of_camera:
            trouble_s = self._trouble.update(clock.now_s, frame.state, missing=clock.losing)
            reports += self._look_at_camera(max(clock.gap_s, trouble_s))
        if self._in_frames:
            reports += self._suspend(cause) if cause else self._evaluate(frame)
        return _newest(reports) if reports else ()

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
        reports += self._follow_hours()
        missing = clock.missing
        reports += self._look_at_camera(self._trouble.update(clock.now_s, state, missing=missing))
        cause = cause_of(state, reliable=reliable, missing=missing)
        if cause:
            self._seeing = False
            reports += [each.life.suspend(clock, cause) for each in self._in_frames]
        return _newest(reports)

    def use_profiles(self, profiles: frozenset[str]) -> None:
        """Switches profiles on, and all others off, from the next frame or report on."""
        self._profiles, self._minute = profiles, -1

    @property
    def values(self) -> Mapping[str, float | None]:
        """The name of each rule that is watched -> its newest value; None where there is none."""
        seen = {
            each.rule.name: each.reading.value if self._seeing and each.active else None for each in self._in_frames
        }
        return seen | dict.fromkeys((each.rule.name for each in self._of_camera), self._newest_trouble_s)

    def finish(self) -> tuple[PlaceEvent, ...]:
        """Returns the events that are not closed, as they stand at the end."""
        standing = [each.life.as_it_stands(self._clock) for each in self._all()]
        return tuple(event for event in standing if event is not None)

    def _all(self) -> tuple[_Watched, ...]:
        return (*self._of_camera, *self._in_frames)

    def _evaluate(self, frame: EventFrame) -> _Reports:
        """Holds values against thresholds: at a look all, else what changes at once or is past its own."""
        now_s, self._seeing = self._clock.now_s, True
        if frame.crossings:
            self._crossed += [Crossed(now_s, crossing) for crossing in frame.crossings]
        look = now_s >= self._next_look_s - GRAIN_S
        if look:
            self._due = [each for each in self._in_frames if each.active]
        elif not self._due:
            self._before.append((now_s, frame))
            return []
        scene = Scene(frame, self._places, now_s, self._crossed, self._before)
        reports = [self._take(each, scene, anew=look or each.in_each_frame) for each in self._due]
        if look:
            self._next_look_s, self._crossed, self._before = now_s + LOOK_S, [], []
            self._due = [each for each in self._due if each.in_each_frame or not each.life.idle]
        else:
            self._before.append((now_s, frame))
        return reports

    def _take(self, watched: _WatchedInFrames, scene: Scene, *, anew: bool) -> PlaceEvent | None:
        """Holds a rule's value, which is worked out anew or still that of the newest look, against its threshold."""
        if anew:
            if watched.surely_keeps(scene):
                return None
            watched.reading = watched.evaluator.update(scene)
        return watched.life.update(self._clock, watched.reading, lambda: watched.evaluator.confidence(scene))

    def _look_at_camera(self, trouble_s: float) -> _Reports:
        reading, self._newest_trouble_s = Reading(trouble_s), trouble_s
        return [each.life.update(self._clock, reading, _no_confidence) for each in self._of_camera if each.active]

    def _suspend(self, cause: str) -> _Reports:
        """Begins all values anew, and suspends the events."""
        self._next_look_s, self._seeing, self._before = -math.inf, False, []
        for each in self._in_frames:
            each.restart()
        return [each.life.suspend(self._clock, cause) for each in self._in_frames]

    def _follow_hours(self) -> _Reports:
        """Looks once a minute which rules are watched: hours begin and end with minutes."""
        minute = self._clock.time_ns // _MINUTE_NS
        if minute == self._minute:
            return []
        self._minute = minute
        reports: _Reports = []
        for each in self._all():
            active = watched_at(each.rule, self._clock.time_ns, self._site_clock, self._profiles)
            if each.active is not active:
                each.active, self._next_look_s = active, -math.inf
                each.restart()
                reports.append(each.life.end(self._clock, _NOT_IN_HOURS))
        return reports

    def _take_up(self) -> _Reports:
        """Goes on with the events of the process before; closes and returns those of rules that are gone."""
        if not self._open_events:
            return []
        watched = {each.rule.name: each for each in self._all()}
        ended: _Reports = []
        for event in self._open_events:
            known = watched.get(event.rule)
            if known is not None and known.life.idle:
                known.life.resume(event, self._clock)
                if not isinstance(known, _WatchedInFrames):
                    self._trouble.resume(self._clock.now_s - self._trouble_s(event))
            else:
                ended.append(self._ended(event))
        self._open_events = ()
        return ended

    def _trouble_s(self, event: PlaceEvent) -> float:
        """Returns for how long a camera has been in trouble by an event of it, which began with the threshold's end."""
        return max(0.0, (self._clock.time_ns - event.start_ns) / NS_PER_S) + event.threshold

    def _ended(self, event: PlaceEvent) -> PlaceEvent:
        now_ns = max(self._clock.time_ns, event.updated_ns + 1)
        sentence = f"{event.why} It ended because {_GONE}."
        return replace(event, state=EventState.CLOSED, updated_ns=now_ns, end_ns=event.updated_ns, why=sentence)


def _newest(reports: _Reports) -> tuple[PlaceEvent, ...]:
    """Returns the last report of each event."""
    return tuple({report.event_id: report for report in reports if report is not None}.values()) if any(reports) else ()


def _no_confidence() -> None:
    return None
