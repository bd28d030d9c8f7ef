"""Intervals begin by the site's own clock: everywhere, at every length, and on the nights on which it is set."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.intervals import Interval, Intervals, SiteClock, regroup
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import Bin
from passerby.domain.road_user import RoadUser

ZONES = (
    "UTC", "Europe/Berlin", "Europe/London", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Australia/Eucla",
    "Pacific/Chatham", "Pacific/Apia", "America/St_Johns", "America/Sao_Paulo", "America/Havana", "America/New_York",
    "Atlantic/Azores", "Africa/Casablanca", "Asia/Beirut", "Asia/Tehran", "America/Asuncion", "Africa/Cairo",
)  # fmt: skip
LENGTHS = tuple(length for length in range(60, 86_401, 60) if 86_400 % length == 0)
SPRING_S, AUTUMN_S = 1_000_000_000, 2_000_000_000
times = st.integers(SPRING_S, AUTUMN_S)


def changes(zone: ZoneInfo) -> list[int]:
    """UTC seconds within a day before each change of a zone's clock."""
    offsets = [(day_s, datetime.fromtimestamp(day_s, zone).utcoffset()) for day_s in range(SPRING_S, AUTUMN_S, 86_400)]
    return [before for (before, one), (_, other) in pairwise(offsets) if one != other]


CHANGES = {zone: changes(ZoneInfo(zone)) or [SPRING_S] for zone in ZONES}


@st.composite
def nights(draw: st.DrawFn) -> tuple[str, int]:
    """A zone, and a time around one of the nights on which its clock is set."""
    zone = draw(st.sampled_from(ZONES))
    return zone, draw(st.sampled_from(CHANGES[zone])) + draw(st.integers(-30 * 3600, 54 * 3600))


ONE_MINUTE_PAST = ("America/St_Johns", 1_325_376_000)
"""Until 2011 this clock was set back at one minute past midnight: a day of a minute, and another day twice."""
sampled = (nights() | st.tuples(st.sampled_from(ZONES), times)).filter(
    lambda night: night[0] != ONE_MINUTE_PAST[0] or night[1] >= ONE_MINUTE_PAST[1]
)


