"""The page: whole by itself, escaped, with a table for each plot."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from passerby.report.traffic.document import TrafficReport
from passerby.report.traffic.forms.page import report_html
from tests.unit.report.traffic.counted_days import junction_report

EMPTY = {"meta", "br", "img"}


class Nesting(HTMLParser):
    """Raises where an element is closed that was not opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report() -> TrafficReport:
    return junction_report()


def test_it_is_one_file_without_scripts_and_nothing_from_elsewhere(report: TrafficReport) -> None:
    page = report_html(report).decode()
    nesting = Nesting()
    nesting.feed(page)
    assert not nesting.open
    assert "<script" not in page and "javascript:" not in page and "<link" not in page
    assert not re.findall(r'(?:src|href)="(?!#)', page)
    assert report_html(report).decode() == page


def test_its_words_and_numbers_are_there(report: TrafficReport) -> None:
    page = report_html(report).decode()
    text = " ".join(re.sub(r"<[^>]+>", " ", page.partition("</style>")[2]).split())
    for words in (
        "Traffic report: junction", "2026-06-01 08:00 to 10:30 UTC, watched 90 %",
        "North arm into the crossing motor vehicles 2026-06-01 08:15 278 92 0.76 100 % 2",
        "North arm, into the crossing 246 219 465 90 %", "not followed 27",
        "9 2026-06-01 10:00 – – – – 0 %",
    ):  # fmt: skip
        assert words in text, words


def test_each_plot_is_a_picture_with_a_name(report: TrafficReport) -> None:
    page = report_html(report).decode()
    plots = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(plots) == sum(len(section.charts) for section in report.sections)
    for plot in plots:
        root = ElementTree.fromstring(plot)
        assert root.get("role") == "img" and len(root.get("aria-label") or "") > 20
    assert "1 of 10 not watched" in plots[0]


def test_a_name_is_no_markup(report: TrafficReport) -> None:
    page = report_html(replace(report, title="<script>x</script> & co")).decode()
    assert "<script>" not in page and "&lt;script&gt;x&lt;/script&gt; &amp; co" in page
