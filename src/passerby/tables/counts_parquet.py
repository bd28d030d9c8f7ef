"""The report's observations as Parquet: typed columns, times in UTC, each column's unit and meaning beside it."""

import io
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from passerby.domain.line_accuracies import PRIOR, LineAccuracies
from passerby.domain.report import CountReport
from passerby.files import write_whole
from passerby.tables.counts_json import SCHEMA_VERSION
from passerby.tables.observation_parquet import parquet_schema, parquet_table
from passerby.tables.observation_table import COLUMNS, START, count_table
from passerby.text import storable


def counts_parquet(report: CountReport, accuracies: LineAccuracies = PRIOR) -> bytes:
    """Returns Parquet of every observation; the same bytes for the same report and the same pyarrow."""
    about = {
        "passerby_schema_version": str(SCHEMA_VERSION),
        "camera": storable(report.camera_id),
        "source": storable(report.source),
        "model": storable(report.model),
    }
    sink = io.BytesIO()
    # Where it is not known when the recording began, no row has a time.
    columns = [
        replace(each, optional=each.optional or not report.start_ns) if each.name == "start" else each
        for each in COLUMNS
    ]
    table = parquet_table(count_table(report, accuracies), report.observations, parquet_schema(columns, about))
    if not report.start_ns:
        nothing = pa.nulls(table.num_rows, table.schema.field(START).type)
        table = table.set_column(START, table.schema.field(START), nothing)
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def write_counts_parquet(report: CountReport, path: Path, accuracies: LineAccuracies = PRIOR) -> None:
    """Writes the Parquet file whole or not at all; raises OutputError."""
    write_whole(path, counts_parquet(report, accuracies))
