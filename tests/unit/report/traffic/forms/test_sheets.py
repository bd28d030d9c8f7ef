"""The spreadsheet: numbers are numbers, times are times, gaps are empty, nothing is a formula."""

import io
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest

from passerby.report.traffic.document import TrafficReport
from passerby.report.traffic.forms.sheets import report_xlsx
from tests.unit.report.traffic.counted_days import junction_report


@pytest.fixture(scope="module")
def report() -> TrafficReport:
    return junction_report()


def test_cells_formats_widths_and_the_heading_that_stays(report: TrafficReport) -> None:
    book = openpyxl.load_workbook(io.BytesIO(report_xlsx(report)))
    assert book.sheetnames[0] == "Summary" and book.sheetnames[-1] == "Numbers of plots"
    sheet = book["Peak hour"]
    heads = [cell.value for cell in sheet[2]]
    assert heads[:5] == ["Line", "Way", "Who", "Peak hour from", "In the hour"]
    row = next(row for row in sheet.iter_rows(min_row=3) if row[1].value == "into the crossing" and row[4].value == 278)
    assert row[3].value == datetime(2026, 6, 1, 8, 15)
    assert [cell.number_format for cell in row[3:8]] == ["yyyy-mm-dd hh:mm", "#,##0", "#,##0", "0.00", "0.0%"]
    assert row[6].value == pytest.approx(278 / 368)
    assert sheet.freeze_panes == "A3"
    assert sheet.column_dimensions["B"].width >= len("into the crossing")
    assert len(sheet["A1"].value) > 3 and len(book["Counts"]._charts) == 3


def test_a_gap_is_empty_and_grey(report: TrafficReport) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(report_xlsx(report)))["Counts"]
    gaps = [row for row in sheet.iter_rows() if row[1].value == datetime(2026, 6, 1, 10, 0)]
    assert gaps
    for row in gaps:
        assert row[2].value is None and row[2].fill.fgColor.rgb == "00E9ECF0"


def test_no_text_is_run_and_no_control_character_breaks_it(report: TrafficReport) -> None:
    odd = replace(report, title="=cmd()\x07", sections=(*report.sections, report.sections[0]))
    book = openpyxl.load_workbook(io.BytesIO(report_xlsx(odd)))
    assert book["Summary"]["A1"].value == "'=cmd()?"
    assert "Counts 2" in book.sheetnames
    assert not any(cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row)
