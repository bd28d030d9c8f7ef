import numpy as np
import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from passerby.geometry.polygons import depths_in_polygon, distances_to_edge, points_in_polygon, polygon_area

number = st.floats(0, 1).map(lambda value: round(value, 3))
point = st.tuples(number, number)


@given(st.lists(point, min_size=3, max_size=8), st.lists(point, min_size=1, max_size=20))
def test_inside_and_distance_agree_with_shapely(corners, points):
    polygon = shapely.Polygon(corners)
    assume(polygon.is_valid and polygon.area > 0)
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
