"""Detections of road users that walk where a test wants them to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from passerby.domain.detections import Detections
from passerby.domain.frames import FrameStamp
from passerby.domain.road_user import RoadUser
from passerby.domain.tracks import Tracks
from passerby.track.tracker import Tracker, TrackerSettings

SIZE_PX = (1000, 600)
FPS = 10.0
SURE, FAINT = 0.9, 0.01
"""Confidences far above what starts a track, and far below what continues one."""


@dataclass(frozen=True)
class Seen:
    """One detection: where its foot is, how large it is, how sure, and what."""

    foot: tuple[float, float]
    confidence: float = SURE
    road_user: RoadUser = RoadUser.PEDESTRIAN
    size_px: tuple[float, float] = (30.0, 80.0)


def weak(settings: TrackerSettings | None = None) -> float:
    """A confidence that may continue a track and start none."""
    chosen = settings or TrackerSettings()
    return (chosen.start_confidence + chosen.keep_confidence) / 2


def detections(stream_s: float, seen: Iterable[Seen]) -> Detections:
    rows = list(seen)
    boxes = [
        [one.foot[0] - one.size_px[0] / 2, one.foot[1] - one.size_px[1], one.foot[0] + one.size_px[0] / 2, one.foot[1]]
        for one in rows
    ]
    return Detections(
        FrameStamp("square", round(stream_s * FPS), round(stream_s * 1e9), stream_s, SIZE_PX),
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array([one.confidence for one in rows], np.float32),
        np.array([one.road_user for one in rows], np.int16),
    )


def followed(film: Sequence[Sequence[Seen]], tracker: Tracker | None = None, fps: float = FPS) -> list[Tracks]:
    """The tracks of every frame of a film."""
    tracker = tracker or Tracker()
    return [tracker.update(detections(number / fps, seen)) for number, seen in enumerate(film)]


def walk(start: tuple[float, float], step: tuple[float, float], frames: int, **more: object) -> list[Seen]:
    """Somebody who walks straight on, one detection a frame."""
    feet = [(start[0] + number * step[0], start[1] + number * step[1]) for number in range(frames)]
    return [Seen(foot, **more) for foot in feet]  # type: ignore[arg-type]
