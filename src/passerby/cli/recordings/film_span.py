"""Which part of a recording its review film shows, from what the command line says."""

import re
from datetime import datetime, timedelta, tzinfo
from typing import Final

from passerby.domain.errors import PasserbyError
from passerby.domain.review import FilmSpan
from passerby.text import moment
from passerby.units import HOUR_S, MINUTE_S

_UNITS_S: Final = {"s": 1, "": 1, "min": MINUTE_S, "m": MINUTE_S, "h": HOUR_S}
_LENGTH: Final = re.compile(r"(\d{1,7}(?:\.\d{1,3})?)\s?(s|min|m|h|)")
_TIME: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def film_span(
    from_text: str | None, for_text: str | None, start_ns: int, zone: tzinfo, *, wanted: bool
) -> FilmSpan | None:
    """Returns the part of a recording that is filmed; None where no film is wanted.

    Args:
        from_text: what `--film-from` says, None for the beginning.
        for_text: what `--film-for` says, None for the end.
        start_ns: UTC nanoseconds of the recording's first frame; 0 where they are not known.
        zone: the zone of times without an offset.
        wanted: there is a `--film`.

    Raises:
        PasserbyError: one of them is not what it should be, or is given without a film.
    """
    if not wanted:
        for option, text in (("--film-from", from_text), ("--film-for", for_text)):
            if text is not None:
                raise PasserbyError(f"{option}: there is no film to shorten. Name one with --film FILM.mp4.")
        return None
    from_s = 0.0 if from_text is None else _from_s(from_text, start_ns, zone)
    for_s = None if for_text is None else _length_s("--film-for", for_text)
    if for_s is not None and for_s <= 0:
        raise PasserbyError(f"--film-for: a film of some seconds is needed, got {for_text!r}.")
    return FilmSpan(from_s, for_s)


def _from_s(text: str, start_ns: int, zone: tzinfo) -> float:
    """Seconds from the recording's first frame to where its film begins."""
    if ":" not in text:
        return _length_s("--film-from", text)
    if start_ns == 0:
        raise PasserbyError(
            f"--film-from: {text} is a time of day, and when the recording began is not known. Say it with --start, "
            "or give seconds into the recording, such as 90s."
        )
    start = moment(start_ns, zone)
    begin = _moment(text, start)
    seconds = (begin - start).total_seconds()
    if seconds < 0:
        raise PasserbyError(
            f"--film-from: {text} is before the recording began, which was at {start:%Y-%m-%d %H:%M:%S %Z}."
        )
    return seconds


def _moment(text: str, start: datetime) -> datetime:
    """The time that is meant: a time of day is the first one from the recording's beginning on."""
    if (parts := _TIME.fullmatch(text)) is not None:
        hour, minute, second = (int(part or 0) for part in parts.groups())
        begin = start.replace(hour=hour, minute=minute, second=second, microsecond=0)
        if begin < start.replace(microsecond=0):
            begin += timedelta(days=1)
        return max(begin, start)  # 08:15 of a recording that began at 08:15:00.4 is its beginning
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise PasserbyError(
            f"--film-from: a time such as 08:15 or 2026-05-01T08:15:00 is needed, or seconds such as 90s; got {text!r}."
        ) from None
    return given if given.tzinfo is not None else given.replace(tzinfo=start.tzinfo)


def _length_s(option: str, text: str) -> float:
    parts = _LENGTH.fullmatch(text.strip())
    if parts is None:
        raise PasserbyError(f"{option}: a length of time such as 90s, 15min or 1h is needed, got {text!r}.")
    return float(parts[1]) * _UNITS_S[parts[2]]
