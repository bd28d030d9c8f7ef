"""Where labels go: near what they belong to, inside the picture, never over one another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_STEPS = 72  # positions tried along the longer side; finer ones look no better and cost time
_BUSY_WORTH = 0.15  # how much farther a label goes, in picture widths, to leave a place of busyness 1 uncovered


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels of the picture."""

    left_px: float
    top_px: float
    right_px: float
    bottom_px: float

    def grown(self, by_px: float) -> "Box":
        """The box with a rim of `by_px` around it."""
        return Box(self.left_px - by_px, self.top_px - by_px, self.right_px + by_px, self.bottom_px + by_px)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label that wants a place: its size, and the point it belongs to, in pixels."""

    wh_px: tuple[float, float]
    anchor_px: tuple[float, float]


def place_labels(
    wanted: Sequence[Wanted],
    picture: Box,
    taken: Sequence[Box],
    busy: npt.NDArray[np.float64],
    gap_px: float,
    reach_px: float,
) -> list[Box | None]:
    """A place for each label, the largest first; None for those that find no free place.

    Args:
        wanted: the labels.
        picture: what they must stay inside.
        taken: what they must not cover.
        busy: float64 (R, C) over the picture, 1 and more where they had better not stand.
        gap_px: kept free between two labels.
        reach_px: how far from its anchor a label may stand.
    """
    places: list[Box | None] = [None] * len(wanted)
    blocked = [box.grown(gap_px / 2) for box in taken]
    by_size = sorted(range(len(wanted)), key=lambda i: (-wanted[i].wh_px[0] * wanted[i].wh_px[1], i))
    for index in by_size:
        place = _best_place(wanted[index], picture, blocked, busy, gap_px, reach_px)
        places[index] = place
        if place is not None:
            blocked.append(place.grown(gap_px))
    return places


def _best_place(
    label: Wanted,
    picture: Box,
    blocked: Sequence[Box],
    busy: npt.NDArray[np.float64],
    gap_px: float,
    reach_px: float,
) -> Box | None:
    width_px, height_px = label.wh_px
    slack_x_px = picture.right_px - picture.left_px - width_px - 2 * gap_px
    slack_y_px = picture.bottom_px - picture.top_px - height_px - 2 * gap_px
    if slack_x_px < 0 or slack_y_px < 0:
        return None
    lefts, tops = np.meshgrid(
        picture.left_px + gap_px + np.linspace(0, slack_x_px, _STEPS),
        picture.top_px + gap_px + np.linspace(0, slack_y_px, _STEPS),
    )
    free = np.ones(lefts.shape, np.bool_)
    for box in blocked:
        apart_x = (lefts >= box.right_px) | (lefts + width_px <= box.left_px)
        apart_y = (tops >= box.bottom_px) | (tops + height_px <= box.top_px)
        free &= apart_x | apart_y
    # Distance from the anchor to the box's nearest edge, so that long labels are not pushed away.
    away_x_px = np.maximum(np.maximum(lefts - label.anchor_px[0], label.anchor_px[0] - lefts - width_px), 0)
    away_y_px = np.maximum(np.maximum(tops - label.anchor_px[1], label.anchor_px[1] - tops - height_px), 0)
    apart_px = np.hypot(away_x_px, away_y_px)
    free &= apart_px <= reach_px
    if not free.any():
        return None
    centre_px = np.hypot(lefts + width_px / 2 - label.anchor_px[0], tops + height_px / 2 - label.anchor_px[1])
    away = (apart_px + 0.2 * centre_px) / (picture.right_px - picture.left_px)
    covered = _covered(lefts, tops, label.wh_px, picture, busy)
    cost = np.where(free, away + _BUSY_WORTH * covered, np.inf)
    row, column = np.unravel_index(int(np.argmin(cost)), cost.shape)
    left_px, top_px = float(lefts[row, column]), float(tops[row, column])
    return Box(left_px, top_px, left_px + width_px, top_px + height_px)


def _covered(
    lefts: npt.NDArray[np.float64],
    tops: npt.NDArray[np.float64],
    wh_px: tuple[float, float],
    picture: Box,
    busy: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """The mean of `busy` under a box at each position, by a summed-area table."""
    rows, columns = busy.shape
    table = np.zeros((rows + 1, columns + 1))
    table[1:, 1:] = busy.cumsum(axis=0).cumsum(axis=1)
    x_scale = columns / (picture.right_px - picture.left_px)
    y_scale = rows / (picture.bottom_px - picture.top_px)
    x1 = np.clip(((lefts - picture.left_px) * x_scale).astype(np.intp), 0, columns - 1)
    y1 = np.clip(((tops - picture.top_px) * y_scale).astype(np.intp), 0, rows - 1)
    x2 = np.clip(((lefts + wh_px[0] - picture.left_px) * x_scale).astype(np.intp), x1 + 1, columns)
    y2 = np.clip(((tops + wh_px[1] - picture.top_px) * y_scale).astype(np.intp), y1 + 1, rows)
    total = table[y2, x2] - table[y1, x2] - table[y2, x1] + table[y1, x1]
    mean: npt.NDArray[np.float64] = total / ((x2 - x1) * (y2 - y1))
    return mean
