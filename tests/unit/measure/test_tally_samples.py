import numpy as np
import pytest

from passerby.domain.events import Direction, LineCrossing
from passerby.domain.layout import Line, Zone
from passerby.domain.observations import Quantity
from passerby.domain.road_user import RoadUser
from passerby.measure.tally import Inside, Samples, Series, Tally


def filled(values, max_values=8192):
    samples = Samples(max_values=max_values)
    for value in values:
        samples.add(value)
    return samples


def test_percentiles_are_exact_while_there_is_room():
    values = np.random.default_rng(0).uniform(0, 10, 1000)
    samples = filled(values.tolist())
    assert samples.percentile(0.85) == pytest.approx(np.quantile(values, 0.85))
    assert samples.mean() == pytest.approx(values.mean())


def test_memory_stays_flat_and_percentiles_near():
    samples = filled(np.random.default_rng(0).uniform(0, 1, 50_000).tolist(), max_values=1000)
    assert samples.count == 50_000
    assert len(samples._values) <= 1000
    assert samples.percentile(0.5) == pytest.approx(0.5, abs=0.05)


def test_nothing_has_no_percentile():
    assert Samples().percentile(0.5) is None
    assert Samples().mean() is None


def test_beyond_its_room_every_second_value_is_kept_and_then_every_fourth():
    assert filled(range(5), max_values=4)._values == [0, 2, 4]
    assert filled(range(9), max_values=4)._values == [0, 4, 8]
    assert filled(range(4), max_values=4)._values == [0, 1, 2, 3]


@pytest.mark.parametrize(("speed", "error", "kept"), [(1.4, 0.1, 1), (1.4, None, 0), (None, 0.1, 0), (None, None, 0)])
def test_a_speed_counts_with_its_error_alone(speed, error, kept):
    gate = Line("gate", np.array([[0.1, 0.5], [0.9, 0.5]], np.float32))
    tally = Tally(Series("square", (gate,), (), (), (), calibrated=True))
    tally.crossing(LineCrossing("gate", Direction.FORWARD, RoadUser.PEDESTRIAN, 0, speed, error))
    assert tally.flow.sum() == 1
    assert tally.speeds(0, RoadUser.PEDESTRIAN, Direction.FORWARD).mps.count == kept


def test_a_tally_is_empty_until_something_happened():
    gate = Line("gate", np.array([[0.1, 0.5], [0.9, 0.5]], np.float32))
    tally = Tally(Series("square", (gate,), (), (), (), calibrated=False))
    assert tally.empty
    tally.crossing(LineCrossing("gate", Direction.BACKWARD, RoadUser.CAR, 0))
    assert not tally.empty


def test_a_zone_s_mean_is_that_of_the_watched_time_however_short_and_its_frames_are_counted():
    square = Zone("square", np.array([[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]], np.float32))
    tally = Tally(Series("square", (), (), (square,), (None,), calibrated=False))
    assert tally.mean_occupancy(0, None) is None
    counts = np.zeros((1, len(RoadUser)), np.int64)
    counts[0, RoadUser.PEDESTRIAN], counts[0, RoadUser.CAR] = 2, 1
    tally.occupancy(Inside(counts, np.array([True])), 0.25, new_frame=True)
    tally.occupancy(Inside.empty(1), 0.25, new_frame=False)
    assert tally.frames == 1
    assert tally.mean_occupancy(0, RoadUser.PEDESTRIAN) == pytest.approx(1.0)
    assert tally.mean_occupancy(0, None) == pytest.approx(1.5)


def test_the_share_of_time_in_which_a_zone_was_too_full_to_count_is_that_of_the_watched_time():
    square = Zone("square", np.array([[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]], np.float32))
    tally = Tally(Series("square", (), (), (square,), (None,), calibrated=False))
    assert tally.saturated_share(0) is None
    tally.occupancy(Inside(np.zeros((1, len(RoadUser)), np.int64), np.array([True])), 0.5, new_frame=True)
    tally.occupancy(Inside.empty(1), 1.5, new_frame=True)
    rows = [row for row in tally.observations(0, 60, 1.0) if row.quantity is Quantity.SATURATED]
    assert [(row.series, row.road_user, row.value, row.count) for row in rows] == [
        ("square", RoadUser.PEDESTRIAN, 0.25, 2)
    ]
