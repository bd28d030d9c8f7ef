"""Speeds and headways: percentiles of all values of the period, and how they were distributed."""

from collections.abc import Iterator, Mapping

from passerby.domain.columns import StoredSeries
from passerby.domain.counted_period import WAYS, CountedLine, CountedPeriod, total
from passerby.domain.headway_figures import CLOSE_S, headway_figures
from passerby.domain.histograms import Histogram, lower_edge
from passerby.domain.observations import Distributed
from passerby.domain.road_user import RoadUser
from passerby.domain.spreads import FEWEST, merged_over, spread
from passerby.report.traffic.counts import COVERAGE, LINE, WAY, flows
from passerby.report.traffic.document import Chart, Column, Kind, ReportTable, Section, Value
from passerby.report.wording import many
from passerby.units import MPS_TO_KMH

N = Column("n", "Measured", Kind.COUNT)
CLASS = Column("road_user", "Who", names_row=True)

NO_DISTRIBUTIONS = (
    "This file has no distributions, and percentiles of parts do not add up: make the report from the JSON of the "
    "count, or from the service's store."
)

MAX_CHARTS = 6


_KMH = ("Mean", "mean"), ("V15", "v15"), ("V50", "v50"), ("V85", "v85")
_SPEED_COLUMNS = (
    LINE, WAY, CLASS, N,
    *(Column(key, f"{title} km/h", Kind.ONE_DECIMAL, unit="km/h") for title, key in _KMH), COVERAGE,
)  # fmt: skip


def speeds_section(period: CountedPeriod) -> Section:
    """Returns V15, V50 and V85 of each line, way and class."""
    if period.distributions is None:
        return Section("Speeds", (NO_DISTRIBUTIONS,))
    found = _of(period, Distributed.SPEED)
    if not found:
        return Section("Speeds", ("No speed was measured: that needs calibrated ground, and crossings.",))
    by_class = {**merged_over(found, ways=True), **found}
    vehicles = {each: one for each, one in found.items() if each.road_user is not RoadUser.PEDESTRIAN}
    rows: list[tuple[Value, ...]] = []
    for line in period.watched_lines():
        for way in (*WAYS, None):
            coverage = total(flows(period, line, way))[1]
            for series, histogram in sorted(by_class.items(), key=lambda item: int(item[0].road_user or 0)):
                if (series.series, series.direction) == (line.name, way) and series.road_user is not None:
                    who = many(series.road_user).replace("_", " ")
                    rows.append((line.name, line.way_name(way), who, *_speed_cells(histogram), coverage))
    return Section(
        "Speeds",
        (f"V85 is the speed that 85 of 100 did not exceed. Percentiles are those of all measured speeds of the period, "
         f"to 2 %; under {FEWEST} none is given.",),
        (ReportTable("speeds", "Speeds over the lines", _SPEED_COLUMNS, tuple(rows)),),
        tuple(_speed_charts(period, vehicles or found))[:MAX_CHARTS],
    )  # fmt: skip


_SECONDS = ("Mean", "mean"), ("15 %", "p15"), ("Median", "p50"), ("85 %", "p85")
_HEADWAY_COLUMNS = (
    LINE, WAY, N,
    *(Column(key, f"{title} s", Kind.ONE_DECIMAL, unit="s") for title, key in _SECONDS),
    Column("under_2_s", f"Under {CLOSE_S:.0f} s", Kind.SHARE), COVERAGE,
)  # fmt: skip


def headways_section(period: CountedPeriod) -> Section:
    """Returns the headways of each line and way, of all classes together."""
    if period.distributions is None:
        return Section("Headways", (NO_DISTRIBUTIONS,))
    found = _of(period, Distributed.HEADWAY)
    together = {series: histogram for series, histogram in found.items() if series.road_user is None}
    if not together:
        return Section("Headways", ("No headway was measured.",))
    rows: list[tuple[Value, ...]] = []
    for line, way, histogram in _by_way(period, together):
        figures, coverage = headway_figures(histogram), total(flows(period, line, way))[1]
        percentiles = figures.spread
        rows.append(
            (line.name, line.way_name(way), percentiles.n, figures.mean_s, percentiles.p15, percentiles.p50,
             percentiles.p85, figures.close_share, coverage)
        )  # fmt: skip
    charts = tuple(
        _chart(f"{line.name}, {line.way_name(way)}: headways", histogram, 1.0, 2.0, 30.0, "s")
        for line, way, histogram in _by_way(period, together)
    )
    return Section(
        "Headways",
        (
            "A headway is the time from one crossing of a line to the next one the same way, of whatever class. A gap "
            "is shorter by the time in which the one ahead passes the line; no lengths are measured, so gaps are not "
            "given.",
            f"Only where all the time between was watched. Percentiles and the share under {CLOSE_S:.0f} s are given "
            f"from {FEWEST} headways on.",
        ),
        (ReportTable("headways", "Headways of all road users", _HEADWAY_COLUMNS, tuple(rows)),),
        charts[:MAX_CHARTS],
    )


def _of(period: CountedPeriod, distributed: Distributed) -> dict[StoredSeries, Histogram]:
    found = period.distributions or {}
    return {series: histogram for series, histogram in found.items() if series.quantity is distributed.kept_with}


def _by_way(
    period: CountedPeriod, found: Mapping[StoredSeries, Histogram]
) -> Iterator[tuple[CountedLine, str, Histogram]]:
    for line in period.watched_lines():
        for way in WAYS:
            for series, histogram in found.items():
                if (series.series, series.direction) == (line.name, way):
                    yield line, way, histogram


def _speed_cells(histogram: Histogram) -> tuple[Value, ...]:
    found = spread(histogram)
    speeds = (histogram.mean, found.p15, found.p50, found.p85)
    return (found.n, *(None if mps is None else mps * MPS_TO_KMH for mps in speeds))


def _speed_charts(period: CountedPeriod, found: Mapping[StoredSeries, Histogram]) -> Iterator[Chart]:
    merged = merged_over(found, classes=True)
    who = "all but those on foot" if any(s.road_user is not RoadUser.PEDESTRIAN for s in found) else "on foot"
    for line, way, histogram in _by_way(period, merged):
        if histogram.n >= FEWEST:
            step = 5.0 if (histogram.percentile(0.85) or 0) * MPS_TO_KMH > 12 else 1.0
            yield _chart(
                f"{line.name}, {line.way_name(way)}: speeds, {who}", histogram, MPS_TO_KMH, step, 200.0, "km/h"
            )


def _chart(title: str, histogram: Histogram, scale: float, step: float, largest: float, unit: str) -> Chart:
    """Returns a plot of a histogram's values in even steps; each bin's values are spread evenly over it."""
    last = min(largest, lower_edge(histogram.bins[-1] + 1) * scale)
    places = max(1, int(-(-last // step)))
    counts = [0.0] * (places + 1)
    for bin_, count in zip(histogram.bins, histogram.counts, strict=True):
        start, end = lower_edge(bin_) * scale, lower_edge(bin_ + 1) * scale
        for place in range(places + 1):
            low = place * step
            high = (place + 1) * step if place < places else max(end, low)
            counts[place] += count * max(0.0, min(end, high) - max(start, low)) / (end - start)
    labels = [f"{place * step:g}" for place in range(places)]
    if counts[-1] < 0.5:
        counts.pop()
    else:
        labels.append(f"over {places * step:g}")
    return Chart(f"{title}, {unit}", tuple(labels), (("measured", tuple(counts)),), "road users", touching=True)
