"""The check of every array in a domain type: dtype, shape and finiteness; read-only from then on."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Scalar = TypeVar("Scalar", bound=np.generic)


def read_only_column(
    name: str, array: npt.NDArray[Scalar], dtype: type[Scalar], shape: tuple[int | None, ...]
) -> npt.NDArray[Scalar]:
    """Returns a read-only copy of `array`, or raises an error with what was wrong with it.

    Args:
        name: what the array holds, for the error.
        array: any shape; copied, so that the caller's own array stays writable.
        dtype: the only dtype accepted.
        shape: the shape asked for; None stands for any length.

    Raises:
        TypeError: the dtype differs.
        ValueError: the shape differs, or a value is not finite.
    """
    if array.dtype != dtype:
        raise TypeError(f"{name}: dtype {np.dtype(dtype)} is needed, got {array.dtype}")
    # Most arrays have the very shape: to go through it one by one is half of what the whole check takes.
    fits = array.shape == shape or (
        array.ndim == len(shape) and all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
    )
    if not fits:
        raise ValueError(f"{name}: shape {shape} is needed, got {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name}: values must be finite")
    column = array.copy()
    column.flags.writeable = False
    return column
