"""How a picture is meant to be seen: with square pixels, turned and mirrored as its container says."""

import struct
from dataclasses import dataclass, replace
from fractions import Fraction
from math import sqrt
from typing import TYPE_CHECKING, Final

import numpy as np

from passerby.ingest.raw import Plane, RawFrame, scaled

if TYPE_CHECKING:
    import av  # a process that decodes nothing needs none of it

Matrix = tuple[int, int, int, int]

MAX_PICTURE_PX: Final = 8192 * 8192
"""Beyond 8K; a header that claims more is broken or hostile, and its buffers would fill the memory."""

MAX_SIDE_PX: Final = 8192
"""Frames of live cameras are handed over up to this, and previews hold no more."""

MAX_PIXEL_STRETCH: Final = 4
"""Analogue formats have pixels of up to 2.2 times their height; a header that states more is broken."""


def display_size_px(size_px: tuple[int, int], pixel_aspect: Fraction | None) -> tuple[int, int]:
    """Returns the size at which a picture has square pixels: nothing of it is made smaller, unless that were too large.

    Args:
        size_px: width and height as coded.
        pixel_aspect: width of a pixel over its height; None or 0 where that is not known.

    >>> display_size_px((384, 576), Fraction(2)), display_size_px((768, 288), Fraction(1, 2))
    ((768, 576), (768, 576))
    """
    width_px, height_px = size_px
    if not pixel_aspect or not 1 / MAX_PIXEL_STRETCH <= pixel_aspect <= MAX_PIXEL_STRETCH:
        return size_px
    wide = float(width_px * pixel_aspect) if pixel_aspect > 1 else width_px
    high = float(height_px / pixel_aspect) if pixel_aspect < 1 else height_px
    limit_px = max(MAX_SIDE_PX, *size_px)
    shrink = min(1.0, limit_px / max(wide, high), sqrt(MAX_PICTURE_PX / (wide * high)))
    return round(wide * shrink), round(high * shrink)


_TURNS = {1: (0, -1, 1, 0), 2: (-1, 0, 0, -1), 3: (0, 1, -1, 0)}
"""Quarter turns against the clock, as the matrices that make them."""


def display_matrix(frame: "av.VideoFrame") -> Matrix | None:
    """Returns the numbers (a, b, c, d) of a picture's display matrix, which takes (x, y) to (ax + cy, bx + dy).

    None where it has none.
    """
    try:
        side = frame.side_data["DISPLAYMATRIX"]  # type: ignore[typeddict-item] # PyAV's own stub leaves it out
    except KeyError:
        return None
    except ValueError:  # beside it is a kind of which PyAV does not know the name
        return _TURNS.get(round(frame.rotation / 90) % 4)
    a, b, _, c, d = struct.unpack_from("=5i", bytes(side))
    return a, b, c, d


FIRST_KEYS: Final = 3


class Orientation:
    """The display matrix that holds for each picture of a stream.

    A container's stands on every picture. H.264 and H.265 state one with a key picture, for all up to the next (display
    orientation, ITU-T H.264, D.2.26), but FFmpeg puts it on that one alone.
    """

    def __init__(self) -> None:
        self._matrix: Matrix | None = None
        self._first, self._mirrored = FIRST_KEYS, False

    def of(self, frame: "av.VideoFrame") -> Matrix | None:
        """Returns the next picture's, in the order in which they are shown; None where it has none."""
        matrix = display_matrix(frame) if self._may_have_one(frame) else None
        if matrix is not None or frame.key_frame:
            self._matrix, self._mirrored = matrix, matrix is not None
        return self._matrix

    def _may_have_one(self, frame: "av.VideoFrame") -> bool:
        """Returns whether a picture's side data are worth reading.

        PyAV keeps a picture whose side data were read in memory until garbage is searched for, which at 3 MB each takes
        hundreds of MB. A turn is known without that, and a mirror image from a stream's first key pictures on.
        """
        self._first -= frame.key_frame and self._first > 0
        return bool(frame.rotation) or (frame.key_frame and (self._mirrored or self._first > 0))


@dataclass(frozen=True, slots=True)
class DisplayShape:
    """How a decoded picture is meant to be seen.

    Attributes:
        pixel_aspect: width of a pixel over its height; None or 0 where that is not known.
        matrix: its display matrix, see `display_matrix`; None where it has none.
    """

    pixel_aspect: Fraction | None = None
    matrix: Matrix | None = None


AS_CODED: Final = DisplayShape()
"""Seen as it is."""


def upright(plane: Plane, matrix: Matrix | None) -> Plane:
    """Returns the plane turned by quarters and mirrored as a display matrix wants; turned by less it stays as it is."""
    if matrix is None:
        return plane
    a, b, c, d = matrix
    if abs(b) + abs(c) > abs(a) + abs(d):
        plane, to_left, to_top = plane.T, c < 0, b < 0
    else:
        to_left, to_top = a < 0, d < 0
    return plane[:: -1 if to_top else 1, :: -1 if to_left else 1]


def fitted(raw: RawFrame, size_px: tuple[int, int]) -> RawFrame:
    """Returns a frame of another size in the middle of one of this size, as large as it goes, with black beside it.

    Args:
        raw: the frame.
        size_px: width and height.
    """
    if raw.size_px == size_px:
        return raw
    scale = min(size_px[0] / raw.size_px[0], size_px[1] / raw.size_px[1])
    # Even, so that chroma lies as luma does.
    width, height = (max(int(side_px * scale) // 2 * 2, 2) for side_px in raw.size_px)
    left, top = (size_px[0] - width) // 4 * 2, (size_px[1] - height) // 4 * 2

    def laid(plane: Plane, black: int, part: int) -> Plane:
        whole = np.full((-(-size_px[1] // part), -(-size_px[0] // part)), black, np.uint8)
        inner = scaled(plane, (width // part, height // part))
        whole[top // part : (top + height) // part, left // part : (left + width) // part] = inner
        return whole

    luma = laid(raw.luma, 0 if raw.colour.full_range else 16, 1)
    chroma_u, chroma_v = laid(raw.chroma_u, 128, 2), laid(raw.chroma_v, 128, 2)
    return RawFrame(replace(raw.stamp, size_px=size_px), luma, chroma_u, chroma_v, raw.colour)
