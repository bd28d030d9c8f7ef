"""Draws a picture anew from the learned background, coarse cells and figures; or flat shades of all that differs."""

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.film import Mode as Mode
from passerby.ingest.anonymise.background_learner import LearnedBackground
from passerby.ingest.anonymise.canvas import THUMB, Canvas, Mask, as_mask, filled, grown
from passerby.ingest.anonymise.cells import HEADS_IN_BODY, LEVELS
from passerby.ingest.anonymise.silhouettes import Silhouettes, draw, outline
from passerby.ingest.raw import Picture, Plane, RawFrame

HALO = 0.15
"""Margin around every possible road user in which no detail is shown, as a share of its box."""

HALO_MIN_PX = 6.0
EXPLAINED_HALO = 0.25
"""Margin around a person who is followed; what moves in it is theirs: an arm, a bag, a shadow."""

MOVED_LUMA = 24
"""Difference of luma from the learned background above which something unknown is there."""

MOVED_GROWTH = 7
"""Veiled around what moved, in pixels of the thumb picture (an odd number)."""

FADE_S = 0.8
"""Time in which a veil fades after its cause has gone, so that a detection that flickers does not make it flicker."""

FULL_RANGE = ((np.arange(256) - 16) * 255 // 219).astype(np.int16)
"""Luma of 0-255 for every value of a picture that spans 16-235."""

DIFFERENT = 14
"""Difference of any colour channel from the learned place above which something is there. Averaged over 16 pixels,
noise and coding leave 2 to 4; a dark coat on wet asphalt differs by 15 to 20."""

CLOSED = 5
"""Parts nearer to one another than this are one thing, in pixels of the thumb picture (an odd number)."""

SHADE_BGR = (36, 84, 214)
"""A warm red that no calm street has."""

UNKNOWN_BGR = (52, 48, 44)

FAINTEST = 0.35
"""How strongly a cell is coloured of which only a corner differs: it must not be overlooked."""

PLACE_CALM = 0.6
"""How much colour is taken from the place, so that what differs stands out."""

CALM = 0.3
"""How much colour is taken from the background, so that figures stand out."""


def calmed(picture: Picture, share: float) -> Picture:
    """Returns the picture with a share of its colour taken; its luma stays."""
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return np.asarray(cv2.addWeighted(picture, 1 - share, grey, share, 0), np.uint8)


def still_picture(canvas: Canvas, background: LearnedBackground) -> Picture:
    """Returns the learned background, uint8 (H, W, 3); nothing of any single frame is in it."""
    coarse = background.cells.spread(background.frost(canvas), smooth=True)
    # Feathered outwards only, so that what is not certain stays entirely coarse.
    hidden = cv2.dilate(255 - background.shown, np.ones((5, 5), np.uint8))
    cover = cv2.blur(hidden, (5, 5)).astype(np.float32) / 255
    return np.asarray(cv2.blendLinear(coarse, background.colour, cover, 1 - cover), np.uint8)


class Drawing:
    """Draws one camera's pictures; keeps only veils from one picture to the next."""

    def __init__(self, canvas: Canvas, mode: Mode) -> None:
        self._canvas, self._mode = canvas, mode
        self._veil, self._explained = (np.zeros(canvas.thumb_px[::-1], np.uint8) for _ in range(2))
        self._drawn_s: float | None = None
        self._background: LearnedBackground | None = None
        # Taken with the first picture: most cameras are looked at by no one.
        self._sharp = np.zeros((0, 0, 3), np.uint8)
        self._to_frost, self._blend = (np.zeros((0, 0, 3), np.int16) for _ in range(2))
        self._hidden = np.full(canvas.thumb_px[::-1], 255, np.uint8)
        self._luma = np.zeros(canvas.thumb_px[::-1], np.uint8)

    @property
    def veiled(self) -> Mask:
        """Where the last picture shows nothing but coarse cells and figures: uint8 of the canvas's size."""
        whole = as_mask(self._veil == 255)
        return np.asarray(cv2.resize(whole, self._canvas.size_px, interpolation=cv2.INTER_NEAREST), np.uint8)

    def picture(
        self,
        raw: RawFrame,
        thumb: Plane,
        background: LearnedBackground,
        possible: npt.NDArray[np.float32],
        figures: Silhouettes,
    ) -> Picture:
        """Returns one anonymous picture.

        Args:
            raw: the camera's picture; redrawn mode only compares it with the background.
            thumb: uint8, the picture's luma at the canvas's thumb size.
            background: what was learned.
            possible: float32 (N, 4), every possible road user, however weak, in canvas pixels.
            figures: the road users to draw, in canvas pixels.

        Returns:
            uint8 (H, W, 3), new memory.
        """
        self._adopt(background, raw)
        veil = self._veiled(raw, thumb, np.concatenate([possible, figures.xyxy_px]), figures)
        if self._mode is Mode.MOSAIC:
            picture = self._mosaic(raw, background, veil)
            outline(picture, figures)
        else:
            picture = self._redrawn(veil)
            draw(picture, figures)
        return picture

    def _adopt(self, background: LearnedBackground, raw: RawFrame) -> None:
        """Works out once what all pictures share until the background changes."""
        if background is self._background:
            return
        self._background = background
        thumb = cv2.resize(background.colour, self._canvas.thumb_px, interpolation=cv2.INTER_AREA)
        self._luma = np.asarray(cv2.transform(thumb, np.array([raw.colour.luma_weights], np.float32)), np.uint8)
        covered = cv2.resize(background.shown.astype(np.float32), self._canvas.thumb_px, interpolation=cv2.INTER_AREA)
        self._hidden = as_mask(np.asarray(covered) < 255)
        calm = CALM if self._mode is Mode.REDRAWN else 0.0
        self._sharp = calmed(background.colour, calm)
        if self._mode is Mode.REDRAWN:
            frost = background.cells.spread(calmed(background.frost(self._canvas), calm), smooth=True)
            self._to_frost = np.subtract(frost, self._sharp, dtype=np.int16)
            self._blend = np.zeros_like(self._to_frost)

    def _veiled(self, raw: RawFrame, thumb: Plane, boxes: npt.NDArray[np.float32], figures: Silhouettes) -> Mask:
        """Returns where nothing may be seen sharp: uint8, thumb size; 255 wholly, less while a veil fades."""
        now_s = raw.stamp.stream_s
        passed_s = FADE_S if self._drawn_s is None else max(now_s - self._drawn_s, 0.0)
        self._drawn_s = now_s
        faded = np.uint8(min(255.0, 255 * passed_s / FADE_S))
        veil, self._explained = (np.maximum(mask, faded) - faded for mask in (self._veil, self._explained))
        filled(veil, grown(boxes, HALO, HALO_MIN_PX), 255, 1 / THUMB)
        # Only of those who are followed is the size known; of anything else that moves, the place that it may fill.
        sure = figures.xyxy_px[figures.confirmed]
        filled(self._explained, grown(sure, EXPLAINED_HALO, HALO_MIN_PX), 255, 1 / THUMB)
        self._veil = np.maximum(np.maximum(veil, self._moved(raw, thumb)), self._hidden)
        return self._veil

    def _moved(self, raw: RawFrame, thumb: Plane) -> Mask:
        """Returns where something is that is neither background nor known to the detector."""
        live = thumb.astype(np.int16) if raw.colour.full_range else FULL_RANGE[thumb]
        difference = live - self._luma
        seen = self._hidden == 0
        if not seen.any():
            return np.zeros_like(self._hidden)
        # The sun's slow changes move the whole picture; only what differs from that stands out.
        difference -= np.int16(np.median(difference[::2, ::2][seen[::2, ::2]])) if seen[::2, ::2].any() else np.int16(0)
        moved = as_mask((np.abs(difference) > MOVED_LUMA) & seen)
        alone = cv2.morphologyEx(moved, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
        return np.asarray(cv2.dilate(alone, np.ones((MOVED_GROWTH, MOVED_GROWTH), np.uint8)), np.uint8)

    def _redrawn(self, veil: Mask) -> Picture:
        # Feathered outwards only: what must be veiled stays so entirely.
        soft = np.asarray(cv2.blur(cv2.dilate(veil, np.ones((5, 5), np.uint8)), (5, 5)), np.uint8)
        # The weight as 0-128: times a difference of colours it still fits 16 bits, which is a third of floats' cost.
        weight = cv2.resize((soft >> 1) + (soft >> 7), self._canvas.size_px, interpolation=cv2.INTER_LINEAR)
        np.multiply(self._to_frost, np.asarray(cv2.cvtColor(weight, cv2.COLOR_GRAY2BGR), np.uint8), out=self._blend)
        self._blend >>= 7
        self._blend += self._sharp
        return self._blend.astype(np.uint8)

    def _mosaic(self, raw: RawFrame, background: LearnedBackground, veil: Mask) -> Picture:
        unexplained = np.where(self._explained > 0, np.uint8(0), as_mask(veil > 0))
        live = background.cells.live(raw.picture(self._canvas.thumb_px), background.cells.sizes(unexplained))
        touched = background.cells.spread(background.cells.touched(veil), smooth=False)
        picture = self._sharp.copy()
        cv2.copyTo(background.cells.spread(live, smooth=False), touched, picture)
        return picture


class Differences:
    """Draws one camera's pictures of what differs; keeps nothing from one picture to the next.

    Nothing that a detector or a tracker says is used, so that a road user whom they miss is shown like any other. No
    pixel of the camera's picture is in it: a cell says how much of it differs, in one colour. So there is no face, no
    plate and no cloth in it, however near; what is left is an outline as coarse as its own height asks for.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._background: LearnedBackground | None = None
        self._place = np.zeros((0, 0, 3), np.uint8)
        self._learned = np.zeros((*canvas.thumb_px[::-1], 3), np.int16)
        self._known = np.zeros(canvas.thumb_px[::-1], np.uint8)

    def picture(self, raw: RawFrame, background: LearnedBackground) -> Picture:
        """Returns the picture, uint8 (H, W, 3), new memory.

        Args:
            raw: the camera's picture, which is only compared.
            background: what was learned of the place.
        """
        self._adopt(background)
        strength = self._strength(self._different(raw.picture(self._canvas.thumb_px)))
        colour = np.full_like(self._place, SHADE_BGR)
        return np.asarray(cv2.blendLinear(colour, self._place, strength, 1 - strength), np.uint8)

    def _adopt(self, background: LearnedBackground) -> None:
        """Works out once what all pictures share until the background changes."""
        if background is self._background:
            return
        self._background = background
        size_px = self._canvas.thumb_px
        self._learned = np.asarray(cv2.resize(background.colour, size_px, interpolation=cv2.INTER_AREA), np.int16)
        known = cv2.resize(background.known.astype(np.float32), size_px, interpolation=cv2.INTER_AREA)
        self._known = as_mask(np.asarray(known) > 254)
        self._place = calmed(still_picture(self._canvas, background), max(CALM, PLACE_CALM))
        unknown = cv2.resize(self._known, self._canvas.size_px, interpolation=cv2.INTER_NEAREST) == 0
        self._place[unknown] = UNKNOWN_BGR

    def _different(self, live: Picture) -> Mask:
        """Returns where the live picture, at thumb size, is not the empty place."""
        difference = live.astype(np.int16) - self._learned
        seen = self._known > 0
        if not seen.any():
            return np.zeros_like(self._known)
        # The sun's slow changes move the whole picture; only what differs from that stands out.
        sample = difference[::2, ::2][seen[::2, ::2]]
        if len(sample):
            difference -= np.median(sample, axis=0).astype(np.int16)
        different = as_mask((np.abs(difference).max(axis=2) > DIFFERENT) & seen)
        alone = cv2.morphologyEx(different, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
        return np.asarray(cv2.morphologyEx(alone, cv2.MORPH_CLOSE, np.ones((CLOSED, CLOSED), np.uint8)), np.uint8)

    def _strength(self, different: Mask) -> npt.NDArray[np.float32]:
        """Returns how strongly each pixel of the canvas is coloured: float32 (H, W), 0-1, flat within a cell."""
        filled, heights_px = _silhouettes(different)
        width, height = self._canvas.size_px
        strength = np.zeros((height, width), np.float32)
        cell_px = self._canvas.cell_px
        levels = np.ceil(np.log2(np.maximum(heights_px * (THUMB / HEADS_IN_BODY / cell_px), 1.0))).astype(int)
        for level in np.unique(levels[1:]):
            chosen = (np.minimum(levels, LEVELS - 1) == min(level, LEVELS - 1)) & (np.arange(len(levels)) > 0)
            share = _cell_shares(chosen[filled].astype(np.float32), (cell_px << min(int(level), LEVELS - 1)) // THUMB)
            shown = np.where(share > 0, FAINTEST + (1 - FAINTEST) * share, 0.0).astype(np.float32)
            side_px = cell_px << min(int(level), LEVELS - 1)
            size_px = (share.shape[1] * side_px, share.shape[0] * side_px)
            spread = cv2.resize(shown, size_px, interpolation=cv2.INTER_NEAREST)
            np.maximum(strength, spread[:height, :width], out=strength)
        return strength


def _silhouettes(different: Mask) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """Returns each thing as a filled outline, by number, 0 where nothing is; and the height of each in pixels."""
    contours, _ = cv2.findContours(different, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    numbered = np.zeros(different.shape, np.int32)
    heights_px = np.zeros(len(contours) + 1, np.float32)
    for number, contour in enumerate(contours, 1):
        # Holes are filled: what is inside an outline, such as a face's shades, is not shown.
        cv2.drawContours(numbered, [contour], 0, number, cv2.FILLED)
        heights_px[number] = cv2.boundingRect(contour)[3]
    return numbered, heights_px


def _cell_shares(plane: npt.NDArray[np.float32], side_px: int) -> npt.NDArray[np.float32]:
    """Returns how much of each cell is set: float32 (rows, columns), 0-1."""
    rows, columns = -(-plane.shape[0] // side_px), -(-plane.shape[1] // side_px)
    below, right = rows * side_px - plane.shape[0], columns * side_px - plane.shape[1]
    padded = cv2.copyMakeBorder(plane, 0, below, 0, right, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(padded, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
