"""Times as requests and answers have them (RFC 3339 with an offset from UTC) and the days of a zone."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from passerby.domain.intervals import Intervals
from passerby.domain.queries import Bin
from passerby.text import iso_time
from passerby.units import NS_PER_S

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_YEAR = 2200
"""64 bits of nanoseconds end in 2262."""

_DAY = r"\d{4}-\d{2}-\d{2}"
_CLOCK = r"[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})"
TIME_OR_DATE = f"^{_DAY}({_CLOCK})?$"
_DATE = re.compile(_DAY, re.ASCII)
_TIME = re.compile(_DAY + _CLOCK, re.ASCII)
_BARE_PLUS = re.compile(r"(?<=\d) (?=\d{2}:\d{2}$)")


def time_ns_of(text: str, zone: ZoneInfo) -> int:
    """UTC nanoseconds of a time with its offset, or of the midnight with which a date begins in the zone.

    >>> time_ns_of("1970-01-01T01:00:00.5+01:00", ZoneInfo("UTC"))
    500000000

    Raises:
        ValueError: it is neither, or not between 1970 and 2200; the text says what to write.
    """
    # An unencoded + in an address arrives as a blank.
    text = _BARE_PLUS.sub("+", text)
    try:
        if _DATE.fullmatch(text):
            moment = datetime.combine(date.fromisoformat(text), datetime.min.time(), zone)
        elif _TIME.fullmatch(text):
            moment = datetime.fromisoformat(text.upper())
        else:
            raise ValueError
        since = moment.astimezone(UTC) - _EPOCH
    except (ValueError, OverflowError):
        raise ValueError("a date, or a time with its offset from UTC: 2026-09-28, 2026-09-28T08:00:00Z") from None
    if not timedelta(0) <= since < timedelta(days=(_LAST_YEAR - 1970) * 365):
        raise ValueError(f"a time between 1970 and {_LAST_YEAR}")
    return (since // timedelta(microseconds=1)) * 1000


def iso_or_none(time_ns: int | None, zone: ZoneInfo) -> str | None:
    """A time as answers have it; None where there is none."""
    return None if time_ns is None else iso_time(time_ns, zone)


def midnight_of_ns(day: date, zone: ZoneInfo) -> int:
    """UTC nanoseconds at which a day of the zone begins.

    >>> midnight_of_ns(date(1970, 1, 2), ZoneInfo("Europe/Berlin"))
    82800000000000
    """
    return time_ns_of(day.isoformat(), zone)


def midnight_ns(now_ns: int, zone: ZoneInfo) -> int:
    """UTC nanoseconds at which the zone's own day began."""
    return Intervals(zone).around(Bin.DAY, now_ns // NS_PER_S).start_s * NS_PER_S
