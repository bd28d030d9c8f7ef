"""The anonymiser: learns the background, and draws pictures in which no person can be recognised."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from passerby.domain.detections import Detections
from passerby.domain.frames import AnonymousFrame, FrameStamp
from passerby.domain.preview import DIFFERENCES
from passerby.ingest.anonymise.background import share
from passerby.ingest.anonymise.background_learner import LIVE, BackgroundLearner, LearnedBackground, Pace
from passerby.ingest.anonymise.canvas import Canvas, Mask
from passerby.ingest.anonymise.drawing import CALM, Differences, Drawing, Mode, calmed, still_picture
from passerby.ingest.anonymise.guard import (
    GUARD_SIZE_PX,
    LIMITED_RANGE,
    MaskDecision,
    MaskReason,
    SceneGuard,
    masked_picture,
)
from passerby.ingest.anonymise.inspection import VEHICLE_SUSPICION, Finder, Finders, vehicles
from passerby.ingest.anonymise.silhouettes import Silhouettes
from passerby.ingest.raw import Plane, RawFrame, scaled

LATE_S = 1.0
"""Detections older than this do not describe the picture: a person walks 1.5 m in that time."""

MASKED = "masked"


class BackgroundSource(Protocol):
    """Where the background comes from: learned live, or known from a first pass over a film."""

    @property
    def ready(self) -> bool:
        """Whether enough is known to draw from."""
        ...

    @property
    def background(self) -> LearnedBackground:
        """The background as far as it is known now."""
        ...

    def add_detections(self, detections: Detections) -> None:
        """Takes the possible road users of a frame."""
        ...

    def add_frame(self, raw: RawFrame) -> None:
        """Takes a frame to learn from, after its detections."""
        ...


class FixedBackground:
    """A background that is known already and learns no more."""

    def __init__(self, background: LearnedBackground) -> None:
        self.background = background
        self.ready = True

    def add_detections(self, detections: Detections) -> None:
        """Ignores road users: their sizes are in the coarse cells already."""

    def add_frame(self, raw: RawFrame) -> None:
        """Learns nothing."""


class Anonymiser:
    """Turns one camera's raw frames into anonymous ones, or into masked ones with a reason.

    Call `learn` with every analysed frame, at the pace that `set_pace` sets, and `show` for the pictures that leave. It
    does nothing between calls; what it has learned stays in memory (8 bytes a pixel).

    Attributes:
        masked: how many pictures were masked, by reason.
        shown: how many pictures were drawn.
        reason: why the last picture was masked, None if it was not.
        why_no_differences: why the last picture of differences was masked, None if it was not.
    """

    def __init__(
        self,
        size_px: tuple[int, int],
        mode: Mode = Mode.REDRAWN,
        finders: Sequence[Finder] = (),
        pace: Pace | None = None,
        face_finders: Sequence[Finder] = (),
    ) -> None:
        """Starts with nothing learned.

        Args:
            size_px: width and height of the camera's picture.
            mode: how pictures are made.
            finders: sweep the live picture and inspect the learned background, e.g. the camera's own detector.
            pace: how often each of them runs.
            face_finders: search the learned background for faces before it is shown, and nothing else.
        """
        self.canvas = Canvas.for_source(size_px)
        self._mode, self._pace = mode, pace
        self._finders = Finders(tuple(finders), tuple(face_finders))
        self._guard = SceneGuard()
        self._decided: tuple[int, MaskDecision, Plane] | None = None
        self._source: BackgroundSource = self._new_source()
        self._drawing = Drawing(self.canvas, mode)
        self._differences = Differences(self.canvas)
        self._learn_fault = False
        self.why_no_differences: MaskReason | None = None
        self.masked: Counter[MaskReason] = Counter()
        self.shown = 0
        self.reason: MaskReason | None = None

    @property
    def sharp_share(self) -> float:
        """The part of the picture, 0-1, that is certainly background."""
        return share(self._source.background.shown) if self._source.ready else 0.0

    @property
    def concealed(self) -> Mask:
        """Where the last picture shows nothing but coarse cells, figures or the mask: uint8 of the canvas's size."""
        if self.reason is None and self.shown:
            return self._drawing.veiled
        return np.full(self.canvas.shape, 255, np.uint8)

    def set_pace(self, pace: Pace) -> None:
        """Learns at another pace from now on; a background that is known already has none."""
        if pace is not self._pace:
            self._pace = pace
            if isinstance(self._source, BackgroundLearner):
                self._source.set_pace(pace)

    def learn(self, raw: RawFrame, detections: Detections | None) -> None:
        """Learns from an analysed frame.

        Args:
            raw: the frame, static masks applied.
            detections: everything the detector found in it, down to its floor; None where the detector failed, and
                nothing is learned then.
        """
        try:
            decision, _ = self._decide(raw)
            if decision.reason is None and detections is not None:
                self._source.add_detections(detections)
                self._source.add_frame(raw)
            self._learn_fault = False
        except Exception:  # any fault at all must end in a masked picture, not in a clear one and not in a dead worker
            self._learn_fault = True

    def keep_out(self, detections: Detections) -> None:
        """Takes who was found in a frame of which not all was looked at: nothing is learned from it, nor near them."""
        try:
            self._source.add_detections(detections)
        except Exception:  # see `learn`
            self._learn_fault = True

    def show(self, raw: RawFrame, detections: Detections | None, silhouettes: Silhouettes) -> AnonymousFrame:
        """Returns the picture that may leave: drawn, or masked with a reason. Never raises.

        Args:
            raw: the frame, static masks applied.
            detections: the newest, of this frame or one shortly before it; None where the detector failed.
            silhouettes: the road users followed now.
        """
        try:
            reason = self._mask_reason(raw, detections)
            if reason is None and detections is not None:
                frame = self._drawn(raw, detections, silhouettes)
                self.shown, self.reason = self.shown + 1, None
                return frame
        except Exception:  # see `learn`
            reason = MaskReason.FAULT
        return self._mask(raw.stamp, reason or MaskReason.DETECTOR_FAILED)

    def show_differences(self, raw: RawFrame) -> AnonymousFrame:
        """Returns what differs from the empty place in coarse, flat cells, or a masked picture. Never raises.

        No detection is asked for: no pixel of the camera's picture is in it, whatever a detector finds.

        Args:
            raw: the frame, static masks applied; also one that is not analysed.
        """
        try:
            reason = self._decide(raw)[0].reason
            if self._learn_fault or raw.size_px != self.canvas.source_size_px:
                reason = MaskReason.FAULT
            elif reason is None and not self._source.ready:
                reason = MaskReason.LEARNING
            if reason is None:
                picture = self._differences.picture(raw, self._source.background)
                self.why_no_differences = None
                return AnonymousFrame(raw.stamp, picture, DIFFERENCES)
        except Exception:  # see `learn`
            reason = MaskReason.FAULT
        self.why_no_differences = reason
        return AnonymousFrame(raw.stamp, masked_picture(self.canvas.size_px, reason), MASKED)

    def empty_place(self, stamp: FrameStamp) -> AnonymousFrame | None:
        """Returns the empty place as it is known; None while it is not.

        Sharp where it is certain, coarse elsewhere, and calm, so that figures stand out. Nothing of any single frame is
        in it. None, too, after a frame from which nothing can be learned: the camera may have moved.
        """
        if not self._source.ready or self._learn_fault or self._decided is None or self._decided[1].reason is not None:
            return None
        picture = calmed(still_picture(self.canvas, self._source.background), CALM)
        return AnonymousFrame(stamp, picture, Mode.REDRAWN.value)

    def _mask_reason(self, raw: RawFrame, detections: Detections | None) -> MaskReason | None:
        decision, _ = self._decide(raw)
        if detections is None:
            return MaskReason.DETECTOR_FAILED
        if self._learn_fault or raw.size_px != self.canvas.source_size_px:
            return MaskReason.FAULT
        if not 0 <= raw.stamp.stream_s - detections.stamp.stream_s <= LATE_S:
            return MaskReason.DETECTOR_LATE
        if decision.reason is not None:
            return decision.reason
        return None if self._source.ready else MaskReason.LEARNING

    def _decide(self, raw: RawFrame) -> tuple[MaskDecision, Plane]:
        """Returns the guard's decision and the luma at thumb size; worked out once a frame."""
        if self._decided is not None and self._decided[0] == raw.stamp.index:
            return self._decided[1:]
        thumb = raw.luma_scaled(self.canvas.thumb_px)
        small = scaled(thumb, GUARD_SIZE_PX)
        luma = LIMITED_RANGE[small] if raw.colour.full_range else small
        decision = self._guard.decide(luma, raw.stamp.stream_s)
        self._decided = (raw.stamp.index, decision, thumb)
        if decision.new_scene:
            self._source = self._new_source()
            self._drawing = Drawing(self.canvas, self._mode)
        return decision, thumb

    def _new_source(self) -> BackgroundSource:
        return BackgroundLearner(self.canvas, self._finders, self._pace)

    def _drawn(self, raw: RawFrame, detections: Detections, silhouettes: Silhouettes) -> AnonymousFrame:
        boxes = self.canvas.boxes(detections.xyxy_px)
        possible = ~vehicles(detections.road_user) | (detections.confidence >= VEHICLE_SUSPICION)
        picture = self._drawing.picture(
            raw,
            self._decide(raw)[1],
            self._source.background,
            boxes[possible],
            replace(silhouettes, xyxy_px=self.canvas.boxes(silhouettes.xyxy_px)),
        )
        return AnonymousFrame(raw.stamp, picture, self._mode.value)

    def _mask(self, stamp: FrameStamp, reason: MaskReason) -> AnonymousFrame:
        self.masked[reason] += 1
        self.reason = reason
        return AnonymousFrame(stamp, masked_picture(self.canvas.size_px, reason), MASKED)


