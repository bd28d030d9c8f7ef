"""What a report consists of, before it is HTML, PDF, a spreadsheet or JSON: sections with tables and plots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum

from passerby.text import percent
from passerby.units import HOUR_S, MINUTE_S

Value = str | int | float | None


class Kind(Enum):
    """What the cells of a column hold, and how many digits of them are shown."""

    TEXT = "text"
    COUNT = "count"
    ONE_DECIMAL = "one decimal"
    TWO_DECIMALS = "two decimals"
    SHARE = "share"
    CHANGE = "change"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        key: its name for programs.
        title: its heading.
        kind: what its cells hold; of `TIME` UTC seconds.
        names_row: it says which row it is; rows of two periods with the same such cells stand side by side.
        unit: of its numbers, for programs; empty for none.
    """

    key: str
    title: str
    kind: Kind = Kind.TEXT
    names_row: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table.

    Attributes:
        key: its name for programs.
        title: what stands above it.
        columns: its columns.
        rows: cells in the columns' order; None is what is not known.
        bold_last: the last row is a sum.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    bold_last: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot of columns side by side or on top of one another.

    Attributes:
        title: what it shows.
        labels: what stands below each place.
        series: name -> a number for each place, or None for what is not known, which is hatched.
        unit: of the numbers.
        stacked: on top of one another; else side by side.
        touching: columns touch, as those of a histogram.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    unit: str
    stacked: bool = True
    touching: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report.

    Attributes:
        title: its heading.
        sentences: what stands before its tables: how to read them, or why there are none.
        tables, charts: what it has.
        long_tables: for the spreadsheet and for programs alone: too long to be read.
    """

    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    charts: tuple[Chart, ...] = ()
    long_tables: tuple[ReportTable, ...] = ()

    @property
    def key(self) -> str:
        """Its name for programs."""
        return self.title.lower().replace("-", "_").replace(" ", "_")


@dataclass(frozen=True, slots=True)
class TrafficReport:
    """A whole report.

    Attributes:
        title: its title.
        subtitle: of which camera, from when to when.
        key_numbers: pairs of a number and what it is, for the top.
        sections: its parts.
        zone: what times are shown in; None where they are since the beginning.
    """

    title: str
    subtitle: tuple[str, ...]
    key_numbers: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    zone: tzinfo | None


NOT_KNOWN = "–"


def shown(value: Value, kind: Kind, zone: tzinfo | None) -> str:
    """Returns a cell as people read it.

    >>> shown(1234, Kind.COUNT, None), shown(0.5, Kind.SHARE, None)
    ('1,234', '50 %')
    """
    if value is None:
        return NOT_KNOWN
    if isinstance(value, str):
        return value
    match kind:
        case Kind.COUNT:
            return f"{round(value):,}"
        case Kind.ONE_DECIMAL:
            return f"{value:,.1f}"
        case Kind.TWO_DECIMALS:
            return f"{value:,.2f}"
        case Kind.SHARE:
            return percent(value)
        case Kind.CHANGE:
            whole = round(100 * value)
            return f"{whole:+d} %".replace("-", "−") if whole else "0 %"
        case Kind.TIME:
            return clock(int(value), zone)
        case Kind.TEXT:
            return str(value)


def clock(time_s: int, zone: tzinfo | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """Returns a time by the zone's clock; where that is not known, hours and minutes since the beginning.

    An hour that the clock shows twice has the zone's name of then behind it.
    """
    if zone is None:
        return f"{time_s // HOUR_S}:{time_s % HOUR_S // MINUTE_S:02d} h"
    moment = datetime.fromtimestamp(time_s, zone)
    shown = moment.strftime(form)
    twice = moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()
    return f"{shown} {moment:%Z}" if twice and "%H" in form and "%Z" not in form else shown


def labels_of(times_s: Sequence[int], zone: tzinfo | None) -> tuple[str, ...]:
    """Returns short labels of times: the hour, and the day where it changes."""
    if zone is None:
        return tuple(clock(each, None).removesuffix(" h") for each in times_s)
    labels, day = [], None
    several = len({clock(each, zone, "%d") for each in times_s}) > 1
    for each in times_s:
        new_day = clock(each, zone, "%d %b")
        text = clock(each, zone, "%H:%M")
        labels.append(f"{new_day} {text}" if several and new_day != day else text)
        day = new_day
    return tuple(labels)
