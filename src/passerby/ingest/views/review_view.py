"""The anonymous pictures of a recording that is counted, for a review film: of a place that is known from the start."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame
from passerby.domain.tracks import Tracks
from passerby.ingest.anonymise.anonymiser import Anonymiser, FilmLearner, ForeseeingAnonymiser
from passerby.ingest.anonymise.background_learner import QUIET, Pace
from passerby.ingest.anonymise.drawing import Mode
from passerby.ingest.anonymise.inspection import Finder
from passerby.ingest.anonymise.masks import StaticMasks
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import RawFrame

AHEAD_S = 120.0
"""How far a look ahead goes: in two minutes nearly all of a place has been seen without anyone in front of it."""

KEPT_PLACE_S = 5.0
"""How old the empty place may be that is kept for pictures that cannot be drawn."""


def ahead_fps(duration_s: float) -> float:
    """Returns how many frames a second a look ahead into a recording of this length takes: one for each sample."""
    return 1 / Pace.for_film(_ahead_s(duration_s)).sample_s


def _ahead_s(duration_s: float) -> float:
    return min(duration_s, AHEAD_S) if duration_s > 0 else AHEAD_S


class ReviewView:
    """Draws a recording's anonymous pictures; what it knows of the place grows with the recording, its memory does not.

    Pictures are redrawn: the learned empty place with figures on it, and no pixel of the frame itself.
    """

    def __init__(self, finders: Sequence[Finder], face_finders: Sequence[Finder]) -> None:
        """Knows nothing of the place yet.

        Args:
            finders: inspect the learned background before it is shown.
            face_finders: search it for faces, and nothing else.
        """
        self._finders, self._face_finders = tuple(finders), tuple(face_finders)
        self._ahead: FilmLearner | None = None
        self._anonymiser: Anonymiser | None = None
        self._place: AnonymousFrame | None = None

    @property
    def why(self) -> str:
        """Why the last picture is masked; empty where it is not."""
        reason = None if self._anonymiser is None else self._anonymiser.reason
        return "" if reason is None else reason.value

    def look_ahead(
        self,
        frames: Iterable[RawFrame],
        find: Callable[[RawFrame], Detections],
        duration_s: float,
        masks: StaticMasks,
        on_frame: Callable[[], None],
    ) -> None:
        """Learns the place from a recording's first two minutes, before its first picture is drawn.

        Args:
            frames: the recording from its start, at `ahead_fps`.
            find: returns everything the detector finds in a frame, down to its floor.
            duration_s: how long the recording is.
            masks: parts of the picture that nothing analyses.
            on_frame: called after each frame.
        """
        for camera_raw in frames:
            if camera_raw.stamp.stream_s > _ahead_s(duration_s):
                break
            raw = masks.applied(camera_raw)
            if self._ahead is None:
                length_s = _ahead_s(duration_s)
                self._ahead = FilmLearner(
                    raw.size_px, self._finders, length_s, Pace.for_film(length_s), self._face_finders
                )
            self._ahead.learn(raw, find(raw))
            on_frame()

    def learn(self, raw: RawFrame, detections: Detections) -> None:
        """Learns from an analysed frame and everything that was found in it."""
        self._for(raw).learn(raw, detections)

    def picture(self, raw: RawFrame, detections: Detections, tracks: Tracks) -> AnonymousFrame:
        """Returns an analysed frame's picture.

        Where it cannot be drawn safely, `why` says so, and the picture is the empty place as it was last known, with
        nothing of any single frame in it; a masked one where the place was never known.
        """
        anonymiser = self._for(raw)
        frame = anonymiser.show(raw, detections, Silhouettes.of(tracks))
        place, now_s = self._place, raw.stamp.stream_s
        if anonymiser.reason is None:
            if place is None or now_s - place.stamp.stream_s > KEPT_PLACE_S:
                self._place = anonymiser.empty_place(raw.stamp) or place
            return frame
        if place is None or place.image.shape != frame.image.shape:
            return frame
        return replace(place, stamp=raw.stamp)

    def _for(self, raw: RawFrame) -> Anonymiser:
        """Returns the anonymiser for pictures of that size."""
        anonymiser = self._anonymiser
        if anonymiser is None or anonymiser.canvas.source_size_px != raw.size_px:
            ahead, self._ahead = self._ahead, None
            if ahead is not None and ahead.canvas.source_size_px != raw.size_px:
                ahead = None
            anonymiser = self._anonymiser = ForeseeingAnonymiser(
                raw.size_px, Mode.REDRAWN, self._finders, self._face_finders, ahead=ahead, pace=QUIET
            )
        return anonymiser
