"""What a service has stored of one camera in a period, for a report."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from passerby.config.service import load_service
from passerby.domain.columns import Grouping, StoredSeries
from passerby.domain.counted_period import CountedLine, CountedPeriod, row_key
from passerby.domain.errors import PasserbyError
from passerby.domain.hand_counts import HandCount, line_version, pairs_of
from passerby.domain.histograms import Histogram
from passerby.domain.intervals import Interval
from passerby.domain.line_accuracies import LineAccuracies
from passerby.domain.observations import Distributed, Observation, Quantity
from passerby.domain.queries import LARGEST_PAGE, Bin, ObservationQuery
from passerby.domain.service import CameraPlan, SitePlan
from passerby.domain.true_crossings import TrueCrossings
from passerby.engine.service_folder import service_folder
from passerby.geometry.ground import path_length_m, zone_areas_m2
from passerby.units import DAY_S, NS_PER_S, QUARTER_S

if TYPE_CHECKING:
    from passerby.ports import Store

LONGEST_S: Final = 31 * DAY_S
"""A month by the quarter-hour is 3,000 rows a series; a year's would be a book that no one reads."""

_WANTED: Final = (
    Quantity.FLOW, Quantity.MOVEMENT, Quantity.DENSITY_MEAN, Quantity.DENSITY_MAX, Quantity.SATURATED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, by the site's clock; a time without an offset is the site's own."""

    start: datetime
    end: datetime


def stored_counts(
    site: Path, data: Path | None, camera: str | None, spans: tuple[Span, ...]
) -> tuple[CountedPeriod, ...]:
    """Returns what is stored of a camera in each of some periods, in quarters of an hour.

    Args:
        site: the site file.
        data: the data folder, where the site file does not name it.
        camera: its name; None where the site has one.
        spans: the periods, widened to whole quarters.

    Raises:
        SiteFileError: the site file has faults.
        StoreError: the database cannot be read.
        PasserbyError: no such camera, or a period without data, too long or turned round.
    """
    service = load_service(site, os.environ, passwords=False)
    plan = _camera(service.plan, camera, site)
    zone = ZoneInfo(service.plan.time_zone)
    intervals = tuple(_interval(span, zone) for span in spans)
    folder = service_folder(service.plan.name, service.plan.data, data)
    url = folder.existing_store_url(service.plan.store_url)
    return asyncio.run(_periods(url, service.plan, plan, intervals))


def _camera(plan: SitePlan, name: str | None, site: Path) -> CameraPlan:
    cameras = {each.name: each for each in plan.cameras}
    if name is None and len(cameras) == 1:
        return next(iter(cameras.values()))
    if name in cameras:
        return cameras[name]
    got = "none was named" if name is None else f"got {name}"
    raise PasserbyError(f"--camera: one of {', '.join(cameras) or 'no cameras'} of {site} is needed, {got}.")


def _interval(span: Span, zone: ZoneInfo) -> Interval:
    start_s, end_s = (int(_in_zone(time, zone).timestamp()) for time in (span.start, span.end))
    start_s, end_s = start_s - start_s % QUARTER_S, -(-end_s // QUARTER_S) * QUARTER_S
    if end_s <= start_s:
        raise PasserbyError(f"--to: a time after --from ({span.start}) is needed, got {span.end}.")
    if end_s - start_s > LONGEST_S:
        days = (end_s - start_s) / DAY_S
        raise PasserbyError(f"--to: a report is of 31 days at most, got {days:.0f}. Make one of each month.")
    return Interval(start_s, end_s)


def _in_zone(time: datetime, zone: ZoneInfo) -> datetime:
    return time.replace(tzinfo=zone) if time.tzinfo is None else time


async def _periods(
    url: str, plan: SitePlan, camera: CameraPlan, intervals: tuple[Interval, ...]
) -> tuple[CountedPeriod, ...]:
    from passerby.store.opening import open_site_store

    async with open_site_store(url, plan) as store:
        return tuple([await _period(store, plan, camera, interval) for interval in intervals])


async def _period(store: "Store", plan: SitePlan, camera: CameraPlan, interval: Interval) -> CountedPeriod:
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
        start, end = (datetime.fromtimestamp(each, zone).isoformat() for each in (interval.start_s, interval.end_s))
        raise PasserbyError(
            f"{camera.name}: nothing was counted from {start} to {end}. Choose a time in which the camera was watched."
        )
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
        true_numbers=await _true_numbers(store, plan, camera, rows),
    )


async def _true_numbers(
    store: "Store", plan: SitePlan, camera: CameraPlan, rows: list[Observation]
) -> dict[tuple[object, ...], TrueCrossings]:
    """Returns where the true numbers lie, by the counts by hand that hold of the lines as they are now."""
    versions = {line.name: line_version(camera, line, plan.detector.model) for line in camera.layout.lines}
    by_hand: dict[tuple[str, str], list[HandCount]] = {}
    for counted in await store.hand_counts.of((camera.name,)):
        if versions.get(counted.line) == counted.line_version:
            by_hand.setdefault((counted.camera, counted.line), []).append(counted)
    accuracies = LineAccuracies(
        {line: pairs_of(counts) for line, counts in by_hand.items()},
        {(camera.name, each.name): each for each in camera.layout.movements},
        {(camera.name, zone): area for zone, area in zone_areas_m2(camera.layout).items()},
    )
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
