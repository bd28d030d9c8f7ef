"""Whether two pictures, some seconds apart and of different sizes, show the same view."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane

GRID_PX: Final = (128, 72)
"""Width and height at which pictures are compared, whatever their shape: 15x15 px of a 1080p picture."""

WINDOW_PX: Final = 16
STEP_PX: Final = 8

Grid = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """When two pictures show the same view. Chosen on ten recordings, 2 s apart, half as large, whole and cut.

    Attributes:
        textured: spread of the brightness (0-255) within a window, without its coarse part, from which it shows
            anything.
        alike: a window shows the same where it correlates so well,
        share: and the view is the same where so many of the textured windows do: people and vehicles move on.
        better: it is not where so many more do with a picture that is cut, or the other is, by this:
        cut: as a share of its sides.
        windows: with fewer textured ones it is not known.
    """

    textured: float = 2.0
    alike: float = 0.5
    share: float = 0.4
    better: float = 0.1
    cut: float = 0.035
    windows: int = 12


SETTINGS: Final = ViewSettings()


def coarse(luma: Plane) -> Grid:
    """Returns what is kept of a picture for a comparison: float32 (72, 128), the mean brightness of each cell.

    Args:
        luma: uint8 (H, W).
    """
    width_px, height_px = GRID_PX
    rows = np.linspace(0, luma.shape[0], height_px, endpoint=False).astype(np.intp)
    columns = np.linspace(0, luma.shape[1], width_px, endpoint=False).astype(np.intp)
    sums = np.add.reduceat(np.add.reduceat(luma, rows, axis=0, dtype=np.float32), columns, axis=1)
    counts = np.diff(rows, append=luma.shape[0])[:, None] * np.diff(columns, append=luma.shape[1])[None]
    return np.asarray(sums / np.maximum(counts, 1), np.float32)


def same_view(before: Grid, after: Grid, settings: ViewSettings = SETTINGS) -> bool | None:
    """Returns whether two pictures show the same view; None where too little can be seen to say.

    Args:
        before, after: float32 (72, 128), as `coarse` returns them.
        settings: what is the same.
    """
    share = _share_alike(before, after, settings)
    if share is None:
        return None
    if share < settings.share:
        return False
    ends = [(x, y) for x in (0.0, 0.5, 1.0) for y in (0.0, 0.5, 1.0)]
    cuts = [_share_alike(_cut(before, end, settings.cut), after, settings) for end in ends]
    cuts += [_share_alike(before, _cut(after, end, settings.cut), settings) for end in ends]
    return all(cut is None or cut <= share + settings.better for cut in cuts)


def _share_alike(before: Grid, after: Grid, settings: ViewSettings) -> float | None:
    """Returns the share of the textured windows that show the same, 0-1; None where there are too few."""
    first, second = _windows(before - _blurred(before)), _windows(after - _blurred(after))
    first = first - first.mean(1, keepdims=True)
    second = second - second.mean(1, keepdims=True)
    spread = np.sqrt((first**2).mean(1)), np.sqrt((second**2).mean(1))
    textured = np.maximum(*spread) >= settings.textured
    if textured.sum() < settings.windows:
        return None
    match = (first * second).mean(1) / np.maximum(spread[0] * spread[1], 1e-6)
    return float((match[textured] >= settings.alike).mean())


def _cut(grid: Grid, end: tuple[float, float], share: float) -> Grid:
    """Returns a part of a grid, enlarged to all of it.

    Args:
        grid: float32 (H, W).
        end: where the part lies: 0 at the left or the top, 1 at the right or the bottom.
        share: by so much of the sides it is smaller.
    """
    for axis, at in ((1, end[0]), (0, end[1])):
        length = grid.shape[axis]
        where = np.arange(length) * (1 - share) + at * share * (length - 1)
        low = np.minimum(where.astype(np.intp), length - 2)
        part = (where - low).astype(np.float32)
        part = part[None, :] if axis == 1 else part[:, None]
        grid = np.take(grid, low, axis) * (1 - part) + np.take(grid, low + 1, axis) * part
    return grid


def _windows(grid: Grid) -> Grid:
    """Returns overlapping square windows of a grid: float32 (N, pixels)."""
    view = np.lib.stride_tricks.sliding_window_view(grid, (WINDOW_PX, WINDOW_PX))[::STEP_PX, ::STEP_PX]
    return view.reshape(-1, WINDOW_PX * WINDOW_PX)


def _blurred(grid: Grid, radius: int = 3) -> Grid:
    """Returns a grid with each value replaced by the mean of the square around it."""
    padded = np.pad(grid, radius, mode="edge")
    side = 2 * radius + 1
    view = np.lib.stride_tricks.sliding_window_view(padded, (side, side))
    return np.asarray(view.mean((2, 3)), np.float32)
