"""The shape in which a picture is meant to be seen."""

import gc
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from passerby.ingest.display_shape import FIRST_KEYS, MAX_PICTURE_PX, Orientation, display_size_px, fitted, upright
from testing.films import film
from testing.pictures.frames import flat


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
    assert display_size_px((8192, 8192), Fraction(2)) == (8192, 4096)
    assert display_size_px((5120, 2880), Fraction(2)) == (8192, 2304)
    assert display_size_px((1080, 4320), Fraction(1, 3)) == (683, 8192)
    assert display_size_px((10000, 1000), Fraction(2)) == (10000, 500)
    wide, high = display_size_px((9000, 7000), Fraction(11, 10))
    assert wide * high <= MAX_PICTURE_PX * 1.001
    assert wide / high == pytest.approx(9000 / 7000 * 1.1, rel=0.001)


def test_a_plane_is_turned_and_mirrored() -> None:
    plane = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
    assert upright(plane, None) is plane
    assert upright(plane, (1, 0, 0, 1)).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert upright(plane, (-1, 0, 0, 1)).tolist() == [[3, 2, 1], [6, 5, 4]]
    assert upright(plane, (0, 1, -1, 0)).tolist() == np.rot90(plane, -1).tolist()
    assert upright(plane, (0, -1, 1, 0)).tolist() == np.rot90(plane).tolist()
    assert upright(plane, (0, 1, 1, 0)).tolist() == plane.T.tolist()


@pytest.mark.parametrize(
    ("size_px", "into_px", "seen"),
    [
        ((64, 48), (128, 48), np.s_[:, 32:96]),
        ((128, 48), (64, 96), np.s_[36:60, :]),
        ((100, 100), (51, 33), np.s_[0:32, 8:40]),
        ((640, 480), (160, 120), np.s_[:, :]),
    ],
)
def test_a_frame_of_another_shape_is_laid_into_the_middle(
    size_px: tuple[int, int], into_px: tuple[int, int], seen: tuple[slice, slice]
) -> None:
    laid = fitted(flat(size_px, 200), into_px)
    assert laid.size_px == laid.stamp.size_px == into_px
    assert laid.chroma_u.shape == ((into_px[1] + 1) // 2, (into_px[0] + 1) // 2)
    assert (laid.luma[seen] == 200).all()
    beside = np.ones(laid.luma.shape, np.bool_)
    beside[seen] = False
    assert (laid.luma[beside] == 16).all()


def test_a_frame_of_that_size_is_the_same() -> None:
    raw = flat((64, 48))
    assert fitted(raw, (64, 48)) is raw


def frames_alive() -> int:
    return sum(isinstance(one, av.VideoFrame) for one in gc.get_objects())


def test_a_picture_is_given_up_with_its_last_user_and_not_when_garbage_is_searched_for(tmp_path: Path) -> None:
    path = film(tmp_path / "keys.mp4", codec="mjpeg", times_s=[number / 10 for number in range(20)])
    gc.collect()
    gc.disable()
    try:
        before = frames_alive()  # of other tests in this process
        orientation, seen = Orientation(), 0
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                assert orientation.of(frame) is None
                seen += 1
            del frame
        kept = frames_alive() - before
    finally:
        gc.enable()
    assert seen == 20
    assert kept <= FIRST_KEYS
