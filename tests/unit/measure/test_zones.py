import numpy as np
import pytest

from passerby.domain.road_user import RoadUser
from passerby.measure.slots import TrackSlots
from passerby.measure.zones import ZoneWatch

SQUARE = ((400, 100), (600, 100), (600, 300), (400, 300))
WALKER = RoadUser.PEDESTRIAN


def watch(zones, film, areas_m2=None, **settings):
    """Entries, visits and the occupancy of each frame."""
    slots = TrackSlots()
    watched = ZoneWatch(tuple(zones), tuple(areas_m2 or [None] * len(zones)), **settings)
    changes = [watched.update(slots.update(tracks)) for tracks in film]
    entries = [entry for change in changes for entry in change.entries]
    visits = [visit for change in changes for visit in change.visits]
    return entries, [*visits, *watched.finish()], [change.occupancy for change in changes]


def across(steps=41, y=200):
    return [(x, y) for x in np.linspace(300, 700, steps).tolist()]


def test_walking_through_is_one_entry_one_exit_and_a_dwell(walk, film, zone):
    entries, visits, occupancy = watch([zone("square", *SQUARE)], film(walk(1, across())))
    (visit,) = visits
    assert len(entries) == 1
    assert entries[0].time_ns == visit.start_ns
    assert (visit.entered, visit.left) == (True, True)
    assert visit.dwell_s == pytest.approx(2.0, abs=0.2)
    assert max(rows[0].total for rows in occupancy) == 1
    assert occupancy[-1][0].total == 0


def test_first_seen_inside_and_lost_inside_is_neither_entry_nor_exit(walk, film, zone):
    _, visits, _ = watch([zone("square", *SQUARE)], film(walk(1, [(500, 200)] * 20), frames=60))
    (visit,) = visits
    assert (visit.entered, visit.left) == (False, False)
    assert visit.dwell_s == pytest.approx(1.9)


def test_zone_empties_when_a_track_ends(walk, film, zone):
    _, _, occupancy = watch([zone("square", *SQUARE)], film(walk(1, [(500, 200)] * 10), frames=15))
    assert [rows[0].total for rows in occupancy] == [1] * 10 + [0] * 5


def test_overlapping_zones_each_count(walk, film, zone):
    zones = [zone("square", *SQUARE), zone("half", (500, 100), (600, 100), (600, 300), (500, 300))]
    entries, visits, occupancy = watch(zones, film(walk(1, across())))
    assert sorted(entry.zone for entry in entries) == ["half", "square"]
    assert sorted(visit.zone for visit in visits) == ["half", "square"]
    assert max(sum(row.total for row in rows) for rows in occupancy) == 2


def test_seated_person_whose_foot_point_leaves_the_zone_a_little_stays_inside(walk, film, zone):
    feet = [(500, 299)] * 10 + [(500, 304), (500, 304), (500, 304), (500, 298)] * 20
    _, visits, occupancy = watch([zone("square", *SQUARE)], film(walk(1, feet)))
    assert len(visits) == 1
    assert all(rows[0].total == 1 for rows in occupancy[: len(feet)])


def test_one_frame_of_flicker_neither_enters_nor_leaves(walk, film, zone):
    inside = [(500, 200)] * 10 + [(700, 200)] + [(500, 200)] * 10
    entries, visits, _ = watch([zone("square", *SQUARE)], film(walk(1, inside)))
    assert (len(entries), len(visits)) == (0, 1)
    outside = [(700, 200)] * 10 + [(500, 200)] + [(700, 200)] * 10
    assert watch([zone("square", *SQUARE)], film(walk(1, outside)))[:2] == ([], [])


