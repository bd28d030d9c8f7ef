"""The observation table as Parquet, one row group a page."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from passerby.domain.observations import Observation
from passerby.tables.observation_table import CellType, Column, ObservationTable, columns_of_rows

_TYPES = {
    CellType.TEXT: pa.string(),
    CellType.TIME: pa.timestamp("ns", tz="UTC"),
    CellType.INTEGER: pa.int32(),
    CellType.COUNT: pa.int64(),
    CellType.NUMBER: pa.float64(),
    CellType.TRUTH: pa.bool_(),
}


def parquet_schema(columns: Sequence[Column], about: Mapping[str, str] | None = None) -> pa.Schema:
    """Returns the schema of the columns; with `about`, this stands in the file, and each column's unit and meaning."""
    fields = [
        pa.field(
            column.name,
            _TYPES[column.type],
            nullable=column.optional,
            metadata=None if about is None else {"unit": column.unit, "meaning": column.meaning},
        )
        for column in columns
    ]
    return pa.schema(fields, metadata=None if about is None else dict(about))


def parquet_table(table: ObservationTable, rows: Sequence[Observation], schema: pa.Schema) -> pa.Table:
    """Returns the rows as an Arrow table; times in UTC nanoseconds."""
    cells = columns_of_rows([table.cells(row) for row in rows], len(table.columns))
    arrays = [pa.array(column, field.type) for column, field in zip(cells, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


class ParquetTable:
    """Writes Parquet, page by page.

    Args:
        table: makes the rows.
    """

    def __init__(self, table: ObservationTable) -> None:
        self._table = table
        self._sink = PageSink()
        self._schema = parquet_schema(table.columns)
        self._writer = pq.ParquetWriter(self._sink, self._schema, compression="zstd")

    def page(self, rows: Sequence[Observation]) -> bytes:
        """Returns the bytes of the next rows."""
        if rows:
            self._writer.write_table(parquet_table(self._table, rows, self._schema))
        return self._sink.taken()

    def end(self) -> bytes:
        """Returns the footer, without which the file cannot be read."""
        self._writer.close()
        return self._sink.taken()


class PageSink(io.RawIOBase):
    """Holds what was written until it is taken, to be sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Returns True."""
        return True

    def write(self, part: Any) -> int:
        """Keeps a part; returns its length."""
        self._parts.append(bytes(part))
        return len(self._parts[-1])

    def taken(self) -> bytes:
        """Returns what was written since the last time."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
