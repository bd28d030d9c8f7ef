"""A tally of a recording as CSV: one row a crossing, or one a minute, as a person counted them by hand."""

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Final

from passerby.domain.errors import PasserbyError
from passerby.domain.events import Direction
from passerby.domain.hand_counts import MAX_CROSSINGS
from passerby.domain.layout import Line
from passerby.domain.road_user import RoadUser
from passerby.text import in_nfc, quoted
from passerby.units import HOUR_S, MINUTE_S, NS_PER_S

COLUMNS: Final = ("time", "road_user", "direction")
COUNT: Final = "count"
"""Where there is this column, too, a row is a minute that begins at `time`, and as many crossed in it."""

MAX_BYTES: Final = 4_000_000

_CLOCK: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)")
_SECONDS: Final = re.compile(r"\d{1,7}(?:\.\d+)?")
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]")


@dataclass(frozen=True, slots=True)
class Tallied:
    """What one row says.

    Attributes:
        in_recording_s: seconds since the recording's first picture; of a minute, where it begins.
        road_user: the class.
        direction: the way.
        count: how many: 1 of a row a crossing.
    """

    in_recording_s: float
    road_user: RoadUser
    direction: Direction
    count: int


@dataclass(frozen=True, slots=True)
class TallyOf:
    """What a tally is of.

    Attributes:
        line: the line that was counted at.
        duration_s: how long the recording is; infinite where that is not known yet.
        start_ns: UTC nanoseconds of its first picture; 0 where that is not known.
        zone: the zone of times without an offset.
        what: what its times are in: a recording, or the time in which was counted at the place.
    """

    line: Line
    duration_s: float
    start_ns: int
    zone: tzinfo
    what: str = "recording"


@dataclass(frozen=True, slots=True)
class Tally:
    """A tally that fits its recording.

    Attributes:
        rows: in the order of the file.
        by_minute: a row is a minute; else a crossing.
    """

    rows: tuple[Tallied, ...]
    by_minute: bool


def read_tally(path: Path, of: TallyOf) -> Tally:
    """Returns a tally.

    Args:
        path: the CSV: `time`, `road_user`, `direction`, and `count` where a row is a minute. A time is seconds into the
            recording (`12.5`), minutes and seconds (`1:12.5`), or, where it is known when it began, one with a date.
            Minutes are those of the recording: 0:00, 1:00 and so on.
        of: the recording and the line.

    Raises:
        PasserbyError: it cannot be read, or a row cannot be; the text says which, what was got and what to write.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise PasserbyError(f"{path}: the tally cannot be read, got: {error.strerror}. Name a CSV file.") from None
    except UnicodeDecodeError:
        raise PasserbyError(f"{path}: a tally is UTF-8 text, got other bytes. Save it as CSV, UTF-8.") from None
    if len(content) > MAX_BYTES:
        raise PasserbyError(f"{path}: a tally has {MAX_BYTES // 10**6} MB at most, got {len(content)} bytes. Split it.")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    names = [name.strip().lower() for name in next(reader, [])]
    by_minute = COUNT in names
    wanted = (*COLUMNS, COUNT) if by_minute else COLUMNS
    if sorted(names) != sorted(wanted):
        raise PasserbyError(
            f"{path}:1: the first row names the columns time, road_user and direction, and count where a row is a "
            f"minute, got {quoted(', '.join(names))}. Write them there."
        )
    rows = tuple(_rows(path, reader, names, of))
    if sum(row.count for row in rows) > MAX_CROSSINGS:
        raise PasserbyError(f"{path}: at most {MAX_CROSSINGS} crossings make one tally, got more. Split it.")
    return Tally(rows, by_minute)


def _rows(path: Path, reader: Iterator[Sequence[str]], names: Sequence[str], of: TallyOf) -> Iterator[Tallied]:
    for number, cells in enumerate(reader, 2):
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{path}:{number}"
        if len(cells) != len(names):
            raise PasserbyError(f"{where}: a row has {len(names)} cells, got {len(cells)}. Write one for each column.")
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
        time_s = _time_s(where, row["time"], of)
        if COUNT in names and time_s % MINUTE_S:
            raise PasserbyError(
                f"{where} time: a minute of the {of.what} begins at 0:00, 1:00 and so on, got {quoted(row['time'])}. "
                "Write one of these, or a row for each crossing and no column count."
            )
        yield Tallied(time_s, _road_user(where, row, of), _direction(where, row, of), _count(where, row))


def _time_s(where: str, text: str, of: TallyOf) -> float:
    time_s = _written_s(where, text, of)
    if time_s is None or not 0 <= time_s <= of.duration_s:
        length = f", which has {of.duration_s:.1f} s" if math.isfinite(of.duration_s) else ""
        raise PasserbyError(
            f"{where} time: a time within the {of.what} is needed{length}, as 12.5 or 1:12.5, got {quoted(text)}. "
            f"Write when it was after the {of.what} began."
        )
    return time_s


def _written_s(where: str, text: str, of: TallyOf) -> float | None:
    """Seconds into the recording, wherever they lie; None where it is no time."""
    if _SECONDS.fullmatch(text):
        return float(text)
    clock = _CLOCK.fullmatch(text)
    if clock:
        hours, minutes, seconds = int(clock[1] or 0), int(clock[2]), float(clock[3])
        if seconds >= MINUTE_S or (clock[1] and minutes >= MINUTE_S):
            return None
        return hours * HOUR_S + minutes * MINUTE_S + seconds
    if not _ISO.match(text):
        return None
    if not of.start_ns:
        raise PasserbyError(
            f"{where} time: it is not known when the recording began, got {quoted(text)}. Give --start, or write "
            "seconds into the recording."
        )
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=of.zone)
    since = moment - datetime.fromtimestamp(of.start_ns / NS_PER_S, UTC)
    return since.total_seconds()


def _road_user(where: str, row: Mapping[str, str], of: TallyOf) -> RoadUser:
    counted = sorted(of.line.road_users)
    found = next((user for user in counted if user.label == row["road_user"].lower()), None)
    if found is None:
        names = ", ".join(user.label for user in counted)
        raise PasserbyError(
            f"{where} road_user: a class that {of.line.name} counts is needed, which are {names}, got "
            f"{quoted(row['road_user'])}. Write one of them."
        )
    return found


def _direction(where: str, row: Mapping[str, str], of: TallyOf) -> Direction:
    ways = {
        Direction.FORWARD: {Direction.FORWARD.value, of.line.forward_name},
        Direction.BACKWARD: {Direction.BACKWARD.value, of.line.backward_name},
    }
    found = [way for way, names in ways.items() if in_nfc(row["direction"]) in names]
    if len(found) != 1:
        raise PasserbyError(
            f"{where} direction: forward ({of.line.forward_name}) or backward ({of.line.backward_name}) is needed, got "
            f"{quoted(row['direction'])}. Write one of them."
        )
    return found[0]


def _count(where: str, row: Mapping[str, str]) -> int:
    text = row.get(COUNT, "1")
    if not re.fullmatch(r"\d{1,5}", text):
        raise PasserbyError(
            f"{where} count: a whole number from 0 is needed, got {quoted(text)}. Write how many crossed."
        )
    return int(text)
