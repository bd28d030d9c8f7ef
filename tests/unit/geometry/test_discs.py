"""The fullest disc: exact against all discs through two points, and against made crowds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.geometry.discs import max_in_disc

AREA = np.pi  # radius 1


def slow(points):
    """Tries every disc that has two of the points on its edge, and every one round a point."""
    centres = list(points)
    for one in points:
        for other in points:
            middle, step = (one + other) / 2, (other - one) / 2
            length = np.hypot(*step)
            if 0 < length <= 1:
                centres.append(middle + np.array([-step[1], step[0]]) / length * np.sqrt(1 - length**2))
    return max(int((np.hypot(*(points - centre).T) <= 1 + 1e-7).sum()) for centre in centres)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=14, unique=True),
    st.integers(0, 99),
)
def test_it_finds_as_many_as_trying_all_discs(places, seed):
    # Moved a little at random, so that no point is on an edge by chance and rounding decides nothing.
    points = np.array(places, np.float64) / 13 + np.random.default_rng(seed).uniform(-1e-3, 1e-3, (len(places), 2))
    assert max_in_disc(points, AREA) == slow(points)


def test_none_one_and_those_in_one_place():
    assert max_in_disc(np.empty((0, 2)), AREA) == 0
    assert max_in_disc(np.zeros((1, 2)), AREA) == 1
    assert max_in_disc(np.zeros((7, 2)), AREA) == 7
    assert max_in_disc(np.array([[0.0, 0], [5, 0], [10, 0]]), AREA) == 1


def test_two_as_far_apart_as_the_disc_is_wide_are_in_it():
    assert max_in_disc(np.array([[0.0, 0], [2, 0]]), AREA) == 2
    assert max_in_disc(np.array([[0.0, 0], [2.001, 0]]), AREA) == 1
