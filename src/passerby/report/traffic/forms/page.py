"""A report as one HTML file: no script, nothing loaded from elsewhere, plots as SVG."""

from typing import Final

from passerby.markup import Markup, element, joined
from passerby.report.pictures.painters.svg import svg
from passerby.report.traffic.document import (
    NOT_KNOWN,
    Chart,
    Kind,
    ReportTable,
    Section,
    TrafficReport,
    Value,
    shown,
)
from passerby.report.traffic.forms.charts import chart_scene, description

_STYLE: Final = """
:root{color-scheme:light;--ink:#1c242e;--soft:#56616e;--rule:#dde2e8;--band:#f5f7f9;--blue:#1660b4}
*{box-sizing:border-box}
body{margin:0;background:#fff;color:var(--ink);font:16px/1.55 Roboto,"Segoe UI","Noto Sans",Arial,sans-serif}
main{max-width:68rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
header{border-bottom:3px solid var(--blue);padding-bottom:1rem}
h1{font-size:2rem;line-height:1.2;margin:0 0 .4rem}
h2{font-size:1.4rem;margin:3rem 0 .6rem;padding-top:.4rem}
h3{font-size:1rem;margin:1.6rem 0 .4rem}
p{margin:.35rem 0;max-width:52rem}
header p,.why{color:var(--soft)}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:1rem;margin:1.5rem 0 0;padding:0}
.numbers div{background:var(--band);border-radius:.5rem;padding:.9rem 1rem}
.numbers dt{color:var(--soft);font-size:.875rem}
.numbers dd{margin:0;font-size:1.75rem;font-weight:700;font-variant-numeric:tabular-nums}
.numbers div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;margin:1.25rem 0 0;padding:0}
nav a{color:var(--blue);display:inline-block;padding:.25rem 0}
.scroll{overflow-x:auto;margin:.3rem 0 1rem}
a:focus-visible,.scroll:focus-visible,summary:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .7rem;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
thead th{color:var(--soft);font-weight:600;border-bottom:2px solid var(--rule);vertical-align:bottom}
tbody th{font-weight:400}
td.n,th.n{text-align:right;white-space:nowrap}
td.t{white-space:nowrap}
tr.gap td,tr.gap th{background:repeating-linear-gradient(135deg,#fff 0 6px,#eef0f3 6px 12px);color:var(--soft)}
tr.sum td,tr.sum th{font-weight:700;border-top:2px solid var(--rule)}
figure{margin:1rem 0 1.5rem}
.plot svg{display:block;width:100%;min-width:40rem;max-width:50rem;height:auto}
summary{cursor:pointer;color:var(--blue);padding:.25rem 0;font-weight:600}
footer{margin-top:3rem;color:var(--soft);font-size:.875rem;border-top:1px solid var(--rule);padding-top:1rem}
@media(max-width:30rem){main{padding:1.5rem 1rem 3rem}h1{font-size:1.5rem}.numbers{grid-template-columns:1fr 1fr}
.numbers dd{font-size:1.3rem}}
@media print{.scroll{overflow:visible}h2,h3{break-after:avoid}figure,tr{break-inside:avoid}nav{display:none}}
"""

OPEN_ROWS: Final = 30
"""Longer tables are folded, so that a reader comes to the next one."""


def report_html(report: TrafficReport) -> bytes:
    """Returns the page; the same bytes for the same report."""
    head = element(
        "head",
        Markup('<meta charset="utf-8">'),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", report.title),
        element("style", Markup(_STYLE)),
    )
    sections = [_section(section, number, report) for number, section in enumerate(report.sections, 1)]
    foot = element("footer", element("p", CLOSING))
    body = element("body", element("main", _top(report), *sections, foot))
    return joined(Markup("<!doctype html>\n"), element("html", head, body, lang="en"), Markup("\n")).encode()


def _top(report: TrafficReport) -> Markup:
    links = [
        element("li", element("a", section.title, href=f"#part-{number}"))
        for number, section in enumerate(report.sections, 1)
    ]
    return element(
        "header",
        element("h1", report.title),
        *(element("p", line) for line in report.subtitle),
        element(
            "dl",
            *(element("div", element("dt", what), element("dd", number)) for number, what in report.key_numbers),
            class_="numbers",
        ),
        element("nav", element("ul", *links), aria_label="Parts"),
    )


CLOSING: Final = (
    "Written by passerby. What each figure means, and where it is from, stands in its documentation under "
    '"Figures of a traffic report".'
)


def _section(section: Section, number: int, report: TrafficReport) -> Markup:
    return element(
        "section",
        element("h2", section.title),
        *(element("p", sentence, class_="why") for sentence in section.sentences),
        *(_chart(chart) for chart in section.charts),
        *(_table(table, report) for table in section.tables),
        id=f"part-{number}",
    )


def _chart(chart: Chart) -> Markup:
    drawn = svg(chart_scene(chart)).decode().partition("?>")[2].strip()
    labelled = drawn.replace("<svg ", element("svg", role="img", aria_label=description(chart))[:-7] + " ", 1)
    return element(
        "figure",
        element("div", Markup(labelled), class_="scroll plot", tabindex="0", role="group", aria_label=chart.title),
    )


def _table(table: ReportTable, report: TrafficReport) -> Markup:
    heads = [
        element("th", column.title, scope="col", class_="n" if _is_number(column.kind) else None)
        for column in table.columns
    ]
    rows = [_row(table, row, report, last=number == len(table.rows)) for number, row in enumerate(table.rows, 1)]
    scrolled = element(
        "div",
        element("table", element("thead", element("tr", *heads)), element("tbody", *rows)),
        class_="scroll", tabindex="0", role="group", aria_label=table.title,
    )  # fmt: skip
    if len(table.rows) > OPEN_ROWS:
        return element("details", element("summary", f"{table.title} ({len(table.rows)} rows)"), scrolled)
    return joined(element("h3", table.title), scrolled)


def _row(table: ReportTable, row: tuple[Value, ...], report: TrafficReport, *, last: bool) -> Markup:
    cells = []
    for number, (column, value) in enumerate(zip(table.columns, row, strict=True)):
        text = shown(value, column.kind, report.zone)
        if number == 0:
            cells.append(element("th", text, scope="row", class_="n" if _is_number(column.kind) else None))
        else:
            side = "n" if _is_number(column.kind) else ("t" if column.kind is Kind.TIME else None)
            spoken = element("td", text, class_=side, aria_label="not known" if text == NOT_KNOWN else None)
            cells.append(spoken)
    gap = any(column.key.startswith("coverage") and not value for column, value in zip(table.columns, row, strict=True))
    return element("tr", *cells, class_="gap" if gap else ("sum" if last and table.bold_last else None))


def _is_number(kind: Kind) -> bool:
    return kind not in (Kind.TEXT, Kind.TIME)
