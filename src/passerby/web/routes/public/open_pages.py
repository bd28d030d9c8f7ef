"""The pages of public numbers, their charts for pages of others, and the numbers of a page as files."""

import asyncio
import hashlib
import io
import json
from collections.abc import Callable
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal

import pyarrow as pa
import pyarrow.csv as arrow_csv
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from passerby.domain.access import Permission
from passerby.domain.class_groups import ClassGroup
from passerby.domain.published import PublishedCounter
from passerby.publish.open_data.counts_table import counts_table, parquet_bytes
from passerby.publish.open_data.description import OpenDataDescription
from passerby.publish.open_data.months import OpenData
from passerby.publish.open_data.periods import Period, PeriodKind
from passerby.publish.open_data.views import CounterView, read_view
from passerby.units import NS_PER_S, QUARTER_S
from passerby.web.hub import Hub, HubHere
from passerby.web.pages.open.counter_page import counter_page, embedded_page
from passerby.web.pages.open.frame import Around, group_word, view_path
from passerby.web.pages.open.list_page import list_page, newest_day
from passerby.web.permissions import needs
from passerby.web.problems import ProblemError, no_such
from passerby.web.routes.public.open_files import CounterId, open_data_of
from passerby.web.routes.public.register import preferred

HTML: Final = "text/html; charset=utf-8"
MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
_CACHE: Final = "public, max-age=300"

Language = Annotated[str, Path(pattern=r"^[A-Za-z-]{2,20}$")]
PeriodText = Annotated[str, Path(pattern=r"^[0-9W-]{4,10}$")]
GroupWord = Annotated[Literal["", "all", "on-foot", "bicycles", "motor-vehicles"], Query(alias="class")]

router = APIRouter(prefix="/open", include_in_schema=False, dependencies=[needs(Permission.SEE_PUBLIC)])


@router.get("/")
async def first_open_page(hub: HubHere, request: Request) -> Response:
    """Leads to the list of places, in a language that the browser prefers."""
    open_data_of(hub)
    wanted = preferred(request.headers.get("accept-language", ""), hub.plan.record.languages)
    return RedirectResponse(f"/open/{wanted}/", HTTPStatus.SEE_OTHER, {"Vary": "Accept-Language"})


@router.get("/counters/{counter}/{period}/counts.{form}")
async def get_counter_file(
    hub: HubHere, counter: CounterId, period: PeriodText, form: Literal["csv", "parquet", "json"]
) -> Response:
    """The numbers of a counter's day or week, or the sums of a year's days, each class group and way by itself."""
    data = open_data_of(hub)
    found, when = await _counter(data, counter), _period(period)
    made = await hub.open_pages.page(
        (found.id, str(when), form), _stamp(hub, data), lambda: _file(data, found, when, form)
    )
    licence = data.describe().licence.url
    headers = {
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": _CACHE,
        "Content-Disposition": f'attachment; filename="{found.id}-{when}.{form}"',
        "Link": f'<{licence}>; rel="license"',
    }
    return Response(made, media_type=MEDIA_TYPES[form], headers=headers)


@router.get("/{language}/")
async def get_open_list(hub: HubHere, request: Request, language: Language) -> Response:
    """Where is counted, on a list and a map, and what can be taken away."""
    data, around = _around(hub, language)
    counters, months = await data.counters(), await data.months()

    async def made() -> bytes:
        return await asyncio.to_thread(list_page, around, counters, months)

    return _page(request, await hub.open_pages.page((language, counters), _stamp(hub, data), made))


@router.get("/{language}/counters/{counter}/")
async def choose_day(
    hub: HubHere, language: Language, counter: CounterId, day: date | None = None, group: GroupWord = ""
) -> Response:
    """Leads to a day of a counter, the newest one where none is named."""
    data, around = _around(hub, language)
    found = await _counter(data, counter)
    period = _period(str(day or newest_day(around, found)))
    path = view_path(found, period, _group(found, group))
    return RedirectResponse(f"/open/{language}/{path}", HTTPStatus.SEE_OTHER)


