"""The list of single crossings: it is the table of the count, one by one."""

import csv
import io
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow.parquet
import pytest

from passerby.domain.crossings import CrossingList
from passerby.domain.errors import OutputError
from passerby.domain.layout import Line
from passerby.domain.report import CountReport
from passerby.domain.road_user import RoadUser
from passerby.measure.camera_measures import CameraMeasures, MeasureSettings
from passerby.measure.totals import Totals
from passerby.pipeline.recorded.crossing_list import crossing_list
from passerby.tables.counts_csv import counts_csv
from passerby.tables.crossings import COLUMNS, check_crossings_name, crossings_csv, recording_names, write_crossings
from passerby.track.tracker import Tracker
from passerby.units import NS_PER_S
from testing.pictures.walks import SIZE_PX, Seen, detections
from testing.reports import START_NS, market_square

BELGRADE = ZoneInfo("Europe/Belgrade")
LINES = (
    Line("a; =b", np.array([[0.5, 0], [0.5, 1]], np.float32), forward_name="in", backward_name="out"),
    Line("c", np.array([[0, 0.5], [1, 0.5]], np.float32)),
)


def rows(written: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written.decode("utf-8"), newline="")))


@cache
def some_time(seed: int) -> Totals:
    """What is measured of road users who go to and fro, for some minutes with gaps."""
    chance, tracker, now_s = Random(seed), Tracker(), 0.0
    settings = MeasureSettings(report_interval_s=60, lists_crossings=True, grace_s=chance.choice((0.0, 15.0)))
    measures = CameraMeasures("square", LINES, settings=settings)
    users = (RoadUser.PEDESTRIAN, RoadUser.PEDESTRIAN, RoadUser.CAR)
    walkers = [(user, chance.uniform(0, 900), chance.uniform(100, 500), chance.choice((-9, 9))) for user in users]
    for _ in range(700):
        now_s += chance.choice((1.4, 30.0, 90.0)) if chance.random() < 0.02 else 0.1
        walkers = [
            (user, x, y, -way if not 0 < x < SIZE_PX[0] or chance.random() < 0.02 else way)
            for user, x, y, way in walkers
        ]
        walkers = [(user, x + way, y + chance.gauss(0, 6), way) for user, x, y, way in walkers]
        seen = [Seen((x, y), road_user=user) for user, x, y, _ in walkers if chance.random() > 0.1]
        found = detections(now_s, seen)
        found = replace(found, stamp=replace(found.stamp, time_ns=START_NS + round(now_s * NS_PER_S)))
        measures.update(tracker.update(found))
    measures.finish()
    return measures.totals


def report_of(totals: Totals) -> CountReport:
    listed = crossing_list(totals.crossings, LINES, [START_NS], [START_NS])
    return replace(market_square(), lines=totals.lines, observations=totals.observations, crossings=listed)


@pytest.mark.parametrize("seed", range(2))
def test_the_list_grouped_is_the_table(seed: int) -> None:
    totals = some_time(seed)
    report = report_of(totals)
    of_table = {
        (row["start"], row["series"], row["road_user"], row["direction"], row["direction_name"]): int(row["value"])
        for row in rows(counts_csv(report, BELGRADE))
        if row["quantity"] == "flow" and row["value"] not in ("", "0")
    }
    listed = rows(crossings_csv(report, ["one.mp4"], BELGRADE))
    keys = ("start", "line", "road_user", "direction", "direction_name")
    assert Counter(tuple(row[key] for key in keys) for row in listed) == of_table
    assert len(listed) >= 15
    assert len(listed) == sum(sum(ways.values()) for total in totals.lines for ways in total.counts.values())
    assert [row["time"] for row in listed] == sorted(row["time"] for row in listed)


def test_a_row_says_when_where_and_which_way_and_nothing_more() -> None:
    totals = some_time(1)
    first, *others = rows(crossings_csv(report_of(totals), ["=one.mp4"], BELGRADE))
    assert list(first) == [
        "time", "start", "recording", "in_recording_s", "line", "road_user", "direction", "direction_name",
    ]  # fmt: skip
    assert first["recording"] == "'=one.mp4"
    assert {row["line"] for row in others} == {"a;' =b", "c"}
    ways = {(row["line"], row["direction"], row["direction_name"]) for row in others}
    assert {("a;' =b", "forward", "in"), ("a;' =b", "backward", "out"), ("c", "forward", "forward")} <= ways
    time_ns = min(each.crossing.time_ns for each in totals.crossings)
    tenths = (time_ns - START_NS) // (NS_PER_S // 10)
    assert first["in_recording_s"] == f"{tenths // 10}.{tenths % 10}"
    assert first["time"] == f"2026-06-01T10:{tenths // 600:02d}:{tenths // 10 % 60:02d}.{tenths % 10}+02:00"


def test_parquet_says_the_same(tmp_path: Path) -> None:
    report = report_of(some_time(1))
    write_crossings(report, ["one.mp4"], tmp_path / "e.parquet", BELGRADE)
    write_crossings(report, ["one.mp4"], tmp_path / "e.csv", BELGRADE)
    table = pyarrow.parquet.read_table(tmp_path / "e.parquet")
    plain = rows((tmp_path / "e.csv").read_bytes())
    assert table.column_names == [column.name for column in COLUMNS] == list(plain[0])
    assert [row["line"].replace("; =", ";' =") for row in table.to_pylist()] == [row["line"] for row in plain]
    assert [f"{row['in_recording_s']:.1f}" for row in table.to_pylist()] == [row["in_recording_s"] for row in plain]
    for name in ("time", "start"):
        moments = table.column(name).cast(pyarrow.timestamp("ms", tz="Europe/Belgrade")).to_pylist()
        assert [moment.isoformat()[:19] for moment in moments] == [row[name][:19] for row in plain]


def test_a_time_that_is_not_known_is_no_year_1970(tmp_path: Path) -> None:
    report = replace(report_of(some_time(1)), start_ns=0)
    write_crossings(report, ["one.mp4"], tmp_path / "e.parquet")
    table = pyarrow.parquet.read_table(tmp_path / "e.parquet")
    assert table.column("time").null_count == table.column("start").null_count == table.num_rows > 0
    assert {(row["time"], row["start"]) for row in rows(crossings_csv(report, ["one.mp4"]))} == {("", "")}


def test_no_crossing_is_a_header_and_too_many_are_refused(tmp_path: Path) -> None:
    empty = np.zeros(0, np.int64)
    numbers, flags = empty.astype(np.int32), empty.astype(np.bool_)
    none = CrossingList(empty, empty, numbers, np.zeros(0), numbers, empty.astype(np.int16), flags)
    with_none = replace(market_square(), crossings=none)
    assert (
        crossings_csv(with_none, [], bom=True) == ("\ufeff" + ",".join(each.name for each in COLUMNS) + "\r\n").encode()
    )
    with pytest.raises(OutputError, match="too many crossings to list them"):
        write_crossings(market_square(), [], tmp_path / "e.csv")


def test_the_name_says_the_form() -> None:
    for name in ("e.csv", "E.PARQUET", "/dev/stdout"):
        check_crossings_name(Path(name))
    with pytest.raises(OutputError, match=r"e\.json: crossings are written as \.csv or \.parquet, got \.json"):
        check_crossings_name(Path("e.json"))


def test_recordings_of_one_name_are_told_apart() -> None:
    assert recording_names([Path("a/1.mp4"), Path("b/1.mp4"), Path("b/2\x1b.mp4")]) == ("a/1.mp4", "b/1.mp4", "2?.mp4")
