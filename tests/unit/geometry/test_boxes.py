import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from passerby.geometry.boxes import box_areas, pairwise_ioa, pairwise_iou

number = st.floats(-100, 100).map(lambda value: round(value, 2))
box = st.tuples(number, number, number, number).map(
    lambda four: (min(four[0], four[2]), min(four[1], four[3]), max(four[0], four[2]), max(four[1], four[3]))
)


@given(st.lists(box, min_size=1, max_size=5), st.lists(box, min_size=1, max_size=5))
def test_overlaps_agree_with_shapely(a, b):
    iou, ioa = pairwise_iou(np.array(a), np.array(b)), pairwise_ioa(np.array(a), np.array(b))
    for row, one in enumerate(a):
        for column, other in enumerate(b):
            shared = shapely.box(*one).intersection(shapely.box(*other)).area
            area, both = shapely.box(*one).area, shapely.box(*one).area + shapely.box(*other).area - shared
            assert iou[row, column] == pytest.approx(shared / both if both > 0 else 0.0, abs=1e-6)
            assert ioa[row, column] == pytest.approx(shared / area if area > 0 else 0.0, abs=1e-6)


def test_swapped_edges_have_no_area_and_none_gives_empty():
    assert box_areas(np.array([[2.0, 0, 0, 2]])).tolist() == [0.0]
    assert pairwise_iou(np.empty((0, 4)), np.ones((3, 4))).shape == (0, 3)


def test_boxes_far_smaller_than_a_pixel_overlap_as_large_ones_do():
    a, b = np.array([[0.0, 0, 2, 2]]) * 1e-3, np.array([[1.0, 0, 3, 2]]) * 1e-3
    assert pairwise_iou(a, b) == pytest.approx(np.array([[1 / 3]]))
    assert pairwise_ioa(a, b) == pytest.approx(np.array([[0.5]]))


def test_empty_boxes_overlap_nothing():
    empty, filled = np.array([[1.0, 1, 1, 1]]), np.array([[0.0, 0, 2, 2]])
    assert pairwise_iou(empty, empty).tolist() == pairwise_ioa(empty, filled).tolist() == [[0.0]]
