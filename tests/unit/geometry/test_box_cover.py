"""How much people in a zone cover one another, and from when on their number is a lower bound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.geometry.box_cover import MIN_CROWD, SATURATED_COVER, box_cover, is_saturated


def behind(number, step, across=0.0):
    """Boxes of 1 by 3, each so much higher in the picture than the one before it."""
    top = -step * np.arange(number)
    left = across * np.arange(number)
    return np.column_stack([left, top, left + 1.0, top + 3.0])


def every(boxes):
    return np.ones(len(boxes), np.bool_)


def test_each_box_is_covered_by_the_nearer_ones_and_not_by_those_behind_it():
    boxes = behind(6, 2.0)  # a third of each of the five behind the first
    assert box_cover(boxes, every(boxes)) == pytest.approx(5 / 6 / 3)


def test_what_two_cover_is_not_counted_twice():
    boxes = behind(6, 1.0)
    covered = [0, 2 / 3] + 4 * [1 - 1 / 3 * 2 / 3]
    assert box_cover(boxes, every(boxes)) == pytest.approx(np.mean(covered))


def test_those_beside_the_zone_cover_but_are_not_covered():
    boxes = behind(6, 2.0)
    there = np.array([False, True, True, True, True, True])
    assert box_cover(boxes, there) == pytest.approx(1 / 3)
    assert box_cover(boxes[::-1], ~there) == 0.0


def test_few_people_cover_nothing_however_near():
    boxes = behind(MIN_CROWD - 1, 0.1)
    assert box_cover(boxes, every(boxes)) == 0.0
    assert box_cover(np.empty((0, 4)), np.empty(0, np.bool_)) == 0.0
    assert not is_saturated(boxes, every(boxes))


def test_a_zone_is_saturated_beyond_a_share():
    loose, dense = behind(12, 2.2), behind(12, 1.9)
    assert box_cover(loose, every(loose)) < SATURATED_COVER < box_cover(dense, every(dense))
    assert not is_saturated(loose, every(loose))
    assert is_saturated(dense, every(dense))


@given(st.integers(MIN_CROWD, 60), st.floats(0.01, 4.0), st.floats(0.0, 2.0))
def test_it_is_a_share(number, step, across):
    boxes = behind(number, step, across)
    assert 0.0 <= box_cover(boxes, every(boxes)) < 1.0
