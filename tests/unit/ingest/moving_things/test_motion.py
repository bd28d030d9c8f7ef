"""Where something moved, roughly."""

import numpy as np

from passerby.ingest.moving_things.motion import MotionFinder, components
from testing.pictures.frames import flat, raw_from

SIZE_PX = (960, 540)


def with_walker(left_px: int, noise: int = 0, seed: int = 0) -> np.ndarray:
    picture = np.full((SIZE_PX[1], SIZE_PX[0], 3), 100, np.uint8)
    picture[200:300, left_px : left_px + 40] = 190
    shake = np.random.default_rng(seed).integers(-noise, noise + 1, picture.shape[:2])[:, :, None]
    return (picture + shake).astype(np.uint8)


def test_the_first_frame_shows_no_motion() -> None:
    assert MotionFinder().update(raw_from(with_walker(100))).shape == (0, 4)


def test_nothing_moves_in_a_still_picture() -> None:
    finder = MotionFinder()
    finder.update(raw_from(with_walker(100)))
    assert not len(finder.update(raw_from(with_walker(100))))


def test_who_walks_is_inside_a_box() -> None:
    finder = MotionFinder()
    finder.update(raw_from(with_walker(100)))
    moved = finder.update(raw_from(with_walker(120)))
    assert len(moved)
    assert moved.dtype == np.float32
    left, top, right, bottom = moved[:, 0].min(), moved[:, 1].min(), moved[:, 2].max(), moved[:, 3].max()
    # Grid cells, the blur and the growth of a blob take a few pixels on every side.
    assert 70 <= left <= 110
    assert 150 <= right <= 190
    assert 165 <= top <= 210
    assert 290 <= bottom <= 335


def test_noise_all_over_is_no_motion() -> None:
    finder = MotionFinder()
    finder.update(raw_from(with_walker(100, noise=12, seed=1)))
    assert not len(finder.update(raw_from(with_walker(100, noise=12, seed=2))))


def test_a_change_of_light_is_no_motion() -> None:
    finder = MotionFinder()
    finder.update(flat(SIZE_PX, 100))
    assert not len(finder.update(flat(SIZE_PX, 160)))


def test_a_new_size_starts_anew() -> None:
    finder = MotionFinder()
    finder.update(flat(SIZE_PX, 100))
    assert not len(finder.update(flat((640, 480), 200)))
    assert not len(finder.update(flat((640, 480), 200)))


def test_parts_that_touch_at_a_corner_are_one() -> None:
    mask = np.zeros((6, 9), np.uint8)
    mask[0:2, 1:3] = mask[2, 3] = mask[4:6, 7:9] = 1
    labels, stats = components(mask)
    assert stats[1:].tolist() == [[1, 0, 3, 3, 5], [7, 4, 2, 2, 4]]
    assert labels[2, 3] == labels[0, 1] == 1
    assert (labels > 0).sum() == 9
