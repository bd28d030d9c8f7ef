"""A count's own file, read back: JSON, CSV or Parquet, as `passerby count` writes them."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, Final

from passerby.domain.columns import StoredSeries
from passerby.domain.counted_period import CountedLine, CountedPeriod
from passerby.domain.histograms import Histogram
from passerby.domain.layout import Movement
from passerby.domain.observations import Distributed, Quantity
from passerby.domain.road_user import RoadUser
from passerby.tables.count_rows import CountFileError, ReadRows, check_columns, read_rows
from passerby.tables.counts_json import SCHEMA_VERSION
from passerby.text import duration, percent, printable

MAX_BYTES: Final = 512 * 1024 * 1024
"""A month by the minute of twenty lines has a tenth of it."""


def read_count(path: Path, zone: tzinfo | None = None) -> CountedPeriod:
    """Returns what a count's file holds.

    Args:
        path: JSON, CSV or Parquet, whichever its content is.
        zone: what times are shown in; None for the offset that CSV has, else UTC.

    Raises:
        CountFileError: the file is empty, another one or damaged, or cannot be read.
    """
    name = printable(path.name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CountFileError(name, f"it is too large to be read, got over {MAX_BYTES >> 20} MB.")
        content = path.read_bytes()
    except OSError as error:
        raise CountFileError(name, f"it cannot be read, got: {error.strerror}.", "Choose a file that can.") from None
    if not content.strip():
        raise CountFileError(name, "it is empty.")
    if content.startswith(b"PAR1"):
        return _of_parquet(name, content, zone)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return _of_json(name, content, zone)
    return _of_csv(name, content, zone)


def _of_json(name: str, content: bytes, zone: tzinfo | None) -> CountedPeriod:
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise CountFileError(name, "it is no whole JSON document.") from None
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version is None or "intervals" not in document:
        raise CountFileError(name, "it is JSON, but no count.")
    if version != SCHEMA_VERSION:
        raise CountFileError(
            name,
            f"schema_version: {SCHEMA_VERSION} can be read, got {str(version)[:20]}.",
            "Count again with this passerby, or make the report with the one that counted.",
        )
    try:
        read = read_rows(name, document["intervals"])
        return _period_of_document(name, document, read, zone)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise CountFileError(name, f"it is no whole count, got {error!r:.100}.") from None


def _period_of_document(name: str, document: Mapping[str, Any], read: ReadRows, zone: tzinfo | None) -> CountedPeriod:
    lengths = document.get("line_lengths_m", {})
    lines = tuple(
        CountedLine(line, ways["forward"], ways["backward"], lengths.get(line))
        for line, ways in document["ways"].items()
    )
    ends = document.get("movement_ends", {})
    movements = tuple(
        Movement(key, one["entry"]["line"], one["entry"]["direction"], one["exit"]["line"], one["exit"]["direction"])
        for key, one in ends.items()
    )
    facts = (
        ("Recording", str(document["source"])),
        ("Length", duration(float(document["duration_s"] or 0.0))),
        ("Watched of the recording", percent(float(document["coverage"]))),
        ("Pictures looked at", f"{document['frames_analysed']:,}, {document['analysed_fps'] or 0:.3g} a second"),
        ("Detector", str(document["model"])),
        ("Metres", _ground(document["ground"])),
    )
    distributions = document.get("distributions")
    return CountedPeriod(
        camera=read.observations[0].camera,
        origin=name,
        zone=zone or UTC,
        timed=read.timed,
        interval_s=read.observations[0].length_s,
        lines=lines,
        movements=movements if len(ends) == len(document["movements"]) else None,
        observations=tuple(read.observations),
        distributions=None if distributions is None else dict(_distributions(document["camera"], distributions)),
        coverage=_coverage(read),
        facts=facts,
        notes=tuple(str(each) for each in (*document["losses"], *document["notes"])),
        true_numbers=read.true_numbers,
    )


def _ground(ground: Mapping[str, Any] | None) -> str:
    if ground is None:
        return "not calibrated: no speeds, lengths or densities"
    rmse_m = ground["rmse_m"]
    return "calibrated by exactly four points" if rmse_m is None else f"calibrated, {rmse_m:.2g} m off (RMS)"


def _distributions(camera: str, found: Sequence[Mapping[str, Any]]) -> Iterator[tuple[StoredSeries, Histogram]]:
    for one in found:
        # Kept back where there are too few.
        if one["bins"] is not None:
            quantity = Distributed(one["quantity"]).kept_with
            road_user = RoadUser.from_label(one["road_user"]) if one["road_user"] else None
            series = StoredSeries(camera, one["series"], quantity, road_user, one["direction"])
            yield series, Histogram(tuple(map(int, one["bins"])), tuple(map(int, one["counts"])))


def _of_csv(name: str, content: bytes, zone: tzinfo | None) -> CountedPeriod:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CountFileError(name, "it is neither JSON, CSV in UTF-8 nor Parquet.") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        check_columns(name, list(reader.fieldnames or ()))
        rows = list(reader)
    except csv.Error as error:
        raise CountFileError(name, f"it is no CSV, got: {error}.") from None
    read = read_rows(name, rows)
    return _period_of_rows(name, read, zone or read.zone)


def _of_parquet(name: str, content: bytes, zone: tzinfo | None) -> CountedPeriod:
    # Its library takes a tenth of a second to load, and few ask for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowException, OSError) as error:
        raise CountFileError(name, f"it is no whole Parquet file, got: {str(error)[:100]}.") from None
    check_columns(name, table.column_names)
    place = table.column_names.index("start")
    if pa.types.is_timestamp(table.schema.field(place).type):
        table = table.set_column(place, "start", table.column(place).cast(pa.timestamp("us", "UTC"), safe=False))
    return _period_of_rows(name, read_rows(name, table.to_pylist()), zone or UTC)


def _period_of_rows(name: str, read: ReadRows, zone: tzinfo) -> CountedPeriod:
    names = dict.fromkeys(row.series for row in read.observations if row.quantity is Quantity.FLOW)
    lines = tuple(
        CountedLine(
            line,
            read.way_names.get((line, "forward"), "forward"),
            read.way_names.get((line, "backward"), "backward"),
        )
        for line in names
    )
    return CountedPeriod(
        camera=read.observations[0].camera,
        origin=name,
        zone=zone,
        timed=read.timed,
        interval_s=read.observations[0].length_s,
        lines=lines,
        movements=None,
        observations=tuple(read.observations),
        distributions=None,
        coverage=_coverage(read),
        true_numbers=read.true_numbers,
    )


def _coverage(read: ReadRows) -> float:
    """Returns the share of all intervals' time that was watched: of the first and the last one often only a part."""
    coverages = {row.start_ns: row.coverage for row in read.observations}
    return sum(coverages.values()) / len(coverages)
