"""A report as JSON, for programs: every table with its keys and units, nothing rounded away."""

import json
from datetime import datetime
from typing import Any

from passerby.report.traffic.document import Column, Kind, ReportTable, TrafficReport, Value, clock
from passerby.text import figure

SCHEMA_VERSION = 1
"""Grows when a key changes its meaning or goes away."""


def report_json(report: TrafficReport) -> bytes:
    """Returns UTF-8 JSON: null for what is not known, the same bytes for the same report."""
    return (json.dumps(report_document(report), indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def report_document(report: TrafficReport) -> dict[str, Any]:
    """Returns the report in JSON's own types."""
    return {
        "schema_version": SCHEMA_VERSION,
        "title": report.title,
        "periods": list(report.subtitle),
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "sentences": list(section.sentences),
                "tables": [
                    *(_table(table, report, long=False) for table in section.tables),
                    *(_table(table, report, long=True) for table in section.long_tables),
                ],
            }
            for section in report.sections
        ],
    }


def _table(table: ReportTable, report: TrafficReport, *, long: bool) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "long": long,
        "columns": [
            {
                "key": each.key,
                "title": each.title,
                "kind": each.kind.value.replace(" ", "_"),
                "unit": _unit(each),
                "names_row": each.names_row,
            }
            for each in table.columns
        ],
        "rows": [
            {column.key: _cell(value, column, report) for column, value in zip(table.columns, row, strict=True)}
            for row in table.rows
        ],
    }


def _unit(column: Column) -> str | None:
    if column.unit or column.kind in (Kind.TEXT, Kind.TIME):
        return column.unit or None
    return "1"


def _cell(value: Value, column: Column, report: TrafficReport) -> Value:
    if isinstance(value, int | float) and column.kind is Kind.TIME:
        if report.zone is None:
            return clock(int(value), None)
        return datetime.fromtimestamp(value, report.zone).isoformat()
    return figure(value) if isinstance(value, float) else value
