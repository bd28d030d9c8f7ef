"""When a recording began: from what the user says, or from its name, in the site's own time; never a guess."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from passerby.domain.errors import PasserbyError
from passerby.text import in_nfc, printable
from passerby.units import DAY_S

_EXAMPLE: Final = "2026-05-01T08:00:00"

_IN_NAME: Final = re.compile(
    r"(?<!\d)(20\d\d)([-_.]?)(\d\d)\2(\d\d)(?:T|[ _-]at[ _-]|[ _.-]{0,2})"
    r"([0-2]\d)([-_.:h]?)([0-5]\d)(?:[-_.:m]?([0-5]\d)s?)?(?:\.\d{1,6})?(Z|\+[01]\d:?[0-5]\d|-[01]\d:[0-5]\d)?(?!\d)"
)
"""Year to minute or second, as recorders write them: 20260501_080000, 2026-05-01 08.00.00, 20260501T080000Z.
A minus without a colon is no offset: a number often follows there."""


@dataclass(frozen=True, slots=True)
class RecordedStart:
    """When a recording began.

    Attributes:
        start_ns: UTC nanoseconds; None where it is not known.
        note: one sentence on where that is from, for the report; empty where the user note it.
    """

    start_ns: int | None
    note: str


def start_of(name: str, given: str | None, zone: ZoneInfo | None) -> RecordedStart:
    """Returns when a recording began.

    Args:
        name: its file's name, without the folder.
        given: what the user says, ISO 8601; None for nothing.
        zone: the site's time zone; None where there is no site.

    Raises:
        PasserbyError: `given` is no time, or lacks its zone; it or the name's is a local time that the clock skipped or
            showed twice.
    """
    if given is not None:
        return RecordedStart(_ns(_given(given, zone)), "")
    moment = time_in_name(name)
    if moment is None:
        why = "when the recording began is not known: neither its name nor --start says it, so no row has a time"
        return RecordedStart(None, why)
    if moment.tzinfo is not None:
        return RecordedStart(_ns(moment), "the recording's time is that in its name")
    if zone is None:
        note = "the recording's time is that in its name, taken as UTC, as no site file gives a time zone"
        return RecordedStart(_ns(moment.replace(tzinfo=UTC)), note)
    local = in_zone(moment, zone, f"{printable(name)}: its name")
    return RecordedStart(_ns(local), f"the recording's time is that in its name, taken as {zone.key}")


def time_in_name(name: str) -> datetime | None:
    """Returns the time that a file's name has, without a zone where the name has none; None without a whole time.

    >>> time_in_name("cam1_20260501_080000.mp4"), time_in_name("2026-05-01T08-15-30Z.mkv")
    (datetime.datetime(2026, 5, 1, 8, 0), datetime.datetime(2026, 5, 1, 8, 15, 30, tzinfo=datetime.timezone.utc))
    """
    for found in _IN_NAME.finditer(in_nfc(name)):
        year, _, month, day, hour, _, minute, second, offset = found.groups()
        text = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{offset or ''}"
        try:
            return datetime.fromisoformat(text)
        except ValueError:  # a month 13, or a number that is no time
            continue
    return None


def in_zone(local: datetime, zone: ZoneInfo, what: str) -> datetime:
    """Returns a local time without an offset in its zone.

    Raises:
        PasserbyError: the zone's clock skips it, or shows it twice; `what` is what says the time.
    """
    first, second = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise PasserbyError(
            f"{what} says {local.isoformat(sep=' ')}, which the clock of {zone.key} skipped that night. "
            f"Give the time with its offset: --start {second.isoformat()}"
        )
    raise PasserbyError(
        f"{what} says {local.isoformat(sep=' ')}, which the clock of {zone.key} showed twice that night. "
        f"Say which is meant: --start {first.isoformat()} or --start {second.isoformat()}"
    )


def _given(text: str, zone: ZoneInfo | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PasserbyError(f"--start: a time like {_EXAMPLE} is needed, got {text!r}.") from None
    if not 1900 <= moment.year < 2200:
        raise PasserbyError(f"--start: a time between 1900 and 2200 is needed, got {text!r}.")
    if moment.tzinfo is not None:
        return moment
    if zone is None:
        raise PasserbyError(
            f"--start: the time zone is missing in {text!r}, and no site file gives it. "
            f"Write {text}Z for UTC, or +02:00."
        )
    return in_zone(moment, zone, "--start")


def _ns(moment: datetime) -> int:
    since: timedelta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return ((since.days * DAY_S + since.seconds) * 1_000_000 + since.microseconds) * 1_000
