"""One live camera, from its frames to what is told of it; runs inside the sealed process."""

import math
import time
from collections.abc import Callable
from dataclasses import replace

from passerby.domain.health import FrameCounts, SourceCondition
from passerby.domain.observations import Observation
from passerby.domain.tracks import Tracks
from passerby.ingest.live_stage import LiveStage, Seen
from passerby.measure.camera_measures import CameraMeasures, Measured
from passerby.messages.columns import columns_of
from passerby.messages.sandbox_messages import Message, Minutes, ViewMemory
from passerby.pipeline.camera_health import CameraHealthWatch
from passerby.pipeline.clock_jumps import JUMP_S, ClockJumps
from passerby.track.tracker import Tracker
from passerby.units import NS_PER_S

TOLD_EVERY_S = 2.0
"""A killed process loses what it has not told, which then counts as not watched; it is also its heartbeat."""

TOLD_SOONEST_S = 0.5
"""A crossing is told at once, but not more often than this: each telling is kept on disk."""


REMEMBERED_EVERY_S = 60.0

INHERITED_S = 300.0
"""A new process needs some minutes to know its view; until then it doubts what the one before it doubted."""


class UnreliableSpans:
    """The time in which what was measured may be at the wrong place."""

    KEPT_NS = 3600 * NS_PER_S

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []
        self._since_ns: int | None = None

    def update(self, now_ns: int, *, reliable: bool) -> None:
        """Takes in whether the camera's places are right now."""
        if reliable and self._since_ns is not None:
            self._spans.append((self._since_ns, now_ns))
            self._since_ns = None
        elif not reliable and self._since_ns is None:
            self._since_ns = now_ns
        self._spans = [span for span in self._spans if span[1] > now_ns - self.KEPT_NS]

    def marked(self, observation: Observation) -> Observation:
        """The observation, said to be unreliable where doubt fell into its interval."""
        start_ns, end_ns = observation.start_ns, observation.start_ns + observation.length_s * NS_PER_S
        doubted = any(first < end_ns and last > start_ns for first, last in self._spans)
        if doubted or (self._since_ns is not None and self._since_ns < end_ns):
            return replace(observation, reliable=False)
        return observation


class LiveCamera:
    """Calls the stages in order, look after look, and tells what came of it."""

    def __init__(
        self,
        stage: LiveStage,
        tracker: Tracker,
        make_measures: Callable[[], CameraMeasures],
        health: CameraHealthWatch,
        tell: Callable[[Message], None],
        *,
        doubted: bool = False,
        clock: Callable[[], int] = time.time_ns,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes the stages.

        Args:
            stage: the sealed room's door.
            tracker, health: what its numbers go through.
            make_measures: makes what they end in; anew when the clock was set back.
            tell: where messages go.
            doubted: the camera counted as moved when it was watched last.
            clock: UTC nanoseconds now.
            timer: seconds, for the pace of telling.
        """
        self._stage, self._tracker, self._health = stage, tracker, health
        self._make_measures, self._measures = make_measures, make_measures()
        self._stamp_ns: int | None = None
        self._jumps = ClockJumps()
        self._set_since: tuple[int, int] = (0, 0)
        self._tell, self._clock, self._timer = tell, clock, timer
        self._doubts = UnreliableSpans()
        self._counts = FrameCounts()
        self._told_s = self._remembered_s = timer()
        self._inherited_s = timer() + INHERITED_S if doubted else None
        self._news = False
        self.looking = False

    def run(self, before_look: Callable[[], None]) -> None:
        """Looks until the stage is stopped.

        Args:
            before_look: called before each look, at least twice a second; hears what is asked of the camera.
        """
        for seen in self._stage:
            before_look()
            self.look(seen)
        self._measures.finish()
        self._tell_minutes()
        self._remember()

    def look(self, seen: Seen) -> None:
        """Takes one look through all stages."""
        if seen.detections is not None:
            tracks = self._tracker.update(seen.detections)
            self._follow_clock(tracks.stamp.time_ns)
            self._news |= _counted(self._measures.update(tracks))
            self._show(tracks)
        now_ns = self._clock()
        self._take_jump(now_ns)
        self._report(now_ns, seen)
        self._doubts.update(now_ns, reliable=self.reliable)
        since_s = self._timer() - self._told_s
        if since_s >= TOLD_EVERY_S or (self._news and since_s >= TOLD_SOONEST_S):
            self._tell_minutes()
        if self._timer() - self._remembered_s >= REMEMBERED_EVERY_S:
            self._remember()

    @property
    def reliable(self) -> bool:
        """The lines and zones lie where they were drawn, as far as is known."""
        if self._inherited_s is not None and (self._timer() > self._inherited_s or not self._health.reliable):
            self._inherited_s = None  # what this process sees for itself holds from here on
        return self._health.reliable and self._inherited_s is None

    def confirm(self) -> None:
        """Somebody has looked: the lines and zones are right for the view as it is now."""
        self._inherited_s = None
        self._health.confirm(self._clock())
        self._stage.accept_view()
        self._remembered_s = -math.inf

    def _follow_clock(self, stamp_ns: int) -> None:
        """Where the clock was set back, what was measured is told as it stands, and measuring begins anew.

        Else all would be filed under the last minute from before until the clock has come there again.
        """
        last_ns, self._stamp_ns = self._stamp_ns, stamp_ns
        if last_ns is not None and stamp_ns <= last_ns - JUMP_S * NS_PER_S:
            self._measures.finish()
            self._tell_minutes()
            self._measures, self._doubts = self._make_measures(), UnreliableSpans()

    def _take_jump(self, now_ns: int) -> None:
        """Health is told in the clock's time, and lasts in real time."""
        jump_ns = self._jumps.update(now_ns, self._timer())
        if jump_ns:
            self._health.shift(jump_ns)
            condition = self._condition
            self._set_since = (self._stage.condition.since_ns, condition.since_ns + jump_ns)

    @property
    def _condition(self) -> SourceCondition:
        """How the stream is doing, since when on the clock as it is set now."""
        condition = self._stage.condition
        before_ns, after_ns = self._set_since
        return replace(condition, since_ns=after_ns) if condition.since_ns == before_ns else condition

    def _report(self, now_ns: int, seen: Seen) -> None:
        came, dropped, damaged = self._stage.take_counts()
        before, times = self._counts, self._stage.detect_ms()
        self._counts = FrameCounts(
            before.frames_in + came,
            before.frames_dropped + dropped,
            before.frames_undecodable + damaged,
            *(times or (None, None)),
        )
        report = self._health.update(now_ns, self._condition, seen.signs, self._counts)
        if report is not None:
            self._counts = FrameCounts()
            self._tell(report)

    def _show(self, tracks: Tracks) -> None:
        if self.looking:
            preview = self._stage.preview(tracks)
            if preview is not None:
                self._tell(preview)

    def _remember(self) -> None:
        """Tells the view now and then, for the process that comes after this one."""
        self._remembered_s = self._timer()
        signature = self._stage.view_signature()
        if signature is not None:
            self._tell(ViewMemory(signature, not self.reliable))

    def _tell_minutes(self) -> None:
        self._news, self._told_s = False, self._timer()
        closed = [self._doubts.marked(one) for one in self._measures.take_closed()]
        still_open = [self._doubts.marked(one) for one in self._measures.so_far()]
        self._tell(Minutes(columns_of(still_open), columns_of(closed), self._measures.open_from_ns))


def _counted(measured: Measured) -> bool:
    return bool(measured.crossings or measured.movement_counts or measured.entries or measured.visits)
