"""Published numbers as an Arrow table and as Parquet."""

import io
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from passerby.domain.class_groups import ClassGroup
from passerby.publish.open_data.counts_table import counts_table, parquet_bytes
from tests.unit.publish.published_numbers import COUNTERS, DESCRIPTION, LINE, ZONE, published_bin

BY_ID = {counter.id: counter for counter in COUNTERS}
BINS = [
    published_bin(LINE, ClassGroup.ON_FOOT, 0, 0, 42),
    published_bin(LINE, ClassGroup.ON_FOOT, 1, 0, None),
    published_bin(ZONE, ClassGroup.BICYCLES, 1, 0, -1),
    published_bin(ZONE, ClassGroup.BICYCLES, 1, 1, -2),
]


def test_what_is_withheld_is_empty_and_says_why() -> None:
    table = counts_table(BINS, BY_ID)
    assert table.select(["channel", "count", "status", "low", "coverage"]).to_pylist() == [
        {"channel": "square-north-a1b2c3-on-foot-forward", "count": 42, "status": "published", "low": 36.0,
         "coverage": 0.98},
        {"channel": "square-north-a1b2c3-on-foot-backward", "count": None, "status": "below threshold", "low": None,
         "coverage": 0.98},
        {"channel": "quay-steps-d4e5f6-bicycles-exits", "count": None, "status": "gap", "low": None, "coverage": 0.0},
    ]  # fmt: skip


def test_a_name_is_no_formula_in_a_spreadsheet() -> None:
    assert set(counts_table(BINS[:1], BY_ID)["place"].to_pylist()) == {"'=north"}


def test_sums_and_nothing_are_no_rows() -> None:
    from dataclasses import replace

    assert counts_table([replace(BINS[0], group=None)], BY_ID).num_rows == 0
    assert counts_table([], {}).num_rows == 0


def test_parquet_says_under_which_licence_it_is_and_duckdb_reads_it(tmp_path: Path) -> None:
    content = parquet_bytes(counts_table(BINS, BY_ID), DESCRIPTION)
    read = pq.read_table(io.BytesIO(content))
    assert read.schema.metadata[b"licence"] == b"CC-BY-4.0"
    assert read.schema.field("count").metadata[b"meaning"].startswith(b"Road users")
    file = tmp_path / "counts.parquet"
    file.write_bytes(content)
    answer = duckdb.sql(f"SELECT way, sum(count), count(*) FROM '{file}' GROUP BY way ORDER BY way")
    assert answer is not None
    assert answer.fetchall() == [("backward", None, 1), ("exits", None, 1), ("forward", 42, 1)]