def test_whose_foot_is_in_which_zone_is_told_of_each_frame_alone(walk, film, zone):
    zones = [zone("square", *SQUARE), zone("right", (500, 100), (700, 100), (700, 300), (500, 300))]
    slots, watched = TrackSlots(), ZoneWatch(tuple(zones), (None, None))
    frames = film(walk(1, [(450, 200), (450, 301), (550, 200)]), walk(2, [(650, 200)] * 3), frames=5)
    feet = [watched.update(slots.update(tracks)).feet_in_zones.tolist() for tracks in frames]
    right = [False, True]
    assert feet == [[[True, False], right], [[False, False], right], [[True, True], right], [], []]
    nowhere = ZoneWatch((), ()).update(TrackSlots().update(frames[0])).feet_in_zones
    assert nowhere.shape == (2, 0)


def test_unconfirmed_track_occupies_nothing_and_makes_no_visit(walk, film, zone):
    entries, visits, occupancy = watch([zone("square", *SQUARE)], film(walk(1, across(), confirmed_from=999)))
    assert (entries, visits) == ([], [])
    assert all(rows[0].total == 0 for rows in occupancy)


def test_entry_made_before_confirmation_is_counted_then(walk, film, zone):
    entries, visits, _ = watch([zone("square", *SQUARE)], film(walk(1, across(), confirmed_from=15)))
    assert len(entries) == len(visits) == 1
    assert visits[0].entered


def test_hidden_track_occupies_for_the_stated_time_only(walk, film, zone):
    feet = [(500, 200)] * 5 + [None] * 40 + [(500, 200)] * 5
    _, visits, occupancy = watch([zone("square", *SQUARE)], film(walk(1, feet)), hidden_s=2.0)
    totals = [rows[0].total for rows in occupancy]
    assert totals[5:24] == [1] * 19
    assert totals[26:45] == [0] * 19
    assert totals[45:50] == [1] * 5
    assert len(visits) == 1


def test_visit_goes_on_when_a_new_id_continues_a_lost_one(walk, film, zone):
    old, new = walk(1, across()[:20]), walk(2, across()[23:], first=23)
    entries, visits, occupancy = watch([zone("square", *SQUARE)], film(old, new))
    assert len(entries) == 1
    (visit,) = visits
    assert (visit.entered, visit.left) == (True, True)
    assert visit.dwell_s == pytest.approx(2.0, abs=0.2)
    assert max(rows[0].total for rows in occupancy) == 1


def test_class_that_the_zone_does_not_measure_is_left_out(walk, film, zone):
    cars = zone("cars", *SQUARE, road_users=frozenset({RoadUser.CAR}))
    entries, visits, occupancy = watch([cars], film(walk(1, across())))
    assert (entries, visits) == ([], [])
    assert dict(occupancy[20][0].counts) == {RoadUser.CAR: 0}


def test_density_is_pedestrians_by_area(walk, film, zone):
    crowd = [walk(number, [(450 + 10 * number, 200)] * 5) for number in range(6)]
    car = walk(9, [(500, 250)] * 5, road_users=[RoadUser.CAR])
    _, _, occupancy = watch([zone("square", *SQUARE)], film(*crowd, car), areas_m2=[12.0])
    assert occupancy[2][0].density_per_m2 == pytest.approx(0.5)
    assert occupancy[2][0].counts[WALKER] == 6
    assert occupancy[2][0].total == 7


def test_without_zones_nothing_is_measured(walk, film):
    assert watch([], film(walk(1, across())))[:2] == ([], [])


def test_the_last_sighting_of_a_track_settles_what_it_had_begun(walk, film, zone):
    out = [(500, 200)] * 5 + [(650, 200)]
    _, (visit,), _ = watch([zone("square", *SQUARE)], film(walk(1, out)))
    assert (visit.entered, visit.left, visit.dwell_s) == (False, True, pytest.approx(0.4))
    into = [(650, 200)] * 5 + [(590, 200)]
    entries, (visit,), _ = watch([zone("square", *SQUARE)], film(walk(1, into)))
    assert [entry.time_ns for entry in entries] == [500_000_000]
    assert (visit.entered, visit.left, visit.dwell_s) == (True, False, 0.0)
    assert (visit.start_ns, visit.end_ns) == (500_000_000, 500_000_000)


