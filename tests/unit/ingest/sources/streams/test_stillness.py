"""Pictures that no longer change."""

import numpy as np

from passerby.ingest.sources.streams.stillness import Stillness


def picture(seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (48, 64), np.uint8)


def test_identical_pictures_add_up() -> None:
    stillness = Stillness()
    # The first two are compared by some of their rows alone, which is no proof yet.
    assert [stillness.update(picture(), arrival_s) for arrival_s in (10.0, 11.0, 15.0, 17.0)] == [0.0, 0.0, 4.0, 6.0]


def test_one_changed_pixel_between_the_sampled_rows_is_a_change() -> None:
    stillness = Stillness()
    for arrival_s in (9.0, 10.0, 11.0):
        stillness.update(picture(), arrival_s)
    changed = picture()
    changed[7, 3] ^= 1
    assert stillness.update(changed, 20.0) == 0.0
    assert stillness.update(changed, 21.0) == 1.0


def test_another_size_or_a_new_beginning_is_a_change() -> None:
    stillness = Stillness()
    stillness.update(picture(), 10.0)
    assert stillness.update(picture()[:32], 20.0) == 0.0
    stillness.reset()
    assert stillness.update(picture()[:32], 30.0) == 0.0
