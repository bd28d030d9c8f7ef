"""The measures as a whole: tracks become events, intervals and totals that agree with each other."""

from inspect import signature

import numpy as np
import pytest

from passerby.domain.events import Direction
from passerby.domain.intervals import regroup
from passerby.domain.layout import Movement
from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.geometry.calibration import fit_point_pairs
from passerby.measure.aggregate import IntervalAggregator
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings
from passerby.measure.coverage import Coverage
from passerby.measure.line_counter import LineCounter
from passerby.measure.slots import TrackSlots
from passerby.measure.zones import ZoneWatch

WALKER = RoadUser.PEDESTRIAN
CORNERS = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
GROUND = fit_point_pairs(CORNERS, CORNERS * (50.0, 25.0))


@pytest.fixture
def measures(line, zone):
    def build(**settings):
        return CameraMeasures(
            "cam",
            (line("west", (300, 0), (300, 500)), line("east", (700, 0), (700, 500))),
            (Movement("through", "west", "backward", "east", "backward"),),
            (zone("square", (400, 100), (600, 100), (600, 300), (400, 300)),),
            GROUND,
            MeasureSettings(**settings),
        )

    return build


def crowd(walk, count=8, gap=100):
    feet = [(float(x), 200.0) for x in range(200, 800, 5)]
    return [walk(number, feet, first=gap * number) for number in range(count)]


def run(measures, film):
    measured = [measures.update(tracks) for tracks in film]
    return [*measured, measures.finish()]


def test_a_recording_s_quarters_say_what_a_service_s_minutes_add_up_to_of_unexplained_motion(walk, film, measures):
    place = measures(keep_confidence=1.1, report_interval_s=900)
    run(place, film(*crowd(walk, count=4, gap=600)))
    minutes, quarters = place.take_closed(), place.totals.observations
    added = {(one.series, one.quantity, one.road_user, one.direction): one for one in regroup(minutes, 900)}
    assert len({one.unexplained for one in minutes}) > 1
    for one in (row for row in quarters if row.quantity is Quantity.FLOW):
        same = added[one.series, one.quantity, one.road_user, one.direction]
        assert 0 < one.unexplained == pytest.approx(same.unexplained)


def test_events_intervals_and_totals_agree(walk, film, measures):
    place = measures()
    measured = run(place, film(*crowd(walk)))
    totals = place.totals
    rows = place.take_closed()
    events = [crossing for one in measured for crossing in one.crossings]
    assert len(events) == 16
    for total in totals.lines:
        assert total.counts[WALKER] == {Direction.FORWARD: 0, Direction.BACKWARD: 8}
        assert total.counts[RoadUser.TRUCK] == {Direction.FORWARD: 0, Direction.BACKWARD: 0}
        assert total.speed_mean_mps[WALKER] == pytest.approx(2.5, rel=0.01)
        assert total.speeds_mps[WALKER].percentile(0.5) == pytest.approx(2.5, rel=0.03)
        assert total.speeds_mps[WALKER].n == 8
        assert total.speed_error_mps[WALKER] > 0
        assert RoadUser.CAR not in total.speeds_mps
    assert totals.movements[0].counts[WALKER] == 8
    (square,) = totals.zones
    assert (square.entries[WALKER], square.exits[WALKER]) == (8, 8)
    assert square.area_m2 == pytest.approx(100.0)
    assert square.occupancy_mean[WALKER] > 0
    assert square.density_mean_per_m2 == pytest.approx(square.occupancy_mean[WALKER] / 100)
    assert square.density_max_per_m2 == pytest.approx(square.occupancy_max[WALKER] / 100)
    assert square.dwell_p50_s[WALKER] == pytest.approx(4.0, abs=0.3)
    assert RoadUser.CAR not in square.dwell_p50_s
    for intervals in (rows, totals.observations):
        for quantity, expected in (
            (Quantity.FLOW, 16),
            (Quantity.MOVEMENT, 8),
            (Quantity.ENTRIES, 8),
            (Quantity.EXITS, 8),
        ):
            assert sum(row.value or 0 for row in intervals if row.quantity is quantity) == expected
    assert [row for row in rows if row.quantity is Quantity.DWELL_P50 and row.count]


