"""The edges of the empty place, and what differs from them."""

import numpy as np
import pytest

from passerby.ingest.moving_things.empty_edges import EmptyEdges
from testing.pictures import quiet_places as made

PLACE = np.clip(made.street(), 0, 255).astype(np.uint8)


def learned(until_s: float = 3.0) -> EmptyEdges:
    edges = EmptyEdges()
    for number in range(int(until_s * made.FPS)):
        edges.changed(PLACE, number / made.FPS)
    return edges


def with_box(left: int) -> np.ndarray:
    picture = PLACE.copy()
    picture[100:130, left : left + 40] = 220
    return picture


def test_the_first_frame_is_the_place() -> None:
    assert EmptyEdges().changed(PLACE, 0.0) is None


def test_nothing_differs_in_a_place_that_stays() -> None:
    changed = learned().changed(PLACE, 3.1)
    assert changed is not None
    assert not changed.any()


def test_a_thing_shows_by_its_outline() -> None:
    changed = learned().changed(with_box(80), 3.1)
    assert changed is not None
    rows, columns = np.nonzero(changed)
    assert (rows.min(), rows.max()) == pytest.approx((99, 130), abs=2)
    assert (columns.min(), columns.max()) == pytest.approx((79, 120), abs=2)


@pytest.mark.parametrize("light", [0.6, 1.5])
def test_more_or_less_light_is_no_thing(light: float) -> None:
    changed = learned().changed(np.clip(PLACE * light, 0, 255).astype(np.uint8), 3.1)
    assert changed is None or np.count_nonzero(changed) < 0.01 * changed.size


def test_a_camera_that_was_turned_shows_nothing_but_that() -> None:
    wall = np.kron(np.random.default_rng(5).integers(0, 2, (18, 32)), np.full((10, 10), 120)).astype(np.uint8)
    edges = EmptyEdges()
    for number in range(20):
        edges.changed(wall, number / made.FPS)
    assert edges.changed(np.roll(wall, 25, axis=1), 2.1) is None
    assert edges.changed(wall, 2.2) is not None


def test_what_stays_for_long_belongs_to_the_place() -> None:
    edges = learned()
    for number in range(120):
        changed = edges.changed(with_box(80), 3.1 + number / made.FPS)
    assert changed is not None
    assert not changed.any()
    gone = edges.changed(PLACE, 15.2)
    assert gone is not None
    assert gone.any()


def test_a_frame_after_a_long_rest_teaches_no_more_than_one_frame() -> None:
    chance = np.random.default_rng(3)

    def noisy() -> np.ndarray:
        return np.clip(PLACE + chance.normal(0, 9.0, PLACE.shape), 0, 255).astype(np.uint8)

    edges = EmptyEdges()
    for number in range(80):
        edges.changed(noisy(), number / made.FPS)
    for look in range(1, 6):
        edges.changed(noisy(), 8.0 + 8.0 * look)
    changed = [edges.changed(noisy(), 48.1 + number / made.FPS) for number in range(5)]
    shares = [np.count_nonzero(one) / one.size for one in changed if one is not None]
    assert len(shares) == 5
    assert max(shares) < 0.0003
