"""What was measured: a range of it, in bins, with coverage in every row."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response, StreamingResponse

from passerby.domain.access import EVERY_CAMERA, Permission, Principal
from passerby.domain.observations import Observation, Quantity
from passerby.domain.queries import LARGEST_PAGE, Bin, ObservationQuery, Page
from passerby.tables.observation_parquet import ParquetTable
from passerby.tables.observation_table import LIVE_COLUMNS, CsvTable, TrueOf
from passerby.web.edge.gate import no_session
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, VisibleCameras, needs, not_permitted
from passerby.web.problems import documented
from passerby.web.ranges import (
    LONGEST,
    After,
    Cameras,
    Directions,
    End,
    Quantities,
    RoadUsers,
    Series,
    Start,
    asked_cameras,
    check_series,
    directions_of,
    range_of,
    road_users_of,
    wrong_cursor,
)
from passerby.web.routes.measured.formats import JSON, TABLES, asked_format, attachment, table_in, table_of
from passerby.web.routes.measured.validations.known import KnownAt, line_accuracies
from passerby.web.routes.purposes import record_export
from passerby.web.rows import DirectionWord, ListOf, RoadUserWord, Times

BinWord = Literal["minute", "quarter", "hour", "day"]

_DEFAULT_PAGE = 1000
_TABLE_PAGE = 5000
"""Rows of a table that are read and sent at once: some 500 KiB of CSV."""


class ObservationRow(BaseModel):
    """One measured number of one interval."""

    camera: str = Field(examples=["square-north"])
    series: str = Field(description="The line, zone or movement; of near misses the pair.", examples=["west gate"])
    quantity: Quantity = Field(description="What was measured.")
    unit: str = Field(description="Of value and error: 1 for a count, m-2, s or m/s.")
    road_user: RoadUserWord | None = Field(description="The class; null for all together.")
    direction: DirectionWord | None = Field(description="The way over a line; null where there is none.")
    direction_name: str | None = Field(description="What the site calls that way now.")
    start: str = Field(description="Start of the interval.", examples=["2026-09-28T08:00:00+02:00"])
    length_s: int = Field(description="Its length; other hours and days on nights when clocks change.", examples=[900])
    value: float | None = Field(description="The number; null when it cannot be known, which is not zero.")
    count: int = Field(description="Crossings, visits or frames that it rests on.")
    coverage: float = Field(description="The share of the interval that was really watched.", ge=0, le=1)
    error: float | None = Field(description="Standard error of the value; null when unknown.")
    unexplained: float = Field(
        description="The share of what moved steadily in this view that no detection explains; it widens the interval.",
        ge=0,
        le=1,
    )
    expected: float | None = Field(
        description="Of crossings, movements and numbers of people in zones: the true number that is believed most. "
        "Null of all else, as the next six."
    )
    low: float | None = Field(description="Where the interval of the true number, in watched time, begins.")
    high: float | None = Field(description="Where it ends.")
    level: float | None = Field(description="Share of such intervals that hold the true number.")
    basis: str | None = Field(
        description="`prior` where no one has counted by hand, as of every movement and zone, else `validated` and "
        "how many were.",
        examples=["prior", "validated 112"],
    )
    place_sd: float | None = Field(description="Standard deviation of the place part of its error; add it up in sums.")
    count_sd: float | None = Field(
        description="Standard deviation of the count part of its error; add up its square in sums."
    )
    reliable: bool = Field(
        description="False where the camera had moved and its lines and zones were not confirmed; of speeds and dwell "
        "times also where the camera's clock was found to run wrong."
    )
    estimated: bool = Field(
        description="True of a percentile that is the mean of its minutes' percentiles, because not all of them have a "
        "histogram. All others are those of all values, to 2 %."
    )
    made_up: bool = Field(
        description="Whether it is made up, wholly or in part, as the history of a demo is (`site.made_up_before`)."
    )


class ObservationPage(ListOf[ObservationRow]):
    """Observations, by start."""


router = APIRouter(prefix="/api/v1", tags=["observations"])


def observation_query(
    hub: HubHere,
    start: Start = None,
    end: End = None,
    bin: Annotated[BinWord, Query(description="Length of the intervals; hours and days are the site's own.")] = "hour",  # noqa: A002 - the word of the contract
    camera: Cameras = [],  # noqa: B006 - FastAPI copies it
    series: Series = [],  # noqa: B006
    quantity: Quantities = [],  # noqa: B006
    road_user: RoadUsers = [],  # noqa: B006
    direction: Directions = [],  # noqa: B006
    limit: Annotated[
        int | None,
        Query(ge=1, le=LARGEST_PAGE, description="Most rows. Without it JSON has 1000, and a table all there are."),
    ] = None,
    after: After = None,
) -> ObservationQuery:
    """The observations that are asked for."""
    length = Bin[bin.upper()]
    span = range_of(hub, start, end, LONGEST[length])
    return ObservationQuery(
        start_ns=span.start_ns,
        end_ns=span.end_ns,
        bin=length,
        cameras=tuple(camera),
        series=tuple(series),
        quantities=tuple(quantity),
        road_users=road_users_of(road_user),
        directions=directions_of(direction),
        limit=limit or _DEFAULT_PAGE,
        after=after,
    )


_JSON_NAMES = tuple(column.name for column in LIVE_COLUMNS[1:])


@router.get(
    "/observations",
    dependencies=[needs(Permission.SEE_COUNTS)],
    response_model=ObservationPage,
    responses=TABLES | documented(401, 403, 404, 406, 422, 429, 503),
)
async def list_observations(
    hub: HubHere,
    principal: PrincipalHere,
    request: Request,
    query: Annotated[ObservationQuery, Depends(observation_query)],
    bom: Annotated[bool, Query(description="Begin CSV with a byte order mark, as Excel needs it.")] = False,
    known_at: KnownAt = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Response:
    """Observations of a range, as JSON, CSV or Parquet.

    JSON comes in pages. CSV and Parquet come whole, however long they are, unless `limit` asks for a page; a `Link`
    header then leads to the next.
    """
    kind = asked_format(accept)
    permission = Permission.SEE_COUNTS if kind == JSON else Permission.EXPORT_COUNTS
    cameras = await asked_cameras(hub, principal, permission, query.cameras)
    await check_series(hub, cameras, query.series)
    query = replace(query, cameras=cameras)
    if kind != JSON:
        await record_export(hub, principal, ", ".join(cameras) or "every camera", kind)
    whole = kind != JSON and "limit" not in request.query_params
    if whole:
        query = replace(query, limit=_TABLE_PAGE)
    # The first page before anything is sent: a store that is away is reported with a status.
    page = await _page(hub, query)
    true_of = (await line_accuracies(hub, cameras, known_at)).of_observation
    headers = {} if whole or page.after is None else {"Link": f'<{_next(request, page.after)}>; rel="next"'}
    headers["Vary"] = "Accept"
    if kind == JSON:
        return Response(await asyncio.to_thread(_json, hub, page, true_of), media_type=JSON, headers=headers)
    table = table_in(hub, kind, true_of, bom=bom)
    headers |= attachment("observations", kind)
    return StreamingResponse(_parts(hub, principal, query, page, table, whole), media_type=kind, headers=headers)


async def _page(hub: Hub, query: ObservationQuery) -> Page[Observation]:
    try:
        return await hub.store.observations(query)
    except ValueError:
        raise wrong_cursor(query.after) from None


async def _parts(
    hub: Hub,
    principal: Principal,
    query: ObservationQuery,
    page: Page[Observation],
    table: CsvTable | ParquetTable,
    whole: bool,
) -> AsyncIterator[bytes]:
    # In a thread: the live view goes on meanwhile.
    yield await asyncio.to_thread(table.page, page.rows)
    while whole and page.after is not None:
        await _check_right(hub, principal, query.cameras)
        page = await _page(hub, replace(query, after=page.after))
        yield await asyncio.to_thread(table.page, page.rows)
    yield await asyncio.to_thread(table.end)


async def _check_right(hub: Hub, principal: Principal, cameras: tuple[str, ...]) -> None:
    """Breaks an export off, so that it does not look whole, when its session, grant or purpose has ended.

    Raises:
        ProblemError: it has.
    """
    now = await hub.rights.again(principal)
    if now is None:
        raise no_session()
    VisibleCameras.of(hub, now, Permission.EXPORT_COUNTS).asked(Permission.EXPORT_COUNTS, cameras)
    if not cameras and not now.may(Permission.EXPORT_COUNTS, (EVERY_CAMERA,)):
        raise not_permitted((Permission.EXPORT_COUNTS,))
    hub.purposes.needed(now)


def _next(request: Request, after: str) -> str:
    # Relative: the service does not know by what name it was reached.
    return f"?{request.url.include_query_params(after=after).query}"


def _json(hub: Hub, page: Page[Observation], true_of: TrueOf) -> bytes:
    """The page in the shape of `ObservationPage`; without the model, which takes ten times as long for each row."""
    times, table = Times(hub.zone), table_of(hub, true_of)
    rows = []
    for observation in page.rows:
        row = dict(zip(_JSON_NAMES, table.cells_without_id(observation), strict=True))
        row["start"] = times.of(observation.start_ns)
        rows.append(row)
    return json.dumps({"rows": rows, "after": page.after}, allow_nan=False, separators=(",", ":")).encode("utf-8")
