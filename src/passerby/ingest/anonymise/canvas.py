"""The size of anonymous pictures, and boxes converted to it."""

from dataclasses import dataclass
from math import sqrt

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]
"""uint8 (H, W), 0 or 255."""

MAX_AREA_PX = 960 * 540
"""Half of 1080p each way: large enough to read a square on a screen, small enough that a plate's letters at street
distance are under 4 px, and that everything here costs a few milliseconds."""

ROWS_OF_CELLS = 22.5
"""Coarse cells in the picture's height: 24 px of 540, wider than the head of a person up to 29 % of the picture
tall."""

THUMB = 4
"""Veils are worked out on a picture of a quarter of the size each way, which costs a sixteenth."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of the picture that is drawn on.

    Attributes:
        size_px: width and height, multiples of `THUMB`.
        source_size_px: width and height of the camera's picture.
    """

    size_px: tuple[int, int]
    source_size_px: tuple[int, int]

    @classmethod
    def for_source(cls, size_px: tuple[int, int]) -> "Canvas":
        """Returns the canvas for a camera's picture: the same shape, never enlarged.

        >>> Canvas.for_source((1920, 1080)).size_px
        (960, 540)
        >>> Canvas.for_source((768, 576)).size_px
        (768, 576)
        """
        width_px, height_px = size_px
        shrink = min(1.0, sqrt(MAX_AREA_PX / (width_px * height_px)))
        width, height = (max(int(side_px * shrink) // THUMB * THUMB, 8 * THUMB) for side_px in size_px)
        return cls((width, height), size_px)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.size_px[1], self.size_px[0]

    @property
    def cell_px(self) -> int:
        """Side of a coarse cell."""
        return max(8, round(self.size_px[1] / ROWS_OF_CELLS / THUMB) * THUMB)

    @property
    def thumb_px(self) -> tuple[int, int]:
        """Width and height of the small picture that veils are worked out on."""
        return self.size_px[0] // THUMB, self.size_px[1] // THUMB

    def thumb(self, mask: Mask) -> Mask:
        """Returns a mask of the canvas's size at thumb size, set where any of its pixels is."""
        return as_mask(np.asarray(cv2.resize(mask.astype(np.float32), self.thumb_px, interpolation=cv2.INTER_AREA)) > 0)

    def boxes(self, xyxy_px: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Returns boxes of the camera's picture in this canvas's pixels: float32 (N, 4)."""
        scale = np.array(self.size_px, np.float32) / np.array(self.source_size_px, np.float32)
        return np.asarray(xyxy_px * np.tile(scale, 2), np.float32)


def as_mask(flags: npt.NDArray[np.bool_]) -> Mask:
    """Returns flags as a mask that OpenCV takes."""
    return flags.astype(np.uint8) * np.uint8(255)


def grown(xyxy_px: npt.NDArray[np.float32], share: float, min_px: float) -> npt.NDArray[np.float32]:
    """Returns boxes with a margin at each side of `share` of their own width and height, and at least `min_px`.

    >>> grown(np.array([[10, 10, 20, 30]], np.float32), 0.1, 1.5).tolist()
    [[8.5, 8.0, 21.5, 32.0]]
    """
    width_height_px = xyxy_px[:, 2:] - xyxy_px[:, :2]
    margin_px = np.maximum(width_height_px * np.float32(share), np.float32(min_px))
    return np.concatenate([xyxy_px[:, :2] - margin_px, xyxy_px[:, 2:] + margin_px], axis=1)


def filled(mask: Mask, xyxy_px: npt.NDArray[np.float32], value: int, scale: float = 1.0) -> None:
    """Sets every pixel that a box touches, in place.

    Args:
        mask: uint8 (H, W).
        xyxy_px: float32 (N, 4), may reach beyond the mask.
        value: 0-255.
        scale: pixels of the mask for a pixel of the boxes.
    """
    height_px, width_px = mask.shape
    edges = np.array([width_px, height_px, width_px, height_px])
    low, high = np.floor(xyxy_px[:, :2] * scale), np.ceil(xyxy_px[:, 2:] * scale)
    for left, top, right, bottom in np.clip(np.concatenate([low, high], axis=1), 0, edges).astype(int).tolist():
        mask[top:bottom, left:right] = value
