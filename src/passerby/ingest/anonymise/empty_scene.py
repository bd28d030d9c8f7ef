"""One still picture of the empty scene, for the summary of a counted recording."""

from collections.abc import Sequence

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.ingest.anonymise.anonymiser import FilmLearner
from passerby.ingest.anonymise.background_learner import Pace
from passerby.ingest.anonymise.inspection import Finder
from passerby.ingest.raw import RawFrame

SAMPLES = 40
"""Samples over a whole recording: the share shown sharp hardly grows with more, the cost does."""

SWEEPS = 8
"""Full-resolution sweeps over it: two rounds of the four tiles."""

MIN_SAMPLE_S = 0.3


def still_pace(duration_s: float) -> Pace:
    """Returns how often a recording of this length is sampled for its still picture."""
    sample_s, sweep_s = (max(duration_s / times, MIN_SAMPLE_S) for times in (SAMPLES, SWEEPS))
    return Pace(sample_s, sweep_s, thorough=True, inspect_live=False)


class EmptyScene:
    """Learns the background while a recording is counted; `frame` returns it at the end.

    It is of the first picture's size: what a header states is the size before the picture is turned.
    """

    def __init__(self, finders: Sequence[Finder], duration_s: float, face_finders: Sequence[Finder] = ()) -> None:
        self._finders, self._duration_s, self._face_finders = finders, duration_s, face_finders
        self._learner: FilmLearner | None = None
        self._stamp: FrameStamp | None = None

    def learn(self, raw: RawFrame, detections: Detections) -> None:
        """Learns from an analysed frame and everything that was found in it, down to the detector's floor."""
        if self._learner is None:
            pace = still_pace(self._duration_s)
            self._learner = FilmLearner(raw.size_px, self._finders, self._duration_s, pace, self._face_finders)
        self._stamp = raw.stamp
        self._learner.learn(raw, detections)

    def frame(self) -> AnonymousFrame | None:
        """Returns the last scene, empty: sharp where that is certain, coarse elsewhere; None if nothing was learned."""
        if self._learner is None or self._stamp is None:
            return None
        return self._learner.still(self._stamp)
