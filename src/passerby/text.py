"""Numbers, texts and times in a form that every file, log and screen can hold."""

import ipaddress
import math
import re
import unicodedata
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import urlsplit

from passerby.units import HOUR_S, MINUTE_S, NS_PER_S

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U00016fe4"
    "\U0001d159\U000e0100-\U000e01ef]"
)
"""Letters and marks that no screen shows: fillers, joiners, variation selectors, the blank Braille pattern.

Python counts them as printable; format characters (zero-width spaces, direction marks) it does not."""

_FORMULA = re.compile(
    r"(?:^|(?<=[;,|\t\r\n\v\f\x85\u2028\u2029]))"
    r"(?=[\s\x00-\x1f\xad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
    r"[=+\-@\uff1d\uff0b\uff0d\uff20\ufe62\ufe63\ufe66\ufe6b])"
    r"|^(?=[\t\r\n])"
)
"""Where a spreadsheet may take a text, or what it splits off after a separator of its own country, for a formula.

The signs themselves, the full-width ones that a Japanese spreadsheet reads alike, and Unicode's small forms of them."""

MAX_DIGITS = 12
"""Python refuses to read numbers of more than some thousand digits, and no camera has a use for them."""


_SIGNIFICANT, _DECIMALS = 6, 3
_NOISE = 1e-9


def known(number: float | None) -> float | None:
    """Returns the number as a plain float, or None for what is not known: None, NaN and infinity.

    >>> known(float("nan")) is None
    True
    """
    if number is None or not math.isfinite(number):
        return None
    return float(number)


def figure(number: float | None) -> float | None:
    """Returns a measured number as a file or an answer states it: six significant digits, and three decimals at least.

    What stands behind them is of binary fractions, and not of the measurement. None for what is not known.

    >>> figure(0.1 + 0.2), figure(0.0123456789), figure(1234567.0), figure(float("nan"))
    (0.3, 0.0123457, 1234567.0, None)
    """
    exact = known(number)
    if exact is None or exact.is_integer():
        return exact
    return round(exact, max(_DECIMALS, _SIGNIFICANT - 1 - math.floor(math.log10(abs(exact)))))


def figures(content: Any) -> Any:
    """Returns JSON content with each number in it as `figure` states it: of what was worked out, never of a place.

    >>> figures({"rows": [{"length_m": 3.1999998}, None, "a"]})
    {'rows': [{'length_m': 3.2}, None, 'a']}
    """
    if isinstance(content, dict):
        return {key: figures(each) for key, each in content.items()}
    if isinstance(content, list | tuple):
        return [figures(each) for each in content]
    return figure(content) if isinstance(content, float) else content


def share_figure(share: float | None, decimals: int | None = None) -> float:
    """Returns a share of 0-1 as a file or an answer states it; 0 for what is not known.

    1 is only where nothing is missing, and 0 only where there is nothing.

    Args:
        share: the share.
        decimals: how many; None for the digits of `figure`.

    >>> share_figure(1 - 1e-16), share_figure(0.99999996), share_figure(0.0882823567)
    (1.0, 0.999999, 0.0882824)
    >>> share_figure(0.9997, 3), share_figure(0.0001, 3)
    (0.999, 0.001)
    """
    exact = known(share) or 0.0
    stated = (figure(exact) or 0.0) if decimals is None else round(exact, decimals)
    places = _SIGNIFICANT if decimals is None else decimals
    if stated >= 1.0 > exact + _NOISE:
        return round(1.0 - 10.0**-places, places)
    return round(10.0**-places, places) if stated <= 0.0 < exact else stated


def whole_number(text: str) -> int | None:
    """Returns the whole number, not negative, that the text is; None where it is none, or an absurdly long one.

    >>> whole_number("96"), whole_number("-1"), whole_number("9" * 13)
    (96, None, None)
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None


def storable(text: str) -> str:
    r"""Returns the text without half characters (a file name of unknown encoding has them), which no file can hold.

    >>> storable("caf\udce9.mp4")
    'caf?.mp4'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def is_storable(text: str) -> bool:
    r"""Returns whether both databases can hold the text: no zero character (PostgreSQL) and no half characters.

    >>> is_storable("Gate 1"), is_storable("Gate\0"), is_storable("Gate\udc80")
    (True, False, False)
    """
    return "\0" not in text and storable(text) == text


