"""What differs between key pictures, and what only flickers."""

import numpy as np
import pytest

from passerby.ingest.sources.sleep.key_differences import KeyDifferences

SIZE = (270, 480)


class Street:
    def __init__(self, noise: float = 3.0) -> None:
        self.chance = np.random.default_rng(3)
        self.place = 30.0 + 60.0 * self.chance.random(SIZE)
        self.noise = noise

    def seen(self, *things: tuple[int, int, int, int, float], light: float = 0.0) -> np.ndarray:
        luma = self.place + light + self.chance.normal(0.0, self.noise, SIZE)
        for left, top, width, height, grey in things:
            luma[top : top + height, left : left + width] = grey
        return np.clip(luma, 0, 255).astype(np.uint8)


def learned(street: Street, pictures: int = 8) -> KeyDifferences:
    keys = KeyDifferences()
    for _ in range(pictures):
        keys.update(street.seen())
    return keys


def test_noise_is_no_difference() -> None:
    street = Street()
    keys = learned(street)
    assert not any(keys.update(street.seen()) for _ in range(60))
    assert not keys.restless


def test_a_small_figure_far_away_differs_and_so_does_that_it_has_gone() -> None:
    street = Street()
    keys = learned(street)
    assert keys.update(street.seen((200, 120, 4, 10, 120.0)))
    assert keys.update(street.seen())
    assert [keys.update(street.seen()) for _ in range(5)][-1] is False


def test_who_moves_slowly_differs_each_time() -> None:
    street = Street()
    keys = learned(street)
    assert all(keys.update(street.seen((100 + 3 * step, 120, 5, 12, 130.0))) for step in range(20))


def test_a_cloud_changes_all_light_and_nothing_else() -> None:
    street = Street()
    keys = learned(street)
    assert not any(keys.update(street.seen(light=float(step))) for step in range(12))


def test_a_car_that_is_parked_is_usual_after_a_while() -> None:
    street = Street()
    keys = learned(street)
    found = [keys.update(street.seen((100, 100, 80, 40, 160.0))) for _ in range(40)]
    assert found[0]
    assert not any(found[25:])


def test_a_lamp_that_flickers_wakes_no_more_after_a_while_and_who_passes_beside_it_does() -> None:
    street = Street()
    keys = learned(street)
    found = [keys.update(street.seen((300, 40, 20, 20, 90.0 if step % 2 else 140.0))) for step in range(60)]
    assert found[0]
    assert not any(found[45:])
    assert keys.update(street.seen((300, 40, 20, 20, 90.0), (200, 120, 4, 10, 120.0)))
    assert not keys.restless


def test_a_view_that_changes_all_the_time_is_told() -> None:
    street = Street()
    keys = learned(street)
    chance = np.random.default_rng(8)
    for _ in range(60):
        keys.update(np.clip(street.seen() + np.kron(chance.integers(-40, 40, (27, 48)), np.ones((10, 10))), 0, 255)
                    .astype(np.uint8))  # fmt: skip
    assert keys.restless


@pytest.mark.parametrize("size", [(64, 48), (540, 960)])
def test_another_size_is_a_difference(size: tuple[int, int]) -> None:
    keys = learned(Street())
    assert keys.update(np.full(size, 80, np.uint8))
