"""Histograms as bytes."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.histograms import HIGHEST_BIN, LOWEST_BIN, Histogram
from passerby.store.observations.bins import histogram_of, merged_bins, percentiles_of, stored_bins

histograms = st.dictionaries(st.integers(LOWEST_BIN, HIGHEST_BIN), st.integers(1, 2**32 - 1), max_size=8).map(
    Histogram.of_counts
)


@given(st.lists(histograms, max_size=5))
def test_bytes_merge_as_histograms_do(parts: list[Histogram]) -> None:
    whole = Histogram()
    for part in parts:
        whole = whole.plus(part)
    stored = [bins for part in parts if (bins := stored_bins(part)) is not None]
    assert histogram_of(merged_bins(stored)) == whole


@given(
    st.lists(st.tuples(histograms, st.integers(0, 4)), max_size=9), st.lists(st.floats(0, 1), min_size=5, max_size=5)
)
def test_percentiles_of_groups_are_those_of_their_merged_histograms(
    parts: list[tuple[Histogram, int]], shares: list[float]
) -> None:
    wholes = [Histogram()] * 5
    for histogram, group in parts:
        wholes[group] = wholes[group].plus(histogram)
    stored = [(bins, group) for histogram, group in parts if (bins := stored_bins(histogram)) is not None]
    values, numbers = percentiles_of(
        [bins for bins, _ in stored], np.array([group for _, group in stored], np.int64), np.array(shares)
    )
    assert numbers.tolist() == [whole.n for whole in wholes]
    expected = [whole.percentile(share) for whole, share in zip(wholes, shares, strict=True)]
    assert [None if np.isnan(value) else value for value in values] == expected


def test_six_bytes_a_bin_and_none_for_nothing() -> None:
    assert stored_bins(None) is None
    assert stored_bins(Histogram()) is None
    assert stored_bins(Histogram((-60, 3), (1, 258))) == b"\xc4\xff\x01\x00\x00\x00\x03\x00\x02\x01\x00\x00"
