"""Observations as rows of a table: the one list of columns behind CSV, Parquet and the JSON's intervals."""

from dataclasses import dataclass
from urllib.parse import quote

from passerby.domain.events import Direction
from passerby.domain.layout import Line
from passerby.domain.observations import Observation
from passerby.domain.report import CountReport
from passerby.text import known, storable


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table.

    Attributes:
        name: its name in every format.
        unit: of its numbers, `1` for pure numbers, empty for text.
        meaning: one sentence.
    """

    name: str
    unit: str
    meaning: str


COLUMNS = (
    Column("series_id", "", "Stable name of the series: camera/series/quantity/class/direction, percent-encoded."),
    Column("camera", "", "The camera's name in the site file."),
    Column("series", "", "The line, zone or movement that was measured."),
    Column("quantity", "", "What was measured."),
    Column("unit", "", "The unit of value and error."),
    Column("class", "", "The class of road user; empty for all together."),
    Column("direction", "", "forward or backward over a line, else empty."),
    Column("direction_name", "", "What the site file calls that way."),
    Column("start", "", "Start of the interval, aligned to the clock."),
    Column("length_s", "s", "Length of the interval."),
    Column("value", "see unit", "The measured number; empty when it cannot be known, which is not zero."),
    Column("count", "1", "Crossings, visits or frames the value rests on."),
    Column("coverage", "1", "Share of the interval that was really watched, 0 to 1."),
    Column("error", "see unit", "Standard error of the value; empty when unknown."),
)


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """One observation, its fields in the order of `COLUMNS`.

    Attributes:
        series_id: stable over runs and days; with `start_ns` it names the row.
        camera, series, quantity, unit: as in `Observation`.
        road_user: the class's label, or None for all together.
        direction, direction_name: the way in the program's word and in the user's, or None.
        start_ns: UTC nanoseconds.
        length_s: seconds.
        value, error: in `unit`, finite, or None.
        count: what the value rests on.
        coverage: 0-1.
    """

    series_id: str
    camera: str
    series: str
    quantity: str
    unit: str
    road_user: str | None
    direction: str | None
    direction_name: str | None
    start_ns: int
    length_s: int
    value: float | None
    count: int
    coverage: float
    error: float | None


def observation_rows(report: CountReport) -> tuple[ObservationRow, ...]:
    """The report's observations, a row each, in the report's order."""
    lines = {total.line.name: total.line for total in report.lines}
    return tuple(_row(observation, lines.get(observation.series)) for observation in report.observations)


def series_id(observation: Observation) -> str:
    """The stable name of the series that the observation belongs to, safe in a URL.

    Each part is percent-encoded, so that a slash in a user's name does not look like a joint.
    """
    road_user = "all" if observation.road_user is None else observation.road_user.label
    parts = [observation.camera, observation.series, observation.quantity.value, road_user]
    if observation.direction is not None:
        parts.append(observation.direction)
    return "/".join(quote(storable(part), safe="") for part in parts)


def way_name(line: Line, direction: str) -> str:
    """What the user calls one way over the line."""
    return line.forward_name if direction == Direction.FORWARD else line.backward_name


def _row(observation: Observation, line: Line | None) -> ObservationRow:
    direction = observation.direction
    named = line is not None and direction is not None
    return ObservationRow(
        series_id=series_id(observation),
        camera=storable(observation.camera),
        series=storable(observation.series),
        quantity=observation.quantity.value,
        unit=observation.quantity.unit,
        road_user=None if observation.road_user is None else observation.road_user.label,
        direction=None if direction is None else str(direction),
        direction_name=storable(way_name(line, direction)) if named and line and direction else None,
        start_ns=int(observation.start_ns),
        length_s=int(observation.length_s),
        value=known(observation.value),
        count=int(observation.count),
        coverage=known(observation.coverage) or 0.0,
        error=known(observation.error),
    )