@router.get("/{language}/counters/{counter}/{period}")
async def get_counter_page(
    hub: HubHere, request: Request, language: Language, counter: CounterId, period: PeriodText, group: GroupWord = ""
) -> Response:
    """A counter's day, week or year."""
    return await _view_page(hub, request, language, counter, period, group, counter_page)


@router.get("/{language}/counters/{counter}/{period}/embed")
async def get_embedded_chart(
    hub: HubHere, request: Request, language: Language, counter: CounterId, period: PeriodText, group: GroupWord = ""
) -> Response:
    """The chart of a counter's day, week or year, for pages of others."""
    return await _view_page(hub, request, language, counter, period, group, embedded_page)


async def _view_page(
    hub: Hub, request: Request, language: str, counter: str, period: str, group: str,
    written: Callable[[Around, CounterView], bytes],
) -> Response:  # fmt: skip
    data, around = _around(hub, language)
    found, when = await _counter(data, counter), _period(period)
    wanted = _group(found, group)

    async def made() -> bytes:
        view = await read_view(data, found, when, wanted)
        return await asyncio.to_thread(written, around, view)

    key = (written.__name__, language, found.id, str(when), group_word(wanted))
    return _page(request, await hub.open_pages.page(key, _stamp(hub, data), made))


async def _file(data: OpenData, counter: PublishedCounter, period: Period, form: str) -> bytes:
    if period.kind is PeriodKind.YEAR:
        numbers = await data.day_sums(counter, period)
    else:
        numbers = await data.sums(counter, period)
    table = await asyncio.to_thread(counts_table, numbers, {counter.id: counter})
    return await asyncio.to_thread(_written, table, data.describe(), form, _today(data))


def _written(table: pa.Table, description: OpenDataDescription, form: str, today: date) -> bytes:
    if form == "parquet":
        return parquet_bytes(table, description)
    if form == "csv":
        sink = io.BytesIO()
        arrow_csv.write_csv(table, sink)
        return sink.getvalue()
    rows = [{**row, "start": row["start"].isoformat(), "end": row["end"].isoformat()} for row in table.to_pylist()]
    content = {
        "title": description.title,
        "publisher": description.publisher.name,
        "licence": {"id": description.licence.identifier, "url": description.licence.url},
        "citation": description.citation(today),
        "meanings": {field.name: field.metadata[b"meaning"].decode() for field in table.schema},
        "rows": rows,
    }
    return json.dumps(content, ensure_ascii=False).encode("utf-8")


def _around(hub: Hub, language: str) -> tuple[OpenData, Around]:
    data, languages = open_data_of(hub), hub.plan.record.languages
    if language not in languages:
        raise no_such("language", language, "GET /open/ leads to the list of places.")
    return data, Around(data.describe(), language, languages, data.zone, _today(data))


def _today(data: OpenData) -> date:
    return datetime.fromtimestamp(data.clock() // NS_PER_S, data.zone).date()


async def _counter(data: OpenData, counter: str) -> PublishedCounter:
    found = {each.id: each for each in await data.counters()}.get(counter)
    if found is None:
        raise no_such("counter", counter, "GET /open/ leads to the list of places.")
    return found


def _period(text: str) -> Period:
    try:
        return Period.parsed(text)
    except ValueError as error:
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY, "bad-value", f"{str(error)[0].upper()}{str(error)[1:]}.",
            "Name a day as 2026-11-05, a week as 2026-W45 or a year as 2026.",
        ) from None  # fmt: skip


def _group(counter: PublishedCounter, word: str) -> ClassGroup | None:
    """The class group of an address; the first one of a counter where the address has none or another."""
    known = {group_word(group): group for group in counter.groups}
    if word == "all" and len(known) > 1:
        return None
    return known.get(word, counter.groups[0])


def _stamp(hub: Hub, data: OpenData) -> tuple[object, ...]:
    """What pages are made anew after: a quarter of an hour, another day, other words of the site."""
    return hub.clock() // (QUARTER_S * NS_PER_S), _today(data), data.describe(), data.zone.key


def _page(request: Request, content: bytes) -> Response:
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    headers = {"Cache-Control": _CACHE, "ETag": tag}
    asked = request.headers.get("if-none-match", "")
    if tag in [each.strip().removeprefix("W/") for each in asked.split(",")]:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(content, media_type=HTML, headers=headers)
