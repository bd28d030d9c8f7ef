from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from passerby.domain.report import MIN_ROAD_USERS, FlowMap
from passerby.measure.flow_map import FlowGrid, without_routes
from passerby.measure.slots import TrackSlots


def passes(film, rows=5, columns=10):
    slots, grid = TrackSlots(), FlowGrid(rows=rows, columns=columns)
    for tracks in film:
        grid.update(slots.update(tracks))
    return grid.flow_map().passes


def five(walk):
    """The same walk by five road users at once."""
    return [replace(walk, track_id=100 * walk.track_id + copy) for copy in range(5)]


def test_a_track_touches_each_cell_on_its_way_once(walk, film):
    there_and_back = [(float(x), 250.0) for x in (50, 350, 950, 350, 50)]
    expected = np.zeros((5, 10), np.float32)
    expected[2] = 5
    assert (passes(film(*five(walk(1, there_and_back)))) == expected).all()


def test_standing_still_is_one_pass_and_tracks_add_up(walk, film):
    stands = [walk(number, [(450.0, 450.0)] * 50) for number in range(15)]
    grid = passes(film(*stands))
    assert grid[4, 4] == 15
    assert grid.sum() == 15


def test_unconfirmed_tracks_leave_nothing_and_confirmed_ones_their_whole_way(walk, film):
    feet = [(float(x), 250.0) for x in range(50, 1000, 100)]
    assert passes(film(*five(walk(1, feet, confirmed_from=99)))).sum() == 0
    assert passes(film(*five(walk(1, feet, confirmed_from=8)))).sum() == 50


def test_the_way_of_somebody_hidden_for_long_is_not_made_up(walk, film):
    feet = [(50.0, 250.0), *[None] * 20, (950.0, 250.0)]
    assert passes(film(*five(walk(1, feet)))).sum() == 10


def test_feet_on_the_lower_border_count_and_outside_do_not(walk, film):
    assert passes(film(*five(walk(1, [(450.0, 500.0)] * 3))))[4, 4] == 5
    assert passes(film(*five(walk(1, [(450.0, 540.0)] * 3)))).sum() == 0


def test_a_later_track_in_a_used_slot_counts_again(walk, film):
    walks = [walk(number, [(150.0, 450.0), (300.0, 450.0), (450.0, 450.0)], first=40 * number) for number in range(5)]
    assert passes(film(*walks))[4, 4] == 5


@pytest.mark.parametrize(("hidden_frames", "cells"), [(0, 10), (9, 10), (10, 2)])
def test_a_step_of_up_to_a_second_is_filled_in_at_any_time(walk, film, hidden_frames, cells):
    feet = [(50.0, 250.0), *[None] * hidden_frames, (950.0, 250.0)]
    assert passes(film(*five(walk(1, feet, first=30)))).sum() == 5 * cells


@pytest.mark.parametrize("road_users", [1, 4])
def test_the_way_of_fewer_than_five_is_not_in_the_map(walk, film, road_users):
    feet = [(float(x), 250.0) for x in range(50, 1000, 100)]
    assert not passes(film(*(walk(number, feet) for number in range(road_users)))).any()


def test_whoever_is_lost_and_found_again_under_another_number_is_no_second_road_user(walk, film):
    still = [(450.0, 450.0)] * 8
    lost_four_times = [walk(number, still, first=13 * number) for number in range(5)]
    assert not passes(film(*lost_four_times)).any()


@pytest.mark.parametrize("gap_frames", [5, 14, 15, 16, 17, 60, 300])
def test_a_parked_car_that_is_lost_again_and_again_is_one(walk, film, gap_frames):
    box, jitter = (120.0, 60.0), (0.0, 8.0, -8.0, 3.0)
    pieces = [
        walk(number, [(448.0 + jitter[number % 4], 450.0)] * 10, first=number * (10 + gap_frames), box_wh_px=box)
        for number in range(8)
    ]
    assert not passes(film(*pieces)).any()


def test_a_car_that_parks_is_lost_and_drives_off_is_one(walk, film):
    way_in = [(float(x), 250.0) for x in range(50, 550, 100)] + [(450.0, 250.0)] * 5
    pieces = [walk(1, way_in)] + [
        walk(2 + number, [(450.0, 250.0)] * 10, first=60 * (1 + number)) for number in range(6)
    ]
    way_out = [(450.0, 250.0)] * 5 + [(float(x), 250.0) for x in range(550, 1000, 100)]
    assert not passes(film(*pieces, walk(9, way_out, first=500))).any()


def test_those_who_stand_beside_one_another_are_as_many_as_they_are(walk, film):
    """Four wait at a place; a fifth comes while they do, and one of them is lost and found again."""
    waits = [walk(number, [(450.0, 450.0)] * 200) for number in range(3)]
    lost = [walk(3, [(450.0, 450.0)] * 50), walk(4, [(450.0, 450.0)] * 100, first=100)]
    assert not passes(film(*waits, *lost)).any()
    comes = walk(5, [*((float(x), 450.0) for x in range(50, 450, 50)), *[(450.0, 450.0)] * 50], first=20)
    assert passes(film(*waits, *lost, comes))[4, 4] == 5


