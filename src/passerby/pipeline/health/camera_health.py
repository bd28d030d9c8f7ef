"""One camera's state, explained: what its source says and what its picture shows, held against limits for a while."""

from dataclasses import dataclass, replace

from passerby.domain.health import CameraHealth, CameraState, FrameCounts, ImageQuality, SourceCondition
from passerby.pipeline.health.health_thresholds import (
    STATES,
    Assessment,
    HealthThresholds,
    Hold,
    covered,
    dark,
    defocused,
    displaced,
    unexplained,
    unrecognised,
)
from passerby.units import NS_PER_S

CONTRARY_FRAMES = 2
"""Frames in a row that end what was lasting; a single one may err."""

LOWEST = 0.001
"""Of the picture's width: what a view is said to lie within, however little it moved."""


@dataclass(slots=True)
class Lasting:
    """Whether a measurement has been past its limit long enough to be a state.

    Attributes:
        hold: how long it must last.
        active: it is a state now.
        since_ns: from when on: the first frame that showed it, not the one that made it certain.
        assessment: the newest one that showed it.
    """

    hold: Hold
    active: bool = False
    since_ns: int = 0
    assessment: Assessment | None = None
    _changing_since_ns: int | None = None
    _contrary: int = 0

    @property
    def uncertain(self) -> bool:
        """The newest frame showed it, or the state has not ended yet."""
        return self.active or self._changing_since_ns is not None

    def update(self, now_ns: int, assessment: Assessment | None) -> None:
        """Takes one frame's assessment; with None, what was lasting starts anew."""
        changing = assessment is not None and (assessment.clear if self.active else assessment.beyond)
        if assessment is not None and (assessment.beyond or self.assessment is None):
            self.assessment = assessment
        self._contrary = 0 if changing else self._contrary + 1
        if not changing:
            if self._contrary >= CONTRARY_FRAMES:
                self._changing_since_ns = None
            return
        if self._changing_since_ns is None:
            self._changing_since_ns = now_ns
        hold_s = self.hold.leave_s if self.active else self.hold.enter_s
        if now_ns - self._changing_since_ns >= hold_s * NS_PER_S:
            self.active, self.since_ns = not self.active, self._changing_since_ns
            self._changing_since_ns = None

    def reset(self) -> None:
        """Ends the state, and what was lasting."""
        self.active, self._changing_since_ns, self.assessment = False, None, None

    def interrupt(self) -> None:
        """Nothing was seen for a while: what was lasting starts anew, a state stays."""
        self._changing_since_ns = None

    def shift(self, by_ns: int) -> None:
        """The clock was set: what has been lasting has lasted as long as before."""
        self.since_ns += by_ns
        if self._changing_since_ns is not None:
            self._changing_since_ns += by_ns


