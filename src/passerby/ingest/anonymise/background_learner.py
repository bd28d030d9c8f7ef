"""Learns the background from samples of the picture, with every veto that keeps people out of it."""

from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.detections import Detections
from passerby.geometry.boxes import pairwise_iou
from passerby.ingest.anonymise.background import FULL, Background, Trust, certain
from passerby.ingest.anonymise.canvas import THUMB, Canvas, Mask, filled, grown
from passerby.ingest.anonymise.cells import Cells
from passerby.ingest.anonymise.inspection import WHOLE, Finders, Inspection, View, near, suspicious, tiles, vehicles
from passerby.ingest.raw import Picture, RawFrame

VETO_GROWTH = 0.15
VETO_MIN_PX = 4.0
CORE_GROWTH = -0.12
"""The middle of a box, most of which is the road user; its edges show ground even while a person walks past."""

VETO_SAMPLES = 1.2
VETO_MIN_S = 0.25
"""A road user found once may be there, unseen, for so many samples before and after, and for at least so long."""

SIZE_FLOOR = 0.3
"""Least confidence at which a road user's size is believed."""

EXPLAINED_IOU = 0.3
"""Overlap from which a find of a sweep is the same as a detection."""

VETO_FLOOR = 0.15
"""Least confidence of a find that keeps its surroundings from being learned too, and of a find in a sweep. At less,
windows and bins do so: 84 % of PETS' untouched ground is sharp after 30 s, against 91 %."""

STANDING_SHARE = 0.1
"""Largest part of the picture that a weakly found vehicle covers. Weak finds that are larger are whole squares or
carriageways; the plate of a vehicle as near as that is large enough to be found as lettering."""

NO_BOXES = np.empty((0, 4), np.float32)

FIRST_SAMPLES = 4
"""Samples before anything at all is shown: sizes of road users and rough colours are known by then."""

LIVE_SWEEP_SCALE = 0.67
"""Size of a live sweep's picture as a part of the canvas: 640 of 960 px for a tile of 1100 px of 1080p, 28 ms."""

SWEEPS = (*(View(tile, 1.0) for tile in tiles(2)), View(WHOLE, 1 / 3), View(WHOLE, 1 / 6))
"""Four tiles for those whom a small picture loses, and the whole picture at a third and a sixth of the canvas's size
for those who fill it."""

ROUND_AFTER_S = 60.0
"""Seconds after which a round is due however little is newly certain. It inspects everything again: detectors err
differently on slightly different pictures."""

ROUND_MIN_S = 8.0
"""Seconds from the end of one round to the next, where `NEW_SHARE` is newly certain."""

CALM_SAMPLES, CALM_ROUNDS = 2, 4
"""How much rarer samples and sweeps, and rounds, are once a scene has been learned for half a minute."""

WRITTEN_ROUNDS = 2
"""Rounds for which a place that lettering was found in is not shown, that one and so many less one after it."""

FIRST_STEPS = 2
"""Views that are inspected with each sample until the first round is over."""

NEW_SHARE = 0.005
"""Part of the picture that must be newly certain, or have another colour, for a round to be worth its cost."""

DRIFTED = 12
"""Difference of a colour channel from what was inspected, from which a pixel has another colour: half of what makes the
learned background differ from the camera's picture."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often each part of learning is done.

    Attributes:
        sample_s: seconds between samples.
        sweep_s: seconds between sweeps of one view; all views take six times that.
        inspect_s: seconds between two views of a round of inspection; a live round has nine. The first one, before
            which nothing is sharp, takes two with every sample.
        thorough: inspect with every view, and sweep at full resolution; for files, where no viewer waits.
        inspect_live: inspect while learning; without it, only `BackgroundLearner.finish` does.
        veto_s: for how long before and after it was found a road user may be there, unseen; None for as long as
            `VETO_SAMPLES` samples. Where samples are rare, detections come between them.
    """

    sample_s: float = 0.5
    sweep_s: float = 5.0
    inspect_s: float = 1.2
    thorough: bool = False
    inspect_live: bool = True
    veto_s: float | None = None

    @classmethod
    def for_film(cls, duration_s: float) -> "Pace":
        """Returns a pace of about a hundred samples over a film, fewer over a short one, at least one in 2 s.

        Nothing is shown before its end is known, so one round of inspection at the end is enough: rounds on the
        way found no other person on Town Centre, and cost a third of all.
        """
        sample_s = min(max(duration_s / 100, 0.15), 2.0)
        return cls(sample_s, sweep_s=max(sample_s, 0.8), thorough=True, inspect_live=False)


