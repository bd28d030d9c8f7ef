"""Line counts: the rows of the list of counting pitfalls, and laws that hold for every walk."""

from itertools import pairwise
from math import hypot

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.measure.line_counter import LineCounter
from passerby.measure.slots import TrackSlots

# Down the middle of the picture, from its top to its bottom: somebody who walks down has the picture's right on the
# left hand, so forward goes from the picture's right to its left.
TOP, BOTTOM = (500.0, 0.0), (500.0, 500.0)


def straight(start, end, steps):
    return [tuple(np.array(start) + (np.array(end) - start) * share) for share in np.linspace(0, 1, steps)]


def ways(crossings):
    return [crossing.direction for crossing in crossings]


@pytest.fixture
def middle(line):
    return line("middle", TOP, BOTTOM)


def test_forward_is_from_the_left_hand_to_the_right_hand(walk, film, line, count, middle):
    to_left = film(walk(1, straight((600, 300), (400, 300), 21)))
    assert ways(count([middle], to_left)) == [Direction.FORWARD]
    assert ways(count([line("back", BOTTOM, TOP)], to_left)) == [Direction.BACKWARD]
    down = film(walk(1, straight((500, 100), (500, 400), 31)))
    assert ways(count([line("across", (300, 250), (700, 250))], down)) == [Direction.FORWARD]


def test_there_and_back_counts_each_way_once(walk, film, count, middle):
    there = straight((600, 300), (400, 300), 21)
    assert ways(count([middle], film(walk(1, there + there[::-1])))) == [Direction.FORWARD, Direction.BACKWARD]


def test_time_is_interpolated_between_the_sightings(walk, film, count, middle):
    (crossing,) = count([middle], film(walk(1, [(560, 300), (540, 300), (480, 300), (440, 300)])))
    assert crossing.time_ns == pytest.approx(0.1e9 + 0.1e9 * 40 / 60, abs=1000)


def test_box_parked_on_a_line_for_ten_minutes_with_five_changes_of_id_counts_at_most_once(walk, film, count, middle):
    noise = np.random.default_rng(7).normal(0, 1.0, (3000, 2))
    parked = [tuple(row) for row in np.array([500.0, 300.0]) + noise]
    arrival, departure = straight((700, 300), (502, 300), 20), straight((498, 300), (300, 300), 20)
    whole = [*arrival, *parked, *departure]
    cuts = np.linspace(0, len(whole), 7).astype(int)
    walks = [walk(number, whole[a:b], first=a) for number, (a, b) in enumerate(pairwise(cuts.tolist()))]
    crossings = count([middle], film(*walks, fps=5.0))
    assert len(walks) == 6
    assert ways(crossings) == [Direction.FORWARD]


def test_shaking_backwards_at_standstill_counts_nothing(walk, film, count, middle):
    for shake_px in (1.0, 2.0, 4.0):
        feet = [(500 + shake_px * (-1) ** frame, 300) for frame in range(200)]
        assert count([middle], film(walk(1, feet))) == []


def test_flicker_of_one_frame_counts_nothing_either_way(walk, film, count, middle):
    for flicker_px in (480, 400, 100):
        feet = [(520, 300)] * 10 + [(flicker_px, 300)] + [(520, 300)] * 10
        assert count([middle], film(walk(1, feet))) == []


def test_flicker_round_the_end_of_a_line_counts_nothing(walk, film, line, count):
    short = line("short", (500, 200), (500, 300))
    feet = [(520, 250)] * 5 + [(400, 100)] + [(520, 250)] * 5
    assert count([short], film(walk(1, feet))) == []


def test_unconfirmed_track_never_counts(walk, film, count, middle):
    feet = straight((600, 300), (400, 300), 21)
    assert count([middle], film(walk(1, feet, confirmed_from=10**6))) == []
    many = [walk(number, feet, first=3 * number, confirmed_from=10**6) for number in range(90)]
    assert count([middle], film(*many)) == []


def test_crossing_made_before_confirmation_counts_when_confirmed_at_its_own_time(walk, film, count, middle):
    feet = straight((530, 300), (400, 300), 14)
    late = count([middle], film(walk(1, feet, confirmed_from=12)))
    prompt = count([middle], film(walk(1, feet)))
    assert ways(late) == [Direction.FORWARD]
    assert late[0].time_ns == prompt[0].time_ns


@pytest.mark.parametrize("y_px", [190, 310])
def test_passing_beyond_the_ends_counts_nothing(walk, film, line, count, y_px):
    short = line("short", (500, 200), (500, 300))
    assert count([short], film(walk(1, straight((600, y_px), (400, y_px), 21)))) == []


