"""Coarse cells: the only form in which anything uncertain is ever shown."""

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.road_user import RoadUser
from passerby.ingest.anonymise.canvas import THUMB, Canvas, Mask, as_mask, grown
from passerby.ingest.raw import Picture

HEADS_IN_BODY = 5.5
"""Cells are at least this part of the tallest person near: a head with hair is 1/7 of a body standing, 1/5.5 seated or
seen from above, so it touches at most 2 x 2 cells."""

CELLS_IN_VEHICLE = 5.0
"""Cells in a vehicle's height: lettering takes at least 5 cells a letter's height to be read."""

HEAD_SHAPE = 1.4
"""A head's height in its widths."""

WHOLE_SHAPE = 0.8
"""Largest width to height of a person who is seen whole; a wider box is a bust, and its head may be all of it."""

LEVELS = 6
"""Cells of 1, 2, 4 ... 32 times the canvas's cell side: the largest are larger than the picture is high."""

CLOSED = 7
"""Hidden parts nearer to one another are one, in pixels of the thumb picture (an odd number): of a face before a wall
as bright as itself only eyes, mouth and hair are seen to move."""

EDGE_PX = 2.0
"""A box this near to the picture's edge is cut off by it."""

Sizes = npt.NDArray[np.float32]
"""float32 (rows, columns): side in canvas pixels that a cell needs, so that a head touches at most 2 x 2 of them."""


