"""The PDF: its words can be read back, headings are repeated, and long names and many columns keep to the page."""

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from passerby.report.traffic.document import Column, Kind, ReportTable, Section, TrafficReport
from passerby.report.traffic.forms import printed
from passerby.report.traffic.forms.printed import report_pdf
from tests.unit.report.traffic.counted_days import junction_report


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture(scope="module")
def report() -> TrafficReport:
    return junction_report()


def test_its_words_and_numbers_are_there(report: TrafficReport) -> None:
    content = report_pdf(report)
    text = " ".join(text_of(content).split())
    for words in ("Traffic report: junction", "Peak hours", "into the crossing", "0.76", "Not followed", "page 1"):
        assert words in text, words
    assert PdfReader(io.BytesIO(content)).metadata["/Title"] == "Traffic report: junction"  # type: ignore[index]


def test_the_same_report_gives_the_same_bytes(report: TrafficReport) -> None:
    one = replace(report, sections=report.sections[-1:])
    assert report_pdf(one) == report_pdf(one)


def test_a_long_table_goes_over_pages_with_its_heading_and_ends(
    report: TrafficReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printed, "LONGEST_ON_PAPER", 40)
    columns = (Column("name", "A heading"), *(Column(f"c{each}", f"Col {each}", Kind.COUNT) for each in range(20)))
    rows = tuple((f"a long <name> & {number}" * 3, *range(20)) for number in range(45))
    wide = replace(report, sections=(Section("Long", (), (ReportTable("long", "Long", columns, rows),)),))
    content = report_pdf(wide)
    pages = PdfReader(io.BytesIO(content)).pages
    assert len(pages) == 2
    assert pages[0].mediabox.width > pages[0].mediabox.height
    assert all("Col 19" in " ".join(page.extract_text().split()) for page in pages[1:])
    assert "5 more rows stand in the spreadsheet." in text_of(content)
