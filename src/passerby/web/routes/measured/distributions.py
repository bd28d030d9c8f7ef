"""How speeds, stays and headways were distributed: true percentiles of any span, from histograms that merge."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Final, Literal

import numpy as np
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from passerby.domain.access import Permission
from passerby.domain.chart_bins import ChartBin, bounds_of
from passerby.domain.columns import Distribution, Grouping
from passerby.domain.histograms import HIGHEST_BIN, LOWEST_BIN, lower_edge
from passerby.domain.intervals import Interval
from passerby.domain.observations import Distributed, Quantity
from passerby.domain.queries import ObservationQuery
from passerby.domain.spreads import FEWEST, FEWEST_FOR_BINS, spread
from passerby.units import DAY_S, NS_PER_S
from passerby.web.hub import Hub, HubHere
from passerby.web.permissions import PrincipalHere, needs
from passerby.web.problems import bad_value, documented
from passerby.web.ranges import (
    LONGEST,
    MAX_NAMES,
    NAMES,
    Cameras,
    End,
    Start,
    asked_cameras,
    check_series,
    range_of,
    road_users_of,
)
from passerby.web.routes.measured.formats import direction_names
from passerby.web.routes.measured.series import Addable
from passerby.web.rows import DirectionWord, ListOf, RoadUserWord, Times, direction_word, road_user_word

MAX_SPANS: Final = 2000

WHOLE: Final = "whole"
BinWord = Literal["whole", "quarter", "hour", "day", "week", "month"]

_DIGITS: Final = 4


class DistributionRow(BaseModel):
    """The values of one series in one span, or of several that were merged."""

    camera: str = Field(examples=["square-north"])
    series: str = Field(description="The line or zone.", examples=["west gate"])
    road_user: RoadUserWord | None = Field(description="The class; null for all together.")
    direction: DirectionWord | None = Field(description="The way over a line; null where there is none, or for both.")
    direction_name: str | None = Field(description="What the site calls that way now.")
    start: str = Field(description="Start of the span.", examples=["2026-09-28T00:00:00+02:00"])
    end: str = Field(description="Its end.", examples=["2026-09-29T00:00:00+02:00"])
    n: int = Field(description="How many values there are.", examples=[412])
    counts: list[int] | None = Field(
        description=f"How many lie between each edge and the next; null under {FEWEST_FOR_BINS} values, which would "
        "be those of single road users.",
        examples=[[37, 214, 161]],
    )
    p15: float | None = Field(
        description=f"The value that 15 % do not exceed; null under {FEWEST} values.", examples=[3.61]
    )
    p50: float | None = Field(description="The median; likewise.", examples=[4.23])
    p85: float | None = Field(
        description="The value that 85 % do not exceed (of speeds V85); likewise.", examples=[5.14]
    )
    coverage: float = Field(description="The share of the span that was really watched.", ge=0, le=1)
    reliable: bool = Field(
        description="False where a part was measured while the camera had moved, or by a clock that ran wrong."
    )


class DistributionPage(ListOf[DistributionRow]):
    """Distributions by camera, name, class, way and start, in one page, on common edges."""

    quantity: Distributed = Field(description="What is distributed.")
    unit: str = Field(description="Of edges and percentiles: m/s or s.", examples=["m/s"])
    edges: list[float] = Field(
        description="Where the bins begin, and at last where the last one ends: each is 4 % wider than the one before. "
        "The same for all rows, from the lowest to the highest bin that any of them has something in.",
        examples=[[3.4, 3.536, 3.678, 3.825]],
    )
    relative_error: float = Field(
        description="How far a percentile may be from that of the values themselves, as a share of it.",
        examples=[0.0196],
    )


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for; times as they were written, None for the default."""

    distributed: Distributed
    start: str | None
    end: str | None
    bin: ChartBin | None
    query: ObservationQuery
    grouping: Grouping


def distribution_query(
    quantity: Annotated[
        Distributed, Query(description="What is distributed: speeds and headways at lines, stays in zones.")
    ],
    start: Start = None,
    end: End = None,
    bin: Annotated[  # noqa: A002 - the word of the contract
        BinWord, Query(description="Length of the spans by the site's clock; `whole` for all of the time as one.")
    ] = "whole",
    camera: Cameras = [],  # noqa: B006 - FastAPI copies it
    series: Annotated[
        list[Annotated[str, Query(pattern=NAMES)]],
        Query(max_length=MAX_NAMES, description="Only these lines or zones; may be repeated."),
    ] = [],  # noqa: B006 - FastAPI copies it
    road_user: Annotated[
        list[RoadUserWord | Literal["all"]],
        Query(
            max_length=10, description="Only these classes; `all` for headways between road users of whatever class."
        ),
    ] = [],  # noqa: B006 - FastAPI copies it
    direction: Annotated[list[DirectionWord], Query(max_length=2, description="Only these ways over a line.")] = [],  # noqa: B006 - FastAPI copies it
    sum: Annotated[  # noqa: A002 - the word of the contract
        list[Addable], Query(max_length=2, description="Merge the classes, the ways or both that are asked for.")
    ] = [],  # noqa: B006 - FastAPI copies it
) -> Question:
    """The distributions that are asked for."""
    if quantity is Distributed.HEADWAY and "road_user" in sum:
        raise bad_value(
            "query.sum", "headways between classes are not those within them: ask for `road_user=all`", "road_user"
        )
    query = ObservationQuery(
        0,
        1,
        cameras=tuple(camera),
        series=tuple(series),
        quantities=(quantity.kept_with,),
        road_users=road_users_of(road_user),
        directions=tuple(direction),
    )
    grouping = Grouping(add_classes="road_user" in sum, add_directions="direction" in sum)
    return Question(quantity, start, end, None if bin == WHOLE else ChartBin(bin), query, grouping)


