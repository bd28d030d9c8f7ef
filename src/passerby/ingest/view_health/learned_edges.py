"""The edges of a view that stay in place: learned over minutes, kept across a restart as a few coarse numbers."""

from collections import deque

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.view_health.displacement import COARSE, MIN_WINDOWS, Spectra, ViewMatch, Windows, whole_shift
from passerby.ingest.view_health.edges import Field

Signature = npt.NDArray[np.int8]
"""int8 (36, 64, 2): each cell's mean edge direction, twice the angle, as cosine and sine times 127."""

SIGNATURE_SHAPE = (36, 64)
"""A cell is 30x30 px of a 1080p picture. It holds no brightness, and only what stayed for minutes."""

LEARNING_SAMPLES = 20
"""Samples until a view counts as learned: a person who stands still for less hardly shows in the mean."""

REMEMBERED_SAMPLES = 600
"""Later samples count so little that ten minutes of them are needed to outweigh what was learned: light changes
slower, a lorry in front of the camera leaves sooner."""

MIN_TEXTURE = 0.03
"""Mean clearness of a window's edges from which it can be found again."""

MIN_FREE = 0.3
"""Share of a window that must be free of people and vehicles for it to be searched for."""

RECOGNISED = 0.5
"""Share of windows found above which a large shift of the whole view is not tried."""

RECENT_SAMPLES = 5
"""Samples whose mean is what is seen now: five seconds, in which walkers, rain and shaking blur. The mean of a fixed
number, for a fading mean goes on showing a view that is gone for half a minute."""

RENEWED_SAMPLES = 15
"""Samples learned until the learned windows are transformed anew: they hardly differ, and it is a third of the cost."""

STILL_PX = 0.05
"""A smaller movement is not taken out before learning: it would only blur."""


class LearnedEdges:
    """The edges of one view that stay in place, and where they are now."""

    def __init__(self, shape: tuple[int, int]) -> None:
        """Starts with nothing learned.

        Args:
            shape: rows and columns of the grid of edges.
        """
        self.shape = shape
        self.samples = 0
        self._windows = Windows(shape)
        self._learned: Field = np.zeros(shape, np.complex64)
        self._newest: deque[tuple[Field, npt.NDArray[np.float32]]] = deque(maxlen=RECENT_SAMPLES)
        self._seen: Field = np.zeros(shape, np.complex64)
        self._weight = np.zeros(shape, np.float32)
        self._seen_free = np.zeros(shape, np.float32)
        self._spectra: Spectra | None = None
        self._spectra_samples = 0
        self._textured = np.zeros(len(self._windows), np.bool_)

    @property
    def ready(self) -> bool:
        """Whether enough was learned to compare with."""
        return self.samples >= LEARNING_SAMPLES

    @property
    def settled(self) -> bool:
        """Whether what is seen now is the mean of several samples."""
        return len(self._newest) == RECENT_SAMPLES

    def add(self, field: Field, free: npt.NDArray[np.float32]) -> None:
        """Adds the newest sample to what is seen now.

        Args:
            field: complex64 (H, W).
            free: float32 (H, W), 0 where a road user was detected, else 1.
        """
        self._newest.append((field * free, free))
        count = np.float32(len(self._newest))
        self._seen = np.sum([each for each, _ in self._newest], axis=0) / count
        self._seen_free = np.sum([each for _, each in self._newest], axis=0) / count

    def find(self) -> ViewMatch | None:
        """Returns where the learned edges are now; None where people and vehicles leave too little to compare."""
        if self._spectra is None or self.samples >= self._spectra_samples + RENEWED_SAMPLES:
            self._spectra, self._spectra_samples = self._windows.spectra(self._learned), self.samples
            self._textured = np.abs(self._windows.cut(self._learned)).mean((1, 2)) >= MIN_TEXTURE
        can = self._textured & (self._windows.cut(self._seen_free).mean((1, 2)) >= MIN_FREE)
        if can.sum() < MIN_WINDOWS:
            return None
        now = self._windows.spectra(self._seen)
        found = self._windows.find(now, self._spectra, can)
        if found.recognised >= RECOGNISED:
            return found
        from_px = whole_shift(self._seen, self._learned)
        if from_px == 0j:
            return found
        moved = np.roll(self._learned, (int(from_px.imag), int(from_px.real)), (0, 1))
        far = self._windows.find(now, self._windows.spectra(moved), can, from_px)
        return far if far.recognised > found.recognised else found

    def learn(self, field: Field, free: npt.NDArray[np.float32], found: ViewMatch | None) -> None:
        """Adds a sample to what is learned.

        Args:
            field: complex64 (H, W).
            free: float32 (H, W), 0 where a road user was detected, else 1.
            found: where the learned edges are in it, so that a view that creeps is measured against where it began;
                None while new.
        """
        self.samples += 1
        if found is not None and found.fitted is not None:
            field, free = _field_moved_back(field, *found.fitted), _moved_back(free, *found.fitted)
        self._weight = np.minimum(self._weight + free, REMEMBERED_SAMPLES)
        rate = free / np.maximum(self._weight, 1)
        self._learned += rate * (field - self._learned)

    def signature(self) -> Signature:
        """Returns what is kept across a restart."""
        return signature_of(self._learned)

    def find_kept(self, kept: Signature) -> ViewMatch:
        """Returns where a kept signature's edges are in what is seen now, in pixels of the grid."""
        windows = Windows(SIGNATURE_SHAPE, COARSE)
        kept_field, now_field = _field_of(kept), _field_of(signature_of(self._seen))
        every = np.ones(len(windows), np.bool_)
        found = windows.find(windows.spectra(now_field), windows.spectra(kept_field), every)
        if found.fitted is None:
            return found
        return ViewMatch(found.recognised, found.fitted[0], found.fitted[1] * self.shape[1] / SIGNATURE_SHAPE[1])


