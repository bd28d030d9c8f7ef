"""A report as a PDF on A4, with its fonts embedded, headings repeated over pages, and plots as strokes."""

import io
from typing import Any, Final
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from passerby.report.pictures.painters.pdf import drawn_on, registered
from passerby.report.pictures.typeface import BOLD, REGULAR, Typeface
from passerby.report.traffic.document import Chart, Kind, ReportTable, Section, TrafficReport, Value, shown
from passerby.report.traffic.forms.charts import SIZE_PX, chart_scene
from passerby.text import printable

_INK: Final = colors.HexColor("#1c242e")
_SOFT: Final = colors.HexColor("#56616e")
_RULE: Final = colors.HexColor("#dde2e8")
_BAND: Final = colors.HexColor("#f5f7f9")
_GAP: Final = colors.HexColor("#e9ecf0")
_BLUE: Final = colors.HexColor("#1660b4")

_MARGIN: Final = 16 * mm
_WIDEST_UPRIGHT: Final = 11
"""With more columns than that a table is too wide for an upright page."""

CELL_PT: Final = 8.0
SMALLEST_PT: Final = 5.0
_PADDING: Final = 9.0
"""Of a cell, both sides together, in points."""

LONGEST_ON_PAPER: Final = 400
"""Of a longer table the rest stands in the spreadsheet."""


def report_pdf(report: TrafficReport) -> bytes:
    """Returns the PDF; the same bytes for the same report."""
    size = landscape(A4) if _is_wide(report) else A4
    styles, sink = _Styles(), io.BytesIO()
    document = BaseDocTemplate(
        sink, pagesize=size, leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=15 * mm, bottomMargin=17 * mm,
        title=printable(report.title), author="passerby", invariant=1, lang="en",
    )  # fmt: skip
    frame = Frame(document.leftMargin, document.bottomMargin, document.width, document.height, 0, 0, 0, 0)

    def foot(canvas: Any, _: Any) -> None:
        canvas.saveState()
        canvas.setFont(styles.regular, 8)
        canvas.setFillColor(_SOFT)
        shown_title = Typeface().fitted(report.title, 8, document.width - 60)
        canvas.drawString(document.leftMargin, 9 * mm, shown_title)
        canvas.drawRightString(size[0] - _MARGIN, 9 * mm, f"page {canvas.getPageNumber()}")
        canvas.restoreState()

    document.addPageTemplates([PageTemplate("page", [frame], onPage=foot)])
    story = _beginning(report, styles, document.width)
    for section in report.sections:
        story += _section(section, report, styles, document.width)
    document.build(story)
    return sink.getvalue()


class _Styles:
    def __init__(self) -> None:
        self.regular, self.bold = registered(REGULAR) or "Helvetica", registered(BOLD) or "Helvetica-Bold"
        self.title = ParagraphStyle("title", fontName=self.bold, fontSize=21, leading=26, textColor=_INK)
        self.h2 = ParagraphStyle(
            "h2", fontName=self.bold, fontSize=14, leading=18, textColor=_INK, spaceBefore=16, spaceAfter=4
        )
        self.h3 = ParagraphStyle(
            "h3", fontName=self.bold, fontSize=9.5, leading=12, textColor=_INK, spaceBefore=9, spaceAfter=3
        )
        self.text = ParagraphStyle(
            "text", fontName=self.regular, fontSize=9, leading=12.5, textColor=_SOFT, spaceAfter=2
        )
        self.number = ParagraphStyle("number", fontName=self.bold, fontSize=16, leading=20, textColor=_INK)
        self.face = Typeface()

    def paragraph(self, text: str, style: ParagraphStyle) -> Paragraph:
        return Paragraph(escape(self.face.readable(text)), style)


class _Cells:
    """The styles of a table's cells.

    Args:
        styles: of the document.
        size_pt: size of the letters.
    """

    def __init__(self, styles: _Styles, size_pt: float) -> None:
        self.left = ParagraphStyle(
            "cell", fontName=styles.regular, fontSize=size_pt, leading=1.2 * size_pt, textColor=_INK
        )
        self.left_bold = ParagraphStyle("cell_bold", parent=self.left, fontName=styles.bold)
        self.right = ParagraphStyle("right", parent=self.left, alignment=TA_RIGHT)
        self.right_bold = ParagraphStyle("right_bold", parent=self.right, fontName=styles.bold)
        self.head = ParagraphStyle("head", parent=self.left_bold, textColor=_SOFT)
        self.head_right = ParagraphStyle("head_right", parent=self.head, alignment=TA_RIGHT)


class _Plot(Flowable):  # type: ignore[misc]
    """A plot, as wide as the page."""

    def __init__(self, chart: Chart, width: float) -> None:
        super().__init__()
        self._scene = chart_scene(chart)
        self.width = min(width, 560.0)
        self.height = self.width * SIZE_PX[1] / SIZE_PX[0]

    def draw(self) -> None:
        """Draws it onto the page."""
        scale = self.width / SIZE_PX[0]
        self.canv.saveState()
        self.canv.transform(scale, 0, 0, -scale, 0, self.height)
        drawn_on(self.canv, self._scene)
        self.canv.restoreState()


def _is_wide(report: TrafficReport) -> bool:
    return any(len(table.columns) > _WIDEST_UPRIGHT for section in report.sections for table in section.tables)


