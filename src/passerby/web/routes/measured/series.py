"""What was measured as columns, for charts: a year of one line by the quarter-hour in one answer."""

import asyncio
from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, Field
from starlette.responses import Response, StreamingResponse

from passerby.domain.access import Permission
from passerby.domain.chart_bins import ChartBin, bounds_of, suitable_bin
from passerby.domain.columns import Grouping, can_be_put_together
from passerby.domain.intervals import Interval
from passerby.domain.observations import Quantity
from passerby.domain.queries import ObservationQuery
from passerby.units import DAY_S, NS_PER_S
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import bad_value, documented
from passerby.web.ranges import (
    LONGEST,
    Cameras,
    Directions,
    End,
    Quantities,
    Range,
    RoadUsers,
    Series,
    Start,
    asked_cameras,
    check_series,
    directions_of,
    range_of,
    road_users_of,
)
from passerby.web.routes.measured.chart_answer import MAX_ROWS, ChartAnswer
from passerby.web.routes.measured.formats import JSON, TABLES, asked_format, attachment, table_in
from passerby.web.routes.measured.true_series import TrueSeries
from passerby.web.routes.measured.validations.known import KnownAt, line_accuracies
from passerby.web.routes.purposes import record_export
from passerby.web.rows import DirectionWord, ListOf, RoadUserWord

Addable = Literal["road_user", "direction"]


class OffsetRow(BaseModel):
    """From when on the site's clock is ahead of UTC by how much."""

    from_s: int = Field(description="UTC seconds since 1970.")
    offset_s: int = Field(description="Seconds ahead of UTC.", examples=[7200])


class TotalRow(BaseModel):
    """The true number of a sum over time, with its interval; the place part of its error does not average out."""

    value: float = Field(description="What was counted.")
    expected: float = Field(description="The true number that is believed most.")
    low: float = Field(description="Where its interval begins.")
    high: float = Field(description="Where it ends.")
    level: float = Field(description="Share of such intervals that hold the true number.")
    basis: str = Field(description="As of the row.")
    place_sd: float = Field(description="Standard deviation of the place part of its error; add it up in sums.")
    count_sd: float = Field(description="Standard deviation of the count part of its error; add up its square.")
    unexplained: float = Field(
        description="The share of what moved steadily that no detection explains, averaged over the watched time."
    )


class SeriesRow(BaseModel):
    """One series; every list has one entry for each bin."""

    camera: str = Field(examples=["square-north"])
    series: str = Field(description="The line, zone or movement; of near misses the pair.", examples=["west gate"])
    quantity: Quantity = Field(description="What was measured.")
    unit: str = Field(description="Of value, lower and upper.")
    road_user: RoadUserWord | None = Field(description="The class; null for all together.")
    direction: DirectionWord | None = Field(description="The way over a line; null where there is none, or for both.")
    direction_name: str | None = Field(description="What the site calls that way now.")
    value: list[float | None] = Field(description="The numbers; null where it cannot be known, which is not zero.")
    count: list[int] = Field(description="Crossings, visits or frames that each rests on; by them means are weighted.")
    coverage: list[float] = Field(description="The share of each bin that was really watched.")
    unexplained: list[float] = Field(
        description="The share of what moved steadily in this view that no detection explains; it widens the interval."
    )
    lower: list[float | None] | None = Field(
        description="Lower end of the 95 % interval of the true number: of crossings of a line, and where the value "
        "has a standard error; null without any."
    )
    upper: list[float | None] | None = Field(description="Its upper end.")
    basis: str | None = Field(
        description="Of crossings of a line: `prior` where no one has counted by hand, else `validated` and how many "
        "were. Of movements and zones always `prior`. Null where there is no interval."
    )
    total: TotalRow | None = Field(description="All bins of crossings of a line together; else null.")
    unreliable: list[int] = Field(
        description="Places (from 0) of bins of which a part was measured while the camera had moved, or by a clock "
        "that ran wrong."
    )
    estimated: list[int] = Field(
        description="Places (from 0) of bins whose percentile is the mean of its minutes' percentiles, because not all "
        "of them have a histogram."
    )


class SeriesPage(ListOf[SeriesRow]):
    """Series on common bins, by camera, name, quantity, class and way, in one page.

    Bin i begins at `starts_s[i]`, or, where that is null, at `first_s + i * step_s`.
    """

    bin: ChartBin = Field(description="Length of the bins; the one that was chosen for `auto`.")
    time_zone: str = Field(description="The site's, by whose clock hours, days, weeks and months begin.")
    first_s: int = Field(description="UTC seconds at which the first bin begins.")
    step_s: int | None = Field(description="Their length, where all have the same one.")
    starts_s: list[int] | None = Field(description="Where they begin, and at last where the last one ends; else null.")
    count: int = Field(description="How many bins.")
    made_up_before_s: int | None = Field(
        description="UTC seconds; a bin that begins earlier is made up, wholly or in part, as a demo's history is. "
        "Null where nothing is made up."
    )
    now_s: int = Field(description="The service's own time. A bin that ends after it is not over.")
    kept_from_s: int = Field(description="What is older is not kept in these bins; ask for longer ones.")
    offsets: list[OffsetRow] = Field(description="The site's clock over these bins, in order.")


