"""What structure is usual, and how much of it is gone."""

import cv2
import numpy as np
import pytest

from passerby.ingest.view_health.edges import Levels, edge_field
from passerby.ingest.view_health.texture import MIN_CELLS, READY_SAMPLES, Texture, TextureMemory
from testing.pictures.scenes import street

STREET = np.asarray(cv2.resize(street(), (480, 272), interpolation=cv2.INTER_AREA), np.uint8)
LIGHT, BRIGHT = 120.0, 180.0


def texture(fine: np.ndarray, free: np.ndarray | None = None) -> Texture:
    levels = Levels.of(np.asarray(fine, np.uint8))
    everywhere = np.ones(levels.middle.shape, np.float32)
    return Texture.of(levels, edge_field(levels.middle)[1], everywhere if free is None else free)


def memory(samples: int = READY_SAMPLES, fine: np.ndarray = STREET, light: float = LIGHT) -> TextureMemory:
    usual = TextureMemory()
    for _ in range(samples):
        usual.learn(texture(fine), light, BRIGHT)
    return usual


def covered(share: float) -> np.ndarray:
    picture = STREET.copy()
    picture[: round(share * len(picture))] = 110
    return picture


def test_nothing_is_missing_until_enough_was_learned() -> None:
    assert memory(READY_SAMPLES - 1).loss(texture(STREET), LIGHT, BRIGHT) is None
    loss = memory().loss(texture(STREET), LIGHT, BRIGHT)
    assert loss is not None
    assert (loss.blank, loss.sharpness) == (0.0, pytest.approx(1.0))


@pytest.mark.parametrize("share", [1 / 3, 2 / 3])
def test_the_share_that_is_covered_is_blank(share: float) -> None:
    loss = memory().loss(texture(covered(share)), LIGHT, BRIGHT)
    assert loss is not None
    assert loss.blank == pytest.approx(share, abs=0.1)
    assert loss.sharpness == pytest.approx(1.0, abs=0.05)


def test_an_even_picture_is_blank_without_anything_learned() -> None:
    loss = TextureMemory().loss(texture(np.full_like(STREET, 100)), LIGHT, BRIGHT)
    assert loss is not None
    assert (loss.blank, loss.sharpness) == (1.0, None)


def test_sharpness_falls_with_blur() -> None:
    sharpness = []
    for sigma_px in (0.8, 1.6, 3.2):
        loss = memory().loss(texture(cv2.GaussianBlur(STREET, (0, 0), sigma_px)), LIGHT, BRIGHT)
        assert loss is not None
        assert loss.sharpness is not None
        sharpness.append(loss.sharpness)
    assert 0.95 > sharpness[0] > sharpness[1] > sharpness[2]


def test_another_contrast_is_as_sharp() -> None:
    loss = memory().loss(texture(60 + STREET * 0.5), LIGHT, BRIGHT)
    assert loss is not None
    assert loss.sharpness == pytest.approx(1.0, abs=0.05)


def test_new_structure_is_weighed_against_what_is_gone() -> None:
    half_empty = STREET.copy()
    half_empty[: len(STREET) // 2] = 110
    usual = memory(fine=half_empty)
    upside_down = half_empty[::-1]
    turned = usual.loss(texture(upside_down), LIGHT, BRIGHT)
    cloth = usual.loss(texture(np.where(np.arange(len(STREET))[:, None] < 200, 110, half_empty)), LIGHT, BRIGHT)
    assert turned is not None
    assert cloth is not None
    assert turned.blank < 0.1 < 0.4 < cloth.blank


def test_a_darker_picture_may_have_weaker_steps() -> None:
    weak = texture(20 + STREET * 0.17)
    usual = memory()
    bright, dim = usual.loss(weak, LIGHT, BRIGHT), usual.loss(weak, LIGHT, BRIGHT * 0.17)
    assert bright is not None
    assert dim is not None
    assert dim.blank < bright.blank


def test_what_road_users_hide_is_neither_compared_nor_learned() -> None:
    free = np.ones((136, 240), np.float32)
    free[: 136 * 2 // 3] = 0
    loss = memory().loss(texture(covered(2 / 3), free), LIGHT, BRIGHT)
    assert loss is not None
    assert loss.blank == 0.0
    usual = memory()
    for _ in range(200):
        usual.learn(texture(covered(2 / 3), free), LIGHT, BRIGHT)
    again = usual.loss(texture(STREET), LIGHT, BRIGHT)
    assert again is not None
    assert again.sharpness == pytest.approx(1.0, abs=0.02)


def test_too_few_free_cells_say_nothing() -> None:
    free = np.zeros((136, 240), np.float32)
    free[:15, : 15 * (MIN_CELLS - 1)] = 1
    assert texture(STREET, free).free.sum() < MIN_CELLS
    assert memory().loss(texture(STREET, free), LIGHT, BRIGHT) is None


def test_the_nearest_light_is_compared_with() -> None:
    usual = memory(light=20.0)
    for _ in range(READY_SAMPLES):
        usual.learn(texture(cv2.GaussianBlur(STREET, (0, 0), 0.8)), 200.0, BRIGHT)
    soft = texture(cv2.GaussianBlur(STREET, (0, 0), 0.8))
    by_night, by_day = usual.loss(soft, 40.0, BRIGHT), usual.loss(soft, 180.0, BRIGHT)
    assert by_night is not None
    assert by_day is not None
    assert by_night.sharpness is not None
    assert by_night.sharpness < 0.97
    assert by_day.sharpness == pytest.approx(1.0, abs=0.01)


def test_a_blurred_picture_at_new_light_is_not_taken_for_usual() -> None:
    usual = memory(light=20.0)
    blurred = texture(cv2.GaussianBlur(STREET, (0, 0), 5.0))
    for _ in range(2 * READY_SAMPLES):
        usual.learn(blurred, 200.0, BRIGHT)
    loss = usual.loss(blurred, 200.0, BRIGHT)
    assert loss is not None
    assert loss.sharpness is not None
    assert loss.sharpness < 0.6