def test_a_place_that_was_left_long_ago_is_free_for_others(walk, film):
    stands = [walk(number, [(450.0, 450.0)] * 5, first=700 * number) for number in range(5)]
    assert passes(film(*stands, fps=1.0))[4, 4] == 5


def test_to_and_fro_ten_times_is_one_pass(walk, film):
    feet = [(float(x), 250.0) for _ in range(10) for x in (*range(100, 900, 20), *range(900, 100, -20))]
    assert not passes(film(walk(1, feet))).any()
    pieces = [walk(cut, feet[cut : cut + 17], first=cut, box_wh_px=(40.0, 100.0)) for cut in range(0, len(feet), 20)]
    assert not passes(film(*pieces)).any()


def test_a_track_that_is_never_confirmed_adds_nothing_whatever_it_may_continue(walk, film):
    ways = [walk(number, [(float(x), 250.0) for x in range(50, 450, 50)]) for number in range(5)]
    ghosts = [
        walk(10 + number, [(float(x), 250.0) for x in range(450, 950, 50)], first=9, confirmed_from=99)
        for number in range(5)
    ]
    assert passes(film(*ways, *ghosts)).sum() == passes(film(*ways)).sum() == 25


def strolled(chance, frames=400):
    """One who strolls about, turns, stops and goes on: foot points, and the body's height in px."""
    height = chance.uniform(40.0, 150.0)
    x, y, angle, pace = chance.uniform(100, 900), chance.uniform(150, 450), chance.uniform(0, 6.28), 0.08 * height
    feet = []
    for _ in range(frames):
        angle += chance.uniform(-1.5, 1.5) * (chance.random() < 0.02)
        if chance.random() < 0.01:
            pace = chance.choice((0.0, 0.03, 0.08, 0.12)) * height
        x, y = x + pace * np.cos(angle), y + 0.5 * pace * np.sin(angle)
        if not (60 < x < 940 and 120 < y < 480):
            angle += np.pi
        x, y = min(max(x, 60.0), 940.0), min(max(y, 120.0), 480.0)
        feet.append((x + chance.gauss(0, 0.01 * height), y + chance.gauss(0, 0.01 * height)))
    return feet, height


@pytest.mark.parametrize(("seed", "gap_frames"), [(1, 14), (2, 14), (3, 14), (4, 30), (5, 30)])
def test_one_who_strolls_about_in_many_pieces_makes_no_cell(walk, film, seed, gap_frames):
    chance = Random(seed)
    feet, height = strolled(chance)
    pieces, first = [], 0
    while first < len(feet):
        length = chance.randrange(6, 50)
        box = (0.4 * height, height)
        pieces.append(walk(first, feet[first : first + length], first=first, box_wh_px=box, confirmed_from=3))
        first += length + chance.randrange(1, gap_frames)
    assert len(pieces) > 5
    assert not passes(film(*pieces), rows=54, columns=96).any()


def test_one_more_route_over_a_square_that_others_crossed_leaves_no_trace():
    for others in (4, 5, 9, 14, 40):
        square = np.full((20, 30), others, np.int64)
        route = square.copy()
        for column in range(30):
            route[column // 2 : column // 2 + 2, column] += 1
        assert (without_routes(route) == without_routes(square)).all(), others


def test_a_narrow_way_of_many_stays_in_the_map():
    lane = np.zeros((9, 9), np.int64)
    lane[4] = 100
    assert without_routes(lane)[4].tolist() == [100] * 9


routes = st.lists(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 13)), min_size=2, max_size=12), min_size=1, max_size=4
)


@given(routes)
def test_no_cell_that_fewer_than_five_made_is_left_whoever_went_where(ways):
    cells = np.zeros((9, 14), np.int64)
    for way in ways:
        for row, column in set(way):
            cells[row, column] += 1
    assert not without_routes(cells).any()


@given(arrays(np.int64, (9, 14), elements=st.integers(0, 40)))
def test_a_map_never_shows_more_than_there_was_nor_anything_below_five(cells):
    shown = without_routes(cells)
    assert (shown <= cells).all()
    assert (shown % MIN_ROAD_USERS == 0).all()
    assert (FlowMap(cells.astype(np.float32)).passes[cells < MIN_ROAD_USERS] == 0).all()


@given(st.integers(0, 60), st.lists(st.integers(-1, 1), min_size=14, max_size=14))
def test_a_single_route_across_an_even_crowd_changes_nothing(crowd, steps):
    without, row = np.full((9, 14), crowd, np.int64), 4
    one_more = without.copy()
    for column, step in enumerate(steps):
        one_more[row, column] = crowd + 1
        row = min(max(row + step, 0), 8)
        one_more[row, column] = crowd + 1
    assert (without_routes(one_more) == without_routes(without)).all()
