"""How much of labelled people an anonymous picture hides, measured pixel by pixel against the live picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.errors import SourceError
from passerby.domain.film import Concealment
from passerby.domain.frames import AnonymousFrame
from passerby.ingest.anonymise.anonymiser import MASKED, Anonymiser
from passerby.ingest.raw import RawFrame

SAME_LUMA = 12
"""Largest difference of luma at which a sharp pixel passes for the live one; less than noise and coding make."""

COVERED_SHARE = 0.95
"""Share of a box from which it counts as covered."""


def read_truth(path: Path) -> dict[int, npt.NDArray[np.float32]]:
    """Returns labelled boxes by frame number from 0: float32 (N, 4), left, top, right, bottom in px.

    Args:
        path: rows of frame (from 1), id, left, top, width, height, and whatever else.

    Raises:
        SourceError: the file is missing or not such a table.
    """
    try:
        table = np.loadtxt(path, np.float64, delimiter=",", ndmin=2, usecols=(0, 2, 3, 4, 5))
    except (OSError, ValueError) as fault:
        raise SourceError(
            f"{path}: rows of frame,id,left,top,width,height are needed: {fault}. Check the file with truth."
        ) from None
    boxes = np.concatenate([table[:, 1:3], table[:, 1:3] + table[:, 3:5]], axis=1).astype(np.float32)
    return {int(frame) - 1: boxes[table[:, 0] == frame] for frame in np.unique(table[:, 0])}


@dataclass(slots=True)
class ConcealmentMeter:
    """Measures the covered shares of labelled boxes over a film.

    A pixel is covered if the picture shows coarse cells, a figure or the mask there, or the learned background
    where that is not what the camera sees now. So ground at a box's edge that is shown as it is counts as not covered.

    Attributes:
        truth: labelled boxes by frame number, float32 (N, 4).
        shares: the covered share of each labelled box, 0-1.
        areas_px: the boxes' areas on the canvas.
    """

    truth: Mapping[int, npt.NDArray[np.float32]]
    shares: list[float] = field(default_factory=list)
    areas_px: list[int] = field(default_factory=list)

    def measure(self, raw: RawFrame, frame: AnonymousFrame, anonymiser: Anonymiser) -> None:
        """Measures one picture, right after the anonymiser made it."""
        labelled = self.truth.get(raw.stamp.index)
        if labelled is None:
            return
        size_px = anonymiser.canvas.size_px
        if frame.method == MASKED:
            open_sharp = np.zeros(anonymiser.canvas.shape, np.bool_)
        else:
            live = cv2.cvtColor(raw.picture(size_px), cv2.COLOR_BGR2GRAY)
            drawn = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
            open_sharp = (np.asarray(cv2.absdiff(live, drawn)) <= SAME_LUMA) & (anonymiser.concealed == 0)
        edges_px = np.array([*size_px, *size_px], np.float32)
        boxes = np.rint(np.clip(anonymiser.canvas.boxes(labelled), 0, edges_px)).astype(int)
        for left, top, right, bottom in boxes:
            if right - left >= 2 and bottom - top >= 2:
                patch = open_sharp[top:bottom, left:right]
                self.shares.append(1.0 - float(patch.mean()))
                self.areas_px.append(patch.size)

    @property
    def boxes_covered(self) -> float:
        """The part of the boxes of which at least 95 % is covered; 1.0 without any box, never NaN."""
        return float(np.mean(np.array(self.shares) >= COVERED_SHARE)) if self.shares else 1.0

    @property
    def area_covered(self) -> float:
        """The part of all boxes' area that is covered."""
        return float(np.average(self.shares, weights=self.areas_px)) if self.shares else 1.0

    @property
    def worst_covered(self) -> float:
        """The covered share of the worst box."""
        return min(self.shares, default=1.0)

    def summed(self) -> Concealment:
        """Returns the same in four numbers."""
        return Concealment(len(self.shares), self.boxes_covered, self.area_covered, self.worst_covered)
