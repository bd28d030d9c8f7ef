"""What every detector does, so that the stage need not know which one it has."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from passerby.ingest.detectors.boxes import Boxes

Picture = npt.NDArray[np.uint8]
"""uint8 (H, W, 3), BGR."""

FLOOR = 0.1
"""Least confidence that a detector reports. A tracker starts tracks far above it; weak boxes only help to keep one."""


class Detector(Protocol):
    """Finds road users in pictures of any size."""

    def find(self, picture: Picture) -> Boxes:
        """The road users in one picture: uint8 (H, W, 3), BGR."""
        ...

    def find_each(self, pictures: Sequence[Picture]) -> list[Boxes]:
        """The same for several pictures, which may differ in size; one answer each, in order."""
        ...