def test_passing_just_between_the_ends_counts(walk, film, line, count):
    short = line("short", (500, 200), (500, 300))
    for y_px in (205, 295):
        assert len(count([short], film(walk(1, straight((600, y_px), (400, y_px), 21))))) == 1


def test_coming_back_round_the_end_counts_one_way_only(walk, film, line, count):
    short = line("short", (500, 200), (500, 300))
    corners = [(600, 250), (400, 250), (400, 100), (600, 100), (600, 250)]
    feet = [foot for a, b in pairwise(corners) for foot in straight(a, b, 20)]
    assert ways(count([short], film(walk(1, feet)))) == [Direction.FORWARD]


def test_each_crossing_has_the_class_that_was_seen_until_it_counts(walk, film, line, count):
    lines = [line(f"x{x}", (x, 0), (x, 500)) for x in (700, 500, 300)]
    classes = [RoadUser.TRUCK] * 22 + [RoadUser.CAR] * 40
    crossings = count(lines, film(walk(1, straight((800, 300), (200, 300), 61), road_users=classes)))
    assert [crossing.road_user for crossing in crossings] == [RoadUser.TRUCK, RoadUser.CAR, RoadUser.CAR]


def test_a_track_that_has_just_continued_another_is_what_that_one_was_counted_as(walk, film, line, count):
    lines = [line(f"x{x}", (x, 0), (x, 500)) for x in (700, 420)]
    feet = straight((800, 300), (380, 300), 43)
    before = walk(1, feet[:30], road_users=[RoadUser.TRUCK] * 30)
    after = walk(2, feet[33:], first=33, road_users=[RoadUser.CAR] * 10)
    assert [crossing.road_user for crossing in count(lines, film(before, after))] == [RoadUser.TRUCK] * 2


def test_class_that_the_line_does_not_count_is_left_out(walk, film, line, count):
    cars_only = line("cars", TOP, BOTTOM, road_users=frozenset({RoadUser.CAR}))
    feet = straight((600, 300), (400, 300), 21)
    assert count([cars_only], film(walk(1, feet))) == []
    assert len(count([cars_only], film(walk(1, feet, road_users=[RoadUser.CAR])))) == 1


def test_new_id_after_a_bus_passed_in_front_is_bridged_by_motion_once(walk, film, count, middle):
    feet = straight((560, 300), (440, 300), 25)
    before, after = walk(1, feet[:10]), walk(2, feet[16:], first=16)
    assert ways(count([middle], film(before, after))) == [Direction.FORWARD]


def test_new_id_while_the_old_track_is_only_hidden_and_comes_back_counts_once(walk, film, count, middle):
    feet = straight((560, 300), (440, 300), 25)
    old = walk(1, feet[:10] + [None] * 10 + feet[20:])
    new = walk(2, feet[14:20], first=14)
    assert len(count([middle], film(old, new))) <= 1


def test_new_track_far_from_the_lost_one_inherits_nothing(walk, film, count, middle):
    lost = walk(1, straight((600, 300), (510, 300), 10))
    other = walk(2, straight((490, 100), (400, 100), 10), first=12)
    assert count([middle], film(lost, other)) == []


def test_refused_heir_that_was_never_confirmed_takes_no_count_away(walk, film, count, middle):
    feet = straight((560, 300), (440, 300), 25)
    old = walk(1, feet[:10] + [None] * 6 + feet[16:])
    ghost = walk(2, feet[12:14], first=12, confirmed_from=10**6)
    assert ways(count([middle], film(old, ghost))) == [Direction.FORWARD]


def test_occlusion_within_one_track_is_bridged_on_a_straight_line(walk, film, line, count, middle):
    feet = [*straight((600, 250), (520, 250), 9), *[None] * 12, *straight((480, 250), (400, 250), 9)]
    (crossing,) = count([middle], film(walk(1, feet)))
    assert crossing.time_ns == pytest.approx(1.45e9, rel=1e-6)
    elsewhere = line("elsewhere", (500, 300), (500, 400))
    assert count([elsewhere], film(walk(1, feet))) == []


def test_last_sighting_just_beyond_the_line_counts_when_the_track_ends(walk, film, count, middle):
    feet = [*straight((600, 300), (520, 300), 9), (480, 300)]
    assert ways(count([middle], film(walk(1, feet)))) == [Direction.FORWARD]
    still_alive = film(walk(1, feet, ends=False), frames=len(feet))
    assert ways(count([middle], still_alive)) == [Direction.FORWARD]


