"""What a live camera reports from its sandbox: minutes, events, health, previews and its view, each at its pace."""

import math
import time
from collections.abc import Callable
from dataclasses import replace

from passerby.domain.draft_trial import Draft
from passerby.domain.event_rules import Profile, ProfileSwitch
from passerby.domain.health import WATCHING, CameraState, FrameCounts, SourceCondition
from passerby.domain.intervals import SiteClock
from passerby.domain.observations import Observation
from passerby.domain.place_events import PlaceEvent
from passerby.domain.standing_things import StandingThings
from passerby.events.event_rules import EventRules
from passerby.events.profiles import ProfileCalendar
from passerby.events.replay_recorder import Recorded, ReplayRecorder
from passerby.ingest.stage import LiveStage
from passerby.measure.camera_measures import CameraMeasures, Measured
from passerby.messages.columns import columns_of
from passerby.messages.sandbox_messages import EventReports, Message, Minutes, ViewMemory
from passerby.pipeline.camera_loop import CameraLoop, Step, event_frame
from passerby.pipeline.draft_trial import DraftTrials
from passerby.pipeline.health.camera_health import CameraHealthWatch
from passerby.units import HOUR_S, NS_PER_S

MINUTES_EVERY_S = 2.0
"""A killed process loses what it has not reported, which then counts as not watched; it is also its heartbeat."""

RESTING_EVERY_S = 10.0
"""The same where no frame has been analysed since: a camera that sleeps has nothing new, and nothing to lose."""

MINUTES_SOONEST_S = 0.5
"""A crossing is reported at once, but not more often than this: each report is written to disk."""

VIEW_EVERY_S = 60.0

HELD_BACK_SHARE = 0.3
HELD_BACK = "So much moves that it is looked at less often than it should be: more is not one camera's to take"
"""What is added where that holds for more than that share of the last minute."""

INHERITED_S = 300.0
"""A new process needs some minutes to know its view; until then what was unreliable before it stays unreliable."""

JUMP_S = 60.0
"""A smaller step of the clock lies within what open minutes and late crossings forgive."""


class ClockJumps:
    """Compares the wall clock with a clock that is never set, to notice when the wall clock was set."""

    def __init__(self) -> None:
        self._last: tuple[int, float] | None = None

    def update(self, now_ns: int, timer_s: float) -> int:
        """Returns by how many nanoseconds the wall clock was set since the call before, negative for back; 0 if not.

        Args:
            now_ns: the wall clock, UTC nanoseconds.
            timer_s: seconds of a clock that is never set, from any start.
        """
        last, self._last = self._last, (now_ns, timer_s)
        if last is None:
            return 0
        jump_ns = now_ns - last[0] - round((timer_s - last[1]) * NS_PER_S)
        return jump_ns if abs(jump_ns) >= JUMP_S * NS_PER_S else 0


class UnreliableSpans:
    """The spans of time in which what was measured may be at the wrong place, or by a wrong clock."""

    KEPT_NS = HOUR_S * NS_PER_S

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []
        self._mistimed: list[tuple[int, int]] = []
        self._since_ns: int | None = None

    def mistime(self, from_ns: int, to_ns: int) -> None:
        """Takes in a span whose times rest on a clock that was found to run wrong; the same one any number of times."""
        if to_ns > from_ns and (from_ns, to_ns) not in self._mistimed[-1:]:
            kept = [span for span in self._mistimed if span[1] > to_ns - self.KEPT_NS]
            self._mistimed = [*kept, (from_ns, to_ns)]

    def update(self, now_ns: int, *, reliable: bool) -> None:
        """Takes in whether the camera's lines and zones are right now."""
        if reliable and self._since_ns is not None:
            self._spans.append((self._since_ns, now_ns))
            self._since_ns = None
        elif not reliable and self._since_ns is None:
            self._since_ns = now_ns
        self._spans = [span for span in self._spans if span[1] > now_ns - self.KEPT_NS]

    def marked(self, observation: Observation) -> Observation:
        """Returns the observation, marked as unreliable where a span overlaps its interval."""
        if self._since_ns is None and not self._spans and not self._mistimed:
            return observation
        start_ns, end_ns = observation.start_ns, observation.start_ns + observation.length_s * NS_PER_S
        spans = self._spans + (self._mistimed if observation.quantity.timed else [])
        overlaps = any(first < end_ns and last > start_ns for first, last in spans)
        if overlaps or (self._since_ns is not None and self._since_ns < end_ns):
            return replace(observation, reliable=False)
        return observation


