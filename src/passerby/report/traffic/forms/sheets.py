"""A report as a spreadsheet (XLSX): numbers as numbers, times as times, a sheet for each part, headings that stay."""

import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from passerby.report.traffic.document import Chart, Column, Kind, ReportTable, Section, TrafficReport, Value, clock
from passerby.text import formula_free, storable

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_FORMATS: Final = {
    Kind.COUNT: "#,##0",
    Kind.ONE_DECIMAL: "#,##0.0",
    Kind.TWO_DECIMALS: "0.00",
    Kind.SHARE: "0.0%",
    Kind.CHANGE: "+0%;-0%;0%",
    Kind.TIME: "yyyy-mm-dd hh:mm",
}

MADE: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Stands as the file's time, so that the same report gives the same cells and properties."""

_WIDEST: Final = 46
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\]")
"""What no sheet's name may hold."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What no cell may hold."""


def report_xlsx(report: TrafficReport) -> bytes:
    """Returns the workbook.

    Raises:
        ModuleNotFoundError: openpyxl is not installed.
    """
    from openpyxl import Workbook

    book = Workbook()
    book.properties.title = _text(report.title)
    book.properties.creator = "passerby"
    book.properties.created = book.properties.modified = MADE.replace(tzinfo=None)
    book.remove(book.worksheets[0])
    names: set[str] = set()
    _summary(book.create_sheet(_name("Summary", names)), report)
    plots = _Plots(book.create_sheet(_name("Numbers of plots", names)))
    for section in report.sections:
        _section(book.create_sheet(_name(section.title, names)), section, section.tables, report, plots)
        for table in section.long_tables:
            _section(book.create_sheet(_name(table.title, names)), section, (table,), report, None)
    book.move_sheet(plots.sheet, len(book.sheetnames))
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _name(wanted: str, taken: set[str]) -> str:
    """Returns a sheet's name of at most 31 letters that no other has."""
    name = base = _FORBIDDEN.sub(" ", _text(wanted)).strip("' ")[:31] or "sheet"
    number = 2
    while name.lower() in taken:
        name = f"{base[:27]} {number}"
        number += 1
    taken.add(name.lower())
    return name


def _text(text: str) -> str:
    """Returns a text that a cell can hold, and that no spreadsheet runs."""
    return formula_free(_CONTROL.sub("?", storable(text)))


def _summary(sheet: "Worksheet", report: TrafficReport) -> None:
    from openpyxl.styles import Font

    sheet["A1"] = _text(report.title)
    sheet["A1"].font = Font(bold=True, size=16)
    row = 2
    for line in report.subtitle:
        sheet.cell(row, 1, _text(line))
        row += 1
    for number, what in report.key_numbers:
        row += 1
        sheet.cell(row, 1, _text(what))
        sheet.cell(row, 2, _text(number)).font = Font(bold=True)
    row += 2
    for section in report.sections:
        sheet.cell(row, 1, _text(section.title)).font = Font(bold=True)
        for sentence in section.sentences:
            row += 1
            sheet.cell(row, 1, _text(sentence))
        row += 2
    sheet.column_dimensions["A"].width = 60
    sheet.column_dimensions["B"].width = 22
    sheet.sheet_view.showGridLines = False


def _section(
    sheet: "Worksheet", section: Section, tables: Iterable[ReportTable], report: TrafficReport, plots: "_Plots | None"
) -> None:
    """Writes tables below one another; of a single one the heading stays where it is when the sheet is scrolled."""
    from openpyxl.styles import Font

    row, widths, found = 1, dict[int, float](), list(tables)
    if not found:
        for sentence in section.sentences:
            sheet.cell(row, 1, _text(sentence))
            row += 1
        sheet.column_dimensions["A"].width = 100
        return
    for number, table in enumerate(found):
        sheet.cell(row, 1, _text(table.title)).font = Font(bold=True, size=12)
        if number == 0:
            # Below the first table's heading: the other tables of a sheet have the same or fewer columns.
            sheet.freeze_panes = sheet.cell(row + 2, 1)
        row = _table(sheet, table, row + 1, report, widths) + 2
    for place, width in widths.items():
        sheet.column_dimensions[_letter(place)].width = min(_WIDEST, width)
    for chart in section.charts if plots else ():
        row = plots.add(sheet, chart, row) if plots else row


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(place))


