"""Open data as files: the catalogue, the lists of places, and the months, for everyone."""

from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from typing import Annotated, Final

import pyarrow as pa
from fastapi import APIRouter, Path, Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse

from passerby.domain.access import Permission
from passerby.publish.open_data.catalogue import MEDIA_TYPE, CatalogueTimes, catalogue
from passerby.publish.open_data.counts_table import SCHEMA, ParquetPages
from passerby.publish.open_data.etalab import QUALITY_SCHEMA, channels_csv, measures_csv, quality_csv, sites_csv
from passerby.publish.open_data.months import OpenData
from passerby.publish.open_data.sites_geojson import sites_geojson
from passerby.text import utc_time
from passerby.units import NS_PER_S, QUARTER_S
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import needs
from passerby.web.problems import ProblemError, no_such

CSV: Final = "text/csv; charset=utf-8"
PARQUET: Final = "application/vnd.apache.parquet"

_CLOSED_CACHE: Final = "public, max-age=86400"
_OPEN_CACHE: Final = "public, max-age=300"
_FOR_ALL: Final = {"Access-Control-Allow-Origin": "*"}
"""Open data may be read by pages of other sites; there is no session that they could use."""

Month = Annotated[str, Path(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
CounterId = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,200}$")]

router = APIRouter(prefix="/open", include_in_schema=False, dependencies=[needs(Permission.SEE_PUBLIC)])


def open_data_of(hub: Hub) -> OpenData:
    """Returns what is public; raises ProblemError where nothing is."""
    if hub.open_data is None or not hub.open_data.is_public:
        raise ProblemError(
            HTTPStatus.NOT_FOUND,
            "nothing-published",
            "This site publishes no numbers.",
            "GET /register/ says what it measures.",
        )
    return hub.open_data


@router.get("/catalogue.jsonld")
async def get_catalogue(hub: HubHere, request: Request) -> Response:
    """The catalogue, as linked data."""
    data = open_data_of(hub)
    counters, now_ns = await data.counters(), _quarter_ns(hub)
    began_ns = min((counter.began_ns for counter in counters), default=now_ns)
    times = CatalogueTimes(utc_time(began_ns), utc_time(now_ns), await data.months())
    made = catalogue(data.describe(), times, ("/ngsi-ld/v1", "/sensorthings/v1.1"))
    return _fresh(request, hub, "catalogue", lambda: JSONResponse(made, media_type=MEDIA_TYPE))


@router.get("/sites.csv")
async def get_sites(hub: HubHere, request: Request) -> Response:
    """Where is counted."""
    data = open_data_of(hub)
    content = sites_csv(data.describe(), await data.counters())
    return _fresh(request, hub, "sites", lambda: Response(content, media_type=CSV))


@router.get("/channels.csv")
async def get_channels(hub: HubHere, request: Request) -> Response:
    """What is counted there."""
    data = open_data_of(hub)
    content = channels_csv(data.describe(), await data.counters())
    return _fresh(request, hub, "channels", lambda: Response(content, media_type=CSV))


@router.get("/sites.geojson")
async def get_sites_geojson(hub: HubHere, request: Request) -> Response:
    """Where is counted, for a map."""
    data = open_data_of(hub)
    content = sites_geojson(data.describe(), await data.counters())
    return _fresh(request, hub, "geojson", lambda: JSONResponse(content, media_type="application/geo+json"))


@router.get("/quality.tableschema.json")
async def get_quality_schema(hub: HubHere) -> Response:
    """What the columns of quality.csv mean."""
    open_data_of(hub)
    return JSONResponse(QUALITY_SCHEMA, headers={**_FOR_ALL, "Cache-Control": _CLOSED_CACHE})


@router.get("/{month}/measures.csv")
async def get_measures(hub: HubHere, request: Request, month: Month) -> Response:
    """The counts of a month."""
    return await _csv(hub, request, month, "measures", measures_csv)


@router.get("/{month}/quality.csv")
async def get_quality(hub: HubHere, request: Request, month: Month) -> Response:
    """How sure the counts of a month are, and why some are missing."""
    return await _csv(hub, request, month, "quality", quality_csv)


@router.get("/{month}/counts.parquet")
async def get_parquet(hub: HubHere, request: Request, month: Month) -> Response:
    """The counts of a month with their quality, in one table."""
    data = await _with_month(hub, month)
    headers = await _headers(hub, data, month, "parquet")
    headers["Content-Disposition"] = f'attachment; filename="counts-{month}.parquet"'
    if _unchanged(request, headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    path = await data.closed_file(month)
    if path is not None:
        return FileResponse(path, media_type=PARQUET, headers=headers)
    return StreamingResponse(_parquet_pages(data, month), media_type=PARQUET, headers=headers)


async def _parquet_pages(data: OpenData, month: str) -> AsyncIterator[bytes]:
    pages = ParquetPages(data.describe())
    async for table in data.tables(month):
        yield pages.page(table)
    yield pages.end()


async def _csv(hub: Hub, request: Request, month: str, name: str, written: Callable[..., bytes]) -> Response:
    data = await _with_month(hub, month)
    headers = await _headers(hub, data, month, name)
    headers["Content-Disposition"] = f'attachment; filename="{name}-{month}.csv"'
    if _unchanged(request, headers["ETag"]):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return StreamingResponse(_csv_pages(data.tables(month), written), media_type=CSV, headers=headers)


async def _csv_pages(tables: AsyncIterator[pa.Table], written: Callable[..., bytes]) -> AsyncIterator[bytes]:
    yield written(SCHEMA.empty_table())  # the line of names, before the first day is read
    async for table in tables:
        yield written(table, header=False)


async def _with_month(hub: Hub, month: str) -> OpenData:
    data = open_data_of(hub)
    if month not in await data.months():
        raise no_such("month", month, "GET /open/ lists all of them.")
    return data


async def _headers(hub: Hub, data: OpenData, month: str, name: str) -> dict[str, str]:
    path = await data.closed_file(month)
    if path is None:
        return {**_FOR_ALL, "ETag": f'W/"{name}-{_quarter_ns(hub) // NS_PER_S}"', "Cache-Control": _OPEN_CACHE}
    status = path.stat()
    tag = f'"{name}-{month}-{status.st_mtime_ns:x}-{status.st_size:x}"'
    return {**_FOR_ALL, "ETag": tag, "Cache-Control": _CLOSED_CACHE}


def _fresh(request: Request, hub: Hub, name: str, made: Callable[[], Response]) -> Response:
    """An answer that changes once in a quarter of an hour at most."""
    headers = {**_FOR_ALL, "ETag": f'W/"{name}-{_quarter_ns(hub) // NS_PER_S}"', "Cache-Control": _OPEN_CACHE}
    unchanged = _unchanged(request, headers["ETag"])
    answer = Response(status_code=HTTPStatus.NOT_MODIFIED) if unchanged else made()
    answer.headers.update(headers)
    return answer


def _unchanged(request: Request, tag: str) -> bool:
    """Whether the browser has this already; tags are compared weakly, as RFC 9110 (13.1.2) says."""
    asked = request.headers.get("if-none-match", "")
    return tag.removeprefix("W/") in [each.strip().removeprefix("W/") for each in asked.split(",")]


def _quarter_ns(hub: Hub) -> int:
    now_ns = hub.clock()
    return now_ns - now_ns % (QUARTER_S * NS_PER_S)
