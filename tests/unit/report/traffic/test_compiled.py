"""A whole report from a made count: its numbers, its gaps as gaps, and two periods that match."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from passerby.domain.counted_period import CountedPeriod
from passerby.domain.errors import PasserbyError
from passerby.domain.passenger_cars import car_equivalents
from passerby.report.traffic.compiled import traffic_report
from passerby.report.traffic.document import ReportTable, TrafficReport, Value, clock, shown
from passerby.tables.count_files import read_count
from passerby.tables.counts_json import counts_document, counts_json
from passerby.units import DAY_S
from tests.unit.report.traffic.counted_days import EIGHT, FOOTWAY, GAP, NORTH, junction

TABLE = car_equivalents({})


@pytest.fixture(scope="module")
def period(tmp_path_factory: pytest.TempPathFactory) -> CountedPeriod:
    return counted(tmp_path_factory.mktemp("report") / "a.json")


def counted(path: Path, **how: float) -> CountedPeriod:
    path.write_bytes(counts_json(junction(**how)))  # type: ignore[arg-type]
    return read_count(path)


def table(report: TrafficReport, key: str) -> ReportTable:
    every = [each for section in report.sections for each in (*section.tables, *section.long_tables)]
    return next(each for each in every if each.key == key)


def row(found: ReportTable, *names: str) -> dict[str, Value]:
    keys = [column.key for column in found.columns]
    rows = [dict(zip(keys, cells, strict=True)) for cells in found.rows]
    return next(each for each in rows if names == tuple(each.values())[: len(names)])


def test_the_figures_are_those_of_the_counts(period: CountedPeriod) -> None:
    report = traffic_report((period,), TABLE)
    peak = row(table(report, "peak_hours"), "North arm", "into the crossing", "motor vehicles")
    assert (peak["start"], peak["volume"], peak["busiest_quarter"]) == (EIGHT + 900, 278, 92)
    assert peak["factor"] == pytest.approx(278 / (4 * 92))
    units = row(table(report, "passenger_car_units"), "North arm", "into the crossing")
    assert (units["vehicles"], units["units"]) == (465, pytest.approx(410 + 18 * 2 + 37 * 0.2))
    assert units["peak_units"] == pytest.approx(270 + 8 * 2 + 10 * 0.2)
    speeds = row(table(report, "speeds"), "North arm", "into the crossing", "cars")
    assert (speeds["n"], speeds["v85"]) == (410, pytest.approx(38.6, rel=0.03))
    headways = row(table(report, "headways"), "North arm", "into the crossing")
    assert headways["under_2_s"] == pytest.approx(0.046, abs=0.01)
    level = row(table(report, "flow_levels"), "Footway")
    assert (level["width"], level["flow_busiest"]) == (pytest.approx(6.0), pytest.approx(350 / 15 / 6))
    assert row(table(report, "density_levels"), "Square")["walkway_level"] == "C"


def test_the_matrix_sums_to_the_lines_own_counts(period: CountedPeriod) -> None:
    report = traffic_report((period,), TABLE)
    matrix = table(report, "turning_matrix")
    followed = row(matrix, "North arm, into the crossing")
    assert (followed["East arm/forward"], followed["not_followed"], followed["all"]) == (246, 219, 465)
    assert row(matrix, "not followed")["East arm/forward"] == 27
    assert row(matrix, "All that went out")["East arm/forward"] == 273
    turn = row(table(report, "movements"), "North to east")
    assert turn["all"] == 246
    # 246 / 0.702, and 1.96 times 19.4 % to each side with what chance adds.
    assert (turn["low"], turn["high"]) == (pytest.approx(237, abs=0.5), pytest.approx(519, abs=0.5))
    steps = table(report, "turning_matrix_by_step")
    assert len(steps.rows) == 2 * 9 + 1
    heads = [column.key for column in steps.columns]
    first = dict(zip(heads, steps.rows[0], strict=True))
    assert (first["start"], first["East arm/forward"], first["not_followed"], first["all"]) == (EIGHT, 24, 18, 42)


def test_shorter_intervals_are_read_by_the_quarter_and_stand_whole_in_the_spreadsheet(period: CountedPeriod) -> None:
    thirds = tuple(
        replace(row, start_ns=row.start_ns + part * 300 * 10**9, length_s=300, value=value)
        for row in period.observations
        for part, value in enumerate((row.value, *(None if row.value is None else 0.0,) * 2))
    )
    counts = traffic_report((replace(period, interval_s=300, observations=thirds, true_numbers={}),), TABLE).sections[0]
    assert [len(each.rows) for each in counts.tables[1:]] == [10] * 6
    assert [len(each.rows) for each in counts.long_tables] == [30] * 6


def test_a_gap_is_a_gap_and_no_nought(period: CountedPeriod) -> None:
    report = traffic_report((period,), TABLE)
    steps = table(report, "counts/North arm/forward/900")
    cells = dict(zip((column.key for column in steps.columns), steps.rows[GAP], strict=True))
    assert (cells["car"], cells["all"], cells["coverage"]) == (None, None, 0.0)
    assert [shown(cells["car"], column.kind, None) for column in steps.columns if column.key == "car"] == ["–"]
    assert any(None in values for _, values in report.sections[0].charts[0].series)
    assert report.key_numbers[-1] == ("90 %", "of the time watched")
    assert row(table(report, "totals"), "North arm", "both ways")["coverage"] == pytest.approx(0.9)


def test_intervals_of_sums_are_those_that_the_count_itself_gives(period: CountedPeriod) -> None:
    report = traffic_report((period,), TABLE)
    stated = counts_document(junction())["true_crossings"]
    for line, ways in (("North arm", NORTH), ("Footway", FOOTWAY)):
        for way, name in (("forward", ways.forward_name), ("backward", ways.backward_name)):
            total, exact = row(table(report, "totals"), line, name), stated[line]["all"][way]
            assert (total["low"], total["high"]) == (
                pytest.approx(exact["low"], rel=0.01), pytest.approx(exact["high"], rel=0.01),
            )  # fmt: skip
            assert total["basis"] == exact["basis"] == "prior"
    steps = table(report, "counts/North arm/forward/900")
    assert [column.key for column in steps.columns][-3:] == ["low", "high", "coverage"]
    assert steps.rows[GAP][-3:] == (None, None, 0.0)


def test_of_a_table_without_distributions_or_ends_the_report_says_so(period: CountedPeriod) -> None:
    report = traffic_report((replace(period, distributions=None, movements=None),), TABLE)
    said = " ".join(sentence for section in report.sections for sentence in section.sentences)
    assert "This file has no distributions" in said
    assert "does not say which lines its movements join" in said


def test_two_periods_stand_side_by_side_with_their_change(period: CountedPeriod, tmp_path: Path) -> None:
    other = counted(tmp_path / "b.json", times=1.5, start_s=EIGHT + DAY_S)
    report = traffic_report((period, other), TABLE)
    total = row(table(report, "totals"), "North arm", "into the crossing")
    assert (total["car_a"], total["car_b"]) == (410, 615)
    assert total["all_change"] == pytest.approx(670 / 465 - 1)
    assert "A: " in report.subtitle[0] and "B: " in report.subtitle[1]
    steps = table(report, "counts/North arm/forward/900")
    first = dict(zip((column.key for column in steps.columns), steps.rows[0], strict=True))
    assert (first["start_a"], first["start_b"]) == (EIGHT, EIGHT + DAY_S)
    for section in traffic_report((period,), TABLE).sections:
        for one in (*section.tables, *section.long_tables):
            # No row of a period is lost beside the other's.
            assert len(table(report, one.key).rows) >= len(one.rows), one.key


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"camera": "other"}, "same camera is needed in both periods, got junction in a.json and other in b.json"),
        ({"lines": ()}, "no line was counted at"),
        ({"interval_s": 300}, "same length of intervals"),
        ({"timed": False}, "same kind of times is needed in both periods, got a clock's in a.json"),
    ],
)
def test_periods_that_do_not_match_are_refused(period: CountedPeriod, how: dict[str, object], says: str) -> None:
    with pytest.raises(PasserbyError, match=says):
        traffic_report((period, replace(period, origin="b.json", **how)), TABLE)  # type: ignore[arg-type]


def test_periods_of_other_lengths_are_refused(period: CountedPeriod, tmp_path: Path) -> None:
    with pytest.raises(PasserbyError, match="same number of intervals is needed in both periods, got 10 in"):
        traffic_report((period, counted(tmp_path / "b.json", quarters=4)), TABLE)


def test_hours_as_intervals_have_no_peak_hour(period: CountedPeriod) -> None:
    hourly = tuple(replace(row, length_s=3600) for row in period.observations if row.start_ns % (3600 * 10**9) == 0)
    report = traffic_report((replace(period, interval_s=3600, observations=hourly),), TABLE)
    assert "Count again with --interval 15." in report.sections[1].sentences[0]


def test_an_hour_that_the_clock_shows_twice_is_told_apart(tmp_path: Path) -> None:
    night = int(datetime(2026, 10, 24, 23, tzinfo=UTC).timestamp())
    counted_at_night = replace(counted(tmp_path / "a.json", start_s=night), zone=ZoneInfo("Europe/Berlin"))
    report = traffic_report((counted_at_night,), TABLE)
    assert report.subtitle[0].startswith("2026-10-25 01:00 CEST to 02:30 CET")
    steps = table(report, "counts/North arm/forward/900")
    shown_times = [clock(row[1], report.zone, "%H:%M") for row in steps.rows if isinstance(row[1], int)]
    assert shown_times[3:6] == ["01:45", "02:00 CEST", "02:15 CEST"]
    assert shown_times[-2:] == ["02:00 CET", "02:15 CET"]
