"""What the published detectors share: one fixed input size, float planes in, and outputs known by shape."""

import numpy as np
import numpy.typing as npt

from passerby.domain.errors import ModelError
from passerby.ingest.detectors.detector import Picture
from passerby.ingest.detectors.session import Array, Session


def input_size(session: Session, name: str, otherwise_px: int) -> tuple[int, int]:
    """Width and height that the model's input wants; `otherwise_px` where the model leaves them free.

    Raises:
        ModelError: the input is no picture of three planes.
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
    """The normalised picture as the network wants it.

    Args:
        picture: uint8 (H, W, 3).
        mean, std: float32 (3,), of each channel.

    Returns:
        float32 (1, 3, H, W).
    """
    floats = (picture.astype(np.float32) - mean) / std
    return np.ascontiguousarray(floats.transpose(2, 0, 1))[None]


def only_output(session: Session, family: str) -> str:
    """The name of the single output.

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
    """The only output for one picture, checked: float32 (rows, columns).

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
