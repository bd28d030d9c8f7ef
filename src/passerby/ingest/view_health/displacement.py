"""How far a view has moved against a learned one: many small windows are looked for, and one movement is fitted."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy import fft

from passerby.domain.health import Displacement
from passerby.ingest.view_health.edges import Field

Spectra = npt.NDArray[np.complex64]
"""complex64 (N, side, side), the Fourier transform of each window."""

Number = TypeVar("Number", bound=np.generic)

Points = npt.NDArray[np.complex128]
"""complex128 (N,), x + iy in pixels: a turn and a zoom are then one multiplication."""


@dataclass(frozen=True, slots=True)
class WindowGrid:
    """How windows are laid over a grid, and when what they tell is believed.

    Attributes:
        side_px, step_px: of the windows. One is found up to half its side away.
        clear: how far a window's best place must stand above all others, in their own spread.
        agreeing_px: windows whose shifts agree this well with one movement of the whole picture belong to it.
        base_px: two windows nearer to each other tell nothing about a turn.
    """

    side_px: int
    step_px: int
    clear: float
    agreeing_px: float
    base_px: float


LIVE = WindowGrid(64, 28, 7.0, 1.6, 40.0)
"""For the grid of edges. Measured: windows of another place reach 5; in place 20 to 40; turned by 10 degrees 9."""

COARSE = WindowGrid(24, 8, 6.0, 0.8, 12.0)
"""For kept signatures. Measured: in their place 12 to 18; turned by 5 degrees 9."""

MIN_WINDOWS = 5
"""So many must agree on a movement. Three will do for none at all: that is the likeliest by far."""

MIN_UNMOVED = 3

MOSTLY = 0.9
"""Share of windows that are found unmoved, above which no other movement is tried."""

MAX_TURN = 0.4
"""Turn (radians) or zoom (share) beyond which nothing is found anyway; keeps chance agreements out."""


@dataclass(frozen=True, slots=True, eq=False)
class ViewMatch:
    """Where the windows of a learned view are now.

    Attributes:
        recognised: share of the windows that agree on `scale_turn` and `shift_px`, 0-1.
        scale_turn, shift_px: a point p from the picture's middle is now at p + scale_turn * p + shift_px; both None
            when too few agree.
    """

    recognised: float
    scale_turn: complex | None = None
    shift_px: complex | None = None

    @property
    def fitted(self) -> tuple[complex, complex] | None:
        """Both parts of the movement, or None."""
        return None if self.scale_turn is None or self.shift_px is None else (self.scale_turn, self.shift_px)

    def displacement(self, shape: tuple[int, int]) -> Displacement | None:
        """The movement in shares of the width of a grid (H, W); None without one."""
        if self.fitted is None:
            return None
        scale_turn, shift_px = self.fitted
        height, width = shape
        corners = np.array([x * width / 2 + 1j * y * height / 2 for x in (-1, 1) for y in (-1, 1)])
        largest_px = float(np.abs(scale_turn * corners + shift_px).max())
        growth = 1 + scale_turn
        return Displacement(
            largest_px / width,
            shift_px.real / width,
            shift_px.imag / width,
            float(np.degrees(np.angle(growth))),
            abs(growth) - 1,
        )


class Windows:
    """Square windows evenly over a grid of edges."""

    def __init__(self, shape: tuple[int, int], layout: WindowGrid = LIVE) -> None:
        """Lays them out over a grid (H, W)."""
        self._layout = layout
        self.side_px = min(layout.side_px, *shape)
        rows, columns = (
            np.linspace(0, length - self.side_px, max(1, round((length - self.side_px) / layout.step_px) + 1))
            for length in shape
        )
        self._corners = [(round(top), round(left)) for top in rows for left in columns]
        line = np.hanning(self.side_px + 2)[1:-1]
        self._taper = np.sqrt(np.outer(line, line)).astype(np.float32)
        middle = (np.array(shape) - 1) / 2 - (self.side_px - 1) / 2
        self.centre_px: Points = np.array(
            [complex(left - middle[1], top - middle[0]) for top, left in self._corners], np.complex128
        )

    def __len__(self) -> int:
        return len(self._corners)

    def cut(self, grid: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """The windows of a grid (H, W), copied: (N, side, side)."""
        side = self.side_px
        return np.stack([grid[top : top + side, left : left + side] for top, left in self._corners])

    def spectra(self, field: Field) -> Spectra:
        """The windows' transforms, tapered towards their rims and without their mean."""
        cut = self.cut(field)
        cut = cut - (cut * self._taper).sum((1, 2), keepdims=True) / self._taper.sum()
        return np.asarray(fft.fft2(cut * self._taper, workers=1), np.complex64)

    def find(self, now: Spectra, learned: Spectra, textured: npt.NDArray[np.bool_], from_px: complex = 0j) -> ViewMatch:
        """One movement that takes the learned windows to where they are now.

        Args:
            now, learned: the windows' transforms; `learned` those of a view that was moved by `from_px` already.
            textured: bool (N,), windows in which anything was learned.
            from_px: added to every window's shift.
        """
        shifts_px, clearness = window_shifts(now, learned)
        clear = textured & (clearness > self._layout.clear)
        count = max(int(textured.sum()), 1)
        return fitted_movement(self.centre_px[clear], shifts_px[clear] + from_px, count, self._layout)


