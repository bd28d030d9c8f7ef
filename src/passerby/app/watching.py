"""Watching one live camera inside its sealed process, until told to stop."""

import os
import select
from collections.abc import Callable

import cv2

from passerby.app.detectors import ready_detector
from passerby.app.plans import WatchPlan
from passerby.engine.camera_health import CameraHealthWatch
from passerby.engine.live_camera import LiveCamera
from passerby.engine.sealed import CONFIRM, LOOK, LOOK_AWAY, STOP
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.detectors.centerface import open_face_finder
from passerby.ingest.live_stage import LiveStage
from passerby.ingest.live_view import LiveView
from passerby.ingest.looks import LookPlan
from passerby.ingest.picture_signs import PictureSigns
from passerby.ingest.sight import Sight
from passerby.ingest.sources.handed_route import HandedRoute
from passerby.ingest.sources.live import LiveSource
from passerby.measure.place_measures import MeasureSettings, PlaceMeasures
from passerby.telemetry.stages import StageTimes
from passerby.track.tracker import Tracker
from passerby.wire.messages import Message

LEAST_GAP_S = 2.0
GAP_FRAMES = 3.0
"""So many frames' time without a frame is time not watched, where that is longer than `LEAST_GAP_S`."""


def watch_camera(plan: WatchPlan, tell: Callable[[Message], None], orders: int) -> None:
    """Watches a camera until `STOP` comes; what it measured until then is told.

    Args:
        plan: the camera, and how to reach it.
        tell: where messages go.
        orders: descriptor from which one-letter orders come; its end ends the process.

    Raises:
        ModelError: the detector or the face finder cannot be used.
    """
    cv2.setNumThreads(1)
    camera = plan.camera
    ready = ready_detector(plan.detector)
    places = camera.places
    settings = MeasureSettings(report_interval_s=None, max_gap_s=max(LEAST_GAP_S, GAP_FRAMES / camera.analysed_fps))

    def measures() -> PlaceMeasures:
        return PlaceMeasures(camera.name, places.lines, places.movements, places.zones, places.ground, settings)

    source = LiveSource(
        camera.source,
        camera.name,
        analysed_fps=camera.analysed_fps,
        route=None if plan.route is None else HandedRoute(plan.route),
        pace=plan.pace or None,
    )
    stage = LiveStage(
        source,
        lambda: Sight(ready.detector, LookPlan(camera.closer_areas), StageTimes()),
        PictureSigns(None if plan.memory is None else plan.memory.signature),
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
