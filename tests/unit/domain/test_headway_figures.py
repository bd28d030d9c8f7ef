"""Headways: how many follow closely, to the width of a bin."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.headway_figures import headway_figures
from passerby.domain.histograms import Histogram, bin_of


@given(st.lists(st.floats(0.2, 60), min_size=30, max_size=90))
@settings(max_examples=25)
def test_the_share_under_two_seconds_is_off_by_the_values_of_its_bin_at_most(values: list[float]) -> None:
    figures = headway_figures(Histogram.of_values(values))
    exact = sum(value < 2 for value in values) / len(values)
    near = sum(bin_of(value) == bin_of(2.0) for value in values) / len(values)
    assert figures.close_share == pytest.approx(exact, abs=near + 1e-9)
    assert figures.mean_s == pytest.approx(sum(values) / len(values), rel=0.02)
    assert figures.spread.n == len(values)


def test_of_few_headways_only_their_number_and_mean_are_given() -> None:
    figures = headway_figures(Histogram.of_values([1.0] * 29))
    assert (figures.close_share, figures.spread.p50, figures.spread.n) == (None, None, 29)
