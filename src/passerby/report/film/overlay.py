"""Shapes that lie over every picture of a film: drawn once, and then laid on in a millisecond."""

from collections.abc import Iterable
from typing import Self

import numpy as np
import numpy.typing as npt

from passerby.report.pictures.painters.png import painted
from passerby.report.pictures.scene import Scene, Shape
from passerby.report.pictures.typeface import Typeface

Picture = npt.NDArray[np.uint8]


class Overlay:
    """Shapes as they were drawn: a colour and its cover for each pixel that they touch."""

    def __init__(
        self, where: npt.NDArray[np.intp], colour: npt.NDArray[np.uint16], rest: npt.NDArray[np.uint16]
    ) -> None:
        self._where, self._colour, self._rest = where, colour, rest

    @classmethod
    def of(cls, shapes: Iterable[Shape], size_px: tuple[int, int], face: Typeface) -> Self:
        """Returns shapes drawn over nothing.

        What they cover is found by drawing them over black and over white: where both differ, the ground shows.
        """
        drawn = tuple(shapes)
        black, white = (
            np.asarray(painted(Scene(size_px, paper, face, drawn)), np.int16).reshape(-1, 3)
            for paper in ((0, 0, 0, 255), (255, 255, 255, 255))
        )
        rest = np.clip(white - black, 0, 255)
        where = np.flatnonzero((rest < 255).any(axis=1))
        return cls(where, black[where].astype(np.uint16) * np.uint16(255), rest[where].astype(np.uint16))

    def lay_on(self, picture: Picture) -> None:
        """Draws the shapes over a picture, in place.

        Args:
            picture: uint8 (H, W, 3), RGB, contiguous, of the size that they were drawn for.
        """
        flat = picture.reshape(-1, 3)
        flat[self._where] = ((self._colour + flat[self._where] * self._rest + np.uint16(127)) // np.uint16(255)).astype(
            np.uint8
        )
