"""Published numbers as one table: its columns, Arrow and Parquet."""

import io
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from passerby.domain.published import BinStatus, PublishedBin, PublishedCounter
from passerby.publish.open_data.channels import channel_of
from passerby.publish.open_data.description import OpenDataDescription
from passerby.tables.observation_parquet import PageSink
from passerby.text import figure, formula_free, share_figure

_TIME: Final = pa.timestamp("ms", tz="UTC")
_MS_NS: Final = 1_000_000

COLUMNS: Final = (
    ("channel", pa.string(), False, "The series: a counter, a class group and a way."),
    ("counter", pa.string(), False, "The counter; another one where the line or zone was drawn anew."),
    ("site", pa.string(), False, "The camera that counts."),
    ("place", pa.string(), False, "Name of the line or zone."),
    ("kind", pa.string(), False, "line or zone."),
    ("class_group", pa.string(), False, "on foot, bicycles or motor vehicles."),
    ("way", pa.string(), False, "forward or backward over a line; entries or exits of a zone."),
    ("way_name", pa.string(), False, "What the publisher calls that way."),
    ("start", _TIME, False, "Beginning of the bin."),
    ("end", _TIME, False, "End of the bin, which is no part of it."),
    ("count", pa.int64(), True, "Road users that passed, with noise; empty where the status is not published."),
    ("status", pa.string(), False, "published, below threshold (withheld), or gap (not watched)."),
    ("coverage", pa.float64(), True, "Share of the bin that was watched, 0 to 1; the count is never scaled up to 1."),
    ("low", pa.float64(), True, "Where the 95 % interval of those who really passed begins: noise and counting error."),
    ("high", pa.float64(), True, "Where it ends."),
    ("basis", pa.string(), True, "What the counting error rests on: validated (counted by hand here) or prior."),
    ("threshold", pa.int32(), False, "Numbers below it are withheld."),
)
"""Name, type, whether a cell may be empty, and meaning."""

SCHEMA: Final = pa.schema(
    [pa.field(name, kind, nullable, {"meaning": meaning}) for name, kind, nullable, meaning in COLUMNS]
)


def described_schema(description: OpenDataDescription) -> pa.Schema:
    """Returns the schema with the licence and the publisher in the file itself."""
    about = {
        "title": description.title,
        "publisher": description.publisher.name,
        "licence": description.licence.identifier,
        "licence_url": description.licence.url,
        "source": description.page,
        "note": "Random noise was added to each number before it was published.",
    }
    return SCHEMA.with_metadata(about)


def counts_table(bins: Iterable[PublishedBin], counters: Mapping[str, PublishedCounter]) -> pa.Table:
    """Returns published numbers as a table; what is not published yet, and sums of groups or ways, are no rows of it.

    Args:
        bins: the numbers.
        counters: by id, those of all numbers.
    """
    rows = [row for one in bins if (row := _row(one, counters[one.counter])) is not None]
    columns = list(zip(*rows, strict=True)) or [()] * len(SCHEMA)
    arrays = [pa.array(cells, field.type) for cells, field in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def _row(one: PublishedBin, counter: PublishedCounter) -> tuple[Any, ...] | None:
    channel = channel_of(counter, one)
    if channel is None or one.status is BinStatus.WAITING:
        return None
    return (
        channel.id, counter.id, formula_free(counter.camera), formula_free(counter.place), counter.kind.value,
        channel.group.value, channel.way.value, formula_free(channel.way_name), one.from_ns // _MS_NS,
        one.to_ns // _MS_NS, one.value, one.status.value,
        None if one.coverage is None else share_figure(one.coverage), figure(one.low), figure(one.high),
        one.basis or None, one.threshold,
    )  # fmt: skip


class ParquetFile:
    """Writes Parquet table by table, each a row group of its own.

    Args:
        sink: what is written to.
        description: what stands in the file of its publisher and licence.
    """

    def __init__(self, sink: BinaryIO | PageSink, description: OpenDataDescription) -> None:
        self._schema = described_schema(description)
        self._writer = pq.ParquetWriter(sink, self._schema, compression="zstd")

    def add(self, table: pa.Table) -> None:
        """Writes a table of `counts_table`."""
        if table.num_rows:
            self._writer.write_table(table.cast(self._schema))

    def close(self) -> None:
        """Writes the footer, without which the file cannot be read."""
        self._writer.close()


class ParquetPages:
    """Parquet that is sent while it is written, a table at a time.

    Args:
        description: what stands in the file of its publisher and licence.
    """

    def __init__(self, description: OpenDataDescription) -> None:
        self._sink = PageSink()
        self._file = ParquetFile(self._sink, description)

    def page(self, table: pa.Table) -> bytes:
        """Returns the bytes of a table of `counts_table`."""
        self._file.add(table)
        return self._sink.taken()

    def end(self) -> bytes:
        """Returns the footer, without which the file cannot be read."""
        self._file.close()
        return self._sink.taken()


def parquet_bytes(table: pa.Table, description: OpenDataDescription) -> bytes:
    """Returns a table of `counts_table` as a Parquet file."""
    sink = io.BytesIO()
    file = ParquetFile(sink, description)
    file.add(table)
    file.close()
    return sink.getvalue()
