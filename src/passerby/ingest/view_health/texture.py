"""How much structure a picture shows, and how fine it is, compared with what is usual there at such light."""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane
from passerby.ingest.view_health.edges import Energy, Levels, steps

Cells = npt.NDArray[np.float32]
"""float32 (9, 16), a number for each part of the picture."""

CELLS_SHAPE = (9, 16)

LIGHT_STEP = 32.0
"""Luma levels of the picture's middle brightness that count as similar light."""

READY_SAMPLES = 20
REMEMBERED_SAMPLES = 1800
"""Half an hour of samples: what is usual follows the seasons and not a cloth."""

MIN_ENERGY = 1.0
"""Squared luma steps from which a part of the picture has structure that could be missed."""

GONE_SHARE = 0.04
"""Structure is gone where less than this of its usual energy is left: a step of 10 levels is below 2."""

NEW_ENERGY = 4.0
"""Squared luma steps from which a usually smooth part of the picture has new structure."""

NOISE_ENERGY = 0.15
"""So much may be a sensor's noise on a cloth, in a picture too small for scaling to average it away."""

EMPTY_SHARE = 0.05
"""With structure in less of the picture there is nothing to see, whatever is usual."""

MIN_FREE = 0.5
"""Share of a cell that must be free of people and vehicles for it to be compared or learned."""

MIN_CELLS = 12
"""Of 144: with fewer that can be compared, no loss is reported."""

CREDIBLE_SHARPNESS = 0.6
"""At new light, something that is less sharp than this against the nearest light is not taken for usual."""


@dataclass(slots=True)
class Usual:
    """What is usual at one light: means over samples of the logarithms of energy and of fineness."""

    brightness: float = 0.0
    samples: int = 0
    energy: Cells = field(default_factory=lambda: np.zeros(CELLS_SHAPE, np.float32))
    fineness: Cells = field(default_factory=lambda: np.zeros(CELLS_SHAPE, np.float32))
    seen: Cells = field(default_factory=lambda: np.zeros(CELLS_SHAPE, np.float32))

    def learn(self, now: "Texture", brightness: float) -> None:
        """Adds one sample to the means, where it was free."""
        self.samples += 1
        self.seen = np.minimum(self.seen + now.free, REMEMBERED_SAMPLES).astype(np.float32)
        rate = now.free / np.maximum(self.seen, 1)
        self.energy += rate * (now.energy - self.energy)
        self.fineness += rate * (now.fineness - self.fineness)
        self.brightness += (brightness - self.brightness) / min(self.samples, REMEMBERED_SAMPLES)


@dataclass(frozen=True, slots=True, eq=False)
class Texture:
    """The structure of one picture.

    Attributes:
        energy: logarithm of the mean squared step, a cell each.
        fineness: logarithm of the fine steps' energy over the coarse ones'; contrast and exposure fall out of it.
        free: 1 where a cell is free of people and vehicles, else 0.
    """

    energy: Cells
    fineness: Cells
    free: Cells

    @classmethod
    def of(cls, levels: Levels, middle_energy: Energy, free: npt.NDArray[np.float32]) -> "Texture":
        """Returns the structure of one picture.

        Args:
            levels: the picture.
            middle_energy: float32 (H, W), squared steps at the middle level.
            free: float32 (H, W), 0 where a road user was detected, else 1.
        """
        weight = _cells(free)
        middle, fine, coarse = (
            np.log(_cells(each * _like(free, each)) / np.maximum(weight, 1e-3) + 0.05)
            for each in (middle_energy, _energy(levels.fine), _energy(levels.coarse))
        )
        return cls(middle, np.asarray(fine - coarse, np.float32), (weight >= MIN_FREE).astype(np.float32))


@dataclass(frozen=True, slots=True)
class Loss:
    """What is missing from a picture.

    Attributes:
        blank: share of the usual structure that is gone, 0-1.
        sharpness: fine detail against coarse, 1 as usual; None where too little structure is left to measure.
    """

    blank: float
    sharpness: float | None


class TextureMemory:
    """The structure that is usual in one view, by how light it is."""

    def __init__(self) -> None:
        self._usual: dict[int, Usual] = {}

    def loss(self, now: Texture, light: float, brightness: float) -> Loss | None:
        """Returns what is missing of what is usual at the nearest light; None if nothing is learned, or little is free.

        Args:
            now: the picture.
            light: its middle luma, 0-255.
            brightness: its bright parts' luma, 0-255: a darker picture has weaker steps.
        """
        if now.free.sum() >= MIN_CELLS and (np.exp(now.energy)[now.free > 0] > MIN_ENERGY).mean() < EMPTY_SHARE:
            return Loss(1.0, None)
        usual = self._nearest(light)
        if usual is None:
            return None
        gain = min(brightness / max(usual.brightness, 1.0), 1.0)
        expected = np.exp(usual.energy) * gain**2
        can = (now.free > 0) & (usual.seen >= READY_SAMPLES / 2) & (expected > MIN_ENERGY)
        if can.sum() < MIN_CELLS:
            return None
        gone = np.exp(now.energy) < np.maximum(GONE_SHARE * expected, NOISE_ENERGY)
        left = can & ~gone
        # A view that was turned away loses structure here and gains it there; a cloth only takes.
        new = (now.free > 0) & (usual.seen >= READY_SAMPLES / 2) & (np.exp(now.energy) > NEW_ENERGY)
        new &= np.exp(usual.energy) <= MIN_ENERGY
        blank = max(float(gone[can].sum()) - float(new.sum()), 0.0) / float(can.sum())
        if left.sum() < MIN_CELLS:
            return Loss(blank, None)
        return Loss(blank, float(np.exp(np.median((now.fineness - usual.fineness)[left]) / 2)))

    def learn(self, now: Texture, light: float, brightness: float) -> None:
        """Adds a picture that shows the view as it should be."""
        step = int(light // LIGHT_STEP)
        loss = self.loss(now, light, brightness)
        known = step in self._usual and self._usual[step].samples >= READY_SAMPLES
        implausible = loss is not None and loss.sharpness is not None and loss.sharpness < CREDIBLE_SHARPNESS
        if known or not implausible:
            self._usual.setdefault(step, Usual()).learn(now, brightness)

    def _nearest(self, light: float) -> Usual | None:
        ready = [step for step, usual in self._usual.items() if usual.samples >= READY_SAMPLES]
        step = int(light // LIGHT_STEP)
        return self._usual[min(ready, key=lambda each: abs(each - step))] if ready else None


def _energy(luma: Plane) -> Energy:
    across, down = steps(luma, 0.0)
    return np.asarray(across * across + down * down, np.float32)


def _like(free: npt.NDArray[np.float32], grid: Energy) -> npt.NDArray[np.float32]:
    """Returns `free` at another level's size."""
    if free.shape == grid.shape:
        return free
    return np.asarray(cv2.resize(free, grid.shape[::-1], interpolation=cv2.INTER_NEAREST), np.float32)


def _cells(grid: npt.NDArray[np.float32]) -> Cells:
    size = CELLS_SHAPE[::-1]
    return np.asarray(cv2.resize(grid, size, interpolation=cv2.INTER_AREA), np.float32)