def test_track_that_begins_beyond_the_line_counts_nothing(walk, film, count, middle):
    assert count([middle], film(walk(1, straight((498, 300), (300, 300), 20)))) == []


def test_a_crowd_of_two_hundred_grows_the_tables_and_each_counts_once(walk, film, count, middle):
    feet = straight((600, 0), (400, 0), 21)
    crowd = [walk(number, [(x, 2.0 * number + 50) for x, _ in feet]) for number in range(200)]
    assert len(count([middle], film(*crowd))) == 200


def test_line_without_length_is_refused():
    with pytest.raises(ValueError, match="two different ends"):
        LineCounter((Line("dot", np.full((2, 2), 0.5, np.float32)),))


def test_bands_scale_with_the_box_so_that_near_road_users_may_shake_more(walk, film, count, middle):
    feet = [(510.0, 300), (510.0, 300), (490.0, 300), (490.0, 300)] * 10
    assert count([middle], film(walk(1, feet, box_wh_px=(300.0, 200.0)))) == []
    assert count([middle], film(walk(1, feet, box_wh_px=(20.0, 50.0)))) != []


coordinate = st.floats(20, 980).map(lambda value: round(value, 1))
place = st.tuples(coordinate, coordinate.map(lambda value: value / 2))


@st.composite
def routes(draw):
    """A walk between a few places, at about 12 px a frame, and a line that none of the places is on."""
    ends = draw(st.tuples(place, place).filter(lambda two: hypot(two[0][0] - two[1][0], two[0][1] - two[1][1]) > 60))
    stops = draw(st.lists(place, min_size=2, max_size=4))
    feet = [stops[0]]
    for a, b in pairwise(stops):
        feet += straight(a, b, max(2, int(hypot(a[0] - b[0], a[1] - b[1]) / 12)))[1:]
    return ends, feet


def clear_of_the_line(ends, feet, margin_px=12.0):
    """No turn within the band, none near a line's end: there a count may honestly go either way."""
    (ax, ay), (bx, by) = ends
    length = hypot(bx - ax, by - ay)
    for x, y in feet:
        distance = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length**2
        near_end = min(abs(along), abs(along - 1)) * length < margin_px
        if abs(distance) < margin_px and near_end:
            return False
    (x0, y0), (x1, y1) = feet[0], feet[-1]
    return all(abs((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length > margin_px for x, y in ((x0, y0), (x1, y1)))


def net(crossings):
    return sum(1 if crossing.direction is Direction.FORWARD else -1 for crossing in crossings)


@given(routes())
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_there_and_back_nets_zero(walk, film, line, count, route):
    ends, feet = route
    there_and_back = film(walk(1, feet + feet[::-1]))
    assume(clear_of_the_line(ends, feet))
    assert net(count([line("any", *ends)], there_and_back)) == 0


@pytest.mark.slow
@given(routes(), st.sampled_from([0.25, 0.5, 2.0, 4.0]))
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_counts_do_not_change_with_resolution(walk, film, line, count, route, scale):
    ends, feet = route
    lines = [line("any", *ends)]
    small, large = (count(lines, film(walk(1, feet), scale=one)) for one in (1.0, scale))
    assume(clear_of_the_line(ends, feet))
    assert ways(small) == ways(large)


@pytest.mark.slow
@given(routes())
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_mirrored_picture_swaps_the_ways(walk, film, line, count, route):
    ends, feet = route
    mirrored_ends = [(1000 - x, y) for x, y in ends]
    plain = count([line("any", *ends)], film(walk(1, feet)))
    mirrored = count([line("any", *mirrored_ends)], film(walk(1, feet), mirrored=True))
    assume(clear_of_the_line(ends, feet))
    other = {Direction.FORWARD: Direction.BACKWARD, Direction.BACKWARD: Direction.FORWARD}
    assert ways(mirrored) == [other[way] for way in ways(plain)]


@pytest.mark.slow
@given(routes(), st.sampled_from([2, 3]))
@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_net_count_does_not_change_with_the_frame_rate(walk, film, line, count, route, step):
    ends, feet = route
    lines = [line("any", *ends)]
    # Repeating the last foot point keeps the walk's end in the thinned film.
    whole = feet + [feet[-1]] * step
    fast = count(lines, film(walk(1, whole), fps=30.0))
    slow = count(lines, film(walk(1, whole[::step]), fps=30.0 / step))
    assume(clear_of_the_line(ends, feet, margin_px=12.0 * step + 12.0))
    assert net(fast) == net(slow)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 2.5))
