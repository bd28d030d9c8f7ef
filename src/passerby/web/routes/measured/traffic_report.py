"""What traffic engineers compute from a camera's counts, as `passerby report` has it: JSON, HTML, PDF, spreadsheet."""

import asyncio
import gzip
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import Response

from passerby.domain.access import Permission
from passerby.domain.counted_period import CountedPeriod
from passerby.domain.errors import PasserbyError
from passerby.domain.intervals import Interval
from passerby.domain.passenger_cars import MAX_UNITS, CarEquivalent, car_equivalents
from passerby.domain.service import CameraPlan
from passerby.report.traffic.compiled import traffic_report
from passerby.report.traffic.document import TrafficReport
from passerby.report.traffic.forms.writing import missing_for, writer_of
from passerby.report.traffic.stored import LONGEST_S, stored_period, whole_quarters
from passerby.units import DAY_S, NS_PER_S
from passerby.web.hub import CAMERAS, Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import ProblemError, bad_value, documented
from passerby.web.ranges import End, Start, asked_cameras, range_of, time_at
from passerby.web.routes.measured.chart_answer import COMPRESSION, takes_gzip
from passerby.web.routes.measured.formats import JSON, asked_format
from passerby.web.routes.measured.validations.known import line_accuracies
from passerby.web.routes.purposes import record_export

HTML: Final = "text/html"
PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: Final = {JSON: "json", HTML: "html", PDF: "pdf", XLSX: "xlsx"}
"""Media type -> the ending of a file's name."""

Kind = Literal["text", "count", "one_decimal", "two_decimals", "share", "change", "time"]
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in (HTML, PDF, XLSX)}}
}
"""The description of an answer that may also be a file."""


class ReportColumn(BaseModel):
    """A column of a table."""

    key: str = Field(description="Its name in the rows.", examples=["volume"])
    title: str = Field(description="Its heading.", examples=["In the hour"])
    kind: Kind = Field(
        examples=["count"],
        description="What its cells hold: `share` 0 to 1, `change` 0.1 for 10 % more, `time` a time with its offset.",
    )
    unit: str | None = Field(description="Of its numbers; null of texts and times.", examples=["1"])
    names_row: bool = Field(description="Whether it says which row it is.", examples=[False])


class ReportTable(BaseModel):
    """A table."""

    key: str = Field(examples=["peak_hours"])
    title: str = Field(examples=["Peak hours"])
    long: bool = Field(examples=[False], description="Too long to be read: for programs, and in the spreadsheet.")
    columns: list[ReportColumn]
    rows: list[dict[str, str | int | float | None]] = Field(
        description="A cell for each column; null is what is not known, which is not zero.",
        examples=[[{"line": "west gate", "volume": 412, "factor": 0.91}]],
    )


class ReportSection(BaseModel):
    """A part of the report."""

    key: str = Field(examples=["peak_hour"])
    title: str = Field(examples=["Peak hour"])
    sentences: list[str] = Field(
        description="How to read it, or why it has no table.", examples=[["Counts are of watched time alone."]]
    )
    tables: list[ReportTable]


class TrafficReportDocument(BaseModel):
    """A report of one period, or of two side by side; the same as `passerby report --json`."""

    schema_version: int = Field(description="Grows when a key changes its meaning or goes away.", examples=[1])
    title: str = Field(examples=["Traffic report: square"])
    periods: list[str] = Field(
        description="From when to when, and how much of it was watched.",
        examples=[["2026-09-28 08:00 to 10:00 CEST, watched 99 %"]],
    )
    sections: list[ReportSection]


Camera = Annotated[str, Query(pattern=CAMERAS, description="The camera.", examples=["square"])]
CompareStart = Annotated[
    str | None,
    Query(max_length=40, description="Where an equally long period to stand beside begins.", examples=["2026-09-21"]),
]
Pcu = Annotated[
    list[Annotated[str, StringConstraints(max_length=40)]],
    Query(max_length=20, description="What a class counts for in cars; may be repeated.", examples=["truck=2.5"]),
]

router = APIRouter(prefix="/api/v1", tags=["observations"])


