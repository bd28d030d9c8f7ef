"""The shape in which a picture is meant to be seen."""

from fractions import Fraction

import numpy as np
import pytest

from passerby.ingest.display_shape import MAX_PICTURE_PX, display_size_px, upright


@pytest.mark.parametrize(
    ("size_px", "pixel_aspect", "seen_px"),
    [
        ((960, 1080), Fraction(2), (1920, 1080)),
        ((720, 576), Fraction(16, 15), (768, 576)),
        ((704, 288), Fraction(6, 11), (704, 528)),
        ((640, 360), Fraction(4320, 4319), (640, 360)),
        ((640, 360), None, (640, 360)),
        ((640, 360), Fraction(0), (640, 360)),
        ((640, 360), Fraction(5), (640, 360)),
        ((640, 360), Fraction(1, 5), (640, 360)),
    ],
)
def test_pixels_become_square(
    size_px: tuple[int, int], pixel_aspect: Fraction | None, seen_px: tuple[int, int]
) -> None:
    assert display_size_px(size_px, pixel_aspect) == seen_px


def test_no_picture_grows_beyond_what_memory_bears() -> None:
    size_px = (8192, 8192)
    assert display_size_px(size_px, Fraction(2)) == size_px
    assert size_px[0] * size_px[1] == MAX_PICTURE_PX


def test_a_plane_is_turned_and_mirrored() -> None:
    plane = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
    assert upright(plane, None) is plane
    assert upright(plane, (1, 0, 0, 1)).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert upright(plane, (-1, 0, 0, 1)).tolist() == [[3, 2, 1], [6, 5, 4]]
    assert upright(plane, (0, 1, -1, 0)).tolist() == np.rot90(plane, -1).tolist()
    assert upright(plane, (0, -1, 1, 0)).tolist() == np.rot90(plane).tolist()
    assert upright(plane, (0, 1, 1, 0)).tolist() == plane.T.tolist()
