"""What a region looks like: detail of its own is a thing's, and the ground's in other light is not."""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from passerby.ingest.standing_things.regions import Appearance, appearance_of, regions_of

SHAPE = (60, 80)
PART = slice(20, 36), slice(30, 50)
Look = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]


def looked_at(look: Look, grain: float = 10.0) -> Appearance:
    """The appearance of a region, on grained ground and with a sensor's noise; `look` gets the ground under it."""
    chance = np.random.default_rng(2)
    grains = chance.normal(0, grain, (SHAPE[0] // 3, SHAPE[1] // 3)).astype(np.float32)
    luma = cv2.resize(110 + grains, SHAPE[::-1])
    empty = np.stack([luma, np.full(SHAPE, 128.0), np.full(SHAPE, 128.0)], axis=2).astype(np.float32)
    still = empty.copy()
    still[(*PART, 0)] = look(empty[(*PART, 0)])
    still[..., 0] += chance.normal(0, 0.7, SHAPE)
    new = np.zeros(SHAPE, np.bool_)
    new[PART] = True
    (region,) = regions_of(new, np.ones(SHAPE))
    return appearance_of(region, still, empty, np.ones((*SHAPE, 3), np.float32))


def shadow(ground: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(ground * 0.6, np.float32)


def fading_light(ground: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(ground * np.linspace(1.15, 1.5, ground.shape[1]), np.float32)


def even_grey(ground: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.full_like(ground, 84.0)


def slatted_grey(ground: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(84 + 11 * np.sin(np.arange(ground.shape[1]) * 0.8) + 0 * ground, np.float32)


@pytest.mark.parametrize("light", [shadow, fading_light])
def test_ground_in_other_light_keeps_its_detail(light: Look) -> None:
    appearance = looked_at(light)
    assert not appearance.own_texture
    assert not appearance.thing


def test_a_grey_thing_has_detail_of_its_own() -> None:
    appearance = looked_at(slatted_grey)
    assert appearance.own_texture
    assert appearance.thing


def test_even_grey_on_grained_ground_hides_its_detail() -> None:
    assert looked_at(even_grey, grain=25.0).own_texture
