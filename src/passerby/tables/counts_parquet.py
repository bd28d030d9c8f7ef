"""The report's observations as Parquet: typed columns, times in UTC, each column's unit and meaning beside it."""

import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from passerby.domain.report import CountReport
from passerby.files import write_whole
from passerby.tables.counts_json import SCHEMA_VERSION
from passerby.tables.observation_rows import COLUMNS, observation_rows
from passerby.text import storable

# Columns that are not named here hold text.
_TYPES = {
    "start": pa.timestamp("ns", tz="UTC"),
    "length_s": pa.int32(),
    "value": pa.float64(),
    "count": pa.int64(),
    "coverage": pa.float64(),
    "error": pa.float64(),
}
_MAY_BE_NULL = frozenset({"class", "direction", "direction_name", "value", "error"})


def counts_parquet(report: CountReport) -> bytes:
    """Parquet of every observation; the same bytes for the same report and the same pyarrow."""
    rows = observation_rows(report)
    columns = {
        "series_id": [row.series_id for row in rows],
        "camera": [row.camera for row in rows],
        "series": [row.series for row in rows],
        "quantity": [row.quantity for row in rows],
        "unit": [row.unit for row in rows],
        "class": [row.road_user for row in rows],
        "direction": [row.direction for row in rows],
        "direction_name": [row.direction_name for row in rows],
        "start": [row.start_ns for row in rows],
        "length_s": [row.length_s for row in rows],
        "value": [row.value for row in rows],
        "count": [row.count for row in rows],
        "coverage": [row.coverage for row in rows],
        "error": [row.error for row in rows],
    }
    sink = io.BytesIO()
    pq.write_table(pa.table(columns, schema=_schema(report)), sink, compression="zstd")
    return sink.getvalue()


def write_counts_parquet(report: CountReport, path: Path) -> None:
    """Writes the Parquet file whole or not at all; raises OutputError."""
    write_whole(path, counts_parquet(report))


def _schema(report: CountReport) -> pa.Schema:
    fields = [
        pa.field(
            column.name,
            _TYPES.get(column.name, pa.string()),
            nullable=column.name in _MAY_BE_NULL,
            metadata={"unit": column.unit, "meaning": column.meaning},
        )
        for column in COLUMNS
    ]
    run = {
        "passerby_schema_version": str(SCHEMA_VERSION),
        "camera": storable(report.camera_id),
        "source": storable(report.source),
        "model": storable(report.model),
    }
    return pa.schema(fields, metadata=run)
