"""V15, V50 and V85: of enough values only, and of a whole what its parts together give."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.columns import StoredSeries
from passerby.domain.histograms import RELATIVE_ERROR, Histogram
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.domain.spreads import FEWEST, Spread, merged_over, spread, whole_distributions

SPEED = Observation("square", "gate", Quantity.SPEED_MEAN, RoadUser.CAR, "forward", 0, 900, 10.0, 3, 1.0)
values = st.lists(st.floats(0.2, 100), min_size=1, max_size=60)


def test_nothing_measured_has_no_percentiles() -> None:
    assert spread(None) == spread(Histogram()) == Spread(0)


@given(values)
def test_percentiles_are_given_from_thirty_values_on_and_are_those_of_the_values(found: list[float]) -> None:
    given_spread = spread(Histogram.of_values(found))
    assert given_spread.n == len(found)
    if len(found) < FEWEST:
        assert given_spread == Spread(len(found))
        return
    for share, given_value in ((0.15, given_spread.p15), (0.5, given_spread.p50), (0.85, given_spread.p85)):
        true = sorted(found)[max(1, -int(-share * len(found) // 1)) - 1]
        assert given_value == pytest.approx(true, rel=RELATIVE_ERROR * 1.001)


@given(st.lists(values, min_size=1, max_size=6))
def test_parts_together_are_the_whole(parts: list[list[float]]) -> None:
    rows = [
        replace(SPEED, start_ns=number * 900 * 10**9, histogram=Histogram.of_values(part))
        for number, part in enumerate(parts)
    ]
    (whole,) = whole_distributions([*rows, replace(SPEED, histogram=None)]).values()
    assert whole == Histogram.of_values(value for part in parts for value in part)


def test_ways_and_classes_are_merged_but_not_the_headways_of_classes() -> None:
    one = Histogram.of_values([1.0])
    cars = StoredSeries("square", "gate", Quantity.SPEED_MEAN, RoadUser.CAR, "forward")
    buses, back = replace(cars, road_user=RoadUser.BUS), replace(cars, direction="backward")
    headway = replace(cars, quantity=Quantity.HEADWAY_MEAN)
    found = dict.fromkeys((cars, buses, back, headway), one)
    assert merged_over(found, ways=True)[replace(cars, direction=None)].n == 2
    assert merged_over(found, classes=True) == {
        replace(cars, road_user=None): one.plus(one),
        replace(back, road_user=None): one,
    }
