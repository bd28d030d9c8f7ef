"""Watches one live camera inside its sandbox until `Stop` comes."""

import ctypes
import math
import os
import select
import time
from collections.abc import Callable
from contextlib import suppress
from mmap import mmap

from passerby.domain.errors import WorkerError
from passerby.domain.frames import FrameStamp
from passerby.domain.sources import SourceKind
from passerby.domain.tracks import Tracks
from passerby.events.event_rules import EventRules, EventSettings
from passerby.events.replay_recorder import ReplayRecorder
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.attention.frame_detector import use_one_thread
from passerby.ingest.detectors.centerface import open_face_finder
from passerby.ingest.frame_ring import ANSWER, FrameRingReader
from passerby.ingest.stage import LiveFrames, LiveStage
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.view_health.learned_edges import SIGNATURE_SHAPE, Signature
from passerby.ingest.views.live_view import LiveView
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings
from passerby.messages.sandbox_messages import Message, ViewMemory
from passerby.messages.sandbox_orders import (
    ConfirmView,
    StartPreview,
    Stop,
    StopPreview,
    SwitchProfiles,
    TryDraft,
    WatchPlan,
    WithdrawDraft,
)
from passerby.pipeline.camera_loop import CameraLoop
from passerby.pipeline.commands import Orders
from passerby.pipeline.detector_setup import attentive_detector, ready_detector, thing_finder
from passerby.pipeline.draft_trial import DraftTrials
from passerby.pipeline.health.camera_health import CameraHealthWatch
from passerby.pipeline.live_reporter import LiveReporter, LiveRules
from passerby.sandbox.brokered_connection import BrokeredConnection
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker

BEAT_S = 0.5
DECODER_SILENT_S = 30.0
"""It looks at its camera twice a second; loading its libraries takes a while on a small machine."""

READ_BYTES = 1 << 12
TRIM_S = 10.0
QUIET_S = 3.0
"""Of stream time without anything that is followed: twice as long as a track may be hidden."""

TOGETHER = "Decoded and analysed in one process, as the site file says"


def watch_camera(plan: WatchPlan, send: Callable[[Message], None], orders: Orders, ring: mmap | None = None) -> None:
    """Watches a camera until `Stop` comes, and sends what was measured until then.

    Args:
        plan: the camera, and how to reach it.
        send: sends a message to the worker.
        orders: the worker's commands.
        ring: where a decoder's process puts the frames; None where this process decodes for itself.

    Raises:
        WorkerError: the decoder's process has ended, or gives what no camera gives.
        ModelError: the detector or the face finder cannot be used.
    """
    use_one_thread()
    camera, layout, times = plan.camera, plan.camera.layout, StageTimes()
    ready = ready_detector(plan.detector, layout)
    # Frames farther apart than a track may be hidden are not watched: nothing is followed from one to the next.
    settings = MeasureSettings(
        report_interval_s=None, max_gap_s=ready.tracker.hidden_s, keep_confidence=ready.tracker.keep_confidence
    )

    def measures() -> CameraMeasures:
        return CameraMeasures.of_layout(camera.name, layout, settings)

    source = _frames(plan, ring)
    stage = LiveStage(
        source,
        lambda: attentive_detector(ready, layout, times, camera.closer_areas),
        ImageQualityMeter(_learned(plan.memory)),
        LiveView(camera.mode, (ready.detector.find,), (open_face_finder(seldom=True).find,)),
        StaticMasks(camera.masks),
        thing_finder(camera.rules, layout, ready.detector),
    )
    loop = CameraLoop(stage, Tracker(ready.tracker), measures, times, stage.expect)
    unreliable = plan.memory is not None and plan.memory.doubted
    together = plan.decoded is None and camera.source.kind is not SourceKind.FILE
    hidden_s = ready.tracker.hidden_s
    reporter = LiveReporter(
        loop,
        stage,
        CameraHealthWatch(camera.name),
        send,
        unreliable=unreliable,
        note=TOGETHER if together else "",
        rules=_rules(plan, hidden_s) if camera.rules else None,
        replays=ReplayRecorder(event.event_id for event in plan.events) if plan.replays else None,
        drafts=DraftTrials(camera.name, hidden_s=hidden_s, clock=plan.clock),
    )
    quietness, unused = Quietness(), UnusedMemory()
    for step in loop:
        unused.give_back()
        _follow_commands(orders, reporter, stage, camera.analysed_fps)
        reporter.update(step)
        if step.tracks is not None:
            wanted = reporter.previewing or reporter.tallying or stage.finds_things
            quiet = quietness.update(step.tracks, wanted=wanted)
            stage.attend(step.tracks.stamp.index, quiet=quiet)
    reporter.finish()


