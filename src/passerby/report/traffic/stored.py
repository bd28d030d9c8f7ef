"""What a service has stored of one camera in a period, for a report."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from passerby.domain.columns import Grouping, StoredSeries
from passerby.domain.counted_period import CountedLine, CountedPeriod, row_key
from passerby.domain.histograms import Histogram
from passerby.domain.intervals import Interval
from passerby.domain.line_accuracies import LineAccuracies
from passerby.domain.observations import Distributed, Observation, Quantity
from passerby.domain.queries import LARGEST_PAGE, Bin, ObservationQuery
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.true_crossings import TrueCrossings
from passerby.geometry.ground import path_length_m
from passerby.units import DAY_S, NS_PER_S, QUARTER_S

if TYPE_CHECKING:
    from passerby.ports import Store

LONGEST_S: Final = 31 * DAY_S
"""A month by the quarter-hour is 3,000 rows a series; a year's would be a book that no one reads."""

_WANTED: Final = (
    Quantity.FLOW, Quantity.MOVEMENT, Quantity.DENSITY_MEAN, Quantity.DENSITY_MAX, Quantity.SATURATED,
)  # fmt: skip


def whole_quarters(start_s: int, end_s: int) -> Interval:
    """Returns a period widened to whole quarters of an hour."""
    return Interval(start_s - start_s % QUARTER_S, -(-end_s // QUARTER_S) * QUARTER_S)


async def stored_period(
    store: "Store", plan: SitePlan, camera: CameraPlan, interval: Interval, accuracies: LineAccuracies
) -> CountedPeriod | None:
    """Returns what is stored of a camera in a period, in quarters of an hour; None where nothing was counted.

    Args:
        store: where it is stored.
        plan: the site.
        camera: one of its cameras.
        interval: the period, of whole quarters.
        accuracies: what is believed of the counts of its lines.

    Raises:
        StoreError: the database cannot be read.
    """
    zone = ZoneInfo(plan.time_zone)
    query = ObservationQuery(
        interval.start_s * NS_PER_S,
        interval.end_s * NS_PER_S,
        bin=Bin.QUARTER,
        cameras=(camera.name,),
        quantities=_WANTED,
        limit=LARGEST_PAGE,
    )
    rows = await _rows(store, query)
    if not any(row.value is not None for row in rows):
        return None
    distributions = {
        series: histogram
        for each in Distributed
        for series, histogram in await _distributions(store, query, interval, each)
    }
    rows += _gaps(rows, interval)
    flows = [row for row in rows if row.quantity is Quantity.FLOW] or rows
    coverage = sum(row.coverage for row in flows) / len(flows)
    made_up = plan.made_up_before is not None and interval.start_s < _day_s(plan, zone)
    return CountedPeriod(
        camera=camera.name,
        origin=f"stored by the service of {plan.name}",
        zone=zone,
        timed=True,
        interval_s=QUARTER_S,
        lines=_lines(camera),
        movements=camera.layout.movements,
        observations=tuple(rows),
        distributions=distributions,
        coverage=coverage,
        facts=(
            ("Site", plan.name),
            ("Pictures looked at", "by the live service; how many at a time follows its settings"),
            ("Metres", "calibrated" if camera.layout.ground else "not calibrated: no speeds, lengths or densities"),
        ),
        notes=tuple(_notes(rows, made_up=made_up)),
        true_numbers=await asyncio.to_thread(_true_numbers, rows, accuracies),
    )


def _true_numbers(rows: list[Observation], accuracies: LineAccuracies) -> dict[tuple[object, ...], TrueCrossings]:
    found = ((row, accuracies.of_observation(row)) for row in rows)
    return {row_key(row): true for row, true in found if true is not None}


def _lines(camera: CameraPlan) -> tuple[CountedLine, ...]:
    ground = camera.layout.ground
    return tuple(
        CountedLine(
            line.name, line.forward_name, line.backward_name, path_length_m(ground, line.points) if ground else None
        )
        for line in camera.layout.lines
    )


async def _rows(store: "Store", query: ObservationQuery) -> list[Observation]:
    rows: list[Observation] = []
    while True:
        page = await store.observations(query)
        rows += page.rows
        if page.after is None:
            break
        query = replace(query, after=page.after)
    return rows


async def _distributions(
    store: "Store", query: ObservationQuery, interval: Interval, distributed: Distributed
) -> list[tuple[StoredSeries, Histogram]]:
    asked = replace(query, quantities=(distributed.kept_with,), after=None)
    found = await store.distributions(asked, Grouping(spans=(interval,)))
    return [(each.series, each.histogram) for each in found]


def _gaps(rows: list[Observation], interval: Interval) -> Iterator[Observation]:
    """Yields a row without a value for each quarter of a line of which nothing is stored."""
    known: dict[StoredSeries, set[int]] = {}
    for row in rows:
        if row.quantity is Quantity.FLOW:
            series = StoredSeries(row.camera, row.series, row.quantity, row.road_user, row.direction)
            known.setdefault(series, set()).add(row.start_ns)
    for series, starts in known.items():
        for start_s in range(interval.start_s, interval.end_s, QUARTER_S):
            if start_s * NS_PER_S not in starts:
                yield Observation(
                    series.camera, series.series, series.quantity, series.road_user, series.direction,
                    start_s * NS_PER_S, QUARTER_S, None, 0, 0.0,
                )  # fmt: skip


def _notes(rows: list[Observation], *, made_up: bool) -> Iterator[str]:
    if made_up:
        yield "A part of this period is made up, as the history of a demo is: it was measured nowhere."
    if not all(row.reliable for row in rows):
        yield (
            "For a part of this period the camera had moved and its lines had not been confirmed since, or its clock "
            "ran wrong: numbers of it are not reliable."
        )


def _day_s(plan: SitePlan, zone: ZoneInfo) -> int:
    day = plan.made_up_before
    return 0 if day is None else int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
