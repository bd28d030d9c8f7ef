"""The door of the sealed room: frames go in from a source, detections and anonymous pictures come out."""

from collections.abc import Iterable, Iterator

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame
from passerby.ingest.anonymise.empty_scene import EmptyScene
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.frame_detector import FrameDetector, Stopwatch
from passerby.ingest.raw import RawFrame


class IngestStage:
    """Turns one camera's frames into detections; the pixels stay here and are gone with the next frame."""

    def __init__(
        self,
        source: Iterable[RawFrame],
        frame_detector: FrameDetector,
        stopwatch: Stopwatch,
        masks: StaticMasks | None = None,
        still: EmptyScene | None = None,
    ) -> None:
        """Puts the room together.

        Args:
            source: the camera's frames.
            frame_detector: finds road users in them.
            stopwatch: told which part of the work begins.
            masks: parts of the picture that nobody looks at, not even the detector.
            still: learns the empty place, where a picture of it is wanted.
        """
        self._source, self._detector, self._stopwatch = source, frame_detector, stopwatch
        self._masks, self._still = masks or StaticMasks(), still

    def __iter__(self) -> Iterator[Detections]:
        """The detections of every analysed frame, in order of time; frames in which nobody is found are given too."""
        self._stopwatch.start("decode")
        for camera_raw in self._source:
            raw = self._masks.applied(camera_raw)
            detections = self._detector.find(raw)
            if self._still is not None:
                self._stopwatch.start("picture")
                self._still.learn(raw, detections)
            yield detections
            self._stopwatch.start("decode")

    def empty_scene(self) -> AnonymousFrame | None:
        """The place with nobody in it, as far as it was learned; None where nobody learned it."""
        self._stopwatch.start("picture")
        return None if self._still is None else self._still.frame()