class LiveRules:
    """The place-safety rules of a live camera, with the profiles that the calendar has switched on.

    Args:
        rules: the camera's rules.
        profiles: those of the site.
        clock: the site's clock.
    """

    def __init__(self, rules: EventRules, profiles: tuple[Profile, ...], clock: SiteClock) -> None:
        self._rules, self._calendar = rules, ProfileCalendar(rules, profiles, clock)

    def switch_profiles(self, by_hand: ProfileSwitch) -> None:
        """Takes in the profiles that an operator has switched on for a while."""
        self._calendar.switch(by_hand)

    def update(
        self, step: Step, now_ns: int, state: CameraState, *, reliable: bool, things: StandingThings | None = None
    ) -> tuple[PlaceEvent, ...]:
        """Takes one step of the loop; returns the events that were raised, changed or closed with it.

        Args:
            step: a frame, or a beat without one.
            now_ns: the wall clock, UTC nanoseconds.
            state: the camera's state.
            reliable: lines and zones lie where they were drawn, as far as is known.
            things: what stands in the way; None where it is not looked for.
        """
        self._calendar.follow(now_ns)
        if step.tracks is None or step.measured is None:
            return self._rules.camera_changed(state, now_ns, reliable=reliable)
        frame = event_frame(step.tracks, step.measured, state, reliable=reliable, things=things)
        return self._rules.update(frame)


