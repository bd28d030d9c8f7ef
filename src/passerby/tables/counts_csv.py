"""The report's observations as CSV."""

from collections.abc import Callable
from datetime import UTC, tzinfo
from pathlib import Path

from passerby.domain.line_accuracies import PRIOR, LineAccuracies
from passerby.domain.report import CountReport
from passerby.files import write_whole
from passerby.tables.observation_table import CsvTable, count_table
from passerby.text import iso_time


def counts_csv(
    report: CountReport, time_zone: tzinfo = UTC, *, bom: bool = False, accuracies: LineAccuracies = PRIOR
) -> bytes:
    """Returns UTF-8 CSV of every observation; the same bytes for the same report.

    Args:
        report: what was counted.
        time_zone: the zone that `start` is written in, with its offset.
        bom: begin with a byte order mark, for Excel.
        accuracies: what is believed of the counts of its lines.
    """
    table = CsvTable(count_table(report, accuracies), _time_text(report, time_zone), bom=bom)
    return table.page(report.observations)


def _time_text(report: CountReport, time_zone: tzinfo) -> Callable[[int], str]:
    """What writes a time: nothing where it is not known when the recording began."""
    return (lambda time_ns: iso_time(time_ns, time_zone)) if report.start_ns else (lambda _: "")


def write_counts_csv(
    report: CountReport,
    path: Path,
    time_zone: tzinfo = UTC,
    *,
    bom: bool = False,
    accuracies: LineAccuracies = PRIOR,
) -> None:
    """Writes the CSV whole or not at all; raises OutputError."""
    write_whole(path, counts_csv(report, time_zone, bom=bom, accuracies=accuracies))
