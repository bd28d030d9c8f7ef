"""What is drawn on one camera's picture, as its keys in the site file, and the versions that this has had."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from passerby.domain.draft_trial import DraftFault

DRAWN_KEYS: Final = ("lines", "zones", "movements", "masks", "look_closer", "ground")
"""Keys of a camera that are drawn; those that are missing hold nothing."""


@dataclass(frozen=True, slots=True)
class CameraDrawing:
    """What is drawn on a camera's picture.

    Attributes:
        camera: the camera's name.
        keys: those of `DRAWN_KEYS` that it has, each as in a site file.
        tag: letters and digits that differ where the drawing differs.
    """

    camera: str
    keys: Mapping[str, object]
    tag: str


@dataclass(frozen=True, slots=True)
class DrawingVersion:
    """A drawing as it was at a time.

    Attributes:
        number: of the version of the site file that brought it.
        time_ns: UTC nanoseconds at which it was applied.
        author: who applied it.
        drawing: what was drawn.
    """

    number: int
    time_ns: int
    author: str
    drawing: CameraDrawing


@dataclass(frozen=True, slots=True)
class DrawingCheck:
    """What is wrong with a drawing, and what is allowed but probably not meant, each one sentence."""

    faults: tuple[DraftFault, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GroundFit:
    """A ground plane fitted to what was measured, and how well that fits.

    Attributes:
        keys: the calibration as in a site file, in metres.
        rmse_m: root mean square of `errors_m`; None where nothing is left over to see an error by.
        errors_m: how far off each point or distance is, in their order; None likewise.
        sentence: what the error means.
        step_m: metres from one line of the grid to the next; 0 where there is no grid.
        grid: float64 (S, 2, 2), both ends of the grid's lines, x and y as 0-1 of the picture.
    """

    keys: Mapping[str, object]
    rmse_m: float | None
    errors_m: tuple[float | None, ...]
    sentence: str
    step_m: float
    grid: npt.NDArray[np.float64]
