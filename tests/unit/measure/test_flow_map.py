import numpy as np
import pytest

from passerby.measure.flow_map import FlowGrid
from passerby.measure.slots import TrackSlots


def passes(film, rows=5, columns=10):
    slots, grid = TrackSlots(), FlowGrid(rows=rows, columns=columns)
    for tracks in film:
        grid.update(slots.update(tracks))
    return grid.flow_map().passes


def test_a_track_touches_each_cell_on_its_way_once(walk, film):
    there_and_back = [(float(x), 250.0) for x in (50, 350, 950, 350, 50)]
    expected = np.zeros((5, 10), np.float32)
    expected[2] = 1
    assert (passes(film(walk(1, there_and_back))) == expected).all()


def test_standing_still_is_one_pass_and_tracks_add_up(walk, film):
    stands = [walk(number, [(450.0, 450.0)] * 50) for number in range(3)]
    grid = passes(film(*stands))
    assert grid[4, 4] == 3
    assert grid.sum() == 3


def test_unconfirmed_tracks_leave_nothing_and_confirmed_ones_their_whole_way(walk, film):
    feet = [(float(x), 250.0) for x in range(50, 1000, 100)]
    assert passes(film(walk(1, feet, confirmed_from=99))).sum() == 0
    assert passes(film(walk(1, feet, confirmed_from=8))).sum() == 10


def test_the_way_of_somebody_hidden_for_long_is_not_made_up(walk, film):
    feet = [(50.0, 250.0), *[None] * 20, (950.0, 250.0)]
    assert passes(film(walk(1, feet))).sum() == 2


def test_feet_on_the_lower_border_count_and_outside_do_not(walk, film):
    assert passes(film(walk(1, [(450.0, 500.0)] * 3)))[4, 4] == 1
    assert passes(film(walk(1, [(450.0, 540.0)] * 3))).sum() == 0


def test_a_later_track_in_a_used_slot_counts_again(walk, film):
    walks = [walk(number, [(450.0, 450.0)] * 3, first=40 * number) for number in range(4)]
    assert passes(film(*walks))[4, 4] == 4


@pytest.mark.parametrize(("hidden_frames", "cells"), [(0, 10), (9, 10), (10, 2)])
def test_a_step_of_up_to_a_second_is_filled_in_at_any_time(walk, film, hidden_frames, cells):
    feet = [(50.0, 250.0), *[None] * hidden_frames, (950.0, 250.0)]
    assert passes(film(walk(1, feet, first=30))).sum() == cells