router = APIRouter(prefix="/api/v1", tags=["observations"])


def series_query(
    start: Start = None,
    end: End = None,
    bin: Annotated[  # noqa: A002 - the word of the contract
        ChartBin | Literal["auto"],
        Query(description="Length of the bins by the site's clock; `auto` chooses one that suits the span."),
    ] = "auto",
    camera: Cameras = [],  # noqa: B006 - FastAPI copies it
    series: Series = [],  # noqa: B006
    quantity: Quantities = [],  # noqa: B006
    road_user: RoadUsers = [],  # noqa: B006
    direction: Directions = [],  # noqa: B006
    sum: Annotated[  # noqa: A002 - the word of the contract
        list[Addable],
        Query(
            max_length=2,
            description="Put together the classes, the ways or both that are asked for: counts and percentiles alone.",
        ),
    ] = [],  # noqa: B006 - FastAPI copies it
) -> tuple[str | None, str | None, ChartBin | None, ObservationQuery, Grouping]:
    """The columns that are asked for; the times as they were written."""
    if sum and not (quantity and all(map(can_be_put_together, quantity))):
        those = ", ".join(each.value for each in Quantity if can_be_put_together(each))
        raise bad_value("query.sum", f"not everything can be put together: give `quantity`, of {those}", " ".join(sum))
    query = ObservationQuery(
        0,
        1,
        cameras=tuple(camera),
        series=tuple(series),
        quantities=tuple(quantity),
        road_users=road_users_of(road_user),
        directions=directions_of(direction),
    )
    grouping = Grouping(add_classes="road_user" in sum, add_directions="direction" in sum)
    return start, end, None if bin == "auto" else bin, query, grouping


Asked = Annotated[tuple[str | None, str | None, ChartBin | None, ObservationQuery, Grouping], Depends(series_query)]


@router.get(
    "/series",
    dependencies=[needs(Permission.SEE_COUNTS)],
    response_model=SeriesPage,
    responses=TABLES | documented(401, 403, 404, 406, 422, 429, 503),
)
async def list_series(
    hub: HubHere,
    principal: PrincipalHere,
    asked: Asked,
    bom: Annotated[bool, Query(description="Begin CSV with a byte order mark, as Excel needs it.")] = False,
    known_at: KnownAt = None,
    accept: Annotated[str | None, Header(include_in_schema=False)] = None,
    accept_encoding: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """Observations of a range as columns on common bins: whole, in one answer.

    The range is widened to whole bins. A bin of which nothing is stored has no value and coverage 0. Of a sum the
    coverage is that of its least watched part. As CSV or Parquet it has a row for each series and bin with numbers, in
    the columns of observations.
    """
    kind = asked_format(accept)
    permission = Permission.SEE_COUNTS if kind == JSON else Permission.EXPORT_COUNTS
    start, end, wanted_bin, query, grouping = asked
    query = replace(query, cameras=await asked_cameras(hub, principal, permission, query.cameras))
    await check_series(hub, query.cameras, query.series)
    bin_, span = _bin_and_range(hub, start, end, wanted_bin)
    bounds = bounds_of(bin_, hub.zone, span.start_ns // NS_PER_S, -(-span.end_ns // NS_PER_S))
    spans = () if bin_.is_stored else tuple(Interval(*each) for each in pairwise(bounds.tolist()))
    query = replace(query, bin=bin_.stored, start_ns=int(bounds[0]) * NS_PER_S, end_ns=int(bounds[-1]) * NS_PER_S)
    rows = len(await hub.store.series(query)) * (query.end_ns - query.start_ns) // (query.bin * NS_PER_S)
    if rows > MAX_ROWS:
        raise bad_value("query.bin", f"longer bins, or fewer series: {MAX_ROWS} rows are the most, here {rows}", bin_)
    if kind != JSON:
        await record_export(hub, principal, ", ".join(query.cameras) or "every camera", kind)
    grouping = replace(grouping, spans=spans)
    found = await hub.store.columns(query, grouping)
    true = TrueSeries(await line_accuracies(hub, query.cameras, known_at), bounds)
    if grouping.add_classes and true.needs_classes(found):
        true.take(await hub.store.columns(query, replace(grouping, add_classes=False)))
    answer = ChartAnswer(hub, bin_, bounds, true)
    # In a thread: the live view goes on meanwhile.
    if kind == JSON:
        return await asyncio.to_thread(answer.response, found, accept_encoding)
    headers = attachment("series", kind) | {"Vary": "Accept"}
    table = table_in(hub, kind, true.of_observation, bom=bom)
    return StreamingResponse(answer.table(found, table), media_type=kind, headers=headers)


def _bin_and_range(hub: Hub, start: str | None, end: str | None, wanted: ChartBin | None) -> tuple[ChartBin, Range]:
    longest = max(LONGEST.values()) if wanted is None else LONGEST[wanted.stored]
    span = range_of(hub, start, end, longest)
    if wanted is not None:
        return wanted, span
    now_s = hub.clock() // NS_PER_S
    kept = {each: now_s - hub.plan.retention.days(each.kept_as) * DAY_S for each in ChartBin}
    return suitable_bin(span.start_ns // NS_PER_S, span.end_ns // NS_PER_S, kept), span