@router.get(
    "/traffic-report",
    dependencies=[needs(Permission.SEE_COUNTS)],
    response_model=TrafficReportDocument,
    responses=_FILES | documented(401, 403, 404, 406, 409, 422, 429, 501, 503),
)
async def get_traffic_report(
    hub: HubHere,
    principal: PrincipalHere,
    camera: Camera,
    start: Start = None,
    end: End = None,
    compare_start: CompareStart = None,
    pcu: Pcu = [],  # noqa: B006 - FastAPI copies it
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    accept_encoding: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Peak hours, turning matrix, speeds, headways, passenger-car units and levels of service of a camera's counts.

    The period is widened to whole quarters of an hour and has 31 days at most. An answer may be a minute old. As HTML,
    PDF or a spreadsheet it is an export.
    """
    kind = asked_format(accept, tuple(FORMS))
    permission = Permission.SEE_COUNTS if kind == JSON else Permission.EXPORT_COUNTS
    await asked_cameras(hub, principal, permission, (camera,))
    _check_installed(kind)
    plan, table = hub.camera(camera), _equivalents(pcu)
    spans = _spans(hub, start, end, compare_start)
    if kind != JSON:
        await record_export(hub, principal, camera, f"traffic report, {FORMS[kind]}")
    key = (camera, spans, table)
    found = await hub.reports.of(key, hub.plan, hub.clock(), lambda: _made(hub, plan, spans, table))
    content = await asyncio.to_thread(writer_of(FORMS[kind]), found)
    headers = {"Vary": "Accept, Accept-Encoding"}
    if kind == JSON and takes_gzip(accept_encoding):
        headers["Content-Encoding"] = "gzip"
        content = await asyncio.to_thread(gzip.compress, content, COMPRESSION, mtime=0)
    if kind != JSON:
        headers["Content-Disposition"] = f'attachment; filename="{camera}-report.{FORMS[kind]}"'
    return Response(content, media_type=kind, headers=headers)


def _spans(hub: Hub, start: str | None, end: str | None, compare_start: str | None) -> tuple[Interval, ...]:
    asked = range_of(hub, start, end, timedelta(seconds=LONGEST_S + DAY_S))
    first = whole_quarters(asked.start_ns // NS_PER_S, -(-asked.end_ns // NS_PER_S))
    if compare_start is None:
        return (first,)
    other = whole_quarters(*(time_at("query.compare_start", compare_start, hub.zone) // NS_PER_S,) * 2).start_s
    return first, Interval(other, other + first.end_s - first.start_s)


async def _made(
    hub: Hub, camera: CameraPlan, spans: tuple[Interval, ...], table: tuple[CarEquivalent, ...]
) -> TrafficReport:
    accuracies = await line_accuracies(hub, (camera.name,))
    periods: list[CountedPeriod] = []
    for span in spans:
        period = await stored_period(hub.store, hub.plan, camera, span, accuracies)
        if period is None:
            raise ProblemError(
                HTTPStatus.NOT_FOUND,
                "nothing-counted",
                f"Nothing that {camera.name} counted in this time is kept.",
                "Choose a time in which the camera was watched.",
            )
        periods.append(period)
    try:
        return await asyncio.to_thread(traffic_report, periods, table)
    except PasserbyError as error:
        raise ProblemError(
            HTTPStatus.CONFLICT, "no-report", str(error), "Draw lines at the camera, or choose another time."
        ) from None


def _equivalents(changes: list[str]) -> tuple[CarEquivalent, ...]:
    what = f"a class of vehicles and a number from 0 to {MAX_UNITS:.0f}, as truck=2.5"
    table = car_equivalents({})
    units: dict[str, float] = {}
    for change in changes:
        word, _, number = change.partition("=")
        try:
            units[word] = float(number)
            table = car_equivalents(units)
        except (ValueError, PasserbyError):
            raise bad_value("query.pcu", what, change) from None
    return table


def _check_installed(kind: str) -> None:
    missing = missing_for(FORMS[kind])
    if missing:
        raise ProblemError(
            HTTPStatus.NOT_IMPLEMENTED,
            "not-installed",
            f"This service cannot write {FORMS[kind]}: {', '.join(missing)} is not installed.",
            "Install passerby's extra `report` on the service's machine, or ask for another format.",
        )
