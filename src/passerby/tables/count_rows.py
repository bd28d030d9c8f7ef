"""Rows of the files of a count, read back: from words and numbers to observations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from passerby.domain.counted_period import row_key
from passerby.domain.errors import PasserbyError
from passerby.domain.observations import Observation, Quantity
from passerby.domain.road_user import RoadUser
from passerby.domain.true_crossings import TrueCrossings
from passerby.text import formula_free
from passerby.units import DAY_S, NS_PER_S

NEEDED: Final = (
    "camera", "series", "quantity", "road_user", "direction", "direction_name", "start", "length_s", "value", "count",
    "coverage",
)  # fmt: skip
"""Columns without which a table is none of a count."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_OTHERWISE: Final = "Give a file that `passerby count` wrote with --json, --csv or --parquet."


class CountFileError(PasserbyError):
    """A file that no report can be made from: what is wrong, where, what was got, what to do."""

    def __init__(self, name: str, wrong: str, do: str = _OTHERWISE) -> None:
        super().__init__(f"{name}: {wrong} {do}")


@dataclass(slots=True)
class ReadRows:
    """What rows held.

    Attributes:
        observations: one a row.
        way_names: (line, direction) -> what the way is called.
        true_numbers: see `CountedPeriod`.
        timed: the rows have times.
        zone: the offset from UTC that the first time was written with.
    """

    observations: list[Observation] = field(default_factory=list)
    way_names: dict[tuple[str, str], str] = field(default_factory=dict)
    true_numbers: dict[tuple[object, ...], TrueCrossings] = field(default_factory=dict)
    timed: bool = True
    zone: tzinfo = UTC


def read_rows(name: str, rows: Iterable[Mapping[str, Any]]) -> ReadRows:
    """Returns the observations of rows.

    Args:
        name: of the file, for messages.
        rows: column -> a text, a number or None; a text where a number is meant is read as one.

    Raises:
        CountFileError: a row is no observation, or rows of several cameras or lengths stand together.
    """
    read, untimed = ReadRows(), _Untimed()
    for number, row in enumerate(rows, 1):
        try:
            _add(read, row, untimed)
        except (KeyError, ValueError, TypeError, OverflowError) as error:
            raise CountFileError(name, f"row {number} is no row of a count, got {_got(error)}.") from None
    if not read.observations:
        raise CountFileError(name, "it has no rows, so there is nothing to report.", "Count again with lines or zones.")
    for what, values in (
        ("cameras", {row.camera for row in read.observations}),
        ("lengths of intervals", {row.length_s for row in read.observations}),
    ):
        if len(values) > 1:
            listed = ", ".join(map(str, sorted(values, key=str)))
            raise CountFileError(name, f"it has several {what}, got {listed}.", "Give the rows of one alone.")
    return read


class _Untimed:
    """Numbers the intervals of rows without times: they are in order, and a series comes once in each."""

    def __init__(self) -> None:
        self._seen: set[object] = set()
        self._number = 0

    def start_s(self, series: object, length_s: int) -> int:
        if series in self._seen:
            self._seen.clear()
            self._number += 1
        self._seen.add(series)
        return self._number * length_s


def _add(read: ReadRows, row: Mapping[str, Any], untimed: _Untimed) -> None:
    camera, series = _text(row["camera"]), _text(row["series"])
    quantity, direction = Quantity(row["quantity"]), row["direction"] or None
    if not camera or not series or direction not in (None, "forward", "backward"):
        raise ValueError(f"the direction {direction!r}" if camera and series else "no name")
    road_user = RoadUser.from_label(row["road_user"]) if row["road_user"] else None
    length_s = int(row["length_s"])
    if not 0 < length_s <= DAY_S:
        raise ValueError(f"the length {length_s}")
    start = row["start"] or None
    if start is None:
        read.timed = False
        start_ns = untimed.start_s((series, quantity, road_user, direction), length_s) * NS_PER_S
    else:
        time = start if isinstance(start, datetime) else datetime.fromisoformat(str(start))
        if time.tzinfo is None:
            raise ValueError(f"the time {start} without an offset")
        if not read.observations:
            read.zone = time.tzinfo
        start_ns = (time - _EPOCH) // timedelta(microseconds=1) * 1000
    coverage, value = float(row["coverage"]), _number(row["value"])
    if not 0 <= coverage <= 1 or (value is not None and not abs(value) < 1e12):
        raise ValueError(f"the coverage {coverage} with the value {value}")
    one = Observation(
        camera, series, quantity, road_user, direction, start_ns, length_s, value, int(row["count"]), coverage,
        _number(row.get("error")), unexplained=_number(row.get("unexplained")) or 0.0,
    )  # fmt: skip
    read.observations.append(one)
    if direction is not None and row["direction_name"]:
        read.way_names[series, direction] = _text(row["direction_name"])
    true = _true_number(row)
    if true is not None:
        read.true_numbers[row_key(one)] = true


def _true_number(row: Mapping[str, Any]) -> TrueCrossings | None:
    parts = [_number(row.get(name)) for name in ("expected", "low", "high", "place_sd", "count_sd")]
    expected, low, high, place_sd, count_sd = parts
    if expected is None or low is None or high is None or place_sd is None or count_sd is None:
        return None
    unexplained = _number(row.get("unexplained")) or 0.0
    return TrueCrossings(expected, low, high, place_sd, count_sd, _by_hand(row.get("basis")), unexplained)


def _by_hand(basis: Any) -> int:
    """Returns the crossings that an interval rests on: of `validated 120`, and 0 of `prior`."""
    number = str(basis or "").rpartition(" ")[2]
    return int(number) if number.isdecimal() else 0


def _number(cell: Any) -> float | None:
    if cell is None or cell == "":
        return None
    number = float(cell)
    if number != number:
        raise ValueError("a number that is none")
    return number


def _text(cell: Any) -> str:
    """Returns a name without the apostrophe that keeps a spreadsheet from running it."""
    text = str(cell)
    return text[1:] if text.startswith("'") and formula_free(text[1:]) == text else text


def _got(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"no {error.args[0]!r}"
    return str(error)[:120]


def check_columns(name: str, columns: Sequence[str]) -> None:
    """Checks that a table has the columns of a count.

    Raises:
        CountFileError: it lacks one.
    """
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        got = ", ".join(columns[:6]) or "nothing"
        raise CountFileError(name, f"it is no table of intervals: {missing[0]!r} is missing, got {got}.")
