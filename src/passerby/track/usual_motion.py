"""How road users usually move at each place of the picture, as a first guess for those that have just come into view.

A car that is seen for the first time may be anywhere a step later, and on a road of several lanes the nearest box is
often another one, in the next lane or behind it. Where others have driven before it, it is expected to drive as they
did. Only sums of velocities are kept: no track, no box and no time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from passerby.track.motion import BoxMotion, Floats, MotionNoise, boxes_from_feet, scales_px

ROWS, COLUMNS = 24, 32
"""Cells of the picture; a lane that is narrower than a 24th of it shares them with the next one."""

KINDS = 3
"""On foot or on two wheels, in a motor vehicle, and not known."""

FULL = 60.0
"""Sightings in a cell after which older ones fade: what is usual changes with the time of day."""

DOUBT = 3.0
"""Sightings that weigh as much as knowing nothing."""

EDGE_SHARE = 0.01
"""A box so near to the picture's edge, as a share of the picture, goes on beyond it."""

WALKER_WIDTH_SHARE = 0.4
"""Of the side edge's cut no more can be hidden of someone on foot, as a share of their height."""

NEIGHBOURS = tuple(
    (down, right, 1.0 / (1 + down * down + right * right)) for down in (-1, 0, 1) for right in (-1, 0, 1)
)


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is expected of newcomers.

    Attributes:
        rate: float64 (N, 2), px/s.
        variance: float64 (N, 2), (px/s)^2.
    """

    rate: Floats
    variance: Floats


class UsualMotion:
    """Velocities by cell of the picture and kind of road user."""

    def __init__(self) -> None:
        # Weight, sums of x and y velocity, sums of their squares; velocities in picture heights a second.
        self._sums = np.zeros((KINDS, ROWS, COLUMNS, 5))

    def add(
        self,
        foot_px: Floats,
        rate: Floats,
        kind: npt.NDArray[np.integer],
        size_px: tuple[int, int],
    ) -> None:
        """Adds the velocities of tracks that are followed surely.

        Args:
            foot_px: float64 (N, 2).
            rate: float64 (N, 2), px/s.
            kind: (N,), below `KINDS`.
            size_px: of the picture.
        """
        row, column = _cells(foot_px, size_px)
        heights = rate / size_px[1]
        added = np.column_stack([np.ones(len(heights)), heights, heights**2])
        np.add.at(self._sums, (kind, row, column), added)
        weight = self._sums[kind, row, column, :1]
        self._sums[kind, row, column] *= np.where(weight > FULL, FULL / np.maximum(weight, 1.0), 1.0)

    def expected(
        self, foot_px: Floats, kind: npt.NDArray[np.integer], speed: Floats, size_px: tuple[int, int]
    ) -> Expected:
        """Returns what is expected of newcomers: nothing but their likely speed where no one has moved before.

        Args:
            foot_px: float64 (N, 2).
            kind: (N,), below `KINDS`.
            speed: float64 (N,), standard deviation of the velocity of its kind, px/s.
            size_px: of the picture.
        """
        row, column = _cells(foot_px, size_px)
        sums = np.zeros((len(row), 5))
        for down, right, weight in NEIGHBOURS:
            near = np.clip(row + down, 0, ROWS - 1), np.clip(column + right, 0, COLUMNS - 1)
            sums += weight * self._sums[(kind, *near)]
        known = sums[:, :1] + DOUBT
        mean = sums[:, 1:3] / known
        unknown = DOUBT * (speed[:, None] / size_px[1]) ** 2
        variance = np.maximum((unknown + sums[:, 3:]) / known - mean**2, 0.0)
        usual = np.minimum(variance * size_px[1] ** 2, speed[:, None] ** 2)
        return Expected(mean * size_px[1], usual)


def newcomers(
    measured: Floats,
    speed_scale: Floats,
    kind: npt.NDArray[np.integer],
    walks: npt.NDArray[np.bool_],
    size_px: tuple[int, int],
    noise: MotionNoise,
    usual: UsualMotion,
) -> BoxMotion:
    """Returns the motion of who is seen for the first time, as those move there who came before.

    Args:
        measured: float64 (N, 4), foot x, foot y, width, height in px.
        speed_scale: float64 (N,), likely speed in scales per second, of a box of which only the class is known.
        kind: (N,), below `KINDS`.
        walks: bool (N,), on foot: upright, and never wider than `WALKER_WIDTH_SHARE` of the height.
        size_px: of the picture.
        noise: the shares.
        usual: what is usual there.
    """
    scale_px = scales_px(measured)
    started = BoxMotion.start(measured, scale_px, speed_scale, noise)
    cut_x, cut_y = cut_by_edge(measured, size_px).T
    # Of who comes in over an edge a part is seen: larger and faster than it looks, and its middle lies further out.
    longer = (cut_x & ~walks) | cut_y
    scale_px = np.where(longer, np.maximum(scale_px, measured[:, 2:].max(1)), scale_px)
    hidden_px = np.where(walks, WALKER_WIDTH_SHARE * measured[:, 3], scale_px)
    started.var_value[:, 0] += np.where(cut_x, (0.5 * hidden_px) ** 2, 0.0)
    started.var_value[:, 1] += np.where(cut_y, (0.5 * scale_px) ** 2, 0.0)
    expected = usual.expected(measured[:, :2], kind, speed_scale * scale_px, size_px)
    started.rate[:, :2], started.var_rate[:, :2] = expected.rate, expected.variance
    return started


def cut_by_edge(measured: Floats, size_px: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Returns which boxes reach the picture's edge sideways, and which above or below: bool (M, 2).

    Args:
        measured: float64 (M, 4), foot x, foot y, width, height.
        size_px: of the picture.
    """
    left, top, right, bottom = boxes_from_feet(measured).T
    margin = EDGE_SHARE * np.array(size_px)
    sideways = (left < margin[0]) | (right > size_px[0] - margin[0])
    upright = (top < margin[1]) | (bottom > size_px[1] - margin[1])
    return np.stack([sideways, upright], axis=1)


def _cells(foot_px: Floats, size_px: tuple[int, int]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    row = np.clip(foot_px[:, 1] / size_px[1] * ROWS, 0, ROWS - 1).astype(np.intp)
    column = np.clip(foot_px[:, 0] / size_px[0] * COLUMNS, 0, COLUMNS - 1).astype(np.intp)
    return row, column
