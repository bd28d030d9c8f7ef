"""A grid of whole metres on the ground, as strokes in the picture: by it one sees whether a calibration is right."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.layout import GroundPlane
from passerby.geometry.ground import to_ground
from passerby.geometry.homography import apply_homography

_STEPS_M: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
_MAX_LINES: Final = 14
"""Each way; more of them hide the picture."""
_EDGE: Final = 1e-9
"""So far outside, a stroke along the edge still lies in the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class GroundGrid:
    """A grid on the ground, around the calibrated area.

    Attributes:
        step_m: from one line to the next; 0 where there is no grid.
        strokes: float64 (S, 2, 2), both ends of each line, x and y as 0-1 of the picture, all of them inside it.
    """

    step_m: float
    strokes: npt.NDArray[np.float64]


def ground_grid(plane: GroundPlane) -> GroundGrid:
    """Returns the grid of a ground plane; a homography leaves lines straight, so two ends are enough for each."""
    inside = to_ground(plane, plane.hull)
    nothing = GroundGrid(0.0, np.empty((0, 2, 2)))
    if not inside.on_ground.all():
        return nothing
    low, high = inside.xy_m.min(axis=0), inside.xy_m.max(axis=0)
    step_m = next((step for step in _STEPS_M if (high - low).max() / step <= _MAX_LINES - 2), 0.0)
    if not step_m:
        return nothing
    low, high = np.floor(low / step_m) * step_m, np.ceil(high / step_m) * step_m
    strokes = []
    for axis in (0, 1):
        for at in np.arange(low[axis], high[axis] + step_m / 2, step_m):
            ends = np.array([low, high])
            ends[:, axis] = at
            stroke = in_picture(plane, ends)
            if stroke is not None:
                strokes.append(stroke)
    return GroundGrid(step_m, np.array(strokes).reshape(-1, 2, 2))


def in_picture(plane: GroundPlane, ends_m: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    """Returns the part of a line on the ground that the picture shows: float64 (2, 2), 0-1; None where it shows none.

    Args:
        plane: the ground.
        ends_m: float64 (2, 2), both ends of the line.
    """
    back = np.asarray(np.linalg.inv(plane.homography), np.float64)
    # For a place on the ground this is one over the weight of its point in the picture: negative behind the camera.
    near, far = np.column_stack([ends_m, np.ones(2)]) @ back[2]
    if near <= 0 and far <= 0:
        return None
    if near <= 0:
        ends_m, near, far = ends_m[::-1], far, near
    if far <= 0:
        ends_m = np.array([ends_m[0], ends_m[0] + 0.999 * near / (near - far) * (ends_m[1] - ends_m[0])])
    return clipped(apply_homography(back, ends_m))


def clipped(ends: npt.NDArray[np.float64]) -> npt.NDArray[np.float64] | None:
    """Returns the part of a stroke that lies in the picture (Liang and Barsky 1984); None where none does.

    Args:
        ends: float64 (2, 2), x and y as 0-1 of the picture.
    """
    start, step = ends[0], ends[1] - ends[0]
    enter, leave = 0.0, 1.0
    for axis in (0, 1):
        for towards, beside in ((-step[axis], start[axis]), (step[axis], 1.0 - start[axis])):
            room = beside + _EDGE
            if towards == 0 and room < 0:
                return None
            if towards < 0:
                enter = max(enter, room / towards)
            elif towards > 0:
                leave = min(leave, room / towards)
    return None if enter >= leave else np.clip([start + enter * step, start + leave * step], 0.0, 1.0)
