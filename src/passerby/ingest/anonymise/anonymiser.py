"""The anonymiser: learns the empty place, and makes pictures in which nobody can be recognised."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.ingest.anonymise.background import share
from passerby.ingest.anonymise.background_learner import BackgroundLearner, LearnedBackground, Pace
from passerby.ingest.anonymise.canvas import Canvas, Mask
from passerby.ingest.anonymise.drawing import Drawing, Mode, still_picture
from passerby.ingest.anonymise.guard import GUARD_SIZE_PX, MaskDecision, MaskReason, SceneGuard, masked_picture
from passerby.ingest.anonymise.inspection import VEHICLE_SUSPICION, Finder, Finders, vehicles
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import Plane, RawFrame, scaled

LATE_S = 1.0
"""Detections older than this say nothing of the picture: somebody walks 1.5 m in it."""

MASKED = "masked"


class Places(Protocol):
    """Where the empty place comes from: learned live, or known from a film that was looked through before."""

    @property
    def ready(self) -> bool:
        """There is enough to draw from."""
        ...

    @property
    def place(self) -> LearnedBackground:
        """The empty place as far as it is known now."""
        ...

    def heed(self, detections: Detections) -> None:
        """Takes possible road users."""
        ...

    def look(self, raw: RawFrame) -> None:
        """Takes a picture to learn from."""
        ...


class FixedBackground:
    """An empty place that is known already and learns no more."""

    def __init__(self, place: LearnedBackground) -> None:
        self.place = place
        self.ready = True

    def heed(self, detections: Detections) -> None:
        """Takes the sizes of road users for the coarse cells."""

    def look(self, raw: RawFrame) -> None:
        """Learns nothing."""


class Anonymiser:
    """Turns one camera's raw frames into anonymous ones, or into masked ones with a reason.

    Give it every analysed frame by `learn` while somebody looks, and ask `show` for the pictures that leave. It does
    nothing between calls: when nobody looks and neither is called, it costs nothing, and what it has learned stays in
    memory (8 bytes a pixel) until it is wanted again.

    Attributes:
        masked: how many pictures were masked, by reason.
        shown: how many pictures were drawn.
        reason: why the last picture was masked, None if it was not.
    """

    def __init__(
        self,
        size_px: tuple[int, int],
        mode: Mode = Mode.REDRAWN,
        finders: Sequence[Finder] = (),
        pace: Pace | None = None,
        face_finders: Sequence[Finder] = (),
    ) -> None:
        """Starts without any knowledge of the place.

        Args:
            size_px: width and height of the camera's picture.
            mode: how pictures are made.
            finders: who sweeps the live picture and inspects the learned place, e.g. the camera's own detector.
            pace: how often that is done.
            face_finders: who looks for faces in the learned place before it is shown, and in nothing else.
        """
        self.canvas = Canvas.for_source(size_px)
        self._mode, self._pace = mode, pace
        self._finders = Finders(tuple(finders), tuple(face_finders))
        self._guard = SceneGuard()
        self._judged: tuple[int, MaskDecision, Plane] | None = None
        self._places: Places = self._new_places()
        self._drawing = Drawing(self.canvas, mode)
        self._learn_fault = False
        self.masked: Counter[MaskReason] = Counter()
        self.shown = 0
        self.reason: MaskReason | None = None

    @property
    def sharp_share(self) -> float:
        """The part of the picture, 0-1, that is certainly the empty place."""
        return share(self._places.place.shown) if self._places.ready else 0.0

    @property
    def covered(self) -> Mask:
        """Where the last picture shows nothing but coarse cells, figures or the mask: uint8 of the canvas's size."""
        if self.reason is None and self.shown:
            return self._drawing.veiled
        return np.full(self.canvas.shape, 255, np.uint8)

    def learn(self, raw: RawFrame, detections: Detections | None) -> None:
        """Takes an analysed frame and everything the detector found in it, down to its floor.

        Args:
            raw: the frame, static masks applied.
            detections: None where the detector failed; nothing is learned then.
        """
        try:
            verdict, _ = self._judge(raw)
            if verdict.reason is None and detections is not None:
                self._places.heed(detections)
                self._places.look(raw)
            self._learn_fault = False
        except Exception:  # any fault at all must end in a masked picture, not in a clear one and not in a dead worker
            self._learn_fault = True

    def show(self, raw: RawFrame, detections: Detections | None, silhouettes: Silhouettes) -> AnonymousFrame:
        """The picture that may leave; never raises, never clear.

        Args:
            raw: the frame, static masks applied.
            detections: the newest, of this frame or one shortly before it; None where the detector failed.
            silhouettes: the road users followed now.
        """
        try:
            reason = self._objection(raw, detections)
            if reason is None and detections is not None:
                frame = self._drawn(raw, detections, silhouettes)
                self.shown, self.reason = self.shown + 1, None
                return frame
        except Exception:  # see `learn`
            reason = MaskReason.FAULT
        return self._mask(raw.stamp, reason or MaskReason.DETECTOR_FAILED)

    def _objection(self, raw: RawFrame, detections: Detections | None) -> MaskReason | None:
        verdict, _ = self._judge(raw)
        if detections is None:
            return MaskReason.DETECTOR_FAILED
        if self._learn_fault or raw.size_px != self.canvas.source_size_px:
            return MaskReason.FAULT
        if not 0 <= raw.stamp.stream_s - detections.stamp.stream_s <= LATE_S:
            return MaskReason.DETECTOR_LATE
        if verdict.reason is not None:
            return verdict.reason
        return None if self._places.ready else MaskReason.LEARNING

    def _judge(self, raw: RawFrame) -> tuple[MaskDecision, Plane]:
        """The guard's verdict and the luma at thumb size; once a frame, whether it is learned from, shown or both."""
        if self._judged is not None and self._judged[0] == raw.stamp.index:
            return self._judged[1:]
        thumb = raw.luma_scaled(self.canvas.thumb_px)
        verdict = self._guard.judge(scaled(thumb, GUARD_SIZE_PX), raw.stamp.stream_s)
        self._judged = (raw.stamp.index, verdict, thumb)
        if verdict.forget:
            self._places = self._new_places()
            self._drawing = Drawing(self.canvas, self._mode)
        return verdict, thumb

    def _new_places(self) -> Places:
        return BackgroundLearner(self.canvas, self._finders, self._pace)

    def _drawn(self, raw: RawFrame, detections: Detections, silhouettes: Silhouettes) -> AnonymousFrame:
        boxes = self.canvas.boxes(detections.xyxy_px)
        possible = ~vehicles(detections.road_user) | (detections.confidence >= VEHICLE_SUSPICION)
        picture = self._drawing.picture(
            raw,
            self._judge(raw)[1],
            self._places.place,
            boxes[possible],
            replace(silhouettes, xyxy_px=self.canvas.boxes(silhouettes.xyxy_px)),
        )
        return AnonymousFrame(raw.stamp, picture, self._mode.value)

    def _mask(self, stamp: FrameStamp, reason: MaskReason) -> AnonymousFrame:
        self.masked[reason] += 1
        self.reason = reason
        return AnonymousFrame(stamp, masked_picture(self.canvas.size_px, reason), MASKED)


