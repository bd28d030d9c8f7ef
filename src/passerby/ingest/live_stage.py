"""The door of the sealed room for a live camera: detections and signs come out of it, and pictures on demand."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from passerby.domain.detections import Detections
from passerby.domain.health import ImageQuality, SourceCondition
from passerby.domain.preview import Preview
from passerby.domain.tracks import Tracks
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.frame_detector import FrameDetector
from passerby.ingest.live_view import LiveView
from passerby.ingest.raw import RawFrame
from passerby.ingest.view_health.image_quality import ImageQualityMeter
from passerby.ingest.view_health.learned_edges import Signature

REMEMBERED_TIMES = 600
"""Detection times that p50 and p95 are taken over: a minute or two."""


class LiveFrames(Protocol):
    """A camera's frames for ever, and how its stream is doing; see `sources.live`."""

    @property
    def condition(self) -> SourceCondition:
        """How the stream is doing."""
        ...

    def __iter__(self) -> Iterator[RawFrame | None]:
        """The newest frame, or None where there was none for a while."""
        ...

    def take_counts(self) -> tuple[int, int, int]:
        """Frames that arrived, were dropped, and were damaged, since the call before."""
        ...

    def stop(self) -> None:
        """Ends the frames."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one look at the camera gave; both are None while there is no new frame."""

    detections: Detections | None
    signs: ImageQuality | None


class LiveStage:
    """Turns a live camera's frames into numbers; a frame is gone with the next one."""

    def __init__(
        self,
        source: LiveFrames,
        make_detector: Callable[[], FrameDetector],
        signs: ImageQualityMeter,
        view: LiveView,
        masks: StaticMasks | None = None,
    ) -> None:
        """Puts the room together.

        Args:
            source: the camera's frames.
            make_detector: makes what finds road users in frames of one size.
            signs: reads the camera's own state off its pictures.
            view: draws for whoever looks.
            masks: parts of the picture that nobody looks at, not even the detector.
        """
        self._source, self._make_detector, self._signs, self._view = source, make_detector, signs, view
        self._masks = masks or StaticMasks()
        self._detector: tuple[tuple[int, int], FrameDetector] | None = None
        self._now: tuple[RawFrame, Detections] | None = None
        self._detect_ms: deque[float] = deque(maxlen=REMEMBERED_TIMES)

    @property
    def condition(self) -> SourceCondition:
        """How the stream is doing."""
        return self._source.condition

    def __iter__(self) -> Iterator[Seen]:
        """What is seen, look after look, until `stop`; at least twice a second."""
        for camera_raw in self._source:
            if camera_raw is None:
                self._now = None
                yield Seen(None, None)
                continue
            raw = self._masks.applied(camera_raw)
            started_s = time.perf_counter()
            detections = self._detector_for(raw.size_px).find(raw)
            self._detect_ms.append((time.perf_counter() - started_s) * 1e3)
            self._now = (raw, detections)
            yield Seen(detections, self._signs.update(raw, detections))

    def preview(self, tracks: Tracks) -> Preview | None:
        """The anonymous picture of the frame that was just seen; None where there was none."""
        if self._now is None:
            return None
        raw, detections = self._now
        return self._view.picture(raw, detections, tracks)

    def take_counts(self) -> tuple[int, int, int]:
        """Frames that arrived, were dropped, and were damaged, since the call before."""
        return self._source.take_counts()

    def detect_ms(self) -> tuple[float, float] | None:
        """Time to find the road users of one frame, p50 and p95 of the last minutes; None before the first."""
        if not self._detect_ms:
            return None
        times = sorted(self._detect_ms)
        return times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.95))]

    def view_signature(self) -> Signature | None:
        """The right view in coarse numbers, to be kept over a restart; None while it is learned."""
        return self._signs.reference()

    def accept_view(self) -> None:
        """A person has looked: the view as it is now is the right one."""
        self._signs.accept_view()

    def stop(self) -> None:
        """Ends the looks after the one that goes on."""
        self._source.stop()

    def _detector_for(self, size_px: tuple[int, int]) -> FrameDetector:
        """A camera that changes its resolution in mid-stream is looked at anew."""
        if self._detector is None or self._detector[0] != size_px:
            self._detector = (size_px, self._make_detector())
        return self._detector[1]