def printable(text: str, replacement: str = "?") -> str:
    r"""Returns the text without control characters, so that a name cannot steer a terminal or break a picture's row.

    >>> printable("gate\x1b[31m")
    'gate?[31m'
    """
    return "".join(letter if letter.isprintable() else replacement for letter in text)


def in_nfc(text: str) -> str:
    r"""Returns the text in Unicode's composed form (NFC, UAX #15), in which texts that look the same are the same.

    >>> in_nfc("Cafe\u0301") == "Caf\u00e9"
    True
    """
    return unicodedata.normalize("NFC", text)


def formula_free(text: str) -> str:
    """Returns the text with an apostrophe before whatever a spreadsheet would run as a formula (CWE-1236).

    >>> formula_free("=1+1"), formula_free(" -North"), formula_free("Gate; @x"), formula_free("Gate-1")
    ("'=1+1", "' -North", "Gate;' @x", 'Gate-1')
    """
    return _FORMULA.sub("'", text)


def invisible_letter(text: str) -> str | None:
    r"""Returns the code point and the name of the first letter that no screen shows; None where all can be seen.

    >>> invisible_letter("Gate\u200b"), invisible_letter("Gate 1")
    ('U+200B ZERO WIDTH SPACE', None)
    """
    for letter in text:
        if not letter.isprintable() or _INVISIBLE.match(letter):
            return f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip()
    return None