class FilmAnonymiser(Anonymiser):
    """Anonymises a film that was looked through before: the places it shows are known from its first picture on."""

    def __init__(self, size_px: tuple[int, int], mode: Mode, places: Sequence[LearnedBackground]) -> None:
        """Takes the places that `FilmLearner` found, in the film's order."""
        self._known = iter(places)
        super().__init__(size_px, mode)

    def _new_places(self) -> Places:
        place = next(self._known, None)
        return super()._new_places() if place is None else FixedBackground(place)


class FilmLearner(Anonymiser):
    """Looks through a whole film and collects the empty places of its scenes."""

    def __init__(
        self,
        size_px: tuple[int, int],
        finders: Sequence[Finder],
        duration_s: float,
        pace: Pace | None = None,
        face_finders: Sequence[Finder] = (),
    ) -> None:
        """Takes the film's size and length, who looks as in `Anonymiser`, and how often if not as a film is drawn."""
        self._learners: list[BackgroundLearner] = []
        pace = pace or Pace.for_film(duration_s)
        super().__init__(size_px, finders=finders, pace=pace, face_finders=face_finders)

    def _new_places(self) -> Places:
        self._learners.append(BackgroundLearner(self.canvas, self._finders, self._pace))
        return self._learners[-1]

    def places(self) -> list[LearnedBackground]:
        """The empty place of every scene, in the film's order."""
        return [learner.finish() for learner in self._learners]

    def still(self, stamp: FrameStamp) -> AnonymousFrame | None:
        """The last scene's empty place as one picture: sharp where it is certain, coarse elsewhere; None if unknown."""
        places = self.places()
        if not places or not places[-1].known.any():
            return None
        return AnonymousFrame(stamp, still_picture(places[-1]), Mode.REDRAWN.value)
