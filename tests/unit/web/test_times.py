"""Times in and out, over every change of clocks."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.text import iso_time
from passerby.units import NS_PER_S
from passerby.web.times import midnight_ns, time_ns_of

ZONES = st.sampled_from([ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns")])


@given(time_us=st.integers(0, 7_000_000_000_000_000), zone=ZONES)
def test_time_goes_out_and_comes_in_again(time_us: int, zone: ZoneInfo) -> None:
    assert time_ns_of(iso_time(time_us * 1000, zone), zone) == time_us * 1000


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


@pytest.mark.parametrize(
    ("zone", "now", "midnight"),
    [
        ("Asia/Kolkata", "2026-03-29T00:10:00+05:30", "2026-03-29T00:00:00+05:30"),
        ("America/Sao_Paulo", "2018-11-04T12:00:00-02:00", "2018-11-04T01:00:00-02:00"),
        ("America/Sao_Paulo", "2018-02-17T23:30:00-03:00", "2018-02-17T00:00:00-02:00"),
        ("America/Havana", "2026-11-01T00:30:00-05:00", "2026-11-01T00:00:00-04:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00+10:30", "2026-04-05T00:00:00+11:00"),
    ],
)
def test_today_and_a_date_begin_where_the_store_s_day_does(zone: str, now: str, midnight: str) -> None:
    begin_ns = round(datetime.fromisoformat(midnight).timestamp()) * NS_PER_S
    assert midnight_ns(round(datetime.fromisoformat(now).timestamp()) * NS_PER_S, ZoneInfo(zone)) == begin_ns
    assert time_ns_of(midnight[:10], ZoneInfo(zone)) == begin_ns


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
