"""What a service has stored of one camera in a period, for a report."""

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from passerby.config.service import load_service
from passerby.domain.counted_period import CountedPeriod
from passerby.domain.errors import PasserbyError
from passerby.domain.hand_counts import HandCount, line_version, pairs_of
from passerby.domain.intervals import Interval
from passerby.domain.line_accuracies import LineAccuracies
from passerby.domain.service import CameraPlan, SitePlan
from passerby.engine.service_folder import service_folder
from passerby.geometry.ground import zone_areas_m2
from passerby.report.traffic.stored import LONGEST_S, stored_period, whole_quarters
from passerby.units import DAY_S

if TYPE_CHECKING:
    from passerby.ports import Store


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
    found = whole_quarters(*(int(_in_zone(time, zone).timestamp()) for time in (span.start, span.end)))
    if found.end_s <= found.start_s:
        raise PasserbyError(f"--to: a time after --from ({span.start}) is needed, got {span.end}.")
    if found.end_s - found.start_s > LONGEST_S:
        days = (found.end_s - found.start_s) / DAY_S
        raise PasserbyError(f"--to: a report is of 31 days at most, got {days:.0f}. Make one of each month.")
    return found


def _in_zone(time: datetime, zone: ZoneInfo) -> datetime:
    return time.replace(tzinfo=zone) if time.tzinfo is None else time


async def _periods(
    url: str, plan: SitePlan, camera: CameraPlan, intervals: tuple[Interval, ...]
) -> tuple[CountedPeriod, ...]:
    from passerby.store.opening import open_site_store

    async with open_site_store(url, plan) as store:
        accuracies = await _accuracies(store, plan, camera)
        return tuple([await _period(store, plan, camera, interval, accuracies) for interval in intervals])


async def _period(
    store: "Store", plan: SitePlan, camera: CameraPlan, interval: Interval, accuracies: LineAccuracies
) -> CountedPeriod:
    period = await stored_period(store, plan, camera, interval, accuracies)
    if period is None:
        zone = ZoneInfo(plan.time_zone)
        start, end = (datetime.fromtimestamp(each, zone).isoformat() for each in (interval.start_s, interval.end_s))
        raise PasserbyError(
            f"{camera.name}: nothing was counted from {start} to {end}. Choose a time in which the camera was watched."
        )
    return period


async def _accuracies(store: "Store", plan: SitePlan, camera: CameraPlan) -> LineAccuracies:
    """What is believed, by the counts by hand that hold of the lines as they are now."""
    versions = {line.name: line_version(camera, line, plan.detector.model) for line in camera.layout.lines}
    by_hand: dict[tuple[str, str], list[HandCount]] = {}
    for counted in await store.hand_counts.of((camera.name,)):
        if versions.get(counted.line) == counted.line_version:
            by_hand.setdefault((counted.camera, counted.line), []).append(counted)
    return LineAccuracies(
        {line: pairs_of(counts) for line, counts in by_hand.items()},
        {(camera.name, each.name): each for each in camera.layout.movements},
        {(camera.name, zone): area for zone, area in zone_areas_m2(camera.layout).items()},
    )
