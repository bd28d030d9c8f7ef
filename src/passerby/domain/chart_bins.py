"""The bins of a chart, from a minute to a month by the site's own clock, and which of them suits a span."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from passerby.domain.intervals import Intervals, SiteClock
from passerby.domain.queries import Bin
from passerby.domain.retention import Kind
from passerby.units import DAY_S, HOUR_S, MINUTE_S, QUARTER_S


class ChartBin(StrEnum):
    """Length of a chart's bins."""

    MINUTE = "minute"
    FIVE_MINUTES = "five-minutes"
    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    """From Monday to Sunday, as ISO 8601 has it."""
    MONTH = "month"

    @property
    def stored(self) -> Bin:
        """The stored intervals that it is made from."""
        return _STORED[self]

    @property
    def kept_as(self) -> Kind:
        """The kind of result whose time limit holds for it."""
        return _KEPT_AS[self.stored]

    @property
    def is_stored(self) -> bool:
        """It is stored as it is, and need not be aggregated."""
        return self in (ChartBin.MINUTE, ChartBin.QUARTER, ChartBin.HOUR, ChartBin.DAY)


_STORED = {
    ChartBin.MINUTE: Bin.MINUTE,
    ChartBin.FIVE_MINUTES: Bin.MINUTE,
    ChartBin.QUARTER: Bin.QUARTER,
    ChartBin.HOUR: Bin.HOUR,
    ChartBin.DAY: Bin.DAY,
    ChartBin.WEEK: Bin.DAY,
    ChartBin.MONTH: Bin.DAY,
}
_KEPT_AS = {Bin.MINUTE: Kind.MINUTES, Bin.QUARTER: Kind.QUARTERS, Bin.HOUR: Kind.HOURS, Bin.DAY: Kind.DAYS}
_TYPICAL_S = {
    ChartBin.MINUTE: MINUTE_S,
    ChartBin.FIVE_MINUTES: 5 * MINUTE_S,
    ChartBin.QUARTER: QUARTER_S,
    ChartBin.HOUR: HOUR_S,
    ChartBin.DAY: DAY_S,
    ChartBin.WEEK: 7 * DAY_S,
    ChartBin.MONTH: 30 * DAY_S,
}

AUTOMATIC_BINS = 1600
"""Most bins that are chosen for a span: as many as a wide screen has columns of pixels to draw them in."""


def suitable_bin(start_s: int, end_s: int, kept_from_s: dict[ChartBin, int]) -> ChartBin:
    """Returns the shortest bin of which there are not too many in a span, and which is still kept at its start.

    Args:
        start_s, end_s: UTC seconds.
        kept_from_s: from when on there is something of each bin.
    """
    for bin_, length_s in _TYPICAL_S.items():
        if end_s - start_s <= AUTOMATIC_BINS * length_s and start_s >= kept_from_s[bin_]:
            return bin_
    return ChartBin.DAY if end_s - start_s <= AUTOMATIC_BINS * DAY_S else ChartBin.WEEK


def bounds_of(bin_: ChartBin, zone: ZoneInfo, start_s: int, end_s: int) -> npt.NDArray[np.int64]:
    """Returns where the bins begin that a span touches, and where the last one ends: int64 (N + 1,), UTC seconds.

    Args:
        bin_: their length; a day has 23 or 25 hours when clocks change.
        zone: the site's.
        start_s, end_s: UTC seconds, [start, end), not empty.
    """
    if bin_ in (ChartBin.WEEK, ChartBin.MONTH):
        return _dates(bin_, zone, start_s, end_s)
    # A day on both sides: an hour may begin before a change of the clock that is just outside.
    clock = SiteClock.of(zone, start_s - DAY_S, end_s + DAY_S)
    intervals, length_s = Intervals(clock), _TYPICAL_S[bin_]
    parts = [np.array([intervals.around(length_s, start_s).start_s], np.int64)]
    last = int(parts[0][-1])
    while last < end_s:
        place = bisect_right(clock.from_s, last)
        change = clock.from_s[place] if place < len(clock.from_s) else end_s + DAY_S
        # After a whole one all are alike up to the next change of the clock; those around it are asked for.
        next_s = intervals.around(length_s, last).end_s
        even_until = min(end_s + length_s, change - length_s) if next_s - last == length_s else 0
        even = np.arange(next_s, even_until, length_s, dtype=np.int64)
        parts.append(even if even.size else np.array([next_s], np.int64))
        last = int(parts[-1][-1])
    bounds = np.concatenate(parts)
    return bounds[: int(np.searchsorted(bounds, end_s)) + 1]


def _dates(bin_: ChartBin, zone: ZoneInfo, start_s: int, end_s: int) -> npt.NDArray[np.int64]:
    day = datetime.fromtimestamp(start_s, UTC).astimezone(zone).date()
    day -= timedelta(days=day.weekday() if bin_ is ChartBin.WEEK else day.day - 1)
    midnights = Intervals(zone)
    bounds: list[int] = []
    while not bounds or bounds[-1] < end_s:
        # Around noon there is no change of the clock, and no midnight that is left out.
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
        bounds.append(midnights.around(DAY_S, int(noon.timestamp())).start_s)
        day += timedelta(days=7) if bin_ is ChartBin.WEEK else timedelta(days=32 - day.day)
        day -= timedelta(days=0 if bin_ is ChartBin.WEEK else day.day - 1)
    return np.array(bounds, np.int64)
