"""Fruin's levels of service for people on foot: by density in zones, and by flow over lines of known width."""

from collections.abc import Sequence

from passerby.domain.counted_period import CountedPeriod, counted_in_steps
from passerby.domain.observations import Quantity
from passerby.domain.peak_hours import Quarter
from passerby.domain.road_user import RoadUser
from passerby.domain.service_levels import (
    LEVELS,
    QUEUE_PER_M2,
    WALKWAY_PER_M2,
    WALKWAY_PER_M_MIN,
    service_levels,
    walkway_level,
)
from passerby.report.traffic.counts import COVERAGE, flows
from passerby.report.traffic.document import Column, Kind, ReportTable, Section, Value
from passerby.text import exact_duration
from passerby.units import MINUTE_S, NS_PER_S, QUARTER_S

_LIMITS = ReportTable(
    "service_limits",
    "Up to where each level reaches",
    (
        Column("level", "Level", names_row=True),
        Column("walkway", "Walking, people/m²", Kind.TWO_DECIMALS, unit="1/m2"),
        Column("queue", "Waiting, people/m²", Kind.TWO_DECIMALS, unit="1/m2"),
        Column("flow", "Walking, people a minute and metre", Kind.COUNT, unit="1/(m min)"),
    ),
    (*zip(LEVELS, WALKWAY_PER_M2, QUEUE_PER_M2, WALKWAY_PER_M_MIN, strict=False), (LEVELS[-1], None, None, None)),
)


def service_section(period: CountedPeriod) -> Section:
    """Returns the levels of zones and of lines, in two tables that are not to be mixed."""
    step_s = max(QUARTER_S, period.interval_s)
    tables = tuple(table for table in (_zones(period), _walkways(period, step_s)) if table is not None)
    if not tables:
        return Section(
            "Level of service on foot",
            ("Levels of service need metres: calibrate the camera's ground, and draw zones, or lines squarely across "
             "walkways.",),
        )  # fmt: skip
    return Section(
        "Level of service on foot",
        (
            "From A (free) to F (jammed), by J. J. Fruin, Pedestrian Planning and Design, 1971. Levels for walking and "
            "for waiting are two scales, and neither is a limit of danger.",
            f"A line's width is its length on the ground: draw it squarely across the walkway. Its busiest "
            f"{exact_duration(step_s)} is a mean: within it came denser moments. A low flow is no proof of room, for "
            "where people stand in one another's way few come through: see the density.",
        ),
        (*tables, _LIMITS),
    )


_ZONE_COLUMNS = (
    Column("zone", "Zone", names_row=True),
    Column("density_mean", "Mean, people/m²", Kind.TWO_DECIMALS, unit="1/m2"),
    Column("fullest_start", "Fullest from", Kind.TIME),
    Column("density_fullest", "Mean then", Kind.TWO_DECIMALS, unit="1/m2"),
    Column("walkway_level", "Walking then"),
    Column("queue_level", "Waiting then"),
    Column("density_max", "Fullest moment", Kind.TWO_DECIMALS, unit="1/m2"),
    Column("at_least", "Lower bounds"),
    COVERAGE,
)


def _zones(period: CountedPeriod) -> ReportTable | None:
    zones = dict.fromkeys(row.series for row in period.rows(Quantity.DENSITY_MEAN))
    rows: list[tuple[Value, ...]] = []
    for zone in zones:
        means = [row for row in period.rows(Quantity.DENSITY_MEAN, zone) if row.value is not None]
        watched = sum(row.coverage for row in means)
        highest = max((row.value or 0.0 for row in period.rows(Quantity.DENSITY_MAX, zone)), default=0.0)
        if not watched:
            continue
        mean = sum((row.value or 0.0) * row.coverage for row in means) / watched
        fullest = max(means, key=lambda row: (row.value or 0.0, -row.start_ns))
        levels = service_levels(fullest.value or 0.0)
        saturated = any(row.value for row in period.rows(Quantity.SATURATED, zone))
        coverage = watched / max(1, sum(1 for _ in period.rows(Quantity.DENSITY_MEAN, zone)))
        rows.append(
            (zone, mean, fullest.start_ns // NS_PER_S, fullest.value, levels.walkway, levels.queue, highest,
             "yes" if saturated else "no", coverage)
        )  # fmt: skip
    if not rows:
        return None
    return ReportTable("density_levels", "By density, in zones", _ZONE_COLUMNS, tuple(rows))


_WALKWAY_COLUMNS = (
    Column("line", "Line", names_row=True),
    Column("width", "Width, m", Kind.ONE_DECIMAL, unit="m"),
    Column("flow_mean", "People a minute and metre", Kind.ONE_DECIMAL, unit="1/(m min)"),
    Column("level_mean", "Level"),
    Column("busiest_start", "Busiest from", Kind.TIME),
    Column("flow_busiest", "Then", Kind.ONE_DECIMAL, unit="1/(m min)"),
    Column("level_busiest", "Level then"),
    COVERAGE,
)


def _walkways(period: CountedPeriod, step_s: int) -> ReportTable | None:
    rows: list[tuple[Value, ...]] = []
    for line in period.watched_lines():
        walkers = flows(period, line, None, RoadUser.PEDESTRIAN)
        if not line.length_m or not walkers:
            continue
        steps = list(counted_in_steps(walkers, step_s).values())
        minutes = step_s / MINUTE_S * sum(step.coverage for step in steps)
        counted = sum(step.count or 0.0 for step in steps)
        busiest = _busiest(steps)
        if busiest is None or minutes <= 0:
            continue
        mean = counted / minutes / line.length_m
        then = (busiest.count or 0.0) / (step_s / MINUTE_S * busiest.coverage) / line.length_m
        rows.append(
            (line.name, line.length_m, mean, walkway_level(mean), busiest.start_s, then, walkway_level(then),
             sum(step.coverage for step in steps) / len(steps))
        )  # fmt: skip
    if not rows:
        return None
    return ReportTable("flow_levels", "By flow, over lines, both ways together", _WALKWAY_COLUMNS, tuple(rows))


ENOUGH_OF_STEP = 0.5
"""Of a step that was watched less, a rate would be made from too little."""


def _busiest(steps: Sequence[Quarter]) -> Quarter | None:
    known = [step for step in steps if step.count is not None and step.coverage >= ENOUGH_OF_STEP]
    known = known or [step for step in steps if step.count is not None and step.coverage > 0]
    return max(known, key=lambda step: ((step.count or 0.0) / step.coverage, -step.start_s), default=None)
