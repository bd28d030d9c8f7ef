"""What stays of a view's edges, and where it is found again."""

import numpy as np
import pytest

from passerby.ingest.view_health.edges import Field, Levels, edge_field
from passerby.ingest.view_health.learned_edges import (
    LEARNING_SAMPLES,
    RECENT_SAMPLES,
    REMEMBERED_SAMPLES,
    SIGNATURE_SHAPE,
    LearnedEdges,
    signature_of,
)
from testing.pictures.scenes import SIZE_PX, seen_from, street

STREET = street()
SHAPE = (SIZE_PX[1] // 2, SIZE_PX[0] // 2)
FREE = np.ones(SHAPE, np.float32)


def field_of(luma: np.ndarray) -> Field:
    return edge_field(Levels.of(np.asarray(luma, np.uint8)).middle)[0]


STREET_FIELD = field_of(STREET)


def learned(samples: int = LEARNING_SAMPLES) -> LearnedEdges:
    edges = LearnedEdges(SHAPE)
    for _ in range(samples):
        edges.add(STREET_FIELD, FREE)
        edges.learn(STREET_FIELD, FREE, None)
    return edges


def show(edges: LearnedEdges, luma: np.ndarray, free: np.ndarray = FREE) -> None:
    for _ in range(RECENT_SAMPLES):
        edges.add(field_of(luma), free)


def test_it_is_ready_and_settled_after_so_many_samples_and_not_one_earlier() -> None:
    assert not learned(LEARNING_SAMPLES - 1).ready
    assert learned(LEARNING_SAMPLES).ready
    assert not learned(RECENT_SAMPLES - 1).settled
    assert learned(RECENT_SAMPLES).settled


def test_the_same_view_is_found_in_place() -> None:
    match = learned().find()
    assert match is not None
    assert match.recognised > 0.9
    displacement = match.displacement(SHAPE)
    assert displacement is not None
    assert displacement.largest < 1e-3


@pytest.mark.parametrize(("right_px", "down_px"), [(6, -4), (-150, 40)])
def test_a_view_is_found_near_and_far(right_px: int, down_px: int) -> None:
    edges = learned()
    show(edges, seen_from(STREET, right_px, down_px))
    match = edges.find()
    assert match is not None
    assert match.shift_px is not None
    assert (match.shift_px.real, match.shift_px.imag) == pytest.approx((right_px / 2, down_px / 2), abs=0.5)


def test_what_is_seen_is_the_mean_of_the_newest_samples() -> None:
    edges = learned()
    for _ in range(RECENT_SAMPLES - 1):
        edges.add(field_of(street(seed=2)), FREE)
    mixed = edges.find()
    edges.add(field_of(street(seed=2)), FREE)
    other = edges.find()
    assert mixed is not None
    assert other is not None
    assert mixed.recognised > other.recognised
    assert other.recognised < 0.1


def test_nothing_is_found_where_road_users_leave_too_little() -> None:
    edges = learned()
    hidden = FREE.copy()
    hidden[:, :310] = 0
    show(edges, STREET, hidden)
    assert edges.find() is None


def test_a_look_is_learned_where_it_lay_before() -> None:
    edges = learned()
    show(edges, seen_from(STREET, 4.0))
    match = edges.find()
    for _ in range(3 * LEARNING_SAMPLES):
        edges.learn(field_of(seen_from(STREET, 4.0)), FREE, match)
    again = edges.find()
    assert again is not None
    assert again.shift_px is not None
    assert again.shift_px.real == pytest.approx(2.0, abs=0.2), "still against the first view"


def test_what_was_learned_long_is_outweighed_slowly() -> None:
    edges = learned(2 * REMEMBERED_SAMPLES)
    before = edges.signature().astype(int)
    other = field_of(street(seed=2))
    for _ in range(LEARNING_SAMPLES):
        edges.learn(other, FREE, None)
    assert np.abs(edges.signature() - before).mean() < 3
    for _ in range(3 * REMEMBERED_SAMPLES):
        edges.learn(other, FREE, None)
    assert np.abs(edges.signature() - signature_of(other).astype(int)).mean() < 8


def test_nothing_is_learned_under_a_road_user() -> None:
    edges = learned()
    hidden = FREE.copy()
    hidden[:, 160:] = 0
    for _ in range(20 * LEARNING_SAMPLES):
        edges.learn(field_of(street(seed=2)), hidden, None)
    apart = np.abs(edges.signature().astype(int) - signature_of(STREET_FIELD))
    assert apart[:, 34:].mean() < 4 < apart[:, :30].mean()


def test_a_signature_is_coarse_and_finds_the_view_again() -> None:
    kept = learned().signature()
    assert kept.shape == (*SIGNATURE_SHAPE, 2)
    assert kept.dtype == np.int8
    assert np.abs(kept.astype(int)).max() == 127
    edges = LearnedEdges(SHAPE)
    show(edges, seen_from(STREET, 40.0, -20.0))
    match = edges.find_kept(kept)
    assert match.shift_px is not None
    assert match.shift_px.real == pytest.approx(20, abs=2)
    assert match.shift_px.imag == pytest.approx(-10, abs=2)


def test_the_signature_of_another_view_is_not_found() -> None:
    edges = LearnedEdges(SHAPE)
    show(edges, street(seed=2))
    assert edges.find_kept(learned().signature()).recognised < 0.15


def test_a_signature_of_nothing_is_zero() -> None:
    assert not signature_of(np.zeros(SHAPE, np.complex64)).any()
