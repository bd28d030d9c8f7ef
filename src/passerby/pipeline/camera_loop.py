"""One camera's stages, called in order, frame after frame."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from passerby.domain.detections import Detections
from passerby.domain.tracks import Tracks
from passerby.ingest.frame_detector import Stopwatch
from passerby.measure.camera_measures import CameraMeasures, Measured
from passerby.track.tracker import Tracker


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What came of one analysed frame.

    Attributes:
        detections: everything that the detector reported, however weak.
        tracks: who is followed now.
        measured: what became certain with this frame.
    """

    detections: Detections
    tracks: Tracks
    measured: Measured


class CameraLoop:
    """Takes detections through tracker and measures; knows neither pixels nor clocks."""

    def __init__(
        self, detections: Iterable[Detections], tracker: Tracker, measures: CameraMeasures, stopwatch: Stopwatch
    ) -> None:
        self._detections, self._tracker, self._measures, self._stopwatch = detections, tracker, measures, stopwatch

    def __iter__(self) -> Iterator[Step]:
        """A step for every analysed frame, in order of time."""
        for detections in self._detections:
            self._stopwatch.start("track")
            tracks = self._tracker.update(detections)
            self._stopwatch.start("measure")
            measured = self._measures.update(tracks)
            self._stopwatch.start("other")
            yield Step(detections, tracks, measured)