def signature_of(learned: Field) -> Signature:
    """Returns a field of edges, complex64 (H, W), in coarse numbers."""
    size_px = SIGNATURE_SHAPE[::-1]
    parts = [
        cv2.resize(np.ascontiguousarray(part), size_px, interpolation=cv2.INTER_AREA)
        for part in (learned.real, learned.imag)
    ]
    coarse = np.stack(parts, axis=2).astype(np.float32)
    length = np.linalg.norm(coarse, axis=2)
    coarse = coarse / np.float32(max(float(np.percentile(length, 95)), 1e-6))
    return np.clip(np.round(coarse * 127), -127, 127).astype(np.int8)


def _field_of(signature: Signature) -> Field:
    parts = signature.astype(np.float32) / 127
    return np.asarray(parts[..., 0] + 1j * parts[..., 1], np.complex64)


def _moved_back(grid: npt.NDArray[np.float32], scale_turn: complex, shift_px: complex) -> npt.NDArray[np.float32]:
    """Returns a grid, float32 (H, W) or (H, W, 2), as it was before it moved; unchanged where it hardly has."""
    height, width = grid.shape[:2]
    if abs(shift_px) + abs(scale_turn) * width / 2 < STILL_PX:
        return grid
    growth, middle = 1 + scale_turn, complex((width - 1) / 2, (height - 1) / 2)
    offset = middle + shift_px - growth * middle
    matrix = np.array([[growth.real, -growth.imag, offset.real], [growth.imag, growth.real, offset.imag]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(grid, matrix, (width, height), flags=flags), np.float32)


def _field_moved_back(field: Field, scale_turn: complex, shift_px: complex) -> Field:
    parts = np.ascontiguousarray(field).view(np.float32).reshape(*field.shape, 2)
    moved = np.ascontiguousarray(_moved_back(parts, scale_turn, shift_px))
    return np.asarray(moved.view(np.complex64).reshape(field.shape), np.complex64)
