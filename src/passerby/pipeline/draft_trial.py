"""Tries a draft of lines, zones and rules on what a camera's process follows anyway, and reports numbers alone.

It measures a second time, beside the camera's own lines and rules: nothing of it reaches their minutes or events.
"""

import time
from collections import Counter
from collections.abc import Callable

from passerby.domain.draft_trial import MAX_TRIAL_S, Draft, DraftCount, DraftNumbers, DraftOccupancy, DraftRule
from passerby.domain.events import Direction, ZoneOccupancy
from passerby.domain.health import CameraState
from passerby.domain.intervals import SiteClock
from passerby.domain.place_events import PlaceEvent
from passerby.domain.road_user import RoadUser
from passerby.events.event_rules import EventRules, EventSettings
from passerby.measure.camera_measures import CameraMeasures, Measured, MeasureSettings
from passerby.pipeline.camera_loop import Step, event_frame
from passerby.units import NS_PER_S

REPORT_EVERY_S = 1.0


class DraftTrials:
    """The drafts of one camera: one at a time, and no trace of those before.

    Args:
        camera: the camera's name.
        hidden_s: how long a track is remembered after its last sighting.
        clock: the site's clock.
        timer: seconds of a clock that is never set.
    """

    def __init__(
        self, camera: str, *, hidden_s: float, clock: SiteClock, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._camera, self._hidden_s, self._clock, self._timer = camera, hidden_s, clock, timer
        self._trial: _Trial | None = None

    def begin(self, draft: Draft, now_ns: int) -> None:
        """Begins a draft, in place of the one that runs.

        Args:
            draft: the draft.
            now_ns: the wall clock, UTC nanoseconds.
        """
        self._trial = _Trial(self._camera, draft, self._hidden_s, self._clock)
        left_s = min(MAX_TRIAL_S, max(0.0, (draft.until_ns - now_ns) / NS_PER_S))
        self._begun_s = self._timer()
        self._report_s, self._end_s = self._begun_s + REPORT_EVERY_S, self._begun_s + left_s

    def withdraw(self, draft_id: str) -> None:
        """Ends a draft, unless another one runs already."""
        if self._trial is not None and self._trial.draft.draft_id == draft_id:
            self._trial = None

    def update(self, step: Step, now_ns: int, state: CameraState, *, reliable: bool) -> DraftNumbers | None:
        """Takes one step of the loop; returns the numbers when they are due.

        Args:
            step: a frame, or a beat without one.
            now_ns: the wall clock, UTC nanoseconds.
            state: the camera's state.
            reliable: lines and zones lie where they were drawn, as far as is known.
        """
        trial, now_s = self._trial, self._timer()
        if trial is None:
            return None
        over = now_s >= self._end_s
        if not over:
            trial.take(step, now_ns, state, reliable=reliable)
        if not over and now_s < self._report_s:
            return None
        self._report_s = now_s + REPORT_EVERY_S
        numbers = trial.numbers(now_ns, min(now_s, self._end_s) - self._begun_s, over=over)
        if over:
            self._trial = None
        return numbers


class _Trial:
    """One draft: measures and rules of its own, and what they have counted."""

    def __init__(self, camera: str, draft: Draft, hidden_s: float, clock: SiteClock) -> None:
        self.draft, self._camera = draft, camera
        # As of the camera itself: frames farther apart than a track may be hidden are not watched.
        self._settings = MeasureSettings(report_interval_s=None, max_gap_s=hidden_s)
        self._measures = self._new_measures()
        self._rules = EventRules(
            camera, draft.rules, draft.layout, clock=clock, settings=EventSettings(hidden_s=hidden_s)
        )
        self._watched_s = 0.0
        self._counts: Counter[tuple[str, RoadUser, Direction]] = Counter()
        self._occupancy: tuple[ZoneOccupancy, ...] = ()
        self._event_ids: set[str] = set()
        self._events: Counter[str] = Counter()

    def take(self, step: Step, now_ns: int, state: CameraState, *, reliable: bool) -> None:
        """Takes one step of the loop."""
        if step.tracks is None:
            if state is not CameraState.ONLINE:
                self._occupancy = ()
            self._count(self._rules.camera_changed(state, now_ns, reliable=reliable))
            return
        if step.finished is not None:  # the clock was set back: times begin anew, counts go on
            self._add(self._measures.finish())
            self._watched_s += self._measures.coverage.total_s
            self._measures = self._new_measures()
        if step.started_anew:
            self._measures.start_anew()
        measured = self._measures.update(step.tracks)
        self._measures.take_closed()  # no one stores its minutes, and they would pile up
        self._add(measured)
        self._occupancy = measured.occupancy
        frame = event_frame(step.tracks, measured, state, reliable=reliable)
        self._count(self._rules.update(frame))

    def numbers(self, now_ns: int, lasted_s: float, *, over: bool) -> DraftNumbers:
        """Returns what has come of it so far.

        Args:
            now_ns: the wall clock, UTC nanoseconds.
            lasted_s: for how long it has lasted.
            over: it ends now.
        """
        if over:
            self._add(self._measures.finish())
        watched_s = self._watched_s + self._measures.coverage.total_s
        return DraftNumbers(
            self.draft.draft_id,
            now_ns,
            min(1.0, watched_s / lasted_s) if lasted_s > 0 else 0.0,
            over,
            tuple(DraftCount(*key, count) for key, count in sorted(self._counts.items())),
            tuple(
                DraftOccupancy(zone.zone, road_user, count)
                for zone in self._occupancy
                for road_user, count in sorted(zone.counts.items())
                if count
            ),
            self._rule_numbers(),
        )

    def _rule_numbers(self) -> tuple[DraftRule, ...]:
        why_not = {each.rule: each.why for each in self._rules.unwatched}
        values = self._rules.values
        return tuple(
            DraftRule(
                rule.name, values.get(rule.name), rule.passed_by(values.get(rule.name)), self._events[rule.name],
                why_not.get(rule.name, ""),
            )
            for rule in self.draft.rules
        )  # fmt: skip

    def _add(self, measured: Measured) -> None:
        self._counts.update((one.line, one.road_user, one.direction) for one in measured.crossings)

    def _count(self, events: tuple[PlaceEvent, ...]) -> None:
        for event in events:
            if event.event_id not in self._event_ids:
                self._event_ids.add(event.event_id)
                self._events[event.rule] += 1

    def _new_measures(self) -> CameraMeasures:
        return CameraMeasures.of_layout(self._camera, self.draft.layout, self._settings)