def _frames(plan: WatchPlan, ring: mmap | None) -> LiveFrames:
    camera = plan.camera
    if plan.decoded is not None and ring is not None:
        answer = _ignored if plan.answers is None else DecoderAnswers(plan.answers).send
        return FrameRingReader(memoryview(ring), camera.name, DecoderPulse(plan.decoded).wait, answer=answer)
    from passerby.ingest.sources.live import LiveSource  # and FFmpeg with it, only where this process decodes

    return LiveSource(
        camera.source,
        camera.name,
        analysed_fps=camera.analysed_fps,
        connector=None if plan.route is None else BrokeredConnection(plan.route),
        pace=plan.pace or None,
        may_sleep=camera.sleeps,
    )


def _rules(plan: WatchPlan, hidden_s: float) -> LiveRules:
    camera, settings = plan.camera, EventSettings(hidden_s=hidden_s)
    rules = EventRules(
        camera.name, camera.rules, camera.layout, clock=plan.clock, open_events=plan.events, settings=settings
    )
    return LiveRules(rules, plan.profiles, plan.clock)


class UnusedMemory:
    """What glibc holds of the pictures of before: some 8 MB between what is in use."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        """Args: timer: seconds of a clock that is never set."""
        self._timer, self._due_s = timer, 0.0
        library = ctypes.CDLL(None)
        self._trim: Callable[[int], object] | None = getattr(
            library, "malloc_trim", None
        )  # other C libraries have none

    def give_back(self) -> bool:
        """Gives it back to the system, every ten seconds; returns whether it did now. It takes a millisecond."""
        now_s = self._timer()
        if self._trim is None or now_s < self._due_s:
            return False
        self._due_s = now_s + TRIM_S
        self._trim(0)
        return True


def _ignored(_index: int, _quiet: bool, _small: float) -> None:
    """Sends no answer where no one waits for it."""


class DecoderAnswers:
    """The way back to a decoder's process: of a frame that was analysed whether someone is followed, and how high."""

    def __init__(self, descriptor: int) -> None:
        """Args: descriptor: where the answers go; one that takes nothing any more must not hold the analysis."""
        self._descriptor = descriptor
        os.set_blocking(descriptor, False)

    def send(self, index: int, quiet: bool, small: float) -> None:
        """Sends one answer; none where there is no room, for then the decoder stays awake."""
        with suppress(OSError):
            os.write(self._descriptor, ANSWER.pack(index, quiet, small))


class Quietness:
    """Follows one camera's tracks; by their frames' own time, so that the same stream gives the same."""

    def __init__(self) -> None:
        """Has seen no frame."""
        self._since: FrameStamp | None = None
        self._busy_s = -math.inf

    def update(self, tracks: Tracks, *, wanted: bool = False) -> bool:
        """Returns whether no one has been followed for a while, in this frame neither.

        Args:
            tracks: of the newest frame.
            wanted: every frame is needed for another reason.
        """
        stamp = tracks.stamp
        if self._since is None or self._since.stretch != stamp.stretch:
            self._since, self._busy_s = stamp, stamp.stream_s
        if len(tracks.track_id) or wanted:
            self._busy_s = stamp.stream_s
        return stamp.stream_s - self._busy_s >= QUIET_S


class DecoderPulse:
    """The sign of life of a decoder's process: a byte each time it has looked at its camera."""

    def __init__(self, descriptor: int, timer: Callable[[], float] = time.monotonic) -> None:
        """Args: descriptor: where the bytes come; timer: seconds of a clock that is never set."""
        self._descriptor, self._timer = descriptor, timer
        self._beat_s = timer()

    def wait(self) -> None:
        """Returns when the decoder has something new, or after half a second.

        Raises:
            WorkerError: it has ended, or has been silent for too long.
        """
        if select.select([self._descriptor], [], [], BEAT_S)[0]:
            if not os.read(self._descriptor, READ_BYTES):
                raise WorkerError("the process that decodes the camera has ended")
            self._beat_s = self._timer()
        elif self._timer() - self._beat_s > DECODER_SILENT_S:
            raise WorkerError(f"the process that decodes the camera has been silent for {DECODER_SILENT_S:g} s")


def _follow_commands(orders: Orders, reporter: LiveReporter, stage: LiveStage, analysed_fps: float) -> None:
    for command in orders.commands():
        if isinstance(command, Stop):
            stage.stop()
        elif isinstance(command, ConfirmView):
            reporter.confirm_view()
        elif isinstance(command, SwitchProfiles):
            reporter.switch_profiles(command.by_hand)
        elif isinstance(command, TryDraft):
            reporter.try_draft(command.draft)
        elif isinstance(command, WithdrawDraft):
            reporter.withdraw_draft(command.draft_id)
        elif isinstance(command, StartPreview | StopPreview):
            begins = isinstance(command, StartPreview)
            if command.tally:
                reporter.tallying = begins
                stage.show_differences(analysed_fps if begins else None)
            else:
                reporter.previewing = begins


def _learned(memory: ViewMemory | None) -> Signature | None:
    """Returns the view that was learned before; None where there is none, or one that no process of ours has sent."""
    if memory is None or memory.signature.shape != (*SIGNATURE_SHAPE, 2):
        return None
    return memory.signature
