"""Numbers, texts and times as any reader of a file or a screen can take them."""

import math
from datetime import UTC, datetime, timedelta, tzinfo

from passerby.units import NS_PER_S

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def known(number: float | None) -> float | None:
    """The number as a plain float, or None where it cannot be known; NaN and infinity never leave here.

    >>> known(float("nan")) is None
    True
    """
    if number is None or not math.isfinite(number):
        return None
    return float(number)


def storable(text: str) -> str:
    r"""The text without the half characters that a file name of unknown encoding brings, which no file can hold.

    >>> storable("caf\udce9.mp4")
    'caf?.mp4'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def printable(text: str) -> str:
    r"""The text without control characters, so that a name cannot steer a terminal or break a picture's row.

    >>> printable("gate\x1b[31m")
    'gate?[31m'
    """
    return "".join(character if character.isprintable() else "?" for character in storable(text))


def moment(time_ns: int, time_zone: tzinfo = UTC) -> datetime:
    """The time in `time_zone`, cut to microseconds, which is all a `datetime` holds."""
    seconds, rest_ns = divmod(int(time_ns), NS_PER_S)
    return (_EPOCH + timedelta(seconds=seconds, microseconds=rest_ns // 1000)).astimezone(time_zone)


def iso_time(time_ns: int, time_zone: tzinfo = UTC) -> str:
    """ISO 8601 with its offset from UTC; fractions of a second only where there are any.

    >>> iso_time(0)
    '1970-01-01T00:00:00+00:00'
    """
    return moment(time_ns, time_zone).isoformat()


def utc_time(time_ns: int) -> str:
    """ISO 8601 in UTC.

    >>> utc_time(1_500_000_000)
    '1970-01-01T00:00:01.500000Z'
    """
    return iso_time(time_ns).replace("+00:00", "Z")


def percent(share: float) -> str:
    """A share of 0-1 in percent, rounded down, so that 100 % is written only when nothing was missed.

    >>> percent(0.99996), percent(1.0), percent(0.983)
    ('99.9 %', '100 %', '98.3 %')
    """
    # 1e-9 keeps 0.983 * 1000 = 982.9999... from losing its last digit to binary fractions.
    tenths = math.floor((known(share) or 0.0) * 1000 + 1e-9)
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def rounded(number: float) -> str:
    """Two significant digits for small numbers, none behind the point for large ones, as people write them.

    >>> rounded(0.0312), rounded(3.21), rounded(42.4)
    ('0.031', '3.2', '42')
    """
    if abs(number) >= 9.95:
        return f"{number:.0f}"
    return f"{number:.1f}" if abs(number) >= 0.95 or number == 0 else f"{number:.2g}"


def duration(seconds: float) -> str:
    """A length of time in the two largest units that matter.

    >>> duration(42), duration(754), duration(7260)
    ('42 s', '12 min 34 s', '2 h 01 min')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{rounded(seconds)} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
