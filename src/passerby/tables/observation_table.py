"""The observation table: its columns, the cells of a row, and CSV; the one definition for files, API and reports."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from operator import itemgetter
from urllib.parse import quote

from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.domain.line_accuracies import PRIOR, LineAccuracies
from passerby.domain.observations import Observation
from passerby.domain.report import CountReport
from passerby.domain.true_crossings import LEVEL, TrueCrossings
from passerby.text import figure, formula_free, share_figure, storable

Cell = str | int | float | bool | None


class CellType(Enum):
    """What the cells of a column hold."""

    TEXT = "text"
    TIME = "UTC nanoseconds"
    INTEGER = "int32"
    COUNT = "int64"
    NUMBER = "float64"
    TRUTH = "bool"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table.

    Attributes:
        name: its name in every format.
        type: what its cells hold.
        unit: of its numbers, `1` for pure numbers, empty for text.
        meaning: one sentence.
        optional: a cell may be empty.
    """

    name: str
    type: CellType
    unit: str
    meaning: str
    optional: bool = False


# fmt: off
COLUMNS = (
    Column("series_id", CellType.TEXT, "",
           "Stable name of the series: camera/series/quantity/road_user/direction, percent-encoded."),
    Column("camera", CellType.TEXT, "", "The camera's name in the site file."),
    Column("series", CellType.TEXT, "", "The line, zone or movement that was measured."),
    Column("quantity", CellType.TEXT, "", "What was measured."),
    Column("unit", CellType.TEXT, "", "The unit of value and error."),
    Column("road_user", CellType.TEXT, "", "The class of road user; empty for all together.", optional=True),
    Column("direction", CellType.TEXT, "", "forward or backward over a line, else empty.", optional=True),
    Column("direction_name", CellType.TEXT, "", "What the site file calls that way.", optional=True),
    Column("start", CellType.TIME, "", "Start of the interval, aligned to the clock."),
    Column("length_s", CellType.INTEGER, "s", "Length of the interval."),
    Column("value", CellType.NUMBER, "see unit",
           "The measured number; empty when it cannot be known, which is not zero.", optional=True),
    Column("count", CellType.COUNT, "1", "Crossings, visits or frames the value rests on."),
    Column("coverage", CellType.NUMBER, "1", "Share of the interval that was really watched, 0 to 1."),
    Column("error", CellType.NUMBER, "see unit", "Standard error of the value; empty when unknown.", optional=True),
    Column("unexplained", CellType.NUMBER, "1",
           "Share of what moved steadily in this view that no detection explains, 0 to 1; it widens the interval."),
    Column("expected", CellType.NUMBER, "see unit",
           "Of crossings, movements and numbers of people in zones: the true number that is believed most; empty of "
           "all else, as the next six.", optional=True),
    Column("low", CellType.NUMBER, "see unit", "Where the interval of the true number begins.", optional=True),
    Column("high", CellType.NUMBER, "see unit", "Where it ends.", optional=True),
    Column("level", CellType.NUMBER, "1", "Share of such intervals that hold the true number.", optional=True),
    Column("basis", CellType.TEXT, "",
           "prior where no one has counted by hand, as of every movement and zone, else validated and how many were.",
           optional=True),
    Column("place_sd", CellType.NUMBER, "see unit", "Standard deviation of the place part of its error; add it up.",
           optional=True),
    Column("count_sd", CellType.NUMBER, "see unit",
           "Standard deviation of the count part of its error; add up its square.", optional=True),
)
# fmt: on
"""Of a counted recording, which is reliable throughout."""

LIVE_COLUMNS = (
    *COLUMNS,
    Column("reliable", CellType.TRUTH, "", "Whether the lines and zones were where the camera saw them."),
    Column(
        "estimated",
        CellType.TRUTH,
        "",
        "Whether it is a percentile of which only the mean of its minutes' percentiles is known.",
    ),
    Column("made_up", CellType.TRUTH, "", "Whether it is made up, wholly or in part, as the history of a demo is."),
)
"""Of the observations of a service."""

MAX_KEPT_TEXTS = 10_000
"""A site has some hundred names; times are all different, and not worth keeping."""

INTERVAL_NAMES = ("expected", "low", "high", "level", "basis", "place_sd", "count_sd")
"""The columns of the true number's interval."""

TrueOf = Callable[[Observation], TrueCrossings | None]

START = next(number for number, column in enumerate(COLUMNS) if column.name == "start")


@dataclass(frozen=True, slots=True)
class DirectionNames:
    """The site file's names of the directions over its lines.

    Attributes:
        names: (camera, line, direction) -> name.
    """

    names: Mapping[tuple[str, str, str], str]

    @classmethod
    def of(cls, lines: Iterable[tuple[str, Line]]) -> "DirectionNames":
        """Returns the names of lines, each with its camera's name."""
        return cls(
            {
                (camera, line.name, direction.value): direction_name(line, direction)
                for camera, line in lines
                for direction in Direction
            }
        )

    def name(self, observation: Observation) -> str | None:
        """Returns the name of an observation's direction; None where it has none, or its line is gone."""
        return self.names.get((observation.camera, observation.series, observation.direction or ""))


def direction_name(line: Line, direction: str) -> str:
    """Returns the site file's name of a direction over a line."""
    return line.forward_name if direction == Direction.FORWARD else line.backward_name


