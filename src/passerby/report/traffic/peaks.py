"""The peak hour with its factor, and passenger-car units."""

from collections.abc import Iterator
from dataclasses import replace

from passerby.domain.class_groups import ClassGroup, group_of, groups_of
from passerby.domain.counted_period import WAYS, CountedLine, CountedPeriod, quarters, total
from passerby.domain.observations import Observation
from passerby.domain.passenger_cars import CarEquivalent, passenger_cars
from passerby.domain.peak_hours import ENOUGH_COVERAGE, PeakHour, peak_hour
from passerby.domain.road_user import RoadUser
from passerby.report.traffic.counts import COVERAGE, LINE, WAY, flows
from passerby.report.traffic.document import Column, Kind, ReportTable, Section, Value
from passerby.text import exact_duration, percent

_PEAK_COLUMNS = (
    LINE, WAY, Column("class_group", "Who", names_row=True),
    Column("start", "Peak hour from", Kind.TIME),
    Column("volume", "In the hour", Kind.COUNT),
    Column("busiest_quarter", "Busiest quarter", Kind.COUNT),
    Column("factor", "PHF", Kind.TWO_DECIMALS),
    COVERAGE,
    Column("doubtful_hours", "Doubtful hours", Kind.COUNT),
)  # fmt: skip


def peaks_section(period: CountedPeriod) -> Section:
    """Returns the busiest hour of each line, way and group of classes."""
    if quarters(period, ()) is None:
        length = exact_duration(period.interval_s)
        return Section(
            "Peak hour",
            (f"No peak hour: it is found in quarters of an hour, and this count has intervals of {length}. "
             "Count again with --interval 15.",),
        )  # fmt: skip
    rows = [
        (line.name, line.way_name(way), group, *_cells(peak_hour((quarters(period, found) or {}).values())))
        for line in period.watched_lines()
        for way in (*WAYS, None)
        for group, found in _grouped(period, line, way)
    ]
    sentences: tuple[str, ...] = (
        "The peak hour is the four quarters of an hour in a row in which the most crossed; it may begin at any quarter."
        " The peak-hour factor (PHF) is its volume over four times its busiest quarter's (Highway Capacity Manual): "
        "the nearer to 1, the more evenly they came.",
        f"Without a factor (–) a quarter of the hour was watched for less than {percent(ENOUGH_COVERAGE)} of it. "
        "Doubtful hours are others that were watched less than that: one of them may have been busier.",
    )
    if all(row[3] is None for row in rows):
        sentences = (*sentences, "No hour of this period is known whole, so there is no peak hour.")
    return Section("Peak hour", sentences, (ReportTable("peak_hours", "Peak hours", _PEAK_COLUMNS, tuple(rows)),))


def _cells(peak: PeakHour | None) -> tuple[Value, ...]:
    if peak is None:
        return (None,) * 6
    return (peak.start_s, peak.volume, peak.busiest_quarter, peak.factor, peak.coverage, peak.doubtful_hours)


def _grouped(
    period: CountedPeriod, line: CountedLine, way: str | None
) -> Iterator[tuple[ClassGroup, list[Observation]]]:
    found = flows(period, line, way)
    for group in groups_of(period.road_users):
        rows = [row for row in found if row.road_user is not None and group_of(row.road_user) is group]
        if rows:
            yield group, rows


_UNIT_COLUMNS = (
    LINE, WAY,
    Column("vehicles", "Vehicles", Kind.COUNT),
    Column("units", "PCU", Kind.ONE_DECIMAL, unit="PCU"),
    Column("peak_start", "Busiest hour from", Kind.TIME),
    Column("peak_units", "PCU in it", Kind.ONE_DECIMAL, unit="PCU/h"),
    COVERAGE,
)  # fmt: skip


def units_section(period: CountedPeriod, table: tuple[CarEquivalent, ...]) -> Section:
    """Returns counts of vehicles in passenger-car units."""
    vehicles = {each.road_user for each in table}
    users = tuple(user for user in period.road_users if user.label in vehicles)
    if not users:
        return Section("Passenger-car units", ("No vehicle was counted.",))
    rows: list[tuple[Value, ...]] = []
    for line in period.watched_lines():
        if not any(flows(period, line, None, user) for user in users):
            continue
        for way in (*WAYS, None):
            counts = {user: total(flows(period, line, way, user))[0] for user in users}
            coverage = total(flows(period, line, way))[1]
            known = {user: count for user, count in counts.items() if count is not None}
            units = passenger_cars(known, table) if known else None
            rows.append(
                (line.name, line.way_name(way), sum(known.values()) if known else None, units,
                 *_peak_units(period, line, way, users, table), coverage)
            )  # fmt: skip
    used = tuple((each.road_user.replace("_", " "), each.units, each.source) for each in table)
    equivalents = (
        Column("road_user", "Class", names_row=True), Column("units", "Cars", Kind.TWO_DECIMALS),
        Column("source", "Source", names_row=True),
    )  # fmt: skip
    return Section(
        "Passenger-car units",
        ("What vehicles take of a road's capacity, in cars. Who walks counts for none. Others: --pcu CLASS=CARS.",),
        (
            ReportTable("passenger_car_units", "Vehicles in passenger-car units", _UNIT_COLUMNS, tuple(rows)),
            ReportTable("car_equivalents", "What each class counts for", equivalents, used),
        ),
    )  # fmt: skip


def _peak_units(
    period: CountedPeriod, line: CountedLine, way: str | None, users: tuple[RoadUser, ...],
    table: tuple[CarEquivalent, ...],
) -> tuple[Value, Value]:  # fmt: skip
    rows = [row for user in users for row in flows(period, line, way, user)]
    units = {each.road_user: each.units for each in table}
    weighted = [
        row if row.value is None or row.road_user is None
        else replace(row, value=row.value * units[row.road_user.label])
        for row in rows
    ]  # fmt: skip
    peak = peak_hour((quarters(period, weighted) or {}).values())
    return (None, None) if peak is None else (peak.start_s, peak.volume)