router = APIRouter(prefix="/api/v1", tags=["observations"])


@router.get(
    "/distributions", dependencies=[needs(Permission.SEE_COUNTS)], responses=documented(401, 403, 404, 422, 503)
)
async def list_distributions(
    hub: HubHere, principal: PrincipalHere, asked: Annotated[Question, Depends(distribution_query)]
) -> DistributionPage:
    """How speeds, stays or headways were distributed, with percentiles that are true for the whole of each span.

    The time is widened to whole quarters of an hour, hours or days, the coarser the longer it is; rows are those of
    which there is anything. Values of a minute are kept as counts in bins and nothing else, so nothing is averaged.
    """
    query = asked.query
    query = replace(query, cameras=await asked_cameras(hub, principal, Permission.SEE_COUNTS, query.cameras))
    await check_series(hub, query.cameras, query.series)
    spans, query = _spans(hub, asked, query)
    grouping = replace(asked.grouping, spans=spans)
    found = await hub.store.distributions(query, grouping)
    watched = await _watched_s(hub, asked.distributed, query, spans)
    return _page(hub, asked.distributed, found, {span.start_s: span for span in spans}, watched)


def _spans(hub: Hub, asked: Question, query: ObservationQuery) -> tuple[tuple[Interval, ...], ObservationQuery]:
    """Returns the spans, and the question with the stored intervals that they are made from."""
    stored = asked.bin
    span = range_of(hub, asked.start, asked.end, LONGEST[stored.stored] if stored else max(LONGEST.values()))
    start_s, end_s = span.start_ns // NS_PER_S, -(-span.end_ns // NS_PER_S)
    if stored is None:
        stored = _resolution(end_s - start_s)
    bounds = bounds_of(stored, hub.zone, start_s, end_s).tolist()
    if asked.bin is None:
        bounds = [bounds[0], bounds[-1]]
    if len(bounds) > MAX_SPANS + 1:
        raise bad_value("query.bin", f"longer spans: {MAX_SPANS} are the most, here {len(bounds) - 1}", stored)
    spans = tuple(Interval(*each) for each in pairwise(bounds))
    start_ns, end_ns = bounds[0] * NS_PER_S, bounds[-1] * NS_PER_S
    return spans, replace(query, bin=stored.stored, start_ns=start_ns, end_ns=end_ns)


def _resolution(length_s: int) -> ChartBin:
    """Returns the stored intervals that a whole time is put together from: some hundreds of them at most."""
    if length_s <= 3 * DAY_S:
        return ChartBin.QUARTER
    return ChartBin.HOUR if length_s <= 31 * DAY_S else ChartBin.DAY


async def _watched_s(
    hub: Hub, distributed: Distributed, query: ObservationQuery, spans: tuple[Interval, ...]
) -> dict[tuple[str, str, int], float]:
    """Returns the watched seconds by camera, line or zone, and start of the span.

    Those of the counts: they have a row for every minute, also for one without any crossing or visit.
    """
    counted = Quantity.ENTRIES if distributed is Distributed.DWELL else Quantity.FLOW
    counts = replace(query, quantities=(counted,), road_users=(), directions=())
    merged = Grouping(spans=spans, add_classes=True, add_directions=True)
    return {
        (columns.series.camera, columns.series.series, start_s): watched_s
        for columns in await hub.store.columns(counts, merged)
        for start_s, watched_s in zip(columns.start_s.tolist(), columns.watched_s.tolist(), strict=True)
    }


def _page(
    hub: Hub,
    distributed: Distributed,
    found: tuple[Distribution, ...],
    spans: dict[int, Interval],
    watched: dict[tuple[str, str, int], float],
) -> DistributionPage:
    shown = [one.histogram for one in found if one.histogram.n >= FEWEST_FOR_BINS]
    first = min((histogram.bins[0] for histogram in shown), default=0)
    last = max((histogram.bins[-1] for histogram in shown), default=-1)
    names, times = direction_names(hub), Times(hub.zone)
    rows = []
    for one in found:
        span, series, values = spans[one.start_s], one.series, one.histogram
        found_spread = spread(values)
        watched_s = watched.get((series.camera, series.series, one.start_s), 0.0)
        rows.append(
            DistributionRow(
                camera=series.camera,
                series=series.series,
                road_user=road_user_word(series.road_user),
                direction=direction_word(series.direction),
                direction_name=names.names.get((series.camera, series.series, series.direction or "")),
                start=times.of(span.start_s * NS_PER_S),
                end=times.of(span.end_s * NS_PER_S),
                n=values.n,
                counts=_dense(one, first, last) if values.n >= FEWEST_FOR_BINS else None,
                p15=_rounded(found_spread.p15),
                p50=_rounded(found_spread.p50),
                p85=_rounded(found_spread.p85),
                coverage=round(min(1.0, watched_s / span.length_s), _DIGITS),
                reliable=one.reliable,
            )
        )
    edges = [_edge(bin_) for bin_ in range(first, last + 2)] if shown else []
    unit = distributed.kept_with.unit
    return DistributionPage(rows=rows, after=None, quantity=distributed, unit=unit, edges=edges, relative_error=0.0196)


def _dense(one: Distribution, first: int, last: int) -> list[int]:
    counts = np.zeros(last - first + 1, np.int64)
    counts[np.array(one.histogram.bins) - first] = one.histogram.counts
    found: list[int] = counts.tolist()
    return found


def _edge(bin_: int) -> float:
    """Returns where a bin begins; the outer ones hold what lies beyond, too."""
    return 0.0 if bin_ == LOWEST_BIN else float(f"{lower_edge(min(bin_, HIGHEST_BIN + 1)):.5g}")


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")
