"""Bringing a picture to a size that a network takes, and boxes back again."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.ingest.detectors.detector import Picture


def padded(picture: Picture, multiple_px: int, colour_bgr: tuple[int, int, int]) -> Picture:
    """The picture with a border at the right and below, so that both sides are multiples; boxes stay where they are.

    Args:
        picture: uint8 (H, W, 3).
        multiple_px: what both sides become multiples of.
        colour_bgr: of the border.
    """
    height_px, width_px = picture.shape[:2]
    below_px, right_px = -height_px % multiple_px, -width_px % multiple_px
    if not below_px and not right_px:
        return picture
    border = cv2.copyMakeBorder(picture, 0, below_px, 0, right_px, cv2.BORDER_CONSTANT, value=colour_bgr)
    return np.asarray(border, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Letterbox:
    """A picture scaled to fit a fixed size without distortion, the rest filled with one colour.

    Attributes:
        picture: uint8 (H, W, 3).
        scale: pixels of `picture` for a pixel of the original.
        offset_xy_px: where the original's corner came to lie.
        size_px: width and height of the original.
    """

    picture: Picture
    scale: float
    offset_xy_px: tuple[int, int]
    size_px: tuple[int, int]

    def undone(self, xyxy_px: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Boxes in the original's pixels, cut at its edges: float32 (N, 4)."""
        offset_px = np.array([*self.offset_xy_px, *self.offset_xy_px], np.float32)
        return inside((xyxy_px - offset_px) / np.float32(self.scale), self.size_px)


def letterboxed(
    picture: Picture, size_px: tuple[int, int], colour_bgr: tuple[int, int, int], *, centred: bool
) -> Letterbox:
    """The picture in a frame of a fixed size.

    Args:
        picture: uint8 (H, W, 3).
        size_px: width and height of the result.
        colour_bgr: of the part that the picture does not fill.
        centred: in the middle, else at the top left.
    """
    height_px, width_px = picture.shape[:2]
    scale = min(size_px[0] / width_px, size_px[1] / height_px)
    inner_px = max(round(width_px * scale), 1), max(round(height_px * scale), 1)
    # Area averaging avoids the aliasing that linear sampling makes of railings and bricks when it shrinks a picture.
    sampling = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    inner = picture if inner_px == (width_px, height_px) else cv2.resize(picture, inner_px, interpolation=sampling)
    left = (size_px[0] - inner_px[0]) // 2 if centred else 0
    top = (size_px[1] - inner_px[1]) // 2 if centred else 0
    frame = np.full((size_px[1], size_px[0], 3), colour_bgr, np.uint8)
    frame[top : top + inner_px[1], left : left + inner_px[0]] = inner
    return Letterbox(frame, scale, (left, top), (width_px, height_px))


def inside(xyxy_px: npt.NDArray[np.float32], size_px: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Boxes cut at the edges of a picture: float32 (N, 4)."""
    width_px, height_px = size_px
    edges_px = np.array([width_px, height_px, width_px, height_px], np.float32)
    return np.clip(xyxy_px, np.float32(0), edges_px)