class CameraHealthWatch:
    """Follows one camera's health. Time comes from the caller, so that a replayed day gives the same states."""

    def __init__(self, camera: str, limits: HealthThresholds | None = None) -> None:
        """Starts with a camera of which nothing is known, and whose view is trusted."""
        self._camera, self._limits = camera, limits or HealthThresholds()
        self._dark = Lasting(self._limits.dark_hold)
        self._covered = Lasting(self._limits.covered_hold)
        self._defocused = Lasting(self._limits.defocused_hold)
        self._displaced = Lasting(self._limits.displaced_hold)
        self._unrecognised = Lasting(self._limits.unrecognised_hold)
        self._unexplained = Lasting(self._limits.unexplained_hold)
        self._lost = False
        self._frame_ns: int | None = None
        self._ended: tuple[int, str] = (0, "")
        self._reported: CameraHealth | None = None
        self._newest: ImageQuality | None = None
        self._source_why = ""

    @property
    def reliable(self) -> bool:
        """Lines and zones lie where they were drawn, as far as is known.

        False from the first look that shows the view elsewhere, or not at all (a cloth over the lens counts), until two
        looks in a row show it in place again; once the camera counts as moved, until that has lasted, or a person has
        confirmed.
        """
        return not (self._lost or self._displaced.uncertain or self._unrecognised.uncertain)

    @property
    def state(self) -> CameraState:
        """The camera's state, as it was reported last."""
        return CameraState.CONNECTING if self._reported is None else self._reported.state

    def update(
        self,
        now_ns: int,
        condition: SourceCondition,
        quality: ImageQuality | None,
        counts: FrameCounts | None = None,
        unexplained_share: float | None = None,
    ) -> CameraHealth | None:
        """Takes what is known now.

        Args:
            now_ns: UTC nanoseconds; must not go back without `shift`.
            condition: what the source says.
            quality: a new look at the picture, or None where there was none since the last call.
            counts: frames since the last report that this method returned.
            unexplained_share: 0-1, of what moves steadily, what is not detected; None where too little moved to say.

        Returns:
            A report when the state has changed, and when none was made for `report_s`; else None.
        """
        if quality is not None:
            self._take(now_ns, quality)
            self._weigh_motion(now_ns, unexplained_share)
        state, since_ns, why, measured, threshold = self._explained(condition)
        before = self._reported
        same = before is not None and (before.state, before.since_ns) == (state, since_ns)
        same = same and (state is not CameraState.ONLINE or condition.why == self._source_why)
        if before is not None and same and now_ns - before.time_ns < self._limits.report_s * NS_PER_S:
            return None
        frames, self._source_why = counts or FrameCounts(), condition.why
        self._reported = CameraHealth(
            self._camera,
            now_ns,
            state,
            since_ns,
            why,
            measured,
            threshold,
            frames.frames_in,
            frames.frames_dropped,
            frames.frames_undecodable,
            frames.detect_p50_ms,
            frames.detect_p95_ms,
        )
        return self._reported

    def confirm(self, now_ns: int) -> None:
        """A person has looked at the picture: the view is right as it is now.

        The quality must learn it anew: call `ImageQualityMeter.accept_view` of the same camera with this.
        """
        for each in (self._covered, self._defocused, self._displaced, self._unrecognised, self._unexplained):
            each.reset()
        self._lost, self._newest = False, None
        self._ended = (now_ns, "A person has confirmed the view; it is being learned anew.")

    def shift(self, by_ns: int) -> None:
        """The clock was set by so much: all that is remembered of the time before is as long ago as it was."""
        for each in (*self._pictured, self._unexplained):
            each.shift(by_ns)
        if self._frame_ns is not None:
            self._frame_ns += by_ns
        self._ended = (self._ended[0] + by_ns, self._ended[1])
        if self._reported is not None:
            before = self._reported
            self._reported = replace(before, time_ns=before.time_ns + by_ns, since_ns=before.since_ns + by_ns)

    def _take(self, now_ns: int, quality: ImageQuality) -> None:
        limits = self._limits
        states = self._pictured
        if self._frame_ns is not None and now_ns - self._frame_ns > limits.gap_s * NS_PER_S:
            for each in states:
                each.interrupt()
        self._frame_ns, self._newest = now_ns, quality
        was_moved, was_active = self._moved, any(each.active for each in states)
        lost = unrecognised(quality, limits)
        self._dark.update(now_ns, dark(quality, limits))
        self._covered.update(now_ns, covered(quality, limits))
        self._defocused.update(now_ns, defocused(quality, limits))
        self._displaced.update(now_ns, displaced(quality, limits))
        # Behind a cloth nothing is recognised either: no reason to say that the camera was moved.
        hidden = self._hidden(quality) and not self._unrecognised.active
        self._unrecognised.update(now_ns, None if hidden else lost)
        if lost is not None:
            self._lost = lost.beyond
        if was_moved and not self._moved:
            self._ended = (now_ns, "The view is back where it was: lines and zones lie right again.")
        elif was_active and not any(each.active for each in states):
            self._ended = (now_ns, "The picture shows what it usually does again.")

    @property
    def _pictured(self) -> tuple[Lasting, ...]:
        """What is measured in the picture."""
        return (self._dark, self._covered, self._defocused, self._displaced, self._unrecognised)

    def _weigh_motion(self, now_ns: int, share: float | None) -> None:
        """Takes the share of steady motion that is not detected; where nothing moves, what was said of it stays."""
        if share is None:
            return
        was = self._unexplained.active
        self._unexplained.update(now_ns, unexplained(share, self._limits))
        if was and not self._unexplained.active:
            self._ended = (now_ns, "What moves is recognised again.")

    @property
    def _moved(self) -> bool:
        return self._displaced.active or self._unrecognised.active

    def _hidden(self, quality: ImageQuality) -> bool:
        covers = covered(quality, self._limits)
        return covers is not None and covers.beyond

    def _explained(self, condition: SourceCondition) -> tuple[CameraState, int, str, float | None, float | None]:
        """The state that matters most, from when on, why, and the two values behind it."""
        if condition.state is not CameraState.ONLINE:
            return condition.state, condition.since_ns, condition.why, condition.measured, condition.threshold
        timers_of = {
            CameraState.MOVED: (self._displaced, self._unrecognised),
            CameraState.DARK: (self._dark,),
            CameraState.COVERED: (self._covered,),
            CameraState.DEFOCUSED: (self._defocused,),
            CameraState.SEES_BADLY: (self._unexplained,),
        }
        for state in STATES:
            active = [each for each in timers_of[state] if each.active and each.assessment is not None]
            if active:
                since_ns = min(each.since_ns for each in active)
                assessment = active[0].assessment
                if assessment is not None:
                    return state, since_ns, assessment.why, assessment.measured, assessment.threshold
        return self._online(condition)

    def _online(self, condition: SourceCondition) -> tuple[CameraState, int, str, float | None, float | None]:
        ended_ns, ended_why = self._ended
        since_ns = max(condition.since_ns, ended_ns)
        why = ended_why if ended_ns >= condition.since_ns and ended_why else condition.why
        newest = self._newest
        if newest is None:
            return CameraState.ONLINE, since_ns, why, condition.measured, condition.threshold
        if not self.reliable:
            unreliable = displaced(newest, self._limits) or unrecognised(newest, self._limits)
            if unreliable is not None:
                return (
                    CameraState.ONLINE,
                    since_ns,
                    f"Not certain yet: {unreliable.why}",
                    unreliable.measured,
                    unreliable.threshold,
                )
        if newest.displacement is not None:
            largest, limit = newest.displacement.largest, self._limits.displaced
            where = f"The view lies within {max(largest, LOWEST):.1%} of the picture's width of where it was learned."
            if condition.measured is not None and condition.threshold is not None:
                # What the source has found matters more, and stays beside a view that is back in place.
                why, largest, limit = condition.why, condition.measured, condition.threshold
            return CameraState.ONLINE, since_ns, f"{sentence(why)} {where}", largest, limit
        return CameraState.ONLINE, since_ns, why, condition.measured, condition.threshold


def sentence(text: str) -> str:
    """What a source says, as a sentence of its own."""
    whole = text[:1].upper() + text[1:]
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."