def _beginning(report: TrafficReport, styles: _Styles, width: float) -> list[Flowable]:
    boxes = [
        [styles.paragraph(number, styles.number), styles.paragraph(what, styles.text)]
        for number, what in report.key_numbers
    ]
    band = Table([boxes], colWidths=[width / len(boxes)] * len(boxes))
    band.setStyle(TableStyle(_BAND_LOOK))
    rule = Table([[""]], colWidths=[width], rowHeights=[5])
    rule.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 1.6, _BLUE)]))
    return [
        styles.paragraph(report.title, styles.title),
        *(styles.paragraph(line, styles.text) for line in report.subtitle),
        rule,
        Spacer(1, 9),
        band,
    ]


def _section(section: Section, report: TrafficReport, styles: _Styles, width: float) -> list[Flowable]:
    head: list[Flowable] = [styles.paragraph(section.title, styles.h2)]
    head += [styles.paragraph(sentence, styles.text) for sentence in section.sentences]
    plots: list[Flowable] = [KeepTogether([Spacer(1, 8), _Plot(chart, width)]) for chart in section.charts]
    parts: list[Flowable] = [CondPageBreak(90 * mm), *head, *plots]
    for table in section.tables:
        parts += _table(table, report, styles, width)
    return parts


def _table(table: ReportTable, report: TrafficReport, styles: _Styles, width: float) -> list[Flowable]:
    title = styles.paragraph(table.title, styles.h3)
    if not table.rows:
        return [KeepTogether([title, styles.paragraph("Nothing.", styles.text)])]
    kept = table.rows[:LONGEST_ON_PAPER]
    texts = [
        [shown(value, column.kind, report.zone) for column, value in zip(table.columns, row, strict=True)]
        for row in kept
    ]
    numbers = [column.kind not in (Kind.TEXT, Kind.TIME) for column in table.columns]
    widths, size_pt = _widths(table, texts, styles, width)
    look = _Cells(styles, size_pt)
    cells: list[list[Paragraph]] = [
        [
            styles.paragraph(column.title, look.head_right if number else look.head)
            for column, number in zip(table.columns, numbers, strict=True)
        ]
    ]
    for place, row in enumerate(texts, 1):
        last = table.bold_last and place == len(texts)
        right, left = (look.right_bold, look.left_bold) if last else (look.right, look.left)
        cells.append([styles.paragraph(text, right if n else left) for text, n in zip(row, numbers, strict=True)])
    drawn = Table(cells, colWidths=widths, repeatRows=1, hAlign="LEFT")
    drawn.setStyle(TableStyle([*_LOOK, *_gaps(table, kept)]))
    rest: list[Flowable] = []
    if len(table.rows) > len(kept):
        rest = [styles.paragraph(f"{len(table.rows) - len(kept)} more rows stand in the spreadsheet.", styles.text)]
    whole: list[Flowable] = [title, drawn, *rest]
    return [KeepTogether(whole)] if len(kept) <= 25 else [CondPageBreak(40 * mm), *whole]


_BAND_LOOK: Final = [
    ("BACKGROUND", (0, 0), (-1, -1), _BAND),
    ("INNERGRID", (0, 0), (-1, -1), 6, colors.white),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 9),
    ("TOPPADDING", (0, 0), (-1, -1), 7),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
]

_LOOK: Final = [
    ("LINEBELOW", (0, 0), (-1, 0), 1.2, _RULE),
    ("LINEBELOW", (0, 1), (-1, -1), 0.5, _RULE),
    ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
    ("VALIGN", (0, 1), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("TOPPADDING", (0, 0), (-1, -1), 2.2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
]


def _gaps(table: ReportTable, rows: tuple[tuple[Value, ...], ...]) -> list[tuple[object, ...]]:
    places = [number for number, column in enumerate(table.columns) if column.key.startswith("coverage")]
    return [
        ("BACKGROUND", (0, number), (-1, number), _GAP)
        for number, row in enumerate(rows, 1)
        if any(not row[place] for place in places)
    ]


def _widths(table: ReportTable, texts: list[list[str]], styles: _Styles, width: float) -> tuple[list[float], float]:
    """Returns the columns' widths, and the size of letters at which no word is broken.

    Columns are as wide as their longest word; the rest of the page is shared out by what they hold.
    """
    narrowest, wanted = [], []
    for number, column in enumerate(table.columns):
        words = [word for text in texts for word in _parts(text[number], column.kind)]
        longest = max((stringWidth(word, styles.regular, CELL_PT) for word in words), default=0.0)
        head = max(stringWidth(word, styles.bold, CELL_PT) for word in (*column.title.split(), ""))
        narrowest.append(max(longest, head, 14.0) + _PADDING)
        whole = max((stringWidth(text[number], styles.regular, CELL_PT) for text in texts), default=0.0)
        one_line = stringWidth(column.title, styles.bold, CELL_PT) * 0.6
        wanted.append(max(whole, one_line, narrowest[-1] - _PADDING) + _PADDING)
    if sum(wanted) <= width:
        return wanted, CELL_PT
    spare = width - sum(narrowest)
    if spare <= 0:
        words_pt = sum(narrowest) - _PADDING * len(narrowest)
        room = max(width - _PADDING * len(narrowest), 0.3 * width)
        return [each * width / sum(narrowest) for each in narrowest], max(
            SMALLEST_PT, CELL_PT * min(1.0, room / words_pt)
        )
    more = [max(0.0, want - low) for want, low in zip(wanted, narrowest, strict=True)]
    return [low + spare * each / (sum(more) or 1.0) for low, each in zip(narrowest, more, strict=True)], CELL_PT


def _parts(text: str, kind: Kind) -> list[str]:
    return text.split() if kind is Kind.TEXT else [text]
