"""Intervals cover all of time, once, in any zone."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.queries import Bin
from passerby.store.intervals import Intervals

ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham")
times = st.integers(0, 4_000_000_000)


@given(zone=st.sampled_from(ZONES), length=st.sampled_from(Bin), time_s=times)
def test_an_interval_holds_its_time_and_meets_its_neighbours(zone, length, time_s):
    intervals = Intervals(ZoneInfo(zone))
    one = intervals.around(length, time_s)
    assert one.start_s <= time_s < one.end_s
    assert intervals.around(length, one.start_s) == one
    assert intervals.around(length, one.end_s - 1) == one
    assert intervals.around(length, one.end_s).start_s == one.end_s


@given(zone=st.sampled_from(ZONES), time_s=st.integers(1_000_000_000, 4_000_000_000))
def test_quarters_fit_into_days(zone, time_s):
    day = Intervals(ZoneInfo(zone)).around(Bin.DAY, time_s)
    assert day.start_s % Bin.QUARTER == 0
    assert day.end_s % Bin.QUARTER == 0


@pytest.mark.parametrize(("time_s", "hours"), [(1_774_742_400, 23), (1_792_900_000, 25), (1_790_553_600, 24)])
def test_days_on_which_clocks_change(time_s, hours):
    assert Intervals(ZoneInfo("Europe/Berlin")).around(Bin.DAY, time_s).length_s == hours * 3600
