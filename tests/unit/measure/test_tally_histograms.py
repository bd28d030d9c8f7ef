"""What a minute's rows carry: the histograms of its speeds, stays and headways, and of nothing else."""

import numpy as np

from passerby.domain.events import Direction, LineCrossing, ZoneVisit
from passerby.domain.histograms import Histogram
from passerby.domain.layout import Line, Zone
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.measure.tally import Series, Tally

LINE = Line("gate", np.array([[0.1, 0.1], [0.1, 0.9]], np.float32), frozenset({RoadUser.CAR, RoadUser.BUS}))
ZONE = Zone("square", np.array([[0.3, 0.3], [0.7, 0.3], [0.7, 0.6]], np.float32), frozenset({RoadUser.PEDESTRIAN}))
SERIES = Series("north", (LINE,), (), (ZONE,), (None,), calibrated=True)


def filled() -> Tally:
    tally = Tally(SERIES)
    for number, speed in enumerate((8.0, 9.0, 12.0)):
        headway_s = 2.0 if number else None
        tally.crossing(
            LineCrossing(
                "gate", Direction.FORWARD, RoadUser.CAR, number, speed, 0.1, headway_s, class_headway_s=headway_s
            )
        )
    tally.crossing(LineCrossing("gate", Direction.FORWARD, RoadUser.BUS, 4, headway_s=5.0))
    return tally


def carried(rows: tuple[Observation, ...]) -> dict[tuple[Quantity, RoadUser | None], Histogram]:
    return {(one.quantity, one.road_user): one.histogram for one in rows if one.histogram is not None}


def test_speeds_and_headways_of_each_class_and_of_all() -> None:
    found = carried(filled().observations(0, 60, 1.0))
    assert found == {
        (Quantity.SPEED_MEAN, RoadUser.CAR): Histogram.of_values([8.0, 9.0, 12.0]),
        (Quantity.HEADWAY_MEAN, RoadUser.CAR): Histogram.of_values([2.0, 2.0]),
        (Quantity.HEADWAY_MEAN, None): Histogram.of_values([2.0, 2.0, 5.0]),
    }


def test_rows_of_headways_are_there_only_where_there_are_any() -> None:
    rows = [one for one in filled().observations(0, 60, 1.0) if one.quantity is Quantity.HEADWAY_MEAN]
    assert [(one.road_user, one.direction, one.value, one.count) for one in rows] == [
        (RoadUser.CAR, "forward", 2.0, 2),
        (None, "forward", 3.0, 3),
    ]
    assert not [one for one in Tally(SERIES).observations(0, 60, 1.0) if one.quantity is Quantity.HEADWAY_MEAN]


def test_a_minute_that_was_not_watched_carries_nothing() -> None:
    assert carried(filled().observations(0, 60, 0.0)) == {}


def test_late_crossings_and_stays_are_taken_over_with_theirs() -> None:
    tally, late = Tally(SERIES), filled()
    late.visit(ZoneVisit("square", RoadUser.PEDESTRIAN, 0, 30_000_000_000, 30.0, True, True))
    tally.absorb(late)
    found = carried(tally.observations(0, 60, 1.0))
    assert found[Quantity.HEADWAY_MEAN, None].n == 3
    assert found[Quantity.SPEED_MEAN, RoadUser.CAR].n == 3
    assert found[Quantity.DWELL_P50, RoadUser.PEDESTRIAN] == Histogram.of_values([30.0])
