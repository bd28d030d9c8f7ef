"""Observations as CSV."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from passerby.domain.observations import Quantity
from passerby.domain.report import CountReport
from passerby.tables.counts_csv import counts_csv, write_counts_csv
from passerby.tables.observation_table import COLUMNS, count_table
from passerby.text import formula_free
from testing.reports import any_report, empty_report, market_square, observation


def rows(written: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written.decode("utf-8"), newline="")))


def test_header_units_ids_and_an_empty_cell_for_what_is_not_known() -> None:
    text = counts_csv(market_square()).decode("utf-8").split("\r\n")
    assert text == [
        "series_id,camera,series,quantity,unit,road_user,direction,direction_name,start,length_s,value,count,coverage,error,"
        "unexplained,expected,low,high,level,basis,place_sd,count_sd",
        "square/Station%20Road/flow/pedestrian/forward,square,Station Road,flow,1,pedestrian,forward,to the station,"
        "2026-06-01T08:00:00+00:00,900,412,7,0.983,,0,528.205,397.082,702.628,0.95,prior,74.4905,19.0955",
        "square/Fountain/dwell_p50/pedestrian,square,Fountain,dwell_p50,s,pedestrian,,,"
        "2026-06-01T08:00:00+00:00,900,,7,0,,0,,,,,,,",
        "square/Fountain/density_mean/pedestrian,square,Fountain,density_mean,m-2,pedestrian,,,"
        "2026-06-01T08:00:00+00:00,900,0.035,7,0.983,,0,,,,,,,",
        "",
    ]


def test_times_carry_the_offset_of_the_zone_asked_for() -> None:
    assert rows(counts_csv(market_square(), ZoneInfo("Europe/Belgrade")))[0]["start"] == "2026-06-01T10:00:00+02:00"


def test_without_observations_there_is_still_a_header() -> None:
    assert counts_csv(empty_report()).decode("utf-8") == ",".join(column.name for column in COLUMNS) + "\r\n"


@given(any_report, st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))))
def test_any_report_parses_back(report: CountReport, time_zone: timezone) -> None:
    written = counts_csv(report, time_zone)
    assert written == counts_csv(report, time_zone)
    parsed = rows(written)
    table = count_table(report)
    for cells, one in zip(parsed, report.observations, strict=True):
        row = dict(zip(cells, table.cells(one), strict=True))
        assert tuple(cells) == tuple(column.name for column in COLUMNS)
        assert (cells["camera"], cells["series"], cells["series_id"]) == (
            formula_free(str(row["camera"])),
            formula_free(str(row["series"])),
            formula_free(str(row["series_id"])),
        )
        assert (cells["road_user"], cells["direction"]) == (row["road_user"] or "", row["direction"] or "")
        assert datetime.fromisoformat(cells["start"]).astimezone(UTC).timestamp() == one.start_ns / 1e9
        assert cells["value"] == "" if row["value"] is None else float(cells["value"]) == row["value"]
        assert cells["error"] == "" if row["error"] is None else float(cells["error"]) == row["error"]
        assert (int(cells["count"]), float(cells["coverage"])) == (row["count"], row["coverage"])


def test_names_that_a_spreadsheet_would_run_get_an_apostrophe_and_numbers_none() -> None:
    flow = observation("=HYPERLINK(1)", Quantity.SPEED_MEAN, -3.25, "forward")
    report = replace(market_square(), camera_id="-1+2", observations=(replace(flow, camera="-1+2", error=0.5),))
    row = rows(counts_csv(report))[0]
    assert (row["camera"], row["series"], row["value"], row["error"]) == ("'-1+2", "'=HYPERLINK(1)", "-3.25", "0.5")
    assert row["series_id"] == "'-1%2B2/%3DHYPERLINK%281%29/speed_mean/pedestrian/forward"


def test_a_byte_order_mark_stands_once_at_the_start_where_it_is_asked_for(tmp_path: Path) -> None:
    assert counts_csv(market_square(), bom=True) == b"\xef\xbb\xbf" + counts_csv(market_square())
    write_counts_csv(market_square(), tmp_path / "counts.csv", bom=True)
    assert (tmp_path / "counts.csv").read_bytes() == counts_csv(market_square(), bom=True)


def test_the_file_holds_the_same(tmp_path: Path) -> None:
    write_counts_csv(market_square(), tmp_path / "counts.csv")
    assert (tmp_path / "counts.csv").read_bytes() == counts_csv(market_square())
