import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.events import Direction, LineCrossing, MovementCount, ZoneVisit
from passerby.domain.frames import FrameStamp
from passerby.domain.intervals import regroup
from passerby.domain.layout import Movement
from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.measure.aggregate import IntervalAggregator
from passerby.measure.coverage import Coverage
from passerby.measure.tally import Inside, Series
from passerby.measure.zones import ZoneEntry

S = 1_000_000_000
WALKER, CAR = RoadUser.PEDESTRIAN, RoadUser.CAR
USERS = frozenset({WALKER, CAR})


@pytest.fixture(scope="session")
def series(line, zone):
    lines = (line("gate", (500, 0), (500, 500), road_users=USERS), line("door", (700, 0), (700, 500), road_users=USERS))
    square = zone("square", (400, 100), (600, 100), (600, 300), road_users=USERS)
    return Series("cam", lines, (Movement("turn", "gate", "forward", "door", "forward"),), (square,), (50.0,), True)


class Run:
    """An aggregator given with a frame a second, each with `inside` pedestrians in the zone."""

    def __init__(self, series, length_s=60, grace_s=15.0):
        self.aggregator = IntervalAggregator(series, length_s=length_s, grace_s=grace_s)
        self.coverage = Coverage()
        self.rows = []

    def watch(self, seconds, inside=0):
        counts = np.zeros((1, len(RoadUser)), np.int64)
        counts[0, WALKER] = inside
        for second in seconds:
            span = self.coverage.update(FrameStamp("cam", 0, second * S, float(second), (100, 100)))
            self.aggregator.watched(span, Inside(counts, np.zeros(1, np.bool_)))
            self.rows += self.aggregator.take_closed(second * S, self.coverage)

    def finish(self):
        self.rows += self.aggregator.finish(self.coverage)
        return self.rows


def crossing(time_s, direction=Direction.FORWARD, speed_mps=None):
    error = None if speed_mps is None else 0.1
    return LineCrossing("gate", direction, WALKER, round(time_s * S), speed_mps, error)


def values(rows, quantity, series="gate", road_user=WALKER, direction=None):
    return {
        row.start_ns // S: row.value
        for row in rows
        if (row.quantity, row.series, row.road_user, row.direction) == (quantity, series, road_user, direction)
    }