LIVE = Pace()
QUIET = Pace(sample_s=5.0, sweep_s=30.0, inspect_s=10.0, veto_s=1.3)
"""While no one looks: twelve samples a minute, so that a place is known after some three minutes. The detections around
a sample veto it as in a live view, for they come with every frame; samples that lie farther apart only make it less
likely that someone who stands still is taken for the place."""


@dataclass(frozen=True, slots=True, eq=False)
class LearnedBackground:
    """The background of one scene as far as it is known.

    Attributes:
        colour: uint8 (H, W, 3); where `shown` and wherever else it can be, exactly what was inspected.
        known: where `colour` means anything.
        shown: where it is certain, and inspected: only there may it be shown sharp.
        cells: the grid of coarse cells for the rest.
    """

    colour: Picture
    known: Mask
    shown: Mask
    cells: Cells

    def frost(self, canvas: Canvas) -> Picture:
        """Returns the colours of coarse cells, as large as what may be hidden: uint8 (rows, columns, 3)."""
        sizes = self.cells.sizes(canvas.thumb(np.asarray(cv2.bitwise_not(self.shown), np.uint8)))
        return self.cells.learned(self.colour, self.known, sizes)


class BackgroundLearner:
    """Learns the background of one scene; a new scene needs a new learner."""

    def __init__(self, canvas: Canvas, finders: Finders | None = None, pace: Pace | None = None) -> None:
        """Starts with nothing learned.

        Args:
            canvas: the size of the picture that is drawn on.
            finders: sweep the live picture and inspect what was learned; without any, only `add_detections` vetoes, and
                evidence alone must do.
            pace: how often each part is done.
        """
        self._canvas, self._finders, self._pace = canvas, finders or Finders(), pace or Pace()
        self._background = Background(canvas.shape)
        self._cells = Cells(canvas)
        self._trust = Trust()
        self._vetoes: deque[tuple[float, float, npt.NDArray[np.float32], npt.NDArray[np.float32]]] = deque()
        self._veto_s = _veto_s(self._pace)
        self._latest = NO_BOXES
        self._pending: tuple[float, Picture] | None = None
        self._inspected = np.zeros(canvas.shape, np.uint8)
        self._as_inspected = np.zeros((*canvas.shape, 3), np.uint8)
        self._written: list[Mask] = [np.zeros(canvas.shape, np.uint8)] * WRITTEN_ROUNDS
        self._rounds = 0
        self._sure = np.zeros(canvas.shape, np.uint8)
        self._inspection: Inspection | None = None
        self._inspected_s = -ROUND_AFTER_S
        self._sample_due_s = self._sweep_due_s = self._inspect_due_s = 0.0
        self._sweep_number = 0
        self._learned: LearnedBackground | None = None

    def set_pace(self, pace: Pace) -> None:
        """Goes on at another pace: what is due by then is due as it was."""
        self._pace, self._veto_s = pace, _veto_s(pace)

    @property
    def ready(self) -> bool:
        """Whether enough samples were taken for a picture to be drawn, mostly of coarse cells at first."""
        return self._background.samples >= FIRST_SAMPLES

    @property
    def background(self) -> LearnedBackground:
        """What is known now; the same instance until the next sample."""
        if self._learned is None:
            shown = np.asarray(cv2.bitwise_and(self._sure, self._inspected), np.uint8)
            for written in self._written:
                shown[written > 0] = 0
            # What was learned follows a person who fades in slowly; what was inspected does not.
            colour = self._background.colour.copy()
            cv2.copyTo(self._as_inspected, self._inspected, colour)
            known = self._background.known
            self._learned = LearnedBackground(colour, known, shown, self._cells)
        return self._learned

    @property
    def _new(self) -> bool:
        """Whether the scene is still being learned; later, samples only follow its changes and may be rarer."""
        return self._pace.thorough or self._background.samples < FULL

    def add_detections(self, detections: Detections) -> None:
        """Takes possible road users, however weak: nothing is learned near them."""
        boxes = self._canvas.boxes(detections.xyxy_px)
        sure = detections.confidence >= SIZE_FLOOR
        self._cells.add_sizes(boxes[sure], detections.road_user[sure])
        now_s = detections.stamp.stream_s
        plausible = suspicious(boxes, detections.confidence, detections.road_user, 0.0, self._canvas.size_px)
        firm = detections.confidence >= VETO_FLOOR
        self._latest = boxes[plausible]
        self._veto(boxes[plausible & firm], now_s - self._veto_s, now_s + self._veto_s)
        # Weak finds veto their middle alone: around bins and windows that resemble a person, ground must be learned.
        weak = boxes[plausible & ~firm]
        self._veto(weak, now_s - self._veto_s, now_s + self._veto_s, grown(weak, CORE_GROWTH, 0.0))
        # A vehicle that stands, or is cut off by the edge, may be found no better than that, and has a plate.
        area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) / np.prod(self._canvas.size_px)
        standing = boxes[~plausible & firm & vehicles(detections.road_user) & (area <= STANDING_SHARE)]
        if len(standing):
            self._vetoes.append((now_s - self._veto_s, now_s + self._veto_s, NO_BOXES, standing))

    def _veto(
        self,
        boxes: npt.NDArray[np.float32],
        since_s: float,
        until_s: float,
        near: npt.NDArray[np.float32] | None = None,
    ) -> None:
        if len(boxes):
            around = grown(boxes, VETO_GROWTH, VETO_MIN_PX) if near is None else near
            self._vetoes.append((since_s, until_s, around, grown(boxes, CORE_GROWTH, 0.0)))

    def add_frame(self, raw: RawFrame) -> None:
        """Learns from a frame if a sample is due; call it with every frame, after `add_detections`."""
        now_s = raw.stamp.stream_s
        if now_s >= self._sweep_due_s and self._finders.road_users:
            wait_s = self._pace.sweep_s * (1 if self._new else CALM_SAMPLES)
            self._sweep(raw, wait_s)
            self._sweep_due_s = now_s + wait_s
        if now_s < self._sample_due_s:
            return
        self._sample_due_s = now_s + self._pace.sample_s * (1 if self._new else CALM_SAMPLES)
        self._learn_pending()
        # A sample waits for the next one: a road user found just after it vetoes it too.
        self._pending = (now_s, raw.picture(self._canvas.size_px))
        self._sure = certain(self._background.trusted(self._trust), self._canvas.cell_px)
        self._inspect(now_s)
        while self._vetoes and self._vetoes[0][1] < now_s - self._pace.sample_s:
            self._vetoes.popleft()
        self._learned = None

    def _learn_pending(self) -> None:
        if self._pending is None:
            return
        time_s, picture = self._pending
        near, middle = (np.zeros(self._canvas.thumb_px[::-1], np.uint8) for _ in range(2))
        held = [(around, core) for since_s, until_s, around, core in self._vetoes if since_s <= time_s <= until_s]
        if held:
            for mask, boxes in zip((near, middle), zip(*held, strict=True), strict=True):
                filled(mask, np.concatenate(boxes), 255, 1 / THUMB)
        size_px = self._canvas.size_px
        free = np.asarray(cv2.resize(255 - near, size_px, interpolation=cv2.INTER_NEAREST), np.uint8)
        occupied = np.asarray(cv2.resize(middle, size_px, interpolation=cv2.INTER_NEAREST), np.uint8)
        renewed = self._background.learn(picture, free, occupied)
        self._inspected[renewed > 0] = 0

    def _sweep(self, raw: RawFrame, wait_s: float) -> None:
        """Searches one view for far and half-hidden road users that a small picture loses, or for very near ones.

        Args:
            raw: the camera's picture.
            wait_s: time until the next view is swept.
        """
        view = SWEEPS[self._sweep_number % len(SWEEPS)]
        self._sweep_number += 1
        left, top, right, bottom = view.pixels(raw.size_px)
        share = view.scale if view.scale < 1 or self._pace.thorough else LIVE_SWEEP_SCALE
        width, height = (int(side_px * share) // 32 * 32 for side_px in self._canvas.size_px)
        picture = raw.picture((max(width, 32), max(height, 32)), (left, top, right, bottom))
        scale_x, scale_y = (right - left) / picture.shape[1], (bottom - top) / picture.shape[0]
        until_s = raw.stamp.stream_s + wait_s * len(SWEEPS)
        for finder in self._finders.road_users:
            found = finder(picture).moved((scale_x, scale_y), (left, top))
            boxes = self._canvas.boxes(found.xyxy_px)
            if view.scale < 1:
                boxes = self._canvas.boxes(near(found, raw.size_px).xyxy_px)
            else:
                boxes = boxes[suspicious(boxes, found.confidence, found.road_user, VETO_FLOOR, self._canvas.size_px)]
            # Road users found by sweeps alone would be free until the view's next turn. Others are found anyway.
            known = (pairwise_iou(boxes, self._latest) > EXPLAINED_IOU).any(axis=1)
            self._veto(boxes[~known], raw.stamp.stream_s - self._veto_s, until_s)

    def _inspect(self, now_s: float) -> None:
        if not self._pace.inspect_live:
            return
        if self._inspection is None:
            if not self._round_is_due(now_s):
                return
            self._inspection = self._new_inspection()
        if now_s < self._inspect_due_s:
            return
        self._inspect_due_s = now_s + (self._pace.inspect_s if self._rounds else 0.0)
        for _ in range(1 if self._rounds else FIRST_STEPS):
            self._inspection.step()
        if self._inspection.done:
            self._conclude(self._inspection)
            self._inspection, self._inspected_s = None, now_s

    def _round_is_due(self, now_s: float) -> bool:
        wait_s = ROUND_MIN_S if self._fresh_share() >= NEW_SHARE else ROUND_AFTER_S
        due = now_s - self._inspected_s >= wait_s * (1 if self._new else CALM_ROUNDS)
        return due and bool(self._sure.any())

    def _fresh_share(self) -> float:
        """Returns the part of the picture that may be shown, and was not inspected or not with this colour; by a 16th.

        A scene in which nothing is fresh is inspected again all the same, if seldom: a person in it was missed.
        """
        colour, before, sure, inspected = (
            cv2.resize(part, self._canvas.thumb_px, interpolation=cv2.INTER_NEAREST)
            for part in (self._background.colour, self._as_inspected, self._sure, self._inspected)
        )
        blue, green, red = cv2.split(cv2.absdiff(colour, before))
        drifted = np.asarray(cv2.max(cv2.max(blue, green), red)) > DRIFTED
        return float(((sure > 0) & ((inspected == 0) | drifted)).mean())

    def _new_inspection(self) -> Inspection:
        learned, thorough = self._background, self._pace.thorough
        return Inspection(learned.colour, self._sure, self._finders, thorough=thorough, known=learned.known)

    def _conclude(self, inspection: Inspection) -> None:
        self._rounds += 1
        cv2.copyTo(inspection.colour, inspection.candidate, self._as_inspected)
        self._inspected[inspection.candidate > 0] = 255
        self._inspected[inspection.suspect > 0] = 0
        self._background.distrust(inspection.suspect)
        self._written = [*self._written[1:], inspection.written]
        self._sure = certain(self._background.trusted(self._trust), self._canvas.cell_px)

    def finish(self) -> LearnedBackground:
        """Learns the last sample, inspects everything at once, and returns the background as a whole film shows it."""
        self._learn_pending()
        self._pending = None
        self._sure = certain(self._background.trusted(self._trust), self._canvas.cell_px)
        inspection = self._new_inspection()
        while not inspection.done:
            inspection.step()
        self._inspected[:] = 0
        self._conclude(inspection)
        self._learned = None
        return self.background


def _veto_s(pace: Pace) -> float:
    """For how long before and after it was found a road user keeps its place from being learned."""
    return pace.veto_s if pace.veto_s is not None else max(VETO_SAMPLES * pace.sample_s, VETO_MIN_S)
