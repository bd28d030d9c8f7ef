import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from passerby.geometry.polygons import (
    depths_in_polygon,
    distances_to_edge,
    points_in_polygon,
    polygon_area,
    polygon_fault,
)

number = st.floats(0, 1).map(lambda value: round(value, 3))
point = st.tuples(number, number)


@given(st.lists(point, min_size=3, max_size=8), st.lists(point, min_size=1, max_size=20))
def test_inside_and_distance_agree_with_shapely(corners, points):
    assume(polygon_fault(np.array(corners)) is None)
    polygon = shapely.Polygon(corners)
    inside = points_in_polygon(np.array(points), np.array(corners))
    distances = distances_to_edge(np.array(points), np.array(corners))
    depths = depths_in_polygon(np.array(points), np.array(corners))
    for row, at in enumerate(points):
        gap = shapely.Point(at).distance(polygon.exterior)
        assert distances[row] == pytest.approx(gap, abs=1e-9)
        if gap > 1e-9:
            assert bool(inside[row]) == polygon.contains(shapely.Point(at))
            assert (depths[row] > 0) == bool(inside[row])
    assert polygon_area(np.array(corners)) == pytest.approx(polygon.area, abs=1e-9)


@pytest.mark.parametrize(
    ("corners", "fault"),
    [
        ([[0, 0], [1, 0]], "3 different corners, got 2"),
        ([[0, 0], [1, 0], [0, 0], [1, 0]], "3 different corners, got 2"),
        ([[0, 0], [1, 1], [1, 0], [0, 1]], "crosses itself"),
        ([[0, 0], [0.5, 0.5], [1, 1]], "crosses itself"),
        ([[0, 0], [float("nan"), 1], [1, 0]], "finite"),
        ([0, 1, 2], "pairs"),
    ],
)
def test_what_is_no_polygon_is_said_in_words(corners, fault):
    found = polygon_fault(np.array(corners, np.float64))
    assert found is not None
    assert fault in found


def test_a_plain_polygon_has_no_fault():
    assert polygon_fault(np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])) is None