def test_intervals_are_aligned_and_the_first_and_last_are_partial(series):
    run = Run(series)
    run.watch(range(90, 211))
    rows = run.finish()
    assert sorted({row.start_ns // S for row in rows}) == [60, 120, 180]
    shares = {row.start_ns // S: row.coverage for row in rows}
    assert shares == pytest.approx({60: 0.5, 120: 1.0, 180: 0.5})


def test_zeros_are_written_for_every_line_class_and_direction(series):
    run = Run(series)
    run.watch(range(60))
    flows = [row for row in run.finish() if row.quantity is Quantity.FLOW]
    assert len(flows) == 2 * 2 * 2
    assert all(row.value == 0.0 and row.count == 0 for row in flows)


def test_an_unwatched_interval_has_rows_without_value_never_zero(series):
    run = Run(series)
    run.watch(range(60))
    run.watch(range(180, 240))
    flow = values(run.finish(), Quantity.FLOW, direction="forward")
    assert flow == {0: 0.0, 60: None, 120: None, 180: 0.0}
    assert all(row.value is None for row in run.rows if row.coverage == 0)


def test_the_crossings_own_time_decides_its_interval(series):
    run = Run(series)
    run.watch(range(63))
    run.aggregator.crossing(crossing(59.9))
    run.aggregator.crossing(crossing(60.1))
    run.watch(range(63, 130))
    assert values(run.finish(), Quantity.FLOW, direction="forward") == {0: 1.0, 60: 1.0, 120: 0.0}


def test_a_crossing_later_than_the_grace_time_is_not_lost(series):
    run = Run(series)
    run.watch(range(100))
    run.aggregator.crossing(crossing(30))
    assert values(run.finish(), Quantity.FLOW, direction="forward") == {0: 0.0, 60: 1.0}


def test_a_crossing_bridged_over_unwatched_time_is_not_lost(series):
    run = Run(series)
    run.watch(range(60))
    run.watch(range(130, 140))
    run.aggregator.crossing(crossing(90))
    rows = run.finish()
    assert values(rows, Quantity.FLOW, direction="forward") == {0: 0.0, 60: None, 120: 1.0}


def test_each_interval_is_closed_once_and_only_after_the_grace_time(series):
    run = Run(series)
    run.watch(range(75))
    assert run.rows == []
    run.watch(range(75, 200))
    keys = [(row.series, row.quantity, row.road_user, row.direction, row.start_ns) for row in run.finish()]
    assert len(keys) == len(set(keys))


def test_a_clock_set_back_writes_no_interval_twice(series):
    run = Run(series)
    run.watch(range(200))
    for step in range(200):
        span = run.coverage.update(FrameStamp("cam", 0, (50 + step) * S, 200.0 + step, (100, 100)))
        run.aggregator.watched(span, Inside.empty(1))
        run.rows += run.aggregator.take_closed((50 + step) * S, run.coverage)
    keys = [(row.series, row.quantity, row.road_user, row.direction, row.start_ns) for row in run.finish()]
    assert len(keys) == len(set(keys))
    assert max(row.coverage for row in run.rows) <= 1.0


def test_a_clock_that_starts_in_1970_does_not_fill_fifty_years(series):
    run = Run(series)
    run.watch(range(60))
    run.watch(range(1_700_000_000, 1_700_000_060))
    assert len({row.start_ns for row in run.finish()}) <= 3


def test_occupancy_density_dwell_and_speed(series):
    run = Run(series)
    run.watch(range(31), inside=4)
    run.watch(range(31, 61), inside=2)
    for mps in (1.0, 1.2, 2.0):
        run.aggregator.crossing(crossing(20, speed_mps=mps))
    for dwell_s in (10.0, 20.0, 60.0):
        run.aggregator.visit(ZoneVisit("square", WALKER, 0, 30 * S, dwell_s, True, dwell_s < 50))
    run.aggregator.entry(ZoneEntry("square", WALKER, 5 * S))
    run.aggregator.movement(MovementCount("turn", CAR, 40 * S))
    rows = run.finish()
    assert values(rows, Quantity.OCCUPANCY_MEAN, "square")[0] == pytest.approx(3.0, abs=0.05)
    assert values(rows, Quantity.OCCUPANCY_MAX, "square")[0] == 4.0
    assert values(rows, Quantity.OCCUPANCY_MAX, "square", None)[0] == 4.0
    assert values(rows, Quantity.DENSITY_MAX, "square")[0] == pytest.approx(0.08)
    assert values(rows, Quantity.DWELL_P50, "square")[0] == 20.0
    assert values(rows, Quantity.EXITS, "square")[0] == 2.0
    assert values(rows, Quantity.ENTRIES, "square")[0] == 1.0
    assert values(rows, Quantity.SPEED_MEAN, direction="forward")[0] == pytest.approx(1.4)
    assert values(rows, Quantity.SPEED_MEAN, direction="backward")[0] is None
    assert values(rows, Quantity.MOVEMENT, "turn", CAR)[0] == 1.0


def test_a_length_that_does_not_divide_a_day_is_refused(series):
    with pytest.raises(ValueError, match="whole number of intervals"):
        IntervalAggregator(series, length_s=7 * 60 + 1)


minutes = st.lists(st.floats(0, 899.9), max_size=40)


@given(minutes, st.integers(0, 50))
@settings(max_examples=15)
def test_sums_over_intervals_equal_the_total_and_regrouping_equals_long_intervals(series, times_s, inside):
    short, long = Run(series, 60), Run(series, 900)
    for run in (short, long):
        run.watch(range(0, 901, 2), inside)
        for time_s in times_s:
            # The film is over: what falls into closed intervals goes to open ones, and no sum may change.
            run.aggregator.crossing(crossing(time_s))
    ours, exact = regroup(short.finish(), 900), long.finish()
    counted = sum(row.value or 0 for row in short.rows if row.quantity is Quantity.FLOW)
    assert counted == len(times_s)
    for quantity in (Quantity.OCCUPANCY_MAX, Quantity.OCCUPANCY_MEAN):
        assert values(ours, quantity, "square")[0] == pytest.approx(values(exact, quantity, "square")[0])
    assert sum(row.value or 0 for row in ours if row.quantity is Quantity.FLOW) == len(times_s)


def test_an_open_interval_has_its_own_start_and_the_coverage_so_far(series):
    run = Run(series)
    run.watch(range(130))
    rows = run.aggregator.so_far(run.coverage)
    assert {(row.start_ns, row.length_s, round(row.coverage, 6)) for row in rows} == {
        (60 * S, 60, 1.0),
        (120 * S, 60, 0.15),
    }


def test_what_was_counted_in_time_that_proved_unwatched_goes_to_the_next_watched_interval(series):
    run = Run(series)
    run.watch(range(61))
    run.aggregator.crossing(crossing(30))
    run.aggregator.visit(ZoneVisit("square", WALKER, 10 * S, 30 * S, 20.0, True, True))
    run.coverage.lost(0, 60 * S)
    run.watch(range(61, 130))
    rows = run.finish()
    assert values(rows, Quantity.FLOW, direction="forward") == {0: None, 60: 1.0, 120: 0.0}
    assert values(rows, Quantity.DWELL_P50, "square") == {0: None, 60: 20.0, 120: None}
    assert {row.count for row in rows if row.coverage == 0} == {0}, "what stands behind a number is counted once"


def test_a_silence_of_a_day_has_its_empty_rows_and_a_longer_one_none(series):
    for hours, empty in ((24, 24), (25, 0)):
        run = Run(series, length_s=3600)
        run.watch(range(3540, 3600))
        start = 3600 * (hours + 1)
        run.watch(range(start, start + 60))
        flow = values(run.finish(), Quantity.FLOW, direction="forward")
        assert [value for value in flow.values() if value is None] == [None] * empty
        assert (flow[0], flow[start]) == (0.0, 0.0)


@pytest.mark.parametrize(("now_s", "closed"), [(74, set()), (75, {0}), (134, {0}), (135, {0, 60})])
def test_an_interval_closes_when_the_grace_time_is_over(series, now_s, closed):
    run = Run(series)
    run.watch(range(now_s + 1))
    assert {row.start_ns // S for row in run.rows} == closed
