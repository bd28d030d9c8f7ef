"""The report's observations as CSV (RFC 4180): a header, a row each, an empty cell for what is not known."""

import csv
import io
from datetime import UTC, tzinfo
from pathlib import Path

from passerby.domain.report import CountReport
from passerby.files import write_whole
from passerby.tables.observation_rows import COLUMNS, ObservationRow, observation_rows
from passerby.text import iso_time


def counts_csv(report: CountReport, time_zone: tzinfo = UTC) -> bytes:
    """UTF-8 CSV of every observation; the same bytes for the same report.

    Args:
        report: what was counted.
        time_zone: the zone that `start` is written in, with its offset.
    """
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows(_cells(row, time_zone) for row in observation_rows(report))
    return page.getvalue().encode("utf-8")


def write_counts_csv(report: CountReport, path: Path, time_zone: tzinfo = UTC) -> None:
    """Writes the CSV whole or not at all; raises OutputError."""
    write_whole(path, counts_csv(report, time_zone))


def _cells(row: ObservationRow, time_zone: tzinfo) -> list[str]:
    return [
        row.series_id,
        row.camera,
        row.series,
        row.quantity,
        row.unit,
        row.road_user or "",
        row.direction or "",
        row.direction_name or "",
        iso_time(row.start_ns, time_zone),
        str(row.length_s),
        _cell(row.value),
        str(row.count),
        _cell(row.coverage),
        _cell(row.error),
    ]


def _cell(number: float | None) -> str:
    """Every digit that a float holds; whole numbers without a point; nothing for what is not known."""
    if number is None:
        return ""
    return repr(number).removesuffix(".0")