def test_a_visit_begins_and_ends_at_the_first_and_last_sightings_inside(walk, film, zone):
    feet = [(650, 200)] * 5 + [(590, 200)] * 20 + [(650, 200)] * 5
    (entry,), (visit,), _ = watch([zone("square", *SQUARE)], film(walk(1, feet)))
    assert (entry.time_ns, visit.start_ns, visit.end_ns) == (500_000_000, 500_000_000, 2_400_000_000)
    assert visit.dwell_s == pytest.approx(1.9)


@pytest.mark.parametrize("settle_sightings", [1, 2, 4])
def test_so_many_sightings_in_a_row_make_a_turn(walk, film, zone, settle_sightings):
    short, enough = [(500, 200)] * (settle_sightings - 1), [(500, 200)] * settle_sightings
    away = [(700, 200)] * 5
    for inside, found in ((short, 0), (enough, 1)):
        shot = film(walk(1, away + inside + away))
        entries, visits, _ = watch([zone("square", *SQUARE)], shot, settle_sightings=settle_sightings)
        assert (len(entries), len(visits)) == (found, found)


def test_inside_holds_up_to_the_margin_outside(walk, film, zone):
    margin_px = zone("square", *SQUARE).margin * 500
    for beyond_px, visits_left in ((margin_px - 0.5, [False]), (margin_px + 0.5, [True])):
        feet = [(500, 200)] * 5 + [(600 + beyond_px, 200)] * 5
        _, visits, _ = watch([zone("square", *SQUARE)], film(walk(1, feet)))
        assert [visit.left for visit in visits] == visits_left


def test_a_flicker_back_in_after_leaving_is_no_new_visit(walk, film, zone):
    inside, outside = [(500, 200)], [(700, 200)]
    feet = inside * 10 + outside * 2 + inside + outside * 10
    entries, visits, _ = watch([zone("square", *SQUARE)], film(walk(1, feet)))
    assert (len(entries), len(visits)) == (0, 1)


def test_coming_back_after_leaving_is_an_entry(walk, film, zone):
    feet = [(500, 200)] * 10 + [(700, 200)] * 10 + [(500, 200)] * 10
    entries, visits, _ = watch([zone("square", *SQUARE)], film(walk(1, feet)))
    assert [entry.time_ns for entry in entries] == [2_000_000_000]
    assert [(visit.entered, visit.left) for visit in visits] == [(False, True), (True, False)]


def test_feet_on_the_border_have_not_come_in(walk, film, zone):
    feet = [(300, 200)] * 5 + [(400, 200)] * 10
    assert watch([zone("square", *SQUARE)], film(walk(1, feet)))[:2] == ([], [])


def test_a_zone_in_which_people_cover_one_another_is_saturated_and_a_row_of_people_is_not(walk, film, zone):
    places = [(x, y) for x in range(405, 600, 10) for y in range(105, 300, 20)]
    crowd = [walk(number, [place] * 6) for number, place in enumerate(places)]
    _, _, occupancy = watch([zone("square", *SQUARE), zone("far", (700, 100), (800, 100), (800, 300))], film(*crowd))
    assert [row.saturated for row in occupancy[3]] == [True, False]
    _, _, occupancy = watch([zone("square", *SQUARE)], film(*crowd[::10]))
    assert not any(rows[0].saturated for rows in occupancy)


def test_vehicles_do_not_saturate_a_zone(walk, film, zone):
    places = [(x, y) for x in range(405, 600, 10) for y in range(105, 300, 20)]
    cars = [walk(number, [place] * 6, road_users=[RoadUser.CAR]) for number, place in enumerate(places)]
    users = frozenset({WALKER, RoadUser.CAR})
    _, _, occupancy = watch([zone("square", *SQUARE, road_users=users)], film(*cars))
    assert not any(rows[0].saturated for rows in occupancy)