class Cells:
    """A grid of coarse cells, larger where large road users have been seen, or where something large may be."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        step = 1 << (LEVELS - 1)
        width, height = canvas.size_px
        cell_px = canvas.cell_px
        self.columns = -(-width // (cell_px * step)) * step
        self.rows = -(-height // (cell_px * step)) * step
        self._seen_px = np.zeros((self.rows, self.columns), np.float32)
        # What of each cell lies in the picture; what lies beyond must not weigh in large cells.
        across = np.clip(width / cell_px - np.arange(self.columns), 0, 1)
        down = np.clip(height / cell_px - np.arange(self.rows), 0, 1)
        self._inside = np.outer(down, across).astype(np.float32)

    def add_sizes(self, xyxy_px: npt.NDArray[np.float32], road_user: npt.NDArray[np.int16]) -> None:
        """Keeps how large road users get where: float32 (N, 4) in canvas pixels, int16 (N,)."""
        width_px, height_px = (xyxy_px[:, 2:] - xyxy_px[:, :2]).T
        people = road_user == RoadUser.PEDESTRIAN
        largest_px = np.minimum(height_px, np.where(people, HEAD_SHAPE, 0.5) * width_px)
        edge_px = np.array(self._canvas.size_px, np.float32) - EDGE_PX
        cut = (xyxy_px[:, :2] < EDGE_PX).any(axis=1) | (xyxy_px[:, 2:] > edge_px).any(axis=1)
        cut |= people & (width_px > WHOLE_SHAPE * height_px)
        needed_px = height_px / np.where(people, HEADS_IN_BODY, CELLS_IN_VEHICLE)
        needed_px = np.where(cut, np.maximum(needed_px, largest_px), needed_px)
        cell_px = self._canvas.cell_px
        for (left, top, right, bottom), size_px in zip(grown(xyxy_px, 0.25, 0.0) / cell_px, needed_px, strict=True):
            if size_px > cell_px:
                region = np.s_[max(int(top), 0) : int(bottom) + 1, max(int(left), 0) : int(right) + 1]
                self._seen_px[region] = np.maximum(self._seen_px[region], size_px)

    def sizes(self, unexplained: Mask) -> Sizes:
        """Returns how large cells must be, by what was seen and by the largest thing that may be hidden.

        Args:
            unexplained: uint8 of thumb size, set where anything may be: what fits in there may be as large.
        """
        needed_px = self._seen_px.copy()
        closed = cv2.morphologyEx(unexplained, cv2.MORPH_CLOSE, np.ones((CLOSED, CLOSED), np.uint8))
        # The picture's edge is no end of what is hidden there: a person may be half outside.
        depth = cv2.distanceTransform(closed, cv2.DIST_L2, 3)
        for level in range(1, LEVELS):
            above_px = self._canvas.cell_px * (1 << level) / 2
            radius = above_px / (2 * HEAD_SHAPE * THUMB)
            deep = np.asarray(depth) > radius
            if not deep.any():
                break
            around = np.asarray(cv2.distanceTransform(as_mask(~deep), cv2.DIST_L2, 3)) <= radius + 1
            needed_px[self.touched(as_mask(around)) > 0] = 1.01 * above_px
        return np.maximum(needed_px, self._seen_px)

    def learned(self, colour: Picture, known: Mask, sizes: Sizes | None = None) -> Picture:
        """Returns cell colours of the background, unknown ones from their neighbours: uint8 (rows, columns, 3)."""
        # By way of the thumb size: whole numbers are halved quickly, and a cell averages their rounding away.
        thumbs = (
            cv2.resize(plane, self._canvas.thumb_px, interpolation=cv2.INTER_AREA).astype(np.float32)
            for plane in (known, cv2.bitwise_and(colour, colour, mask=known))
        )
        weight, total = (self._averaged(plane, self._canvas.cell_px // THUMB) for plane in thumbs)
        weight /= 255
        for _ in range(max(self.rows, self.columns)):
            if not (weight < 0.05).any() or not weight.any():
                break
            near, near_weight = cv2.blur(total, (3, 3)), cv2.blur(weight, (3, 3))
            empty = weight < 0.05
            total[empty], weight[empty] = near[empty], near_weight[empty]
        return self._coarsened(total / np.maximum(weight, 1e-3)[:, :, None], sizes)

    def live(self, picture: Picture, sizes: Sizes | None = None) -> Picture:
        """Returns cell colours of a picture of the canvas's thumb size: uint8 (rows, columns, 3)."""
        return self._coarsened(self._averaged(picture.astype(np.float32), self._canvas.cell_px // THUMB), sizes)

    def _averaged(self, plane: npt.NDArray[np.float32], cell_px: int) -> npt.NDArray[np.float32]:
        below, right = self.rows * cell_px - plane.shape[0], self.columns * cell_px - plane.shape[1]
        padded = cv2.copyMakeBorder(plane, 0, below, 0, right, cv2.BORDER_REPLICATE)
        return np.asarray(cv2.resize(padded, (self.columns, self.rows), interpolation=cv2.INTER_AREA), np.float32)

    def _coarsened(self, cells: npt.NDArray[np.generic], sizes: Sizes | None) -> Picture:
        """Returns cells joined to larger ones where larger ones are needed."""
        coarse = np.asarray(cells, np.float32)
        needed_px = self._seen_px if sizes is None else sizes
        for level in range(1, LEVELS):
            size = 1 << level
            if needed_px.max() <= self._canvas.cell_px * size / 2:
                break
            shape = (self.rows // size, size, self.columns // size, size)
            largest_px = needed_px.reshape(shape).max(axis=(1, 3), keepdims=True)
            weight = self._inside.reshape(shape)
            joined = (
                (np.asarray(cells, np.float32) * self._inside[:, :, None])
                .reshape(*shape, 3)
                .sum(axis=(1, 3), keepdims=True)
            )
            joined /= np.maximum(weight.sum(axis=(1, 3), keepdims=True), 1e-3)[..., None]
            large = (largest_px > self._canvas.cell_px * size / 2)[..., None]
            coarse = np.where(large, joined, coarse.reshape(*shape, 3)).reshape(self.rows, self.columns, 3)
        return np.clip(np.rint(coarse), 0, 255).astype(np.uint8)

    def spread(self, cells: npt.NDArray[np.uint8], *, smooth: bool) -> npt.NDArray[np.uint8]:
        """Returns cells at the canvas's size, like frosted glass or as plain squares: uint8 (H, W, 3) or (H, W)."""
        cell_px = self._canvas.cell_px
        size_px = (self.columns * cell_px, self.rows * cell_px)
        sampling = cv2.INTER_LINEAR if smooth else cv2.INTER_NEAREST
        width, height = self._canvas.size_px
        return np.asarray(cv2.resize(cells, size_px, interpolation=sampling), np.uint8)[:height, :width]

    def touched(self, veil: Mask) -> Mask:
        """Returns the smallest cells that a veil of the thumb size touches: uint8 (rows, columns)."""
        return as_mask(self._averaged((veil > 0).astype(np.float32), self._canvas.cell_px // THUMB) > 0)
