"""When a recording began: as the user, its metadata or its name say, in the site's own time; never a guess."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from passerby.domain.errors import PasserbyError
from passerby.messages.sandbox_messages import RecordingHeader
from passerby.text import in_nfc, printable
from passerby.units import DAY_S

_EXAMPLE: Final = "2026-05-01T08:00:00+02:00"

_AGREE: Final = timedelta(minutes=1)
"""A name is often that of the minute, and a file is begun a moment after it was named."""

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
        note: one sentence on where that is from, for the report; empty where the user says it.
        common: the same for several recordings, "those in ..."; empty where there is something to say of this one.
    """

    start_ns: int | None
    note: str
    common: str = ""


def start_of(
    name: str,
    given: str | None,
    zone: ZoneInfo | None,
    header: RecordingHeader | None = None,
    *,
    several: bool = False,
) -> RecordedStart:
    """Returns when a recording began.

    Args:
        name: its file's name, without the folder.
        given: what the user says, ISO 8601; None for nothing.
        zone: the site's time zone; None where there is no site.
        header: what the recording says of itself; None where that is not known.
        several: it is one of several, for which `--start` is no way out.

    Raises:
        PasserbyError: `given` is no time, or lacks its zone; it or the name's is a local time that the clock skipped or
            showed twice.
    """
    if given is not None:
        return RecordedStart(_ns(given_time(given, zone, "--start")), "")
    made = datetime.fromisoformat(header.created) if header and header.created else None
    if header is None or made is None:
        return _start_in_name(name, zone, several)
    if made.tzinfo is None:
        why = f"its metadata say {made.isoformat(sep=' ')} without a time zone, which was not used"
        return _with(
            _start_in_name(name, zone, several), why, f" (if that is right: --start {made.isoformat()}{_offset(zone)})"
        )
    if header.contradicted:
        return _with(_start_in_name(name, zone, several), "its metadata name two times, neither of which was used", "")
    shown = made.astimezone(zone or UTC).isoformat(sep=" ")
    note = f"the recording's time, {shown}, is that in its metadata, which programs that convert films may write anew"
    other = _other_name(name, made, zone, several)
    return RecordedStart(_ns(made), note + other, "" if other else "those in their metadata")


def _with(start: RecordedStart, why: str, to_do: str) -> RecordedStart:
    """What the name says, with the reason why the metadata were not used, and what to do where it says nothing."""
    return RecordedStart(start.start_ns, f"{start.note}; {why}{'' if start.start_ns else to_do}")


def _offset(zone: ZoneInfo | None) -> str:
    return "" if zone else " with its offset from UTC, such as +02:00"


def _other_name(name: str, made: datetime, zone: ZoneInfo | None, several: bool) -> str:
    """What to add where the name says another time than the metadata."""
    named = time_in_name(name)
    if named is None:
        return ""
    # A local time that the clock showed twice agrees with either.
    both = [named.replace(tzinfo=named.tzinfo or zone or UTC, fold=fold).astimezone(UTC) for fold in (0, 1)]
    if any(abs(each - made) <= _AGREE for each in both):
        return ""
    return f"; its name says {named.isoformat(sep=' ')}, so see which is right{'' if several else ' (--start)'}"


def _start_in_name(name: str, zone: ZoneInfo | None, several: bool) -> RecordedStart:
    moment = time_in_name(name)
    if moment is None:
        why = "when the recording began is not known: neither its metadata, its name nor --start says it"
        return RecordedStart(None, f"{why}, so no row has a time")
    if moment.tzinfo is not None:
        return RecordedStart(_ns(moment), "the recording's time is that in its name", "those in their names")
    if zone is None:
        note = "the recording's time is that in its name, taken as UTC, as no site file gives a time zone"
        return RecordedStart(_ns(moment.replace(tzinfo=UTC)), note, "those in their names, taken as UTC")
    local = in_zone(moment, zone, f"{printable(name)}: its name", in_name=several)
    taken = f"taken as {zone.key}"
    note = f"the recording's time is that in its name, {taken}"
    return RecordedStart(_ns(local), note, f"those in their names, {taken}")


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


def in_zone(local: datetime, zone: ZoneInfo, what: str, *, in_name: bool = False) -> datetime:
    """Returns a local time without an offset in its zone.

    Args:
        local: the time, by the zone's clock.
        zone: the zone.
        what: what says the time, for the error.
        in_name: only the recording's name can say it better.

    Raises:
        PasserbyError: the zone's clock skips it, or shows it twice.
    """
    first, second = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return first
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise PasserbyError(
            f"{what} says {local.isoformat(sep=' ')}, which the clock of {zone.key} skipped that night. "
            f"Give the time with its offset: {_written(second, in_name)}"
        )
    raise PasserbyError(
        f"{what} says {local.isoformat(sep=' ')}, which the clock of {zone.key} showed twice that night. "
        f"Say which is meant: {_written(first, in_name)} or {_written(second, in_name)}"
    )


def _written(moment: datetime, in_name: bool) -> str:
    """A time with its offset as the user is to write it."""
    return f"name it {moment:%Y%m%d_%H%M%S%z}" if in_name else f"--start {moment.isoformat()}"


def given_time(text: str, zone: ZoneInfo | None, option: str) -> datetime:
    """Returns the time that an option gives, ISO 8601, by the zone's clock where it has no offset.

    Raises:
        PasserbyError: it is no time, lacks its zone, or is one that the clock skipped or showed twice.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise PasserbyError(f"{option}: a time like {_EXAMPLE} is needed, got {text!r}.") from None
    if not 1900 <= moment.year < 2200:
        raise PasserbyError(f"{option}: a time between 1900 and 2200 is needed, got {text!r}.")
    if moment.tzinfo is not None:
        return moment
    if zone is None:
        raise PasserbyError(
            f"{option}: the time zone is missing in {text!r}, and no site file gives it. "
            f"Write {text}Z for UTC, or +02:00."
        )
    return in_zone(moment, zone, option)


def _ns(moment: datetime) -> int:
    since: timedelta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return ((since.days * DAY_S + since.seconds) * 1_000_000 + since.microseconds) * 1_000
