"""Times in and out, over every change of clocks."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerby.text import iso_time
from passerby.units import NS_PER_S
from passerby.web.times import midnight_ns, time_ns_of

ZONES = st.sampled_from([ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns")])


@settings(deadline=None)
@given(time_us=st.integers(0, 7_000_000_000_000_000), zone=ZONES)
def test_time_goes_out_and_comes_in_again(time_us: int, zone: ZoneInfo) -> None:
    assert time_ns_of(iso_time(time_us * 1000, zone), zone) == time_us * 1000


@settings(deadline=None)
@given(time_s=st.integers(0, 7_000_000_000), zone=ZONES)
def test_midnight_lies_less_than_a_long_day_ago(time_s: int, zone: ZoneInfo) -> None:
    begin_ns = midnight_ns(time_s * NS_PER_S, zone)
    assert 0 <= time_s - begin_ns // NS_PER_S < 25 * 3600
    moment = datetime.fromisoformat(iso_time(max(begin_ns, 0), zone))
    assert begin_ns < 0 or (moment.minute, moment.second) == (0, 0)


def test_date_begins_at_the_zones_midnight() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring = time_ns_of("2026-03-30", berlin) - time_ns_of("2026-03-29", berlin)
    autumn = time_ns_of("2026-10-26", berlin) - time_ns_of("2026-10-25", berlin)
    assert (spring / NS_PER_S / 3600, autumn / NS_PER_S / 3600) == (23, 25)


@settings(deadline=None)
@given(text=st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    try:
        assert time_ns_of(text, ZoneInfo("UTC")) >= 0
    except ValueError as error:
        assert "time" in str(error)


@pytest.mark.parametrize("text", ["", "now", "2026-09-28 08:00:00", "2026-09-28T08:00:00", "20260928", "2026-W40-1"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="offset from UTC"):
        time_ns_of(text, ZoneInfo("UTC"))