class LiveReporter:
    """Sends what the steps of a live camera's loop gave."""

    def __init__(
        self,
        loop: CameraLoop,
        stage: LiveStage,
        health: CameraHealthWatch,
        send: Callable[[Message], None],
        *,
        unreliable: bool = False,
        note: str = "",
        rules: LiveRules | None = None,
        replays: ReplayRecorder | None = None,
        drafts: DraftTrials | None = None,
        clock: Callable[[], int] = time.time_ns,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes what is reported from.

        Args:
            loop: the camera's loop.
            stage: the camera's stage: pictures, counts of frames, the learned view.
            health: the camera's state.
            send: sends a message to the worker.
            unreliable: the camera counted as moved when the process before this one ended.
            rules: the camera's place-safety rules; None where none are watched.
            replays: records their events' replays; None where the register does not allow them.
            note: a sentence that stands behind the reason in every report of an online camera; empty for none.
            drafts: tries drafts of lines, zones and rules.
            clock: UTC nanoseconds now.
            timer: seconds, for the pace of the reports.
        """
        self._loop, self._stage, self._health = loop, stage, health
        self._send, self._note, self._clock, self._timer = send, note, clock, timer
        self._rules, self._replays, self._drafts = rules, replays, drafts
        self._jumps, self._set_since = ClockJumps(), (0, 0)
        self._spans, self._counts = UnreliableSpans(), FrameCounts()
        self._minutes_s = self._view_s = timer()
        self._inherited_s = timer() + INHERITED_S if unreliable else None
        self._counted = self._analysed = False
        self._size_px: tuple[int, int] | None = None
        self.previewing = self.tallying = False

    def update(self, step: Step) -> None:
        """Takes in one step, and sends what is due."""
        if step.finished is not None:
            self._send_minutes(step.finished)
            self._spans = UnreliableSpans()
        if step.measured is not None:
            self._analysed, self._counted = True, self._counted or _counted(step.measured)
        if step.tracks is not None and self.previewing:
            preview = self._stage.preview(step.tracks)
            if preview is not None:
                self._send(preview)
        elif step.tracks is not None and self._replays is None:
            self._stage.learn_place(quietly=True)
        if self.tallying:
            self._send_differences(step)
        now_ns = self._clock()
        self._follow_clock(now_ns)
        self._report_health(now_ns, step)
        events = self._report_events(now_ns, step)
        if self._replays is not None:
            self._record(self._replays, now_ns, step, events)
        if self._drafts is not None:
            numbers = self._drafts.update(step, now_ns, self._rule_state, reliable=self.reliable)
            if numbers is not None:
                self._send(numbers)
        self._spans.update(now_ns, reliable=self.reliable)
        condition = self._stage.condition
        self._spans.mistime(condition.mistimed_from_ns, condition.mistimed_to_ns)
        since_s = self._timer() - self._minutes_s
        if since_s >= (MINUTES_EVERY_S if self._analysed else RESTING_EVERY_S) or (
            self._counted and since_s >= MINUTES_SOONEST_S
        ):
            self._send_minutes(self._loop.measures)
        if self._timer() - self._view_s >= VIEW_EVERY_S:
            self._send_view()

    def _send_differences(self, step: Step) -> None:
        """Sends the picture for a person who counts by hand, of every frame, also of one that is not analysed."""
        if step.tracks is not None:
            self._stage.learn_place()
        if (picture := self._stage.differences()) is not None:
            self._send(picture)

    def finish(self) -> None:
        """Sends what was measured until the end of the loop."""
        self._loop.measures.finish()
        self._send_minutes(self._loop.measures)
        self._send_view()
        if self._replays is not None:
            self._send_replays(self._replays.rest())

    @property
    def reliable(self) -> bool:
        """The lines and zones lie where they were drawn, as far as is known."""
        if self._inherited_s is not None and (self._timer() > self._inherited_s or not self._health.reliable):
            self._inherited_s = None  # what this process has measured itself holds from here on
        return self._health.reliable and self._inherited_s is None

    def confirm_view(self) -> None:
        """Takes the lines and zones to be right for the view as it is now, as a person has confirmed."""
        self._inherited_s = None
        self._health.confirm(self._clock())
        self._stage.accept_view()
        self._view_s = -math.inf

    def switch_profiles(self, by_hand: ProfileSwitch) -> None:
        """Takes in the profiles that an operator has switched on for a while."""
        if self._rules is not None:
            self._rules.switch_profiles(by_hand)

    def try_draft(self, draft: Draft) -> None:
        """Begins to try a draft, in place of the one that runs."""
        if self._drafts is not None:
            self._drafts.begin(draft, self._clock())

    def withdraw_draft(self, draft_id: str) -> None:
        """Ends a draft."""
        if self._drafts is not None:
            self._drafts.withdraw(draft_id)

    def _follow_clock(self, now_ns: int) -> None:
        """Moves the health's times with a clock that was set: they are in the clock's time, and last in real time."""
        jump_ns = self._jumps.update(now_ns, self._timer())
        if jump_ns:
            self._health.shift(jump_ns)
            condition = self._condition
            self._set_since = (self._stage.condition.since_ns, condition.since_ns + jump_ns)

    @property
    def _condition(self) -> SourceCondition:
        """The state of the stream, with its start on the clock as it is set now."""
        condition = self._stage.condition
        before_ns, after_ns = self._set_since
        return replace(condition, since_ns=after_ns) if condition.since_ns == before_ns else condition

    def _report_health(self, now_ns: int, step: Step) -> None:
        came, dropped, damaged = self._stage.take_counts()
        before, times = self._counts, self._stage.detect_ms()
        self._counts = FrameCounts(
            before.frames_in + came,
            before.frames_dropped + dropped,
            before.frames_undecodable + damaged,
            *(times or (None, None)),
        )
        share = self._loop.measures.unexplained if step.quality is not None else None
        report = self._health.update(now_ns, self._condition, step.quality, self._counts, share)
        if report is not None:
            self._counts = FrameCounts()
            notes = (self._note, HELD_BACK if self._stage.held_back > HELD_BACK_SHARE else "")
            noted = [note for note in notes if note and report.state is CameraState.ONLINE]
            self._send(replace(report, why=". ".join([report.why.rstrip("."), *noted])) if noted else report)

    @property
    def _rule_state(self) -> CameraState:
        """The state as rules take it: a camera that sees badly is watched as before."""
        state = self._health.state
        return CameraState.ONLINE if state in WATCHING else state

    def _report_events(self, now_ns: int, step: Step) -> tuple[PlaceEvent, ...]:
        if self._rules is None:
            return ()
        state, reliable = self._rule_state, self.reliable
        # Of a dark, covered or moved view nothing is learned, and nothing is found in it.
        looks = step.tracks is not None and state is CameraState.ONLINE and reliable
        things = self._stage.standing_things(step.tracks) if step.tracks is not None and looks else None
        events = self._rules.update(step, now_ns, state, reliable=reliable, things=things)
        if events:
            self._send(EventReports(events))
        return events

    def _record(self, replays: ReplayRecorder, now_ns: int, step: Step, events: tuple[PlaceEvent, ...]) -> None:
        """Holds who is there now, and sends the replays that are complete; each event goes before its replay."""
        if step.tracks is not None:
            stamp = step.tracks.stamp
            self._size_px, now_ns = stamp.size_px, stamp.time_ns
            self._stage.learn_place()
            replays.see(step.tracks)
        replays.begin(events)
        self._send_replays(replays.finished(now_ns))

    def _send_replays(self, recorded: tuple[Recorded, ...]) -> None:
        """Sends replays, with the one picture that each has: the empty place, rendered for the event alone."""
        for one in recorded:
            if self._size_px is not None:
                self._send(one.on(self._stage.empty_place(self._size_px)))

    def _send_view(self) -> None:
        """Sends the learned view, for the process that comes after this one."""
        self._view_s = self._timer()
        signature = self._stage.view_signature()
        if signature is not None:
            self._send(ViewMemory(signature, not self.reliable))

    def _send_minutes(self, measures: CameraMeasures) -> None:
        self._counted = self._analysed = False
        self._minutes_s = self._timer()
        closed = [self._spans.marked(one) for one in measures.take_closed()]
        still_open = [self._spans.marked(one) for one in measures.so_far()]
        watched = measures.take_watched()
        self._send(Minutes(columns_of(still_open), columns_of(closed), measures.open_from_ns, watched))


def _counted(measured: Measured) -> bool:
    return bool(measured.crossings or measured.movement_counts or measured.entries or measured.visits)
