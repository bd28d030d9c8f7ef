"""A document of facts with their sources and of open fields, as Markdown, HTML, PDF, CSV and JSON."""

import csv
import io
import json
from dataclasses import dataclass
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

from passerby.markup import Markup, element
from passerby.register.catalogue import Catalogue
from passerby.register.sign.typeface import BOLD, REGULAR, register_typeface
from passerby.text import formula_free

RUNS = "report.running"
SITE = "report.site_file"


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement, and where it comes from; `value` is empty for a field that a named person has yet to fill."""

    label: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document."""

    heading: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A whole document.

    Attributes:
        name: of its files, without an ending.
        title: of the document.
        intro: one sentence that says what it was made from.
        sections: its parts.
    """

    name: str
    title: str
    intro: str
    sections: tuple[Section, ...]


def markdown(report: Report, texts: Catalogue) -> bytes:
    """Returns the document as Markdown."""
    lines = [f"# {_plain(report.title)}", "", _plain(report.intro), ""]
    for section in report.sections:
        lines += [f"## {_plain(section.heading)}", ""]
        for fact in section.facts:
            value = _plain(fact.value) if fact.value else f"**{texts('report.open')}**"
            lines.append(f"- **{_plain(fact.label)}**: {value} _({_plain(fact.source)})_")
        lines.append("")
    return "\n".join(lines).encode("utf-8")


def _plain(text: str) -> str:
    r"""Returns a text of the site with what Markdown would take for markup escaped, on one line.

    >>> _plain("a *b* [c](d) <e>")
    'a \\*b\\* \\[c\\](d) &lt;e>'
    """
    for sign in "\\`*_[]#|":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.replace("<", "&lt;").split())


def html(report: Report, texts: Catalogue) -> bytes:
    """Returns the document as one HTML page."""
    sections = [element("section", element("h2", each.heading), _facts(each, texts)) for each in report.sections]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", report.title),
        element("link", rel="icon", href="data:,"),
        element("link", rel="stylesheet", href="../../style.css"),
    )
    main = element("main", element("h1", report.title), element("p", report.intro), *sections)
    page = element("html", head, element("body", main), lang=texts.language)
    return ("<!DOCTYPE html>\n" + page + "\n").encode("utf-8")


def _facts(section: Section, texts: Catalogue) -> Markup:
    rows: list[Markup] = []
    for fact in section.facts:
        value = fact.value or element("strong", texts("report.open"))
        rows += [
            element("dt", fact.label),
            element("dd", value, " ", element("span", f"({fact.source})", class_="small")),
        ]
    return element("dl", *rows)


def pdf(report: Report, texts: Catalogue) -> bytes:
    """Returns the document as PDF, its letters embedded."""
    register_typeface()
    body = ParagraphStyle("body", fontName=REGULAR, fontSize=9.5, leading=13, spaceAfter=3)
    heading = ParagraphStyle("heading", parent=body, fontName=BOLD, fontSize=13, leading=17, spaceBefore=10)
    title = ParagraphStyle("title", parent=body, fontName=BOLD, fontSize=18, leading=23, spaceAfter=8)
    story: list[Flowable] = [
        Paragraph(escape(report.title), title),
        Paragraph(escape(report.intro), body),
        Spacer(1, 6),
    ]
    for section in report.sections:
        story.append(Paragraph(escape(section.heading), heading))
        for fact in section.facts:
            value = escape(fact.value) if fact.value else f"<b>{escape(texts('report.open'))}</b>"
            source = f' <font color="#555555">({escape(fact.source)})</font>'
            story.append(Paragraph(f"<b>{escape(fact.label)}</b>: {value}{source}", body))
    written = io.BytesIO()
    SimpleDocTemplate(
        written, pagesize=A4, title=report.title, lang=texts.language, invariant=1, leftMargin=56, rightMargin=56
    ).build(story)
    return written.getvalue()


def as_csv(report: Report, _texts: Catalogue) -> bytes:
    """Returns the document as a table: section, label, value, source; no text is a formula to a spreadsheet."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(("section", "label", "value", "source"))
    for section in report.sections:
        for fact in section.facts:
            writer.writerow(map(formula_free, (section.heading, fact.label, fact.value, fact.source)))
    return written.getvalue().encode("utf-8")


def as_json(report: Report, _texts: Catalogue) -> bytes:
    """Returns the document for programs; an open field has the value null."""
    sections = [
        {
            "heading": section.heading,
            "facts": [
                {"label": each.label, "value": each.value or None, "source": each.source} for each in section.facts
            ],
        }
        for section in report.sections
    ]
    document = {"title": report.title, "intro": report.intro, "sections": sections}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
