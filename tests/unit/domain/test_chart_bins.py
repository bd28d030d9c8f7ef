"""Bins of charts: those of the site's clock, whole, and of a length that suits the span."""

from zoneinfo import ZoneInfo

import pytest

from passerby.domain.chart_bins import ChartBin, bounds_of, suitable_bin
from passerby.domain.intervals import Intervals
from passerby.units import DAY_S, HOUR_S
from testing.store_keeper import MONDAY_S

ALWAYS_KEPT = dict.fromkeys(ChartBin, 0)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize("zone", ["Europe/Belgrade", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu"])
@pytest.mark.parametrize(("bin_", "length_s"), [(ChartBin.HOUR, HOUR_S), (ChartBin.DAY, DAY_S)])
def test_bins_are_those_of_the_store_also_where_clocks_change(zone: str, bin_: ChartBin, length_s: int) -> None:
    end_s = MONDAY_S + 250 * DAY_S
    intervals = Intervals(ZoneInfo(zone))
    expected = [intervals.around(length_s, MONDAY_S + 100).start_s]
    while expected[-1] < end_s:
        expected.append(intervals.around(length_s, expected[-1]).end_s)
    assert bounds_of(bin_, ZoneInfo(zone), MONDAY_S + 100, end_s).tolist() == expected


def test_short_bins_are_even() -> None:
    bounds = bounds_of(ChartBin.FIVE_MINUTES, BERLIN, MONDAY_S + 1, MONDAY_S + 601)
    assert bounds.tolist() == [MONDAY_S, MONDAY_S + 300, MONDAY_S + 600, MONDAY_S + 900]


def test_a_span_that_ends_where_a_bin_does_gets_no_further_bin() -> None:
    assert bounds_of(ChartBin.QUARTER, BERLIN, MONDAY_S, MONDAY_S + 900).tolist() == [MONDAY_S, MONDAY_S + 900]


def test_weeks_begin_on_monday_and_months_on_their_first_day() -> None:
    # 1 October 2026 is a Thursday; clocks go back on the 25th.
    october_s = MONDAY_S + 3 * DAY_S - 2 * HOUR_S
    weeks = bounds_of(ChartBin.WEEK, BERLIN, october_s, october_s + 26 * DAY_S)
    assert [start_s - MONDAY_S + 2 * HOUR_S for start_s in weeks.tolist()] == [
        0, 7 * DAY_S, 14 * DAY_S, 21 * DAY_S, 28 * DAY_S + HOUR_S, 35 * DAY_S + HOUR_S,
    ]  # fmt: skip
    months = bounds_of(ChartBin.MONTH, BERLIN, october_s + DAY_S, october_s + 40 * DAY_S)
    assert [start_s - october_s for start_s in months.tolist()] == [0, 31 * DAY_S + HOUR_S, 61 * DAY_S + HOUR_S]


@pytest.mark.parametrize(
    ("days", "bin_"),
    [
        (1, ChartBin.MINUTE),
        (5, ChartBin.FIVE_MINUTES),
        (7, ChartBin.QUARTER),
        (31, ChartBin.HOUR),
        (365, ChartBin.DAY),
        (3653, ChartBin.WEEK),
    ],
)
def test_the_bin_suits_the_span(days: int, bin_: ChartBin) -> None:
    assert suitable_bin(MONDAY_S - days * DAY_S, MONDAY_S, ALWAYS_KEPT) is bin_


def test_a_bin_that_is_not_kept_any_more_is_not_chosen() -> None:
    kept = ALWAYS_KEPT | {ChartBin.MINUTE: MONDAY_S, ChartBin.FIVE_MINUTES: MONDAY_S, ChartBin.QUARTER: MONDAY_S}
    assert suitable_bin(MONDAY_S - DAY_S, MONDAY_S, kept) is ChartBin.HOUR
    nothing = dict.fromkeys(ChartBin, MONDAY_S + 1)
    assert suitable_bin(MONDAY_S - DAY_S, MONDAY_S, nothing) is ChartBin.DAY


def test_each_bin_is_made_from_stored_ones_and_kept_as_long_as_they_are() -> None:
    assert [each for each in ChartBin if each.is_stored] == ["minute", "quarter", "hour", "day"]
    assert ChartBin.MONTH.stored.name == "DAY"
    assert ChartBin.FIVE_MINUTES.kept_as == "minutes"