def _table(sheet: "Worksheet", table: ReportTable, row: int, report: TrafficReport, widths: dict[int, float]) -> int:
    from openpyxl.styles import Alignment, Font, PatternFill

    gap = PatternFill("solid", fgColor="E9ECF0")
    _heads(sheet, table, row, widths)
    for values in table.rows:
        row += 1
        bare = any(c.key.startswith("coverage") and not v for c, v in zip(table.columns, values, strict=True))
        last = table.bold_last and values is table.rows[-1]
        for place, (column, value) in enumerate(zip(table.columns, values, strict=True), 1):
            cell = sheet.cell(row, place, _cell(value, column, report))
            if not isinstance(value, str) and column.kind in _FORMATS:
                cell.number_format = _FORMATS[column.kind]
            cell.alignment = Alignment(horizontal=_side(column))
            if bare:
                cell.fill = gap
            if last:
                cell.font = Font(bold=True)
            widths[place] = max(widths[place], len(_shown(value, column)) + 2)
    return row


def _heads(sheet: "Worksheet", table: ReportTable, row: int, widths: dict[int, float]) -> None:
    from openpyxl.styles import Alignment, Border, Font, Side

    for place, column in enumerate(table.columns, 1):
        head = sheet.cell(row, place, _text(column.title))
        head.font = Font(bold=True)
        head.alignment = Alignment(wrap_text=True, vertical="bottom", horizontal=_side(column))
        head.border = Border(bottom=Side("medium"))
        words = max(map(len, column.title.split()), default=1)
        widths[place] = max(widths.get(place, 0.0), words + 3, min(len(column.title), 14) + 2)


def _side(column: Column) -> str:
    return "left" if column.kind in (Kind.TEXT, Kind.TIME) else "right"


def _shown(value: Value, column: Column) -> str:
    if value is None:
        return ""
    if column.kind is Kind.TIME:
        return "2026-01-01 00:00"
    return value if isinstance(value, str) else f"{value:,.1f}"


def _cell(value: Value, column: Column, report: TrafficReport) -> Any:
    """Returns a cell's content: by the site's clock, without an offset, for a spreadsheet knows none."""
    if isinstance(value, str):
        return _text(value)
    if value is not None and column.kind is Kind.TIME:
        if report.zone is None:
            return clock(int(value), None)
        return datetime.fromtimestamp(value, report.zone).replace(tzinfo=None)
    if isinstance(value, float) and value.is_integer() and column.kind is Kind.COUNT:
        return int(value)
    return value


class _Plots:
    """Plots of the workbook; the numbers that they are drawn from stand on a sheet of their own."""

    def __init__(self, sheet: "Worksheet") -> None:
        self.sheet = sheet
        self._row = 1

    def add(self, sheet: "Worksheet", chart: Chart, row: int) -> int:
        """Draws a plot on a sheet; returns the row below it."""
        from openpyxl.chart import BarChart, Reference

        own, first, count = self.sheet, self._row, len(chart.labels)
        own.cell(first, 1, _text(chart.title))
        for place, label in enumerate(chart.labels, 1):
            own.cell(first + place, 1, _text(label))
        for number, (name, values) in enumerate(chart.series, 2):
            own.cell(first, number, _text(name))
            for place, value in enumerate(values, 1):
                own.cell(first + place, number, value)
        drawn = BarChart()
        drawn.title, drawn.width, drawn.height = _text(chart.title), 24, 8.5
        drawn.gapWidth = 0 if chart.touching else 40
        if chart.stacked:
            drawn.grouping, drawn.overlap = "stacked", 100
        numbers = Reference(own, min_col=2, max_col=1 + len(chart.series), min_row=first, max_row=first + count)
        drawn.add_data(numbers, titles_from_data=True)
        drawn.set_categories(Reference(own, min_col=1, min_row=first + 1, max_row=first + count))
        # Without it newer spreadsheets hide the axes.
        drawn.x_axis.delete = drawn.y_axis.delete = False
        if len(chart.series) == 1:
            drawn.legend = None
        sheet.add_chart(drawn, f"A{row}")
        self._row += count + 2
        return row + 19