@given(sampled, st.sampled_from(LENGTHS))
def test_intervals_of_one_length_meet_without_gap_or_overlap(night: tuple[str, int], length_s: int) -> None:
    zone, time_s = night
    intervals = Intervals(ZoneInfo(zone))
    one = intervals.around(length_s, time_s)
    assert one.start_s <= time_s < one.end_s
    for inside_s in (one.start_s, one.end_s - 1, (one.start_s + one.end_s) // 2):
        assert Intervals(ZoneInfo(zone)).around(length_s, inside_s) == one
    assert intervals.around(length_s, one.end_s).start_s == one.end_s
    assert intervals.around(length_s, one.start_s - 1).end_s == one.start_s
    if length_s <= 900:
        assert one.length_s == length_s


@given(sampled)
def test_a_day_is_from_midnight_to_midnight(night: tuple[str, int]) -> None:
    zone, time_s = ZoneInfo(night[0]), night[1]
    date = datetime.fromtimestamp(time_s, zone).date()
    day = Intervals(zone).around(Bin.DAY, time_s)
    # What a skipped midnight stands for is when the clock was set; of one that comes twice, the first.
    begin, end = (datetime(each.year, each.month, each.day, tzinfo=zone) for each in (date, date + timedelta(days=1)))
    assert day == Interval(round(begin.timestamp()), round(end.timestamp()))


ODD_HOURS_S = {"Australia/Lord_Howe": (1800, 5400), "Pacific/Chatham": (900, 2700), "America/St_Johns": (60, 3540)}
"""Of clocks set by half an hour, or within an hour: at 2:45, and until 2011 at one minute past midnight."""


@given(sampled)
def test_an_hour_begins_with_the_clock_s_hour_and_lies_in_one_day(night: tuple[str, int]) -> None:
    zone, time_s = ZoneInfo(night[0]), night[1]
    intervals = Intervals(zone)
    hour = intervals.around(Bin.HOUR, time_s)
    begin, before = (datetime.fromtimestamp(each, zone) for each in (hour.start_s, hour.start_s - 1))
    assert begin.minute == 0 or begin.utcoffset() != before.utcoffset()
    assert hour.length_s in ODD_HOURS_S.get(night[0], ()) or hour.length_s == 3600
    day = intervals.around(Bin.DAY, time_s)
    assert day.start_s <= hour.start_s
    assert hour.end_s <= day.end_s


@given(sampled, st.sampled_from(LENGTHS))
def test_a_clock_as_a_table_says_the_same(night: tuple[str, int], length_s: int) -> None:
    zone, time_s = ZoneInfo(night[0]), night[1]
    table = SiteClock.of(zone, time_s - 40 * 86_400, time_s + 40 * 86_400)
    assert Intervals(table).around(length_s, time_s) == Intervals(zone).around(length_s, time_s)


def hours_of(zone: str, date: str) -> list[tuple[str, int]]:
    """Local start and minutes of every hour of a day."""
    intervals = Intervals(ZoneInfo(zone))
    noon_s = round(datetime.fromisoformat(f"{date}T12:00").replace(tzinfo=ZoneInfo(zone)).timestamp())
    day = intervals.around(Bin.DAY, noon_s)
    found, start_s = [], day.start_s
    while start_s < day.end_s:
        hour = intervals.around(Bin.HOUR, start_s)
        begin = datetime.fromtimestamp(hour.start_s, UTC).astimezone(ZoneInfo(zone))
        found.append((begin.strftime("%H:%M%z"), hour.length_s // 60))
        start_s = hour.end_s
    return found


def test_both_nights_of_berlin() -> None:
    spring, autumn = hours_of("Europe/Berlin", "2026-03-29"), hours_of("Europe/Berlin", "2026-10-25")
    assert spring[:4] == [("00:00+0100", 60), ("01:00+0100", 60), ("03:00+0200", 60), ("04:00+0200", 60)]
    assert autumn[1:5] == [("01:00+0200", 60), ("02:00+0200", 60), ("02:00+0100", 60), ("03:00+0100", 60)]
    assert (len(spring), len(autumn)) == (23, 25)


def test_both_nights_of_lord_howe_where_the_clock_is_set_by_half_an_hour() -> None:
    spring, autumn = hours_of("Australia/Lord_Howe", "2026-10-04"), hours_of("Australia/Lord_Howe", "2026-04-05")
    assert spring[1:4] == [("01:00+1030", 60), ("02:30+1100", 30), ("03:00+1100", 60)]
    assert autumn[:3] == [("00:00+1100", 60), ("01:00+1100", 90), ("02:00+1030", 60)]
    assert (sum(minutes for _, minutes in spring), sum(minutes for _, minutes in autumn)) == (23.5 * 60, 24.5 * 60)


def test_both_nights_on_which_midnight_is_skipped_or_comes_twice() -> None:
    assert hours_of("America/Sao_Paulo", "2018-11-04")[0] == ("01:00-0200", 60)
    assert len(hours_of("America/Sao_Paulo", "2018-11-04")) == 23
    assert hours_of("America/Sao_Paulo", "2018-02-17")[-2:] == [("23:00-0200", 60), ("23:00-0300", 60)]
    assert hours_of("America/Havana", "2026-11-01")[:3] == [("00:00-0400", 60), ("00:00-0500", 60), ("01:00-0500", 60)]


@pytest.mark.parametrize(("zone", "minute"), [("Asia/Kolkata", 30), ("Asia/Kathmandu", 15), ("Australia/Eucla", 15)])
def test_hours_of_half_and_quarter_zones_begin_at_their_own_full_hour(zone: str, minute: int) -> None:
    hour = Intervals(ZoneInfo(zone)).around(Bin.HOUR, 1_790_553_600)
    assert (hour.start_s // 60 % 60, hour.length_s) == (minute, 3600)


@pytest.mark.parametrize("length_s", [0, -60, 7, 3700, 86_401, 2 * 86_400])
def test_a_length_that_does_not_divide_a_day_is_refused(length_s: int) -> None:
    with pytest.raises(ValueError, match="a day must be a whole number of intervals"):
        Intervals(ZoneInfo("UTC")).around(length_s, 0)


@pytest.mark.parametrize(("length_s", "begin"), [(5400, "01:30"), (2400, "02:40"), (7200, "02:00"), (21_600, "00:00")])
def test_lengths_that_do_not_divide_the_hour_count_from_midnight(length_s: int, begin: str) -> None:
    time_s = round(datetime(2026, 7, 1, 2, 59, tzinfo=ZoneInfo("Asia/Kolkata")).timestamp())
    one = Intervals(ZoneInfo("Asia/Kolkata")).around(length_s, time_s)
    assert datetime.fromtimestamp(one.start_s, ZoneInfo("Asia/Kolkata")).strftime("%H:%M") == begin
    assert one.length_s == length_s


@pytest.mark.parametrize(("from_s", "offset_s"), [((), ()), ((0, 5), (0,)), ((5, 0), (0, 3600))])
def test_a_table_that_is_none_is_refused(from_s: tuple[int, ...], offset_s: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="one offset for each beginning"):
        SiteClock(from_s, offset_s)


def test_regrouping_goes_by_the_site_s_clock() -> None:
    begin_s = 1_790_553_600 - 5400  # 5:30 ahead: 04:00 in Kolkata
    one = Observation("cam", "gate", Quantity.FLOW, RoadUser.PEDESTRIAN, "forward", 0, 60, 1.0, 1, 1.0)
    minutes = [replace(one, start_ns=(begin_s + 60 * number) * 10**9) for number in range(120)]
    hours = regroup(minutes, 3600, ZoneInfo("Asia/Kolkata"))
    assert [(one.start_ns // 10**9 - begin_s, one.value, one.coverage) for one in hours] == [
        (0, 60.0, 1.0),
        (3600, 60.0, 1.0),
    ]
    assert [one.value for one in regroup(minutes, 3600)] == [30.0, 60.0, 30.0]
