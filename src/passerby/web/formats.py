"""Observations as JSON, CSV or Parquet; the tables have the columns of `passerby count`, and `reliable` after them."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from passerby.domain.observations import Observation
from passerby.domain.service import SitePlan
from passerby.web.rows import Times, road_user_word

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"


class Column(NamedTuple):
    """One column of the tables: its name, its type in Parquet, and whether a cell may be empty."""

    name: str
    type: Any
    empty: bool = False


COLUMNS = (
    Column("series_id", pa.string()),
    Column("camera", pa.string()),
    Column("series", pa.string()),
    Column("quantity", pa.string()),
    Column("unit", pa.string()),
    Column("class", pa.string(), empty=True),
    Column("direction", pa.string(), empty=True),
    Column("direction_name", pa.string(), empty=True),
    Column("start", pa.timestamp("ns", tz="UTC")),
    Column("length_s", pa.int32()),
    Column("value", pa.float64(), empty=True),
    Column("count", pa.int64()),
    Column("coverage", pa.float64()),
    Column("error", pa.float64(), empty=True),
    Column("reliable", pa.bool_()),
)


@dataclass(frozen=True, slots=True)
class WayNames:
    """What the site calls the ways over its lines."""

    names: dict[tuple[str, str, str], str]

    @classmethod
    def of(cls, plan: SitePlan) -> "WayNames":
        """The names of what runs now."""
        return cls(
            {
                (camera.name, line.name, way): name
                for camera in plan.cameras
                for line in camera.layout.lines
                for way, name in (("forward", line.forward_name), ("backward", line.backward_name))
            }
        )

    def name(self, observation: Observation) -> str | None:
        """The name of an observation's way; None where it has none, or its line is gone."""
        return self.names.get((observation.camera, observation.series, observation.direction or ""))


class CsvTable:
    """Writes CSV (RFC 4180), page by page.

    Args:
        ways: what ways are called.
        times: the site's own times.
    """

    def __init__(self, ways: WayNames, times: Times) -> None:
        self._ways = ways
        self._times = times
        self._begun = False

    def page(self, rows: Sequence[Observation]) -> bytes:
        """The bytes of the next rows; the header stands before the first."""
        page = io.StringIO(newline="")
        writer = csv.writer(page)
        if not self._begun:
            writer.writerow([column.name for column in COLUMNS])
            self._begun = True
        writer.writerows(self._cells(row) for row in rows)
        return page.getvalue().encode("utf-8", "replace")

    def end(self) -> bytes:
        """What stands after the last row: nothing."""
        return b""

    def _cells(self, row: Observation) -> list[str]:
        cells = _cells(row, self._ways)
        cells[8] = self._times.of(row.start_ns)
        return [_text(cell) for cell in cells]


class ParquetTable:
    """Writes Parquet, one row group a page.

    Args:
        ways: what ways are called.
    """

    def __init__(self, ways: WayNames) -> None:
        self._ways = ways
        self._sink = _Sink()
        self._schema = pa.schema([pa.field(column.name, column.type, nullable=column.empty) for column in COLUMNS])
        self._writer = pq.ParquetWriter(self._sink, self._schema, compression="zstd")

    def page(self, rows: Sequence[Observation]) -> bytes:
        """The bytes of the next rows."""
        if rows:
            columns = zip(*(_cells(row, self._ways) for row in rows), strict=True)
            arrays = [pa.array(cells, column.type) for cells, column in zip(columns, COLUMNS, strict=True)]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        return self._sink.taken()

    def end(self) -> bytes:
        """The footer, without which the file cannot be read."""
        self._writer.close()
        return self._sink.taken()


class _Sink(io.RawIOBase):
    """Holds what was written until it is sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def series_id(observation: Observation) -> str:
    """The stable name of a series, as in the files of `passerby count`."""
    parts = [observation.camera, observation.series, observation.quantity.value]
    parts.append(road_user_word(observation.road_user) or "all")
    parts += [observation.direction] if observation.direction else []
    return "/".join(quote(part, safe="") for part in parts)


def _cells(row: Observation, ways: WayNames) -> list[Any]:
    return [
        series_id(row),
        row.camera,
        row.series,
        row.quantity.value,
        row.quantity.unit,
        road_user_word(row.road_user),
        row.direction,
        ways.name(row),
        row.start_ns,
        row.length_s,
        row.value,
        row.count,
        row.coverage,
        row.error,
        row.reliable,
    ]


def _text(cell: Any) -> str:
    """Every digit that a float holds; whole numbers without a point; nothing for what is not known."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return repr(cell).removesuffix(".0") if isinstance(cell, float) else str(cell)


def best_format(accept: str) -> str | None:
    """The one of our formats that an Accept header likes best; None where it takes none of them.

    >>> best_format("text/csv;q=0.5, application/json;q=0.9")
    'application/json'
    """
    wishes = [_wish(part) for part in (accept or "*/*").split(",")]
    best = max((JSON, CSV, PARQUET), key=lambda kind: _liking(kind, wishes))
    return best if _liking(best, wishes) > 0 else None


def _wish(part: str) -> tuple[str, float]:
    kind, *parameters = (each.strip().lower() for each in part.split(";"))
    liking = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return kind, min(1.0, max(0.0, float(liking)))
    except ValueError:
        return kind, 0.0


def _liking(kind: str, wishes: Sequence[tuple[str, float]]) -> float:
    """The weight of the most exact range that names the format, by RFC 9110."""
    for name in (kind, kind.partition("/")[0] + "/*", "*/*"):
        found = [weight for wished, weight in wishes if wished == name]
        if found:
            return max(found)
    return 0.0
