"""The single crossings of a count as CSV or Parquet, one a row, for an audit of the count."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Final

from passerby.domain.crossings import CrossingList
from passerby.domain.errors import OutputError
from passerby.domain.events import Direction
from passerby.domain.report import CountReport
from passerby.domain.road_user import RoadUser
from passerby.files import write_whole
from passerby.tables.observation_table import CellType, Column, direction_name
from passerby.text import formula_free, iso_tenth, iso_time, printable, storable
from passerby.units import NS_PER_S

TENTH_NS: Final = NS_PER_S // 10

PARQUET: Final = ".parquet"
ENDINGS: Final = (".csv", PARQUET, "")
"""No ending is that of a device or a pipe, which gets CSV."""

# fmt: off
COLUMNS: Final = (
    Column("time", CellType.TIME, "", "When the line was crossed, to the tenth of a second begun.", optional=True),
    Column("start", CellType.TIME, "", "Start of the interval that the crossing is counted in.", optional=True),
    Column("recording", CellType.TEXT, "", "The recording that it was seen in."),
    Column("in_recording_s", CellType.NUMBER, "s", "Seconds since that recording's first picture, in whole tenths."),
    Column("line", CellType.TEXT, "", "The line that was crossed."),
    Column("road_user", CellType.TEXT, "", "The class that it is counted under."),
    Column("direction", CellType.TEXT, "", "forward or backward over the line."),
    Column("direction_name", CellType.TEXT, "", "What the site file calls that way."),
)
# fmt: on


def check_crossings_name(path: Path) -> None:
    """Checks that a file's name says in which form the crossings go there.

    Raises:
        OutputError: it ends in something else than .csv or .parquet.
    """
    if path.suffix.lower() not in ENDINGS:
        raise OutputError(f"{path}: crossings are written as .csv or .parquet, got {path.suffix}. Choose one of them.")


def recording_names(videos: Sequence[Path]) -> tuple[str, ...]:
    """Returns what each recording is called in the list: its name, or its path where another has the same name.

    >>> recording_names([Path("a/1.mp4"), Path("a/2.mp4")])
    ('1.mp4', '2.mp4')
    """
    times = Counter(video.name for video in videos)
    return tuple(storable(printable(video.name if times[video.name] == 1 else str(video))) for video in videos)


def crossings_csv(
    report: CountReport, recordings: Sequence[str], time_zone: tzinfo = UTC, *, bom: bool = False
) -> bytes:
    """Returns UTF-8 CSV of every crossing; the same bytes for the same report.

    Args:
        report: with its crossings.
        recordings: the recordings' names, in the order of the count.
        time_zone: the zone that times are written in, with their offset.
        bom: begin with a byte order mark, for Excel.
    """
    page = io.StringIO(newline="")
    page.write("\ufeff" if bom else "")
    writer = csv.writer(page)
    writer.writerow([column.name for column in COLUMNS])
    known, listed = bool(report.start_ns), _listed(report)
    lines, names = _words(report)
    files = [formula_free(name) for name in recordings]
    starts = {start_ns: iso_time(start_ns, time_zone) if known else "" for start_ns in set(listed.interval_ns.tolist())}
    for row, time_ns in enumerate(listed.time_ns.tolist()):
        line, forward = int(listed.line[row]), bool(listed.forward[row])
        writer.writerow(
            [
                iso_tenth(time_ns, time_zone) if known else "",
                starts[int(listed.interval_ns[row])],
                files[listed.recording[row]],
                f"{_tenths(float(listed.in_recording_s[row])):.1f}",
                formula_free(lines[line]),
                RoadUser(int(listed.road_user[row])).label,
                _way(forward).value,
                formula_free(names[line][forward]),
            ]
        )
    return page.getvalue().encode("utf-8")


def crossings_parquet(report: CountReport, recordings: Sequence[str]) -> bytes:
    """Returns Parquet of every crossing, times in UTC; the same bytes for the same report and the same pyarrow."""
    # Its library takes a tenth of a second to load, and few ask for it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    from passerby.tables.observation_parquet import parquet_schema

    listed, (lines, names) = _listed(report), _words(report)
    numbers, ways = listed.line.tolist(), listed.forward.tolist()
    cells: tuple[list[object], ...] = (
        (listed.time_ns // TENTH_NS * TENTH_NS).tolist(),
        listed.interval_ns.tolist(),
        [recordings[number] for number in listed.recording.tolist()],
        [_tenths(seconds) for seconds in listed.in_recording_s.tolist()],
        [lines[number] for number in numbers],
        [RoadUser(number).label for number in listed.road_user.tolist()],
        [_way(forward).value for forward in ways],
        [names[number][forward] for number, forward in zip(numbers, ways, strict=True)],
    )
    if not report.start_ns:
        cells = ([None] * len(listed), [None] * len(listed), *cells[2:])
    schema = parquet_schema(COLUMNS, {"camera": storable(report.camera_id), "model": storable(report.model)})
    arrays = [pa.array(column, field.type) for column, field in zip(cells, schema, strict=True)]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), sink, compression="zstd")
    return sink.getvalue()


def write_crossings(
    report: CountReport, recordings: Sequence[str], path: Path, time_zone: tzinfo = UTC, *, bom: bool = False
) -> None:
    """Writes the list whole or not at all, in the form that the file's name says.

    Raises:
        OutputError: it cannot be written, or there are too many crossings for a list.
    """
    if report.crossings is None:
        raise OutputError(f"{path}: there are too many crossings to list them. Count fewer recordings at once.")
    if path.suffix.lower() == PARQUET:
        write_whole(path, crossings_parquet(report, recordings))
    else:
        write_whole(path, crossings_csv(report, recordings, time_zone, bom=bom))


def _listed(report: CountReport) -> CrossingList:
    if report.crossings is None:
        raise ValueError("crossings: the report lists none")
    return report.crossings


def _words(report: CountReport) -> tuple[list[str], list[dict[bool, str]]]:
    """The lines' names, and those of their ways, by whether it is the way forward."""
    lines = [total.line for total in report.lines]
    names = [{forward: storable(direction_name(line, _way(forward))) for forward in (True, False)} for line in lines]
    return [storable(line.name) for line in lines], names


def _way(forward: bool) -> Direction:
    return Direction.FORWARD if forward else Direction.BACKWARD


def _tenths(seconds: float) -> float:
    """Cut to whole tenths, as times are: a crossing stays in its interval, and in its recording."""
    return int(seconds * 10 + 1e-6) / 10