def series_id(observation: Observation) -> str:
    """Returns the stable name of an observation's series, safe in a URL.

    Each part is percent-encoded, so that a slash in a name is no separator.
    """
    road_user = "all" if observation.road_user is None else observation.road_user.label
    parts = [observation.camera, observation.series, observation.quantity.value, road_user]
    if observation.direction is not None:
        parts.append(observation.direction)
    return "/".join(quote(storable(part), safe="") for part in parts)


class ObservationTable:
    """Turns observations into rows of cells.

    Args:
        columns: `COLUMNS` or `LIVE_COLUMNS`.
        names: the names of directions.
        measured_from_ns: UTC nanoseconds; what began earlier is made up.
        true_of: the true crossings of an observation; by default what is believed of any place.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        names: DirectionNames,
        measured_from_ns: int = 0,
        true_of: TrueOf = PRIOR.of_observation,
    ) -> None:
        self.columns = tuple(columns)
        self._names = names
        self._measured_from_ns = measured_from_ns
        self._true_of = true_of
        self._ids: dict[tuple[object, ...], str] = {}

    def cells(self, observation: Observation) -> tuple[Cell, ...]:
        """Returns the cells in the order of the columns; `start` in UTC nanoseconds."""
        return (self._series_id(observation), *self.cells_without_id(observation))

    def cells_without_id(self, observation: Observation) -> tuple[Cell, ...]:
        """Returns the cells in the order of the columns, without the first."""
        name = self._names.name(observation)
        cells: tuple[Cell, ...] = (
            storable(observation.camera),
            storable(observation.series),
            observation.quantity.value,
            observation.quantity.unit,
            None if observation.road_user is None else observation.road_user.label,
            None if observation.direction is None else str(observation.direction),
            None if name is None else storable(name),
            int(observation.start_ns),
            int(observation.length_s),
            figure(observation.value),
            int(observation.count),
            share_figure(observation.coverage),
            figure(observation.error),
            share_figure(observation.unexplained),
            *interval_cells(self._true_of(observation)),
            bool(observation.reliable),
            bool(observation.estimated),
            observation.start_ns < self._measured_from_ns,
        )
        return cells[: len(self.columns) - 1]

    def _series_id(self, observation: Observation) -> str:
        key = (
            observation.camera, observation.series, observation.quantity, observation.road_user, observation.direction,
        )  # fmt: skip
        found = self._ids.get(key)
        if found is None:
            found = self._ids[key] = series_id(observation)
        return found


def interval_cells(true: TrueCrossings | None) -> tuple[Cell, ...]:
    """Returns the cells from `expected` to `count_sd`, in the order of the columns; of None empty ones."""
    if true is None:
        return (None,) * len(INTERVAL_NAMES)
    expected, low, high = map(figure, (true.expected, true.low, true.high))
    return expected, low, high, LEVEL, true.basis, figure(true.place_sd), figure(true.count_sd)


def count_table(report: CountReport, accuracies: LineAccuracies = PRIOR) -> ObservationTable:
    """Returns the table of a report's observations, with the names that its lines have.

    Args:
        report: what was counted.
        accuracies: what is believed of the counts of its lines.
    """
    names = DirectionNames.of((report.camera_id, total.line) for total in report.lines)
    return ObservationTable(COLUMNS, names, true_of=accuracies.of_observation)


class CsvTable:
    """Writes CSV (RFC 4180), page by page: a header, a row each, an empty cell for what is not known.

    Args:
        table: makes the rows.
        time: writes a time in UTC nanoseconds.
        bom: begin with a byte order mark, without which Excel reads UTF-8 as the machine's old code page.
    """

    def __init__(self, table: ObservationTable, time: Callable[[int], str], *, bom: bool = False) -> None:
        self._table, self._time = table, time
        self._mark = "\ufeff" if bom else ""
        self._begun = False
        self._formula_free: dict[str, str] = {}

    def page(self, rows: Iterable[Observation]) -> bytes:
        """Returns the UTF-8 bytes of the next rows; the header stands before the first."""
        page = io.StringIO(newline="")
        writer = csv.writer(page)
        if not self._begun:
            page.write(self._mark)
            writer.writerow([column.name for column in self._table.columns])
            self._begun = True
        writer.writerows(self._texts(row) for row in rows)
        return page.getvalue().encode("utf-8")

    def end(self) -> bytes:
        """Returns what stands after the last row: nothing."""
        return b""

    def _texts(self, row: Observation) -> list[str]:
        cells: list[Cell] = list(self._table.cells(row))
        cells[START] = self._time(row.start_ns)
        return [self._text(cell) for cell in cells]

    def _text(self, cell: Cell) -> str:
        if not isinstance(cell, str):
            return _text(cell)
        found = self._formula_free.get(cell)
        if found is None:
            found = formula_free(cell)
            if len(self._formula_free) < MAX_KEPT_TEXTS:
                self._formula_free[cell] = found
        return found


def _text(cell: Cell) -> str:
    """Returns every digit that a float holds; whole numbers without a point; nothing for what is not known."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return repr(cell).removesuffix(".0") if isinstance(cell, float) else str(cell)


def columns_of_rows(rows: Sequence[Sequence[Cell]], count: int) -> list[list[Cell]]:
    """Returns the rows' cells column by column, `count` of them also where there are no rows."""
    return [list(map(itemgetter(number), rows)) for number in range(count)]