def test_minutes_regrouped_equal_the_reports_quarter_hours_but_for_percentiles(walk, film, measures):
    place = measures()
    run(place, film(*crowd(walk)))
    exact = {}
    for row in place.totals.observations:
        exact[row.series, row.quantity, row.road_user, row.direction, row.start_ns] = row
    same = {Quantity.FLOW, Quantity.MOVEMENT, Quantity.ENTRIES, Quantity.EXITS, Quantity.OCCUPANCY_MAX}
    for row in regroup(place.take_closed(), 900):
        other = exact[row.series, row.quantity, row.road_user, row.direction, row.start_ns]
        assert row.coverage == pytest.approx(other.coverage)
        if row.quantity in same:
            assert row.value == other.value
        elif row.quantity is Quantity.OCCUPANCY_MEAN:
            assert row.value == pytest.approx(other.value)


def test_two_runs_over_the_same_film_are_the_same(walk, film, measures):
    shot = film(*crowd(walk, count=12, gap=7))
    first, second = measures(), measures()
    assert run(first, shot) == run(second, shot)
    assert first.take_closed() == second.take_closed()
    assert (first.totals.flow_map.passes == second.totals.flow_map.passes).all()


@pytest.mark.slow
def test_nobody_for_an_hour_is_zero_and_watched(walk, film, measures):
    place = measures()
    empty = film(walk(1, [None] * 3600, ends=False), fps=1.0, frames=3601)
    run(place, empty)
    flows = [row for row in place.take_closed() if row.quantity is Quantity.FLOW and row.coverage == 1.0]
    assert len(flows) == 60 * 2 * len(RoadUser) * 2
    assert all(row.value == 0.0 for row in flows)


def test_lost_stretches_lower_the_coverage(walk, film, measures):
    place = measures()
    shot = film(walk(1, [None] * 600, ends=False), frames=600)
    for tracks in shot:
        place.update(tracks)
    place.lost(10_000_000_000, 40_000_000_000)
    place.finish()
    (coverage,) = {row.coverage for row in place.take_closed()}
    assert coverage == pytest.approx(0.5)
    assert place.totals.watched_s == pytest.approx(30.0)


def test_no_event_tells_which_track_it_was(walk, film, measures):
    for measured in run(measures(), film(*crowd(walk, count=2))):
        for event in (*measured.crossings, *measured.movement_counts, *measured.entries, *measured.visits):
            assert not any("track" in name or name in ("id", "slot") for name in type(event).__slots__)


@pytest.mark.slow
def test_state_dies_with_the_tracks(walk, film, measures):
    place = measures(report_interval_s=None)
    run(place, film(*crowd(walk, count=80, gap=20)))
    assert place._slots._table.shape == (64,)
    assert len(place._slots._slot_of) <= 10
    assert len(place._movements._unused) <= 10
    assert place.totals.observations == ()


def test_an_empty_site_measures_the_flow_map_only(walk, film):
    place = CameraMeasures("cam")
    run(place, film(*crowd(walk, count=6)))
    totals = place.totals
    assert (totals.lines, totals.zones, totals.movements, totals.observations) == ((), (), (), ())
    assert totals.flow_map.passes.sum() > 0
    assert totals.watched_s > 10


@pytest.mark.slow
def test_what_stands_so_far_is_what_closes_later(walk, film, measures):
    place, twin = measures(), measures()
    frames = film(*crowd(walk))
    half = len(frames) // 2
    for tracks in frames[:half]:
        place.update(tracks)
        twin.update(tracks)
    so_far = place.so_far()
    assert place.open_from_ns is not None
    assert all(one.start_ns >= place.open_from_ns for one in so_far)
    assert 0 < sum(one.value or 0 for one in so_far if one.quantity is Quantity.FLOW) < 16
    # Looking does not change what is measured.
    for tracks in frames[half:]:
        place.update(tracks)
        twin.update(tracks)
    place.finish()
    twin.finish()
    assert place.take_closed() == twin.take_closed()
    assert place.so_far() == ()


def test_the_defaults_are_those_of_each_measure():
    settings = MeasureSettings()
    for measure in (LineCounter, TrackSlots, ZoneWatch, Coverage, IntervalAggregator):
        for name, parameter in signature(measure).parameters.items():
            if parameter.default is not parameter.empty and hasattr(settings, name):
                assert getattr(settings, name) == parameter.default, f"{measure.__name__}: {name}"