def window_shifts(now: Spectra, learned: Spectra) -> tuple[Points, npt.NDArray[np.float64]]:
    """Each window's best shift, and how clearly it is the best.

    Half-way between cross-correlation and phase correlation: the square root of the magnitudes weighs down both the
    few strong edges and the noise.

    Returns:
        The shifts, complex128 (N,), to a part of a pixel, and their height over the mean in standard deviations,
        float64 (N,).
    """
    cross = now * learned.conj()
    cross /= np.sqrt(np.abs(cross)) + np.float32(1e-6)
    surface = np.asarray(fft.ifft2(cross, workers=1), np.complex64).real
    count, height, width = surface.shape
    each = np.arange(count)
    best = surface.reshape(count, -1).argmax(1)
    down, right = best // width, best % width
    top = surface[each, down, right].astype(float)
    spread = surface.std((1, 2)) + 1e-12
    clearness = (top - surface.mean((1, 2))) / spread
    part_x = _vertex(surface[each, down, (right - 1) % width], top, surface[each, down, (right + 1) % width])
    part_y = _vertex(surface[each, (down - 1) % height, right], top, surface[each, (down + 1) % height, right])
    x = (right + width // 2) % width - width // 2 + part_x
    y = (down + height // 2) % height - height // 2 + part_y
    return np.asarray(x + 1j * y, np.complex128), np.asarray(clearness, np.float64)


def _vertex(before: npt.NDArray[np.float32], top: npt.NDArray[np.float64], after: npt.NDArray[np.float32]) -> Points:
    """Where a parabola through three neighbours has its top, -0.5 to 0.5 from the middle one."""
    bend = before - 2 * top + after
    slope = 0.5 * (before - after)
    return np.asarray(np.divide(slope, bend, out=np.zeros_like(top), where=np.abs(bend) > 1e-9))


def fitted_movement(places_px: Points, shifts_px: Points, windows: int, layout: WindowGrid = LIVE) -> ViewMatch:
    """The one movement that most windows agree on.

    Args:
        places_px: windows' middles, from the picture's middle.
        shifts_px: how far each has moved.
        windows: how many there could have been.
        layout: how well they must agree.
    """
    if not len(places_px):
        return ViewMatch(0.0)
    unmoved = np.abs(shifts_px) < layout.agreeing_px
    agreeing, least = unmoved, MIN_UNMOVED
    if unmoved.mean() < MOSTLY:
        fits = _agreements(places_px, shifts_px, layout)
        best = fits[fits.sum(1).argmax()]
        if best.sum() > max(int(unmoved.sum()) + 1, MIN_WINDOWS - 1):
            agreeing, least = best, MIN_WINDOWS
    recognised = float(agreeing.sum()) / windows
    if agreeing.sum() < least:
        return ViewMatch(recognised)
    return ViewMatch(recognised, *_least_squares(places_px[agreeing], shifts_px[agreeing], layout.base_px))


def _agreements(places_px: Points, shifts_px: Points, layout: WindowGrid) -> npt.NDArray[np.bool_]:
    """Which windows agree with each single window's shift, and with the movement of each pair; bool (M, N)."""
    first, second = np.triu_indices(len(places_px), 1)
    base = places_px[second] - places_px[first]
    wide = np.abs(base) > layout.base_px
    first, second = first[wide], second[wide]
    scale_turn = (shifts_px[second] - shifts_px[first]) / base[wide]
    small = np.abs(scale_turn) < MAX_TURN
    scale_turn, first = scale_turn[small], first[small]
    shift_px = np.concatenate([shifts_px, shifts_px[first] - scale_turn * places_px[first]])
    scale_turn = np.concatenate([np.zeros(len(places_px)), scale_turn])
    predicted = scale_turn[:, None] * places_px[None, :] + shift_px[:, None]
    return np.asarray(np.abs(predicted - shifts_px[None, :]) < layout.agreeing_px)


def _least_squares(places_px: Points, shifts_px: Points, base_px: float) -> tuple[complex, complex]:
    """Turn with zoom, and shift; a shift alone where the windows lie too close together for more."""
    middle, mean = places_px.mean(), shifts_px.mean()
    apart = places_px - middle
    spread = float((np.abs(apart) ** 2).sum())
    if spread < len(places_px) * (base_px / 2) ** 2:
        return 0j, complex(mean)
    scale_turn = complex((apart.conj() * (shifts_px - mean)).sum() / spread)
    return scale_turn, complex(mean - scale_turn * middle)
