"""How full of boxes a zone is: the model's share, and from when on a number is a lower bound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.geometry.box_fill import MIN_CROWD, SATURATED_FILL, box_fill, is_saturated

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def boxes(number, width=0.1, height=0.3):
    return np.tile([width, height], (number, 1))


def test_the_share_is_that_of_the_zone_s_picture_with_a_box_s_reach_around_it():
    # 1 by 1, 0.1 wider and 0.3 higher: 1.1 by 1.3.
    assert box_fill(boxes(10), SQUARE) == pytest.approx(10 * 0.03 / (1.1 * 1.3))


def test_few_boxes_fill_nothing_however_large():
    assert box_fill(boxes(MIN_CROWD - 1, 5.0, 5.0), SQUARE) == 0.0
    assert box_fill(np.empty((0, 2)), SQUARE) == 0.0
    assert not is_saturated(boxes(MIN_CROWD - 1, 5.0, 5.0), SQUARE)


def test_a_zone_is_saturated_at_nine_tenths_of_what_boxes_can_show():
    assert pytest.approx(0.66, abs=0.005) == SATURATED_FILL
    needed = SATURATED_FILL * 1.1 * 1.3 / 0.03
    assert not is_saturated(boxes(int(needed)), SQUARE)
    assert is_saturated(boxes(int(needed) + 1), SQUARE)


@given(st.integers(MIN_CROWD, 200), st.floats(0.01, 0.5), st.floats(0.01, 0.5))
def test_one_more_box_fills_more(number, width, height):
    assert box_fill(boxes(number + 1, width, height), SQUARE) > box_fill(boxes(number, width, height), SQUARE)
