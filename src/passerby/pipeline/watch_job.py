"""Watches one live camera inside its sandbox until `Stop` comes."""

from collections.abc import Callable

from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.centerface import open_face_finder
from passerby.ingest.frame_detector import FrameDetector, use_one_thread
from passerby.ingest.live_view import LiveView
from passerby.ingest.sources.live import LiveSource
from passerby.ingest.stage import LiveStage
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.view_health.learned_edges import SIGNATURE_SHAPE, Signature
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings
from passerby.messages.sandbox_messages import Message, ViewMemory
from passerby.messages.sandbox_orders import ConfirmView, StartPreview, Stop, StopPreview, WatchPlan
from passerby.pipeline.camera_health import CameraHealthWatch
from passerby.pipeline.camera_loop import CameraLoop
from passerby.pipeline.commands import Orders
from passerby.pipeline.detector_setup import ready_detector
from passerby.pipeline.live_reporter import LiveReporter
from passerby.sandbox.brokered_connection import BrokeredConnection
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker


def watch_camera(plan: WatchPlan, send: Callable[[Message], None], orders: Orders) -> None:
    """Watches a camera until `Stop` comes, and sends what was measured until then.

    Args:
        plan: the camera, and how to reach it.
        send: sends a message to the worker.
        orders: the worker's commands.

    Raises:
        ModelError: the detector or the face finder cannot be used.
    """
    use_one_thread()
    camera, layout, times = plan.camera, plan.camera.layout, StageTimes()
    ready = ready_detector(plan.detector)
    # Frames farther apart than a track may be hidden are not watched: nothing is followed from one to the next.
    settings = MeasureSettings(report_interval_s=None, max_gap_s=ready.tracker.hidden_s)

    def measures() -> CameraMeasures:
        return CameraMeasures(camera.name, layout.lines, layout.movements, layout.zones, layout.ground, settings)

    source = LiveSource(
        camera.source,
        camera.name,
        analysed_fps=camera.analysed_fps,
        connector=None if plan.route is None else BrokeredConnection(plan.route),
        pace=plan.pace or None,
    )
    stage = LiveStage(
        source,
        lambda: FrameDetector(ready.detector, CropPlan(camera.closer_areas), times),
        ImageQualityMeter(_learned(plan.memory)),
        LiveView(camera.mode, (ready.detector.find,), (open_face_finder().find,)),
        StaticMasks(camera.masks),
    )
    loop = CameraLoop(stage, Tracker(ready.tracker), measures, times)
    unreliable = plan.memory is not None and plan.memory.doubted
    reporter = LiveReporter(loop, stage, CameraHealthWatch(camera.name), send, unreliable=unreliable)
    for step in loop:
        _follow_commands(orders, reporter, stage)
        reporter.update(step)
    reporter.finish()


def _follow_commands(orders: Orders, reporter: LiveReporter, stage: LiveStage) -> None:
    for command in orders.commands():
        if isinstance(command, Stop):
            stage.stop()
        elif isinstance(command, ConfirmView):
            reporter.confirm_view()
        elif isinstance(command, StartPreview | StopPreview):
            reporter.previewing = isinstance(command, StartPreview)


def _learned(memory: ViewMemory | None) -> Signature | None:
    """Returns the view that was learned before; None where there is none, or one that no process of ours has sent."""
    if memory is None or memory.signature.shape != (*SIGNATURE_SHAPE, 2):
        return None
    return memory.signature
