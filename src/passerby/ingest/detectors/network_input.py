"""Pictures in the size and form that a network takes, boxes in the picture's own pixels again, and checked outputs."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from passerby.domain.errors import ModelError
from passerby.ingest.detectors.session import Array, Session
from passerby.ingest.raw import Picture


def padded(picture: Picture, multiple_px: int, colour_bgr: tuple[int, int, int]) -> Picture:
    """Returns the picture with a border at the right and below that makes both sides multiples; boxes keep their place.

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
        offset_xy_px: position of the original's top left corner.
        size_px: width and height of the original.
    """

    picture: Picture
    scale: float
    offset_xy_px: tuple[int, int]
    size_px: tuple[int, int]

    def to_original(self, xyxy_px: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Returns boxes in the original's pixels, clipped at its edges: float32 (N, 4)."""
        offset_px = np.array([*self.offset_xy_px, *self.offset_xy_px], np.float32)
        return clipped((xyxy_px - offset_px) / np.float32(self.scale), self.size_px)


def letterboxed(
    picture: Picture, size_px: tuple[int, int], colour_bgr: tuple[int, int, int], *, centred: bool
) -> Letterbox:
    """Returns the picture in a frame of a fixed size.

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


def clipped(xyxy_px: npt.NDArray[np.float32], size_px: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Returns boxes clipped at the edges of a picture: float32 (N, 4)."""
    width_px, height_px = size_px
    edges_px = np.array([width_px, height_px, width_px, height_px], np.float32)
    return np.clip(xyxy_px, np.float32(0), edges_px)


def input_size(session: Session, name: str, otherwise_px: int) -> tuple[int, int]:
    """Returns the width and height of the model's input; `otherwise_px` where the model leaves them free.

    Raises:
        ModelError: the input is not a picture of three planes.
    """
    shape = session.input_shape(name)
    if len(shape) != 4 or shape[1] != 3:
        raise ModelError(
            f"{session.path}: an input of shape (N, 3, height, width) is needed, got {tuple(shape)}. "
            "Is it another model?"
        )
    height_px, width_px = (side if isinstance(side, int) else otherwise_px for side in shape[2:])
    return width_px, height_px


def planes(picture: Picture, mean: npt.NDArray[np.float32], std: npt.NDArray[np.float32]) -> Array:
    """Returns the normalised picture as the network takes it.

    Args:
        picture: uint8 (H, W, 3).
        mean, std: float32 (3,), of each channel.

    Returns:
        float32 (1, 3, H, W).
    """
    floats = (picture.astype(np.float32) - mean) / std
    return np.ascontiguousarray(floats.transpose(2, 0, 1))[None]


def only_output(session: Session, family: str) -> str:
    """Returns the name of the single output.

    Raises:
        ModelError: there are several.
    """
    if len(session.inputs) != 1 or len(session.outputs) != 1:
        raise ModelError(
            f"{session.path}: a {family} model has one input and one output; got inputs {', '.join(session.inputs)} "
            f"and outputs {', '.join(session.outputs)}. Is it another model?"
        )
    return session.outputs[0]


def table(session: Session, family: str, feed: Array, rows: int, columns: int) -> npt.NDArray[np.float32]:
    """Returns the single output for one picture, checked: float32 (rows, columns).

    Raises:
        ModelError: the output has another shape.
    """
    (found,) = session.run({session.inputs[0]: feed}, [only_output(session, family)])
    if found.shape != (1, rows, columns):
        raise ModelError(
            f"{session.path}: a {family} model answers with (1, {rows}, {columns}), got {found.shape}. "
            "Is it another model?"
        )
    return np.asarray(found[0], np.float32)
