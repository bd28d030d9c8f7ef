import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from passerby.geometry.segments import segment_lengths, segment_positions

point = st.tuples(st.floats(-10, 10), st.floats(-10, 10))


@given(point, point, point)
def test_distance_and_place_along_put_the_point_back_together(start, end, at):
    a, b, p = (np.array(one) for one in (start, end, at))
    length = float(np.linalg.norm(b - a))
    assume(length > 0.1)
    position = segment_positions(p[None], np.array([[a, b]]))
    way = (b - a) / length
    right = np.array([-way[1], way[0]])  # in a picture (y down) this points to the walker's right
    again = a + position.along[0, 0] * (b - a) + position.distance[0, 0] * right
    assert again == pytest.approx(p, abs=1e-6)


def test_positive_is_on_the_right_hand_in_the_picture():
    to_the_right = np.array([[[0.0, 0.0], [1.0, 0.0]]])
    assert segment_positions(np.array([[0.5, 0.3]]), to_the_right).distance[0, 0] == pytest.approx(0.3)


def test_a_segment_without_length_is_refused():
    with pytest.raises(ValueError, match="two different ends"):
        segment_positions(np.zeros((1, 2)), np.zeros((1, 2, 2)))
    assert segment_lengths(np.zeros((1, 2, 2))).tolist() == [0.0]
