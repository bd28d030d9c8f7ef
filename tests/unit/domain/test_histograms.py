"""Histograms that merge: parts are the whole, and percentiles are within the stated error of those of the values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.histograms import (
    GROWTH,
    HIGHEST_BIN,
    LOWEST_BIN,
    RELATIVE_ERROR,
    Histogram,
    bin_of,
    lower_edge,
    merged,
    typical_value,
)
from passerby.domain.observations import Distributed, Quantity

values = st.floats(0.1, 1e6)


@given(values)
def test_each_value_lies_in_its_bin_and_near_what_stands_for_it(value: float) -> None:
    number = bin_of(value)
    # At an edge floating point may choose either side.
    assert lower_edge(number) * (1 - 1e-9) <= value <= lower_edge(number + 1) * (1 + 1e-9)
    assert abs(typical_value(number) - value) <= RELATIVE_ERROR * value * (1 + 1e-9)


def test_the_stated_error_is_what_the_documentation_says() -> None:
    assert pytest.approx(0.0196, abs=5e-5) == RELATIVE_ERROR
    assert lower_edge(LOWEST_BIN) < 0.1
    assert lower_edge(HIGHEST_BIN) > 1e6


@pytest.mark.parametrize(("value", "number"), [(0.0, LOWEST_BIN), (1e-9, LOWEST_BIN), (1e12, HIGHEST_BIN), (1.0, 0)])
def test_the_outer_bins_hold_what_lies_beyond(value: float, number: int) -> None:
    assert bin_of(value) == number


@given(st.lists(st.lists(values, max_size=20), max_size=6))
def test_merged_parts_are_the_whole(parts: list[list[float]]) -> None:
    together: Histogram | None = None
    for part in parts:
        together = merged(together, Histogram.of_values(part))
    every = [value for part in parts for value in part]
    assert (together or Histogram()) == Histogram.of_values(every)
    assert (together or Histogram()).n == len(every)


@given(st.lists(values, min_size=1, max_size=200), st.sampled_from([0.0, 0.15, 0.5, 0.85, 1.0]))
def test_percentiles_are_within_the_stated_error(given_values: list[float], share: float) -> None:
    exact = sorted(given_values)[max(1, math.ceil(share * len(given_values))) - 1]
    found = Histogram.of_values(given_values).percentile(share)
    assert found is not None
    assert abs(found - exact) <= RELATIVE_ERROR * exact * (1 + 1e-9)


def test_nothing_has_no_percentile() -> None:
    assert Histogram().percentile(0.5) is None
    assert merged(None, None) is None


@pytest.mark.parametrize(
    ("bins", "counts"),
    [
        ((1,), ()),
        ((2, 1), (1, 1)),
        ((1, 1), (1, 1)),
        ((1,), (0,)),
        ((LOWEST_BIN - 1,), (1,)),
        ((HIGHEST_BIN + 1,), (1,)),
    ],
)
def test_nonsense_is_refused(bins: tuple[int, ...], counts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"is needed|are needed|in order"):
        Histogram(bins, counts)


def test_what_is_distributed_is_kept_with_a_quantity_of_its_unit() -> None:
    assert {each: each.kept_with.unit for each in Distributed} == {"speed": "m/s", "dwell": "s", "headway": "s"}
    assert len({each.kept_with for each in Distributed}) == 3
    assert Quantity.HEADWAY_MEAN.timed
    assert GROWTH == 1.04, "stored counts are of these bins"
