"""How far a view has moved against a learned one: many small windows are found again, and one movement is fitted."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from passerby.domain.health import Displacement
from passerby.ingest.view_health.edges import Field
from passerby.scipy_parts import fft2, ifft2

Spectra = npt.NDArray[np.complex64]
"""complex64 (N, side, side), the Fourier transform of each window."""

Number = TypeVar("Number", bound=np.generic)

Points = npt.NDArray[np.complex128]
"""complex128 (N,), x + iy in pixels: a turn and a zoom are then one multiplication."""


@dataclass(frozen=True, slots=True)
class WindowGrid:
    """How windows lie over a grid, and when their shifts are believed.

    Attributes:
        side_px, step_px: of the windows. One is found up to half its side away.
        clear: how far a window's best shift must stand above all others, in their own spread.
        agreeing_px: windows whose shifts agree this well with one movement of the whole picture belong to it.
        base_px: two windows nearer to each other do not show a turn.
    """

    side_px: int
    step_px: int
    clear: float
    agreeing_px: float
    base_px: float


LIVE = WindowGrid(64, 28, 7.0, 1.6, 40.0)
"""For the grid of edges. Measured: windows of another view reach 5; in place 20 to 40; turned by 10 degrees 9."""

COARSE = WindowGrid(24, 8, 6.0, 0.8, 12.0)
"""For kept signatures. Measured: in place 12 to 18; turned by 5 degrees 9."""

MIN_WINDOWS = 5
"""Windows that must agree on a movement. Three are enough for no movement at all, which is the likeliest by far."""

MIN_UNMOVED = 3

MOSTLY = 0.9
"""Share of windows that are found unmoved, above which no other movement is tried."""

MAX_TURN = 0.4
"""Turn (radians) or zoom (share) beyond which nothing is found anyway; keeps chance agreements out."""


@dataclass(frozen=True, slots=True, eq=False)
class ViewMatch:
    """Where a learned view lies in what is seen now.

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
        """Both parts of the movement, or None where none was fitted."""
        return None if self.scale_turn is None or self.shift_px is None else (self.scale_turn, self.shift_px)

    def displacement(self, shape: tuple[int, int]) -> Displacement | None:
        """Returns the movement in shares of the width of a grid (H, W); None where none was fitted."""
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

    def __init__(self, shape: tuple[int, int], grid: WindowGrid = LIVE) -> None:
        """Lays windows over a grid of edges.

        Args:
            shape: rows and columns of the edges.
            grid: how the windows lie.
        """
        self._grid = grid
        self.side_px = min(grid.side_px, *shape)
        rows, columns = (
            np.linspace(0, length - self.side_px, max(1, round((length - self.side_px) / grid.step_px) + 1))
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

    def cut(self, cells: npt.NDArray[Number]) -> npt.NDArray[Number]:
        """Returns copies of the windows of an array (H, W): (N, side, side)."""
        side = self.side_px
        return np.stack([cells[top : top + side, left : left + side] for top, left in self._corners])

    def spectra(self, field: Field) -> Spectra:
        """Returns the windows' transforms, tapered towards their rims and without their mean."""
        cut = self.cut(field)
        cut = cut - (cut * self._taper).sum((1, 2), keepdims=True) / self._taper.sum()
        return fft2(cut * self._taper)

    def find(self, now: Spectra, learned: Spectra, textured: npt.NDArray[np.bool_], from_px: complex = 0j) -> ViewMatch:
        """Returns the one movement that takes the learned windows to where they are now.

        Args:
            now, learned: the windows' transforms; `learned` those of a view that was moved by `from_px` already.
            textured: bool (N,), windows in which anything was learned.
            from_px: added to every window's shift.
        """
        shifts_px, clearness = window_shifts(now, learned)
        clear = textured & (clearness > self._grid.clear)
        count = max(int(textured.sum()), 1)
        return fitted_movement(self.centre_px[clear], shifts_px[clear] + from_px, count, self._grid)


def window_shifts(now: Spectra, learned: Spectra) -> tuple[Points, npt.NDArray[np.float64]]:
    """Returns each window's best shift, and how clearly it is the best.

    Returns:
        The shifts, complex128 (N,), to a part of a pixel, and their height over the mean in standard deviations,
        float64 (N,).
    """
    surface = _correlation(now, learned)
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


def whole_shift(now: Field, learned: Field) -> complex:
    """Returns the shift of a whole field, complex64 (H, W), that fits another best, right + 1j * down, whole pixels."""
    spectra = (fft2(each - each.mean()) for each in (now, learned))
    surface = _correlation(*spectra)
    down, right = np.unravel_index(int(surface.argmax()), surface.shape)
    height, width = surface.shape
    x, y = ((int(at) + length // 2) % length - length // 2 for at, length in ((right, width), (down, height)))
    return complex(x, y)


def _correlation(now: Spectra, learned: Spectra) -> npt.NDArray[np.float32]:
    """Returns how well each shift fits, for transforms complex64 (..., H, W): float32 of that shape.

    Half-way between cross-correlation and phase correlation: the square root of the magnitudes weighs down both the
    few strong edges and the noise.
    """
    cross = now * learned.conj()
    cross /= np.sqrt(np.abs(cross)) + np.float32(1e-6)
    return ifft2(cross).real


def _vertex(before: npt.NDArray[np.float32], top: npt.NDArray[np.float64], after: npt.NDArray[np.float32]) -> Points:
    """Returns where a parabola through three neighbours has its top, -0.5 to 0.5 from the middle one."""
    bend = before - 2 * top + after
    slope = 0.5 * (before - after)
    return np.asarray(np.divide(slope, bend, out=np.zeros_like(top), where=np.abs(bend) > 1e-9))


def fitted_movement(centres_px: Points, shifts_px: Points, windows: int, grid: WindowGrid = LIVE) -> ViewMatch:
    """Returns the one movement that most windows agree on.

    Args:
        centres_px: windows' middles, from the picture's middle.
        shifts_px: how far each has moved.
        windows: how many there could have been.
        grid: how well they must agree.
    """
    if not len(centres_px):
        return ViewMatch(0.0)
    unmoved = np.abs(shifts_px) < grid.agreeing_px
    agreeing, needed = unmoved, MIN_UNMOVED
    if unmoved.mean() < MOSTLY:
        fits = _agreements(centres_px, shifts_px, grid)
        best = fits[fits.sum(1).argmax()]
        if best.sum() > max(int(unmoved.sum()) + 1, MIN_WINDOWS - 1):
            agreeing, needed = best, MIN_WINDOWS
    recognised = float(agreeing.sum()) / windows
    if agreeing.sum() < needed:
        return ViewMatch(recognised)
    return ViewMatch(recognised, *_fit_movement(centres_px[agreeing], shifts_px[agreeing], grid.base_px))


def _agreements(centres_px: Points, shifts_px: Points, grid: WindowGrid) -> npt.NDArray[np.bool_]:
    """Returns which windows agree with each single window's shift, and with the movement of each pair; bool (M, N)."""
    first, second = np.triu_indices(len(centres_px), 1)
    base = centres_px[second] - centres_px[first]
    wide = np.abs(base) > grid.base_px
    first, second = first[wide], second[wide]
    scale_turn = (shifts_px[second] - shifts_px[first]) / base[wide]
    small = np.abs(scale_turn) < MAX_TURN
    scale_turn, first = scale_turn[small], first[small]
    shift_px = np.concatenate([shifts_px, shifts_px[first] - scale_turn * centres_px[first]])
    scale_turn = np.concatenate([np.zeros(len(centres_px)), scale_turn])
    predicted = scale_turn[:, None] * centres_px[None, :] + shift_px[:, None]
    return np.asarray(np.abs(predicted - shifts_px[None, :]) < grid.agreeing_px)


def _fit_movement(centres_px: Points, shifts_px: Points, base_px: float) -> tuple[complex, complex]:
    """Returns the turn with zoom, and the shift; a shift alone where the windows lie too close together for more."""
    middle, mean = centres_px.mean(), shifts_px.mean()
    apart = centres_px - middle
    spread = float((np.abs(apart) ** 2).sum())
    if spread < len(centres_px) * (base_px / 2) ** 2:
        return 0j, complex(mean)
    scale_turn = complex((apart.conj() * (shifts_px - mean)).sum() / spread)
    return scale_turn, complex(mean - scale_turn * middle)
