"""Parts of the picture that nothing analyses, such as a window: painted over before anything else sees the pixels."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.raw import Plane, RawFrame

MASKED_LUMA = 96
"""A dark grey: neither the black of a hole nor the white of a lamp, which would upset the detector's contrast."""

NO_COLOUR = 128


class StaticMasks:
    """Polygons drawn by the user; what they cover is painted over in the raw picture's own planes."""

    def __init__(self, polygons: Sequence[npt.NDArray[np.float32]] = ()) -> None:
        """Takes polygons: float32 (P, 2) each, corners as 0-1 of the picture."""
        self._polygons = tuple(polygons)
        self._covers: dict[tuple[int, int], npt.NDArray[np.bool_]] = {}

    def applied(self, raw: RawFrame) -> RawFrame:
        """Returns the frame without the masked pixels; the very same frame where nothing is masked."""
        if not self._polygons:
            return raw
        return RawFrame(
            raw.stamp,
            self._painted(raw.luma, MASKED_LUMA),
            self._painted(raw.chroma_u, NO_COLOUR),
            self._painted(raw.chroma_v, NO_COLOUR),
            raw.colour,
        )

    def _painted(self, plane: Plane, value: int) -> Plane:
        shape = plane.shape[0], plane.shape[1]
        if shape not in self._covers:
            self._covers = {kept: cover for kept, cover in self._covers.items() if len(self._covers) < 4}
            self._covers[shape] = self._cover(shape)
        painted = plane.copy()
        painted[self._covers[shape]] = value
        return painted

    def _cover(self, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
        """Returns every pixel that a polygon touches, and one more all round: bool (H, W)."""
        cover = np.zeros(shape, np.uint8)
        for polygon in self._polygons:
            corners = np.rint(polygon * np.array([shape[1], shape[0]], np.float32)).astype(np.int32)
            cv2.fillPoly(cover, [corners], 1)
        return np.asarray(cv2.dilate(cover, np.ones((3, 3), np.uint8)), bool)
