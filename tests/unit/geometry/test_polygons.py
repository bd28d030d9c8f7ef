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


@pytest.mark.parametrize(("at", "inside"), [((0, 0.5), True), ((0.5, 0), True), ((1, 0.5), False), ((0.5, 1), False)])
def test_a_left_or_upper_edge_belongs_to_a_square_a_right_or_lower_one_does_not(at, inside):
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    for corners in (square, square[::-1]):
        assert points_in_polygon(np.array([at], np.float64), corners).tolist() == [inside]


def test_a_point_on_an_edge_or_corner_that_tiles_share_is_in_one_of_them():
    tiles = [np.array([[x, y], [x + 2, y], [x + 2, y + 2], [x, y + 2]]) for x in (0.0, 2.0) for y in (0.0, 2.0)]
    shared = np.array([[2.0, 2.0], [2.0, 1.0], [1.0, 2.0], [2.0, 3.0], [3.0, 2.0]])
    assert np.sum([points_in_polygon(shared, tile) for tile in tiles], axis=0).tolist() == [1] * 5


def test_a_corner_at_the_height_of_a_point_is_crossed_once():
    diamond = np.array([[2.0, 0], [4, 2], [2, 4], [0, 2]])
    for corners in (diamond, diamond[::-1]):
        assert points_in_polygon(np.array([[1.0, 2], [2, 2], [-1, 2], [5, 2]]), corners).tolist() == [1, 1, 0, 0]


def test_a_corner_given_twice_changes_nothing():
    once, twice = np.array([[0.0, 0], [4, 0], [4, 3]]), np.array([[0.0, 0], [4, 0], [4, 0], [4, 3]])
    points = np.array([[3.0, 1], [5, 0], [0, 3]])
    assert distances_to_edge(points, twice) == pytest.approx(distances_to_edge(points, once))
    assert distances_to_edge(points, once) == pytest.approx([1.0, 1.0, 2.4])
    assert polygon_area(twice) == polygon_area(once) == 6.0


def test_arms_of_a_comb_are_inside_and_the_gaps_between_them_are_not():
    comb = np.array([[0.0, 0], [9, 0], [9, 4], [8, 4], [8, 1], [5, 1], [5, 4], [4, 4], [4, 1], [1, 1], [1, 4], [0, 4]])
    across = np.array([[x + 0.5, 3.0] for x in range(-1, 10)])
    expected = [False, True, False, False, False, True, False, False, False, True, False]
    assert points_in_polygon(across, comb).tolist() == expected