class FilmAnonymiser(Anonymiser):
    """Anonymises a film in its second pass: the backgrounds of its scenes are known from its first picture on."""

    def __init__(self, size_px: tuple[int, int], mode: Mode, backgrounds: Sequence[LearnedBackground]) -> None:
        """Takes the backgrounds that `FilmLearner` learned, in the film's order."""
        self._known = iter(backgrounds)
        super().__init__(size_px, mode)

    def _new_source(self) -> BackgroundSource:
        background = next(self._known, None)
        return super()._new_source() if background is None else FixedBackground(background)


class FilmLearner(Anonymiser):
    """Learns the backgrounds of a whole film's scenes in a first pass over it."""

    def __init__(
        self,
        size_px: tuple[int, int],
        finders: Sequence[Finder],
        duration_s: float,
        pace: Pace | None = None,
        face_finders: Sequence[Finder] = (),
    ) -> None:
        """Starts with nothing learned.

        Args:
            size_px: width and height of the film's pictures.
            finders: as in `Anonymiser`.
            duration_s: length of the film.
            pace: how often each finder runs; left out, as suits a film of that length.
            face_finders: as in `Anonymiser`.
        """
        self._learners: list[BackgroundLearner] = []
        pace = pace or Pace.for_film(duration_s)
        super().__init__(size_px, finders=finders, pace=pace, face_finders=face_finders)

    def _new_source(self) -> BackgroundSource:
        self._learners.append(BackgroundLearner(self.canvas, self._finders, self._pace))
        return self._learners[-1]

    def backgrounds(self) -> list[LearnedBackground]:
        """Returns the background of every scene, in the film's order."""
        return [learner.finish() for learner in self._learners]

    def learners(self) -> tuple[BackgroundLearner, ...]:
        """Returns what has learned each scene, in the film's order; each can go on learning."""
        self.backgrounds()
        return tuple(self._learners)

    def still(self, stamp: FrameStamp) -> AnonymousFrame | None:
        """Returns the last scene's background: sharp where it is certain, coarse elsewhere; None if unknown."""
        backgrounds = self.backgrounds()
        if not backgrounds or not backgrounds[-1].known.any():
            return None
        last = backgrounds[-1]
        coarse = self.canvas.thumb(np.uint8(255) - last.shown) > 0
        return AnonymousFrame(stamp, still_picture(self.canvas, last), Mode.REDRAWN.value, coarse)


class ForeseeingAnonymiser(Anonymiser):
    """Draws from a recording's first picture on, as it was learned in a look ahead, and goes on learning from there."""

    def __init__(
        self,
        size_px: tuple[int, int],
        mode: Mode,
        finders: Sequence[Finder],
        face_finders: Sequence[Finder],
        *,
        ahead: FilmLearner | None,
        pace: Pace,
    ) -> None:
        """Starts with what a look ahead has learned of its scenes; with nothing where `ahead` is None."""
        self._ahead = iter(() if ahead is None else ahead.learners())
        super().__init__(size_px, mode, finders, pace, face_finders)

    def _new_source(self) -> BackgroundSource:
        ahead = next(self._ahead, None)
        if ahead is None:
            return super()._new_source()
        # It learns on from where the look ahead ended: samples are due from then on.
        ahead.set_pace(self._pace or LIVE)
        return ahead
