"""Which forms a report is written in, what each needs, and what writes it."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Final

from passerby.report.traffic.document import TrafficReport

NEEDS: Final = {"html": ("font_roboto",), "pdf": ("font_roboto", "reportlab"), "xlsx": ("openpyxl",), "json": ()}
"""Form -> the modules that writing it needs, of the extra `report`."""


def missing_for(form: str) -> tuple[str, ...]:
    """Returns the modules that a form needs and that are not installed."""
    return tuple(module for module in NEEDS[form] if find_spec(module) is None)


def writer_of(form: str) -> Callable[[TrafficReport], bytes]:
    """Returns what makes a report's bytes in a form."""
    # Each has a library of its own, which takes a tenth of a second to load.
    if form == "html":
        from passerby.report.traffic.forms.page import report_html

        return report_html
    if form == "pdf":
        from passerby.report.traffic.forms.printed import report_pdf

        return report_pdf
    if form == "xlsx":
        from passerby.report.traffic.forms.sheets import report_xlsx

        return report_xlsx
    from passerby.report.traffic.forms.programs import report_json

    return report_json
