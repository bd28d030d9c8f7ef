"""Reported intervals begin by the site's own clock, and are as long as that makes them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from passerby.domain.events import Direction, LineCrossing
from passerby.domain.frames import FrameStamp
from passerby.domain.intervals import SiteClock
from passerby.domain.layout import Line
from passerby.domain.observations import Observation
from passerby.domain.road_user import RoadUser
from passerby.measure.aggregate import IntervalAggregator
from passerby.measure.coverage import Coverage
from passerby.measure.tally import Inside, Series

NS = 1_000_000_000
GATE = Line("gate", np.array([[0.5, 0.0], [0.5, 1.0]], np.float32), frozenset({RoadUser.PEDESTRIAN}))
NOBODY = Inside.empty(0)


def counted(zone: str, start: str, seconds: int, length_s: int, step_s: int = 1) -> list[Observation]:
    """Everything watched from a local time on, with a crossing every ten minutes."""
    begin_s = round(datetime.fromisoformat(start).timestamp())
    clock = SiteClock.of(ZoneInfo(zone), begin_s - 86_400, begin_s + 4 * 86_400)
    intervals = IntervalAggregator(Series("cam", (GATE,), (), (), (), False), length_s=length_s, clock=clock)
    coverage, rows = Coverage(max_gap_s=float(step_s)), []
    for second in range(0, seconds + 1, step_s):
        now_ns = (begin_s + second) * NS
        intervals.watched(coverage.update(FrameStamp("cam", second, now_ns, float(second), (640, 360))), NOBODY)
        if second % 600 == 300:
            intervals.crossing(LineCrossing("gate", Direction.FORWARD, RoadUser.PEDESTRIAN, now_ns, None, None))
        rows += intervals.take_closed(now_ns, coverage)
    rows += intervals.finish(coverage)
    assert sum(one.count for one in rows) == len([0 for second in range(0, seconds + 1, step_s) if second % 600 == 300])
    return [one for one in rows if one.direction == "forward"]


def shown(rows: list[Observation], zone: str) -> list[tuple[str, int, float | None, float]]:
    return [
        (
            datetime.fromtimestamp(one.start_ns / NS, ZoneInfo(zone)).strftime("%d %H:%M%z"),
            one.length_s,
            one.value,
            round(one.coverage, 3),
        )
        for one in rows
    ]


def test_a_recording_over_a_full_hour_in_india() -> None:
    rows = counted("Asia/Kolkata", "2026-03-29T10:29:50+05:30", 3600, 3600)
    assert shown(rows, "Asia/Kolkata") == [
        ("29 10:00+0530", 3600, 3.0, 0.503),
        ("29 11:00+0530", 3600, 3.0, 0.497),
    ]


def test_a_recording_over_midnight_is_two_days() -> None:
    rows = counted("Europe/Berlin", "2026-07-10T23:59:50+02:00", 20, 86_400)
    assert [each[:2] for each in shown(rows, "Europe/Berlin")] == [("10 00:00+0200", 86_400), ("11 00:00+0200", 86_400)]


@pytest.mark.parametrize(
    ("zone", "start", "hours", "begins"),
    [
        ("Europe/Berlin", "2026-03-29T00:00:00+01:00", 23, "29 00:00+0100"),
        ("Europe/Berlin", "2026-10-25T00:00:00+02:00", 25, "25 00:00+0200"),
        ("America/Sao_Paulo", "2018-11-04T01:00:00-02:00", 23, "04 01:00-0200"),
        ("Australia/Lord_Howe", "2026-04-05T00:00:00+11:00", 24.5, "05 00:00+1100"),
    ],
)
def test_a_day_on_which_the_clock_is_set_is_covered_as_long_as_it_is(
    zone: str, start: str, hours: float, begins: str
) -> None:
    seconds = round(hours * 3600)
    (day, *_) = shown(counted(zone, start, seconds, 86_400, step_s=60), zone)
    assert day == (begins, seconds, seconds / 600, 1.0)


def test_both_hours_of_the_night_that_comes_twice() -> None:
    rows = shown(counted("Europe/Berlin", "2026-10-25T01:30:00+02:00", 3 * 3600, 3600, step_s=60), "Europe/Berlin")
    assert [(begin, length_s) for begin, length_s, _, _ in rows] == [
        ("25 01:00+0200", 3600),
        ("25 02:00+0200", 3600),
        ("25 02:00+0100", 3600),
        ("25 03:00+0100", 3600),
    ]
    assert [coverage for *_, coverage in rows] == [0.5, 1.0, 1.0, 0.5]
