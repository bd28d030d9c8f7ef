"""Shapes laid over a picture are what they would be if they were drawn on it."""

import numpy as np

from passerby.report.film.overlay import Overlay
from passerby.report.pictures.painters.png import painted
from passerby.report.pictures.scene import Area, Box, Panel, Scene, Stroke, Words
from passerby.report.pictures.typeface import Typeface

SIZE_PX = (60, 40)
SHAPES = (
    Area(((4, 4), (30, 6), (12, 30)), (255, 0, 0, 255)),
    Stroke(((0, 39), (59, 0)), (0, 80, 200, 190), 5.0),
    Panel(Box(30, 20, 56, 36), 4, (255, 255, 255, 120)),
    Words("+1", (43, 28), 12, (10, 20, 30, 255), anchor="middle"),
)


def test_it_is_as_if_drawn_on_the_picture() -> None:
    ground = np.full((40, 60, 3), (90, 140, 60), np.uint8)
    Overlay.of(SHAPES, SIZE_PX, Typeface()).lay_on(ground)
    drawn = np.asarray(painted(Scene(SIZE_PX, (90, 140, 60, 255), Typeface(), SHAPES)))
    assert np.abs(ground.astype(int) - drawn).max() <= 3


def test_what_it_does_not_touch_stays() -> None:
    ground = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    before = ground.copy()
    Overlay.of(SHAPES[:1], SIZE_PX, Typeface()).lay_on(ground)
    assert np.array_equal(ground[32:], before[32:])
    assert not np.array_equal(ground, before)


def test_nothing_covers_nothing() -> None:
    ground = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    before = ground.copy()
    Overlay.of((), SIZE_PX, Typeface()).lay_on(ground)
    assert np.array_equal(ground, before)
