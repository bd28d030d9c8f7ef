"""A picture that is torn to tiles and shuffled, as a decoder that was taken over would hide one from every finder."""

import numpy as np
import numpy.typing as npt

TILE_PX = 16


def torn(plane: npt.NDArray[np.uint8], tile: int = TILE_PX) -> npt.NDArray[np.uint8]:
    """Returns a plane with its tiles shuffled, the same way whatever the tiles' size; what is left over is cut off."""
    rows, columns = plane.shape[0] // tile, plane.shape[1] // tile
    whole = plane[: rows * tile, : columns * tile].reshape(rows, tile, columns, tile).swapaxes(1, 2)
    tiles = whole.reshape(-1, tile, tile)[np.random.default_rng(7).permutation(rows * columns)]
    return np.ascontiguousarray(tiles.reshape(rows, columns, tile, tile).swapaxes(1, 2).reshape(rows * tile, -1))