@settings(max_examples=10)
def test_any_shaking_within_the_band_counts_nothing(walk, film, line, count, seed, shake_px):
    shakes = np.clip(np.random.default_rng(seed).normal(0, shake_px, (200, 2)), -4.9, 4.9)
    assert (
        count([line("any", TOP, BOTTOM)], film(walk(1, [tuple(row) for row in np.array([500.0, 300.0]) + shakes])))
        == []
    )


@pytest.mark.parametrize(("start_px", "end_px", "crossings"), [((520, 190), (440, 310), 1), ((520, 210), (440, 90), 0)])
def test_where_a_long_step_passes_the_line_decides_whether_it_is_between_the_ends(
    walk, film, line, count, start_px, end_px, crossings
):
    # A quarter of the step is before the line: it passes at y = 220 and at y = 180.
    short = line("short", (500, 200), (500, 300))
    feet = [(560, start_px[1]), start_px, end_px, (400, end_px[1]), (360, end_px[1])]
    assert len(count([short], film(walk(1, feet)))) == crossings


@pytest.mark.parametrize(
    ("ends", "box_wh_px", "band_px"),
    [
        (((500, 0), (500, 500)), (300.0, 100.0), 18.0),  # upright: the box's width counts
        (((500, 200), (500, 325)), (300.0, 100.0), 18.0),  # however short the line is
        (((100, 250), (900, 250)), (300.0, 400.0), 24.0),  # level: its height
        (((440, 170), (560, 330)), (300.0, 100.0), 18.0),  # aslant, 3-4-5: 0.8 of the width and 0.6 of the height
        (((500, 0), (500, 500)), (20.0, 50.0), 5.5),  # small: 0.011 of the picture's height
    ],
)
def test_on_the_line_is_a_share_of_the_box_across_the_line_or_of_the_picture(
    walk, film, line, count, ends, box_wh_px, band_px
):
    (ax, ay), (bx, by) = ends
    length = hypot(bx - ax, by - ay)
    across = (-(by - ay) / length, (bx - ax) / length)
    middle_px = ((ax + bx) / 2, (ay + by) / 2)
    for beyond_px, crossings in ((-0.3, 0), (0.3, 1)):
        off_px = [-(band_px + beyond_px)] * 3 + [band_px + beyond_px] * 3
        feet = [(middle_px[0] + off * across[0], middle_px[1] + off * across[1]) for off in off_px]
        found = count([line("any", *ends)], film(walk(1, feet, box_wh_px=box_wh_px)), band_height_share=0.0)
        assert ways(found) == [Direction.FORWARD] * crossings


@pytest.mark.parametrize("height_px", [50.0, 100.0, 300.0])
def test_the_band_is_a_share_of_the_box_s_height(walk, film, count, middle, height_px):
    for beyond_px, crossings in ((-0.3, 0), (0.3, 2)):
        off_px = [-200.0] * 3 + [0.18 * height_px + beyond_px] * 30 + [-200.0] * 3
        feet = [(500 - off, 300) for off in off_px]
        assert len(count([middle], film(walk(1, feet, box_wh_px=(20.0, height_px))))) == crossings


@pytest.mark.parametrize(("before_px", "after_px"), [(10, 30), (30, 10)])
def test_where_and_when_a_line_is_passed_is_the_share_of_the_step_before_it(
    walk, film, line, count, before_px, after_px
):
    """A quarter, or three quarters, of a step of 0.1 s and 40 px down the picture: which of three lines, and when."""
    share = before_px / (before_px + after_px)
    feet = [(500 + before_px + 40, 240), (500 + before_px, 240), (500 - after_px, 280), (500 - after_px - 40, 280)]
    thirds = [line(name, (500, y), (500, y + 12)) for name, y in (("upper", 244), ("centre", 256), ("lower", 264))]
    (crossing,) = count([each for each in thirds if each.name != "centre"], film(walk(1, feet)))
    assert crossing.line == ("upper" if share < 0.5 else "lower")
    assert crossing.time_ns == pytest.approx((0.1 + 0.1 * share) * 1e9, abs=1000)


@pytest.mark.parametrize(("class_after_s", "frame"), [(1.0, 10), (0.5, 5), (0.0, 3)])
def test_a_crossing_is_reported_when_its_track_is_old_enough(walk, film, middle, class_after_s, frame):
    feet = [(520, 300), (510, 300), (490, 300), (480, 300)] + [(470, 300)] * 20
    slots, counter = TrackSlots(), LineCounter((middle,), class_after_s=class_after_s)
    reported = [number for number, tracks in enumerate(film(walk(1, feet))) if counter.update(slots.update(tracks))]
    assert reported == [frame]