def escaped(text: str) -> str:
    r"""Returns the text with each control character and half character as its Python and YAML escape.

    >>> escaped("caf\ud800 \x07")
    'caf\\ud800 \\x07'
    """
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def quoted(text: str) -> str:
    r"""Returns the text in double quotes as YAML reads it, with escapes for what YAML would change, such as U+2028.

    JSON's double quotes will not do: JSON writes letters beyond U+FFFF as two halves.

    >>> quoted('a "b"'), quoted("ä"), quoted("\u2028")
    ('"a \\"b\\""', '"ä"', '"\\u2028"')
    """
    return '"' + escaped(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def shortened(text: str, max_letters: int) -> str:
    """Returns the text, or its first `max_letters` and an ellipsis where it is longer.

    >>> shortened("crossing", 8), shortened("crossing", 5)
    ('crossing', 'cross…')
    """
    return text if len(text) <= max_letters else text[:max_letters] + "…"


def moment(time_ns: int, time_zone: tzinfo = UTC) -> datetime:
    """Returns the time in `time_zone`, cut to microseconds, which is all a `datetime` holds."""
    seconds, rest_ns = divmod(int(time_ns), NS_PER_S)
    return (_EPOCH + timedelta(seconds=seconds, microseconds=rest_ns // 1000)).astimezone(time_zone)


def iso_time(time_ns: int, time_zone: tzinfo = UTC) -> str:
    """Returns the time as RFC 3339 with its offset from UTC; fractions of a second only where there are any.

    >>> iso_time(0)
    '1970-01-01T00:00:00+00:00'
    """
    return moment(time_ns, time_zone).isoformat()


def iso_tenth(time_ns: int, time_zone: tzinfo = UTC) -> str:
    """Returns the time as RFC 3339 with its offset from UTC, cut to the tenth of a second that has begun.

    >>> iso_tenth(1_990_000_000)
    '1970-01-01T00:00:01.9+00:00'
    """
    text = moment(time_ns, time_zone).isoformat(timespec="milliseconds")
    return text[:21] + text[23:]


def utc_time(time_ns: int) -> str:
    """Returns the time as ISO 8601 in UTC.

    >>> utc_time(1_500_000_000)
    '1970-01-01T00:00:01.500000Z'
    """
    return iso_time(time_ns).replace("+00:00", "Z")


def utc_minute(time_ns: int) -> str:
    """Returns the time in UTC to the minute, for people.

    >>> utc_minute(1_500_000_000)
    '1970-01-01 00:00 UTC'
    """
    return to_minute(utc_time(time_ns))


def to_minute(utc: str) -> str:
    """Returns a time in UTC (RFC 3339) to the minute, for people.

    >>> to_minute("2026-09-28T08:10:55Z")
    '2026-09-28 08:10 UTC'
    """
    return f"{utc[:10]} {utc[11:16]} UTC"


def percent(share: float) -> str:
    """Returns a share of 0-1 in percent, rounded down, so that 100 % is written only when nothing was missed.

    >>> percent(0.99996), percent(1.0), percent(0.983)
    ('99.9 %', '100 %', '98.3 %')
    """
    # 1e-9 keeps 0.983 * 1000 = 982.9999... from losing its last digit to binary fractions.
    tenths = math.floor((known(share) or 0.0) * 1000 + 1e-9)
    return f"{tenths // 10} %" if tenths % 10 == 0 else f"{tenths / 10:.1f} %"


def rounded(number: float) -> str:
    """Returns the number as people write it: two significant digits for small ones, no decimals for large ones.

    >>> rounded(0.0312), rounded(3.21), rounded(42.4), rounded(0.0000312)
    ('0.031', '3.2', '42', '0.000031')
    """
    if abs(number) >= 9.95:
        return f"{number:.0f}"
    return f"{number:.1f}" if abs(number) >= 0.95 or number == 0 else _significant(number, 2)


def compared(number: float) -> str:
    """Returns a number to be compared with a limit, as people write it: three significant digits, no exponent.

    >>> compared(13.94), compared(20.0), compared(0.03456), compared(1234.5)
    ('13.9', '20', '0.0346', '1234')
    """
    return f"{number:.0f}" if abs(number) >= 1000 or number == 0 else _significant(number, 3)


def _significant(number: float, digits: int) -> str:
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(number))))
    text = f"{number:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def exact_duration(seconds: int) -> str:
    """Returns a length of time that is set, and not measured, without units that it has none of.

    >>> exact_duration(900), exact_duration(5400), exact_duration(86400), exact_duration(90)
    ('15 min', '1 h 30 min', '24 h', '1 min 30 s')
    """
    hours, rest_s = divmod(seconds, HOUR_S)
    minutes, rest_s = divmod(rest_s, MINUTE_S)
    parts = [f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min"), (rest_s, "s")) if number]
    return " ".join(parts) or "0 s"


def duration(seconds: float) -> str:
    """Returns a length of time in the two largest units that matter.

    >>> duration(42), duration(754), duration(7260)
    ('42 s', '12 min 34 s', '2 h 01 min')
    """
    whole = round(seconds)
    if whole < MINUTE_S:
        return f"{rounded(seconds)} s"
    if whole < HOUR_S:
        return f"{whole // MINUTE_S} min {whole % MINUTE_S:02d} s"
    return f"{whole // HOUR_S} h {whole % HOUR_S // MINUTE_S:02d} min"


def is_loopback(host: str) -> bool:
    """Returns whether a host is this machine itself: `localhost`, or an address of its loopback.

    >>> is_loopback("localhost"), is_loopback("127.3.0.1"), is_loopback("::ffff:127.0.0.1"), is_loopback("10.0.0.7")
    (True, True, True, False)
    """
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def is_safe_url(url: str) -> bool:
    """Returns whether it is `https://`, or `http://` of this machine itself, as in a trial.

    >>> is_safe_url("https://id.example.org/token"), is_safe_url("http://id.example.org"), is_safe_url("http://127.0.0.1:3000/x")
    (True, False, True)
    """
    try:
        parsed = urlsplit(url)
        host = parsed.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parsed.scheme == "https" or (parsed.scheme == "http" and is_loopback(host)))
