import numpy as np
import pytest

from passerby.measure.slots import TrackSlots


def sightings(film, **settings):
    slots = TrackSlots(**settings)
    return [slots.update(tracks) for tracks in film]


def settled(seen):
    return sum(len(one.settled_successors) for one in seen)


def walking(start, frames, step=4.0):
    return [(start + step * n, 250.0) for n in range(frames)]


def test_a_new_track_where_the_lost_one_would_be_continues_it(walk, film):
    feet = walking(200, 30)
    assert settled(sightings(film(walk(1, feet[:12]), walk(2, feet[18:], first=18)))) == 1


def test_somebody_who_stopped_behind_the_bus_is_continued_too(walk, film):
    feet = walking(200, 12)
    seen = sightings(film(walk(1, feet), walk(2, [feet[-1]] * 10, first=18)))
    assert settled(seen) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"first": 60},  # too late
        {"box_wh_px": (60.0, 120.0)},  # much larger
        {"feet": [(600.0, 250.0)] * 10},  # elsewhere
        {"confirmed_from": 99},  # never confirmed
    ],
)
def test_others_do_not(walk, film, change):
    new = {"feet": walking(272, 10), "first": 18} | change
    assert settled(sightings(film(walk(1, walking(200, 12)), walk(2, **new), frames=80))) == 0


def test_a_track_seen_in_the_same_frame_is_never_continued(walk, film):
    beside = [(x + 2, y) for x, y in walking(200, 30)]
    assert settled(sightings(film(walk(1, walking(200, 30)), walk(2, beside[10:], first=10)))) == 0


def test_whoever_walks_out_of_the_picture_is_not_continued_by_whoever_comes_in(walk, film):
    leaving = [(960.0 + 5 * n, 250.0) for n in range(8)]
    coming = [(990.0 - 5 * n, 250.0) for n in range(8)]
    assert settled(sightings(film(walk(1, leaving), walk(2, coming, first=12)))) == 0


def test_of_two_newcomers_one_continues_and_the_nearer_one_does(walk, film):
    near, far = walk(3, walking(250, 10), first=13), walk(2, walking(263, 10), first=13)
    slots = TrackSlots()
    successors = [slots.update(tracks) for tracks in film(walk(1, walking(200, 12)), far, near)]
    (chosen,) = [one for one in successors if len(one.settled_successors)]
    successor_row = int(np.flatnonzero(chosen.slot == chosen.settled_successors[0])[0])
    assert chosen.foot_heights[successor_row, 0] * 500 == pytest.approx(250)


def test_hand_over_can_be_turned_off(walk, film):
    feet = walking(200, 30)
    assert settled(sightings(film(walk(1, feet[:12]), walk(2, feet[18:], first=18)), handover_s=0.0)) == 0


def test_slots_are_used_again_and_a_track_that_is_never_ended_is_forgotten(walk, film):
    one_by_one = [walk(number, walking(200, 5), first=30 * number) for number in range(100)]
    assert sightings(film(*one_by_one))[-1].capacity == 64
    silent = walk(1, walking(200, 5), ends=False)
    seen = sightings(film(silent, frames=700), max_idle_s=60.0)
    assert sum(len(one.freed) for one in seen) == 1
    assert np.isinf(seen[-1].unseen_s).all()


def test_more_tracks_than_slots_make_room(walk, film):
    seen = sightings(film(*[walk(number, [(5.0 * number, 250.0)] * 3) for number in range(150)]))
    assert seen[0].capacity >= 150
    assert len(set(seen[1].slot.tolist())) == 150


@pytest.mark.parametrize(("off_px", "continued"), [(0, 1), (18, 1), (-18, 1), (19, 0), (-19, 0)])
def test_a_new_track_may_start_a_third_of_a_box_height_off(walk, film, off_px, continued):
    # 0.35 of the box's 50 px, and 0.2 a second more for the 0.1 s in which it was not seen: 18.5 px.
    stands, new = [(200.0, 250.0)] * 12, [(200.0 + off_px, 250.0)] * 10
    assert settled(sightings(film(walk(1, stands), walk(2, new, first=12)))) == continued


@pytest.mark.parametrize(("height_px", "continued"), [(79, 1), (81, 0), (32, 1), (31, 0)])
def test_a_new_track_is_of_like_height(walk, film, height_px, continued):
    stands = [(200.0, 250.0)] * 12
    new = walk(2, stands, first=12, box_wh_px=(20.0, float(height_px)))
    assert settled(sightings(film(walk(1, stands), new))) == continued


def test_two_sightings_give_a_velocity(walk, film):
    new = [(260.0 + 10 * n, 250.0) for n in range(10)]
    assert settled(sightings(film(walk(1, [(200.0, 250.0), (210.0, 250.0)]), walk(2, new, first=6)))) == 1


@pytest.mark.parametrize(("first", "continued"), [(26, 1), (27, 0)])
def test_a_track_is_continued_for_one_and_a_half_seconds(walk, film, first, continued):
    stands = [(200.0, 250.0)] * 12
    assert settled(sightings(film(walk(1, stands), walk(2, stands, first=first)))) == continued


@pytest.mark.parametrize(("tracks", "capacity"), [(64, 64), (65, 128), (128, 128), (129, 256)])
def test_the_table_doubles_when_it_is_full(walk, film, tracks, capacity):
    seen = sightings(film(*[walk(number, [(5.0 * number, 250.0)] * 3) for number in range(tracks)]))
    assert seen[-1].capacity == capacity


def test_a_silent_track_is_kept_for_a_minute(walk, film):
    seen = sightings(film(walk(1, [(200.0, 250.0)], ends=False), frames=62, fps=1.0), max_idle_s=60.0)
    assert [len(one.freed) for one in seen] == [0] * 61 + [1]
