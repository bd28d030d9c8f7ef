"""Where intervals begin: minutes, quarters and hours by UTC, days by the site's own clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from passerby.domain.queries import Bin


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """[start, end) in UTC seconds."""

    start_s: int
    end_s: int

    @property
    def length_s(self) -> int:
        """Seconds; a day may have 82,800 or 90,000."""
        return self.end_s - self.start_s


class Intervals:
    """Finds the interval that a time lies in.

    Every offset from UTC in use is a whole number of quarters, so quarters fit into days everywhere.

    Args:
        zone: the site's time zone.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def around(self, length: Bin, time_s: int) -> Interval:
        """The interval of that length around a time in UTC seconds.

        >>> Intervals(ZoneInfo("Europe/Berlin")).around(Bin.DAY, 1_774_742_400).length_s  # clocks go forward
        82800
        """
        if length is not Bin.DAY:
            start_s = time_s - time_s % length
            return Interval(start_s, start_s + length)
        date = datetime.fromtimestamp(time_s, UTC).astimezone(self._zone).date()
        return Interval(self._midnight_s(date.isoformat()), self._midnight_s((date + timedelta(days=1)).isoformat()))

    def _midnight_s(self, date: str) -> int:
        return int(datetime.fromisoformat(date).replace(tzinfo=self._zone).timestamp())
