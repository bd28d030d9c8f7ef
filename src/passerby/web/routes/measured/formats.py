"""The forms that measured numbers are answered in: JSON, CSV or Parquet, as the Accept header asks for them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from passerby.tables.observation_parquet import ParquetTable
from passerby.tables.observation_table import LIVE_COLUMNS, CsvTable, DirectionNames, ObservationTable, TrueOf
from passerby.web.hub import Hub
from passerby.web.problems import ProblemError
from passerby.web.rows import Times
from passerby.web.times import midnight_of_ns

JSON: Final = "application/json"
CSV: Final = "text/csv"
PARQUET: Final = "application/vnd.apache.parquet"

_TABLE: dict[str, Any] = {"schema": {"type": "string"}}
TABLES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The rows, as the Accept header asks for them",
        "content": {CSV: _TABLE, PARQUET: {"schema": {"type": "string", "format": "binary"}}},
    }
}
"""The description of an answer that may also be a table."""


def direction_names(hub: Hub) -> DirectionNames:
    """Returns the names that directions have now."""
    return DirectionNames.of((camera.name, line) for camera in hub.plan.cameras for line in camera.layout.lines)


def measured_from_ns(hub: Hub) -> int:
    """Returns the UTC nanoseconds before which all that is stored is made up; 0 where nothing is."""
    day = hub.plan.made_up_before
    return 0 if day is None else midnight_of_ns(day, hub.zone)


def table_of(hub: Hub, true_of: TrueOf) -> ObservationTable:
    """Returns the maker of a table's rows; `true_of` gives the true crossings of each."""
    return ObservationTable(LIVE_COLUMNS, direction_names(hub), measured_from_ns(hub), true_of)


def table_in(hub: Hub, kind: str, true_of: TrueOf, *, bom: bool) -> CsvTable | ParquetTable:
    """Returns the writer of a table; `bom` begins CSV with a byte order mark."""
    table = table_of(hub, true_of)
    return CsvTable(table, Times(hub.zone).of, bom=bom) if kind == CSV else ParquetTable(table)


def attachment(name: str, kind: str) -> dict[str, str]:
    """Returns the header with which a browser saves a table as a file."""
    return {"Content-Disposition": f'attachment; filename="{name}.{"csv" if kind == CSV else "parquet"}"'}


def asked_format(accept: str | None, kinds: Sequence[str] = (JSON, CSV, PARQUET)) -> str:
    """Returns the format that an Accept header prefers.

    Args:
        accept: the header; None for none.
        kinds: the media types that there are, the one that is meant by default first.

    Raises:
        ProblemError: it accepts none of them.
    """
    kind = best_format(accept or "", kinds)
    if kind is None:
        raise ProblemError(
            HTTPStatus.NOT_ACCEPTABLE,
            "no-such-format",
            "There are none of the formats that the Accept header asks for.",
            f"Ask for {', '.join(kinds[:-1])} or {kinds[-1]}.",
        )
    return kind


def best_format(accept: str, kinds: Sequence[str] = (JSON, CSV, PARQUET)) -> str | None:
    """Returns the format that an Accept header prefers; None where it accepts none of them.

    >>> best_format("text/csv;q=0.5, application/json;q=0.9")
    'application/json'
    """
    ranges = [_range(part) for part in (accept or "*/*").split(",")]
    best = max(kinds, key=lambda kind: _weight(kind, ranges))
    return best if _weight(best, ranges) > 0 else None


def _range(part: str) -> tuple[str, float]:
    kind, *parameters = (each.strip().lower() for each in part.split(";"))
    weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return kind, min(1.0, max(0.0, float(weight)))
    except ValueError:
        return kind, 0.0


def _weight(kind: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Returns the weight of the most exact range that names the format."""
    for name in (kind, kind.partition("/")[0] + "/*", "*/*"):
        found = [weight for accepted, weight in ranges if accepted == name]
        if found:
            return max(found)
    return 0.0
