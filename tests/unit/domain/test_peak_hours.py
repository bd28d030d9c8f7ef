"""The peak hour over sliding quarters, and its factor: none where a quarter of it was not watched."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.domain.peak_hours import Quarter, peak_hour
from passerby.units import QUARTER_S


def day(counts: list[float | None], coverage: float = 1.0) -> list[Quarter]:
    return [
        Quarter(number * QUARTER_S, count, 0.0 if count is None else coverage) for number, count in enumerate(counts)
    ]


def test_the_hour_may_begin_at_any_quarter() -> None:
    peak = peak_hour(day([10, 20, 30, 40, 30, 10]))
    assert peak is not None
    assert (peak.start_s, peak.volume, peak.busiest_quarter) == (QUARTER_S, 120, 40)
    assert peak.factor == pytest.approx(120 / 160)
    assert (peak.coverage, peak.doubtful_hours) == (1.0, 0)


def test_an_hour_with_a_quarter_that_was_hardly_watched_has_no_factor() -> None:
    quarters = day([10, 20, 30, 40])
    quarters[2] = Quarter(2 * QUARTER_S, 30, 0.9499)
    peak = peak_hour(quarters)
    assert peak is not None and peak.factor is None and peak.volume == 100
    quarters[2] = Quarter(2 * QUARTER_S, 30, 0.95)
    peak = peak_hour(quarters)
    assert peak is not None and peak.factor is not None


def test_an_hour_with_an_unknown_quarter_is_no_peak_and_makes_others_doubtful() -> None:
    peak = peak_hour(day([1, 1, 1, 1, None, 90, 90, 90]))
    assert peak is not None
    assert (peak.start_s, peak.volume, peak.doubtful_hours) == (0, 4, 4)


@pytest.mark.parametrize("counts", [[], [5, 5, 5], [0, 0, 0, 0], [None, 5, 5, 5]])
def test_where_no_hour_is_known_or_no_one_came_there_is_no_peak(counts: list[float | None]) -> None:
    assert peak_hour(day(counts)) is None


def test_quarters_that_do_not_follow_one_another_are_no_hour() -> None:
    assert peak_hour(each for each in day([9] * 6) if each.start_s != 2 * QUARTER_S) is None


@given(st.lists(st.none() | st.integers(0, 500), max_size=24))
@settings(max_examples=40)
def test_it_is_the_most_of_all_known_hours_and_its_factor_is_a_share(counts: list[int | None]) -> None:
    peak = peak_hour(day(list(counts)))
    hours = [counts[start : start + 4] for start in range(len(counts) - 3)]
    volumes = [sum(each or 0 for each in hour) for hour in hours if None not in hour]
    assert (peak.volume if peak else 0) == max(volumes, default=0)
    if peak is not None:
        assert peak.factor is not None and 0.25 <= peak.factor <= 1
