"""Films without pictures: changed ways, and what the truth and a detector show of them."""

import numpy as np
import pytest

from benchmarks.events.cases.places import inside_clearly, passages
from benchmarks.events.changes import as_car, held, reversed_way
from benchmarks.events.world import (
    NOT_FOUND,
    Extras,
    Way,
    World,
    again_and_again,
    found_tracks,
    hidden,
    there_and_back,
    true_tracks,
)
from passerby.domain.events import Direction
from passerby.domain.layout import Line, Zone
from passerby.domain.road_user import RoadUser

SIZE_PX = (640, 360)


def walker(frames=30, first=0, left_px=100.0, pace_px=8.0, missed=()):
    """A person of 20 by 60 px who walks to the right."""
    left = left_px + pace_px * np.arange(frames)
    box = np.column_stack([left, np.full(frames, 200.0), left + 20, np.full(frames, 260.0)])
    seen_as = np.array([NOT_FOUND if number in missed else RoadUser.PEDESTRIAN for number in range(frames)], np.int16)
    return Way(first, box, RoadUser.PEDESTRIAN, np.full((frames, 4), 0.05), np.full(frames, 0.8), seen_as)


def film(*ways, frames=30):
    return World("made", SIZE_PX, 5.0, frames, ways, Extras(), None, labelled=True)


def test_a_vehicle_that_is_held_brakes_stands_and_goes_on():
    way = held(as_car(walker()), 10, 20)
    foot = way.foot_px[:, 0]
    assert len(way) == 50
    assert way.user is RoadUser.CAR
    assert np.ptp(foot[14:27]) == pytest.approx(0.0, abs=1e-9)
    assert np.diff(foot).max() == pytest.approx(8.0)
    assert np.abs(np.diff(foot, 2)).max() < 1.0
    assert np.ptp(way.xyxy_px[0, [0, 2]]) == pytest.approx(90.0)  # one and a half times a walker's height
    assert set(way.seen_as.tolist()) == {RoadUser.CAR}


def test_a_reversed_way_ends_where_it_began():
    way = walker()
    assert reversed_way(way).foot_px[0] == pytest.approx(way.foot_px[-1])


def test_a_vehicle_that_stands_is_found_as_well_as_it_was_within_a_second_of_there():
    missed = held(walker(missed=range(12)), 10, 60).seen_as == NOT_FOUND
    seen = held(walker(missed=range(22, 30)), 10, 60).seen_as != NOT_FOUND
    assert missed[14:60].any()
    assert not missed[14:60].all()
    assert seen[:60].all()


def test_between_two_times_the_place_is_empty():
    world = again_and_again(film(walker()), 20.0)
    assert [(way.first, way.end) for way in world.ways] == [(0, 30), (45, 75), (90, 100)]


def test_there_and_back_goes_on_without_a_jump():
    world = there_and_back(film(walker()), 20.0)
    assert world.frames == 100
    (way,) = world.ways
    assert np.abs(np.diff(way.foot_px[:, 0])).max() == pytest.approx(8.0)


def test_the_truth_has_all_and_the_detector_what_it_found():
    world = film(walker(missed=range(15, 30)))
    assert [len(tracks) for tracks in true_tracks(world)] == [1] * 30
    found = [len(tracks) for tracks in found_tracks(world)]
    assert found[:15] == [1] * 15
    assert sum(found[15:]) == 0


def test_what_nearer_boxes_cover_is_not_found():
    behind, before, beside = [100, 100, 120, 160], [98, 110, 122, 180], [130, 100, 150, 160]
    assert hidden(np.array([behind, before, beside], np.float64)).tolist() == [True, False, False]


def test_who_is_near_an_edge_is_neither_in_nor_out():
    zone = Zone("zone", np.array([[0.0, 0.5], [0.4905, 0.5], [0.4905, 1.0], [0.0, 1.0]], np.float32))
    who = inside_clearly(film(walker()), zone, [walker()])
    assert int(who.surely.sum()) < int(who.now.sum()) < int(who.perhaps.sum())
    assert who.now[0, 0]
    assert not who.perhaps[0, 29]


@pytest.mark.parametrize(("line01", "clear"), [([[0.3, 0.9], [0.3, 0.4]], True), ([[0.3, 0.73], [0.3, 0.4]], False)])
def test_a_passage_near_a_lines_end_is_not_clear(line01, clear):
    late = walker(first=10)  # a film that begins with it at the line is of no use
    (over,) = passages(film(late, frames=40), Line("line", np.array(line01, np.float32)), [late])
    assert (over.direction, over.clear) == (Direction.FORWARD, clear)
    assert over.at_s == pytest.approx(2 + (192 - 110) / 8 / 5, abs=0.01)
