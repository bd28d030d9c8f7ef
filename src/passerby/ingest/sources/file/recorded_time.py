"""When a recording was made, as its container's metadata say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_KEYS: Final = ("com.apple.quicktime.creationdate", "creation_time", "date")
"""FFmpeg's names, the one that keeps the recorder's own zone first; AVI's IDIT comes as `date`."""

AGREE: Final = timedelta(minutes=1)
"""Two times further apart contradict each other: a film that was converted has the time of that in one of them."""

EARLIEST_YEAR, LATEST_YEAR = 2000, 2200
"""A clock that was never set shows 1904, 1970 or 1980; other years are no times of a recording."""


@dataclass(frozen=True, slots=True)
class RecordedTime:
    """What the metadata say.

    Attributes:
        text: ISO 8601, with an offset where they have one; empty where they have no whole date and time.
        contradicted: they name another time as well.
    """

    text: str = ""
    contradicted: bool = False


def recorded_time(*metadata: Mapping[str, str]) -> RecordedTime:
    """Returns the time in metadata, one with an offset rather than one without.

    Args:
        metadata: FFmpeg's names and texts, of the container first and then of its stream.

    >>> recorded_time({"creation_time": "2026-05-01T06:00:00.000000Z"}).text
    '2026-05-01T06:00:00+00:00'
    """
    found = []
    for each in metadata:
        lower = {name.lower(): text for name, text in each.items()}
        found += [moment for key in _KEYS if (moment := _moment(lower.get(key, "")))]
    with_zone = [moment for moment in found if moment.tzinfo is not None]
    chosen = with_zone or found
    if not chosen:
        return RecordedTime()
    contradicted = any(abs(moment - chosen[0]) > AGREE for moment in chosen)
    return RecordedTime(chosen[0].isoformat(timespec="seconds"), contradicted)


def _moment(text: str) -> datetime | None:
    """The date and time that a text is; None for a date alone, or anything else."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if len(text.strip()) > len("2026-05-01") and EARLIEST_YEAR <= moment.year < LATEST_YEAR else None
