"""Observations as Parquet."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given

from passerby.domain.report import CountReport
from passerby.tables.counts_parquet import counts_parquet, write_counts_parquet
from passerby.tables.observation_table import COLUMNS, count_table
from testing.reports import any_report, empty_report, market_square


def test_columns_are_typed_and_carry_their_units() -> None:
    schema = pq.read_schema(io.BytesIO(counts_parquet(market_square())))
    assert schema.names == [column.name for column in COLUMNS]
    assert schema.field("start").type == pa.timestamp("ns", tz="UTC")
    assert schema.field("value").type == pa.float64()
    assert schema.field("count").type == pa.int64()
    assert schema.field("length_s").metadata[b"unit"] == b"s"
    assert all(schema.field(column.name).metadata[b"meaning"] for column in COLUMNS)
    assert schema.metadata[b"camera"] == b"square"
    assert schema.metadata[b"model"] == b"nanodet-g int8 1"


def test_times_are_utc_and_what_is_not_known_is_null() -> None:
    flow, dwell, _ = pq.read_table(io.BytesIO(counts_parquet(market_square()))).to_pylist()
    assert flow["start"].replace(tzinfo=UTC) == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert (flow["value"], flow["direction_name"], flow["error"]) == (412.0, "to the station", None)
    assert (dwell["value"], dwell["coverage"], dwell["direction"]) == (None, 0.0, None)


def test_without_observations_the_columns_are_there() -> None:
    table = pq.read_table(io.BytesIO(counts_parquet(empty_report())))
    assert (table.num_rows, table.num_columns) == (0, len(COLUMNS))


@given(any_report)
def test_any_report_round_trips(report: CountReport) -> None:
    written = counts_parquet(report)
    assert written == counts_parquet(report)
    table = pq.read_table(io.BytesIO(written))
    rows = [
        dict(zip((column.name for column in COLUMNS), count_table(report).cells(one), strict=True))
        for one in report.observations
    ]
    assert table["start"].cast(pa.int64()).to_pylist() == [row["start"] for row in rows]
    for name in ("series_id", "camera", "series", "direction", "value", "count", "coverage", "error"):
        assert table[name].to_pylist() == [row[name] for row in rows]


def test_the_file_holds_the_same(tmp_path: Path) -> None:
    write_counts_parquet(market_square(), tmp_path / "counts.parquet")
    assert (tmp_path / "counts.parquet").read_bytes() == counts_parquet(market_square())
