"""Watching one live camera inside its sealed process, until told to stop."""

import os
import select
from collections.abc import Callable

from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.crops import CropPlan
from passerby.ingest.detectors.centerface import open_face_finder
from passerby.ingest.frame_detector import FrameDetector, use_one_thread
from passerby.ingest.live_stage import LiveStage
from passerby.ingest.live_view import LiveView
from passerby.ingest.sources.live import LiveSource
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings
from passerby.messages.plans import WatchPlan
from passerby.messages.sandbox_messages import Message
from passerby.pipeline.camera_health import CameraHealthWatch
from passerby.pipeline.detector_setup import ready_detector
from passerby.pipeline.live_camera import LiveCamera
from passerby.sandbox.brokered_connection import BrokeredConnection
from passerby.sandbox.process import CONFIRM, LOOK, LOOK_AWAY, STOP
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker

MIN_GAP_S = 2.0
GAP_FRAMES = 3.0
"""So many frames' time without a frame is time not watched, where that is longer than `MIN_GAP_S`."""


def watch_camera(plan: WatchPlan, tell: Callable[[Message], None], orders: int) -> None:
    """Watches a camera until `STOP` comes; what it measured until then is told.

    Args:
        plan: the camera, and how to reach it.
        tell: where messages go.
        orders: descriptor from which one-letter orders come; its end ends the process.

    Raises:
        ModelError: the detector or the face finder cannot be used.
    """
    use_one_thread()
    camera = plan.camera
    ready = ready_detector(plan.detector)
    places = camera.places
    settings = MeasureSettings(report_interval_s=None, max_gap_s=max(MIN_GAP_S, GAP_FRAMES / camera.analysed_fps))

    def measures() -> CameraMeasures:
        return CameraMeasures(camera.name, places.lines, places.movements, places.zones, places.ground, settings)

    source = LiveSource(
        camera.source,
        camera.name,
        analysed_fps=camera.analysed_fps,
        route=None if plan.route is None else BrokeredConnection(plan.route),
        pace=plan.pace or None,
    )
    stage = LiveStage(
        source,
        lambda: FrameDetector(ready.detector, CropPlan(camera.closer_areas), StageTimes()),
        ImageQualityMeter(None if plan.memory is None else plan.memory.signature),
        LiveView(camera.mode, (ready.detector.find,), (open_face_finder().find,)),
        StaticMasks(camera.masks),
    )
    live = LiveCamera(
        stage,
        Tracker(ready.tracker),
        measures,
        CameraHealthWatch(camera.name),
        tell,
        doubted=plan.memory is not None and plan.memory.doubted,
    )
    live.run(lambda: _heed(orders, live, stage))


def _heed(orders: int, live: LiveCamera, stage: LiveStage) -> None:
    """Does what has been asked since the last look."""
    while select.select([orders], [], [], 0)[0]:
        word = os.read(orders, 1)
        if not word:
            os._exit(1)  # whoever asked is gone, and has left nobody to tell
        if word == STOP:
            stage.stop()
        elif word == CONFIRM:
            live.confirm()
        elif word in (LOOK, LOOK_AWAY):
            live.looking = word == LOOK
