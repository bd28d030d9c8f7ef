"""Counts by the quarter of an hour, by line, way and class, with their intervals and how much was watched."""

from collections.abc import Iterator, Sequence

from passerby.domain.counted_period import (
    WAYS,
    CountedLine,
    CountedPeriod,
    counted_in_steps,
    total,
    true_number,
)
from passerby.domain.observations import Observation, Quantity, unexplained_in
from passerby.domain.road_user import RoadUser
from passerby.report.traffic.document import Chart, Column, Kind, ReportTable, Section, Value, labels_of
from passerby.report.wording import MIN_TOLD, many
from passerby.text import exact_duration, percent
from passerby.units import DAY_S, HOUR_S, NS_PER_S, QUARTER_S

READABLE_ROWS = 100
"""Longer tables stand in the spreadsheet; on paper the steps are longer."""

COVERAGE = Column("coverage", "Watched", Kind.SHARE)
LINE = Column("line", "Line", names_row=True)
WAY = Column("way", "Way", names_row=True)


def counts_section(period: CountedPeriod) -> Section:
    """Returns the totals, and the counts step by step."""
    users, step_s = period.road_users, readable_step_s(period)
    finest = tuple(_step_tables(period, users, period.interval_s))
    readable = finest if step_s == period.interval_s else tuple(_step_tables(period, users, step_s))
    sentences = ["Counts are of watched time alone; nothing is added for time that was not watched."]
    if any(_all(period, line, None) is None for line in period.watched_lines()):
        sentences.append("– stands for what was not watched, which is not zero.")
    sentences += _of_intervals(period)
    if step_s != period.interval_s:
        sentences.append(f"By {exact_duration(period.interval_s)} the counts stand in the spreadsheet.")
    return Section(
        "Counts",
        tuple(sentences),
        (_totals(period, users), *readable),
        tuple(_chart(period, line, step_s) for line in period.watched_lines()),
        () if readable is finest else finest,
    )


def _of_intervals(period: CountedPeriod) -> Iterator[str]:
    if not period.true_numbers:
        return
    yield "Low and high are where the true number lies in 95 of 100 cases; what they rest on stands in the totals."
    if (unexplained := unexplained_in(period.rows(Quantity.FLOW))) >= MIN_TOLD:
        yield (
            f"{percent(unexplained)} of what moved in the camera's view is explained by no detection, which makes "
            "these intervals wider."
        )


def readable_step_s(period: CountedPeriod) -> int:
    """Returns the steps to be read: quarters of an hour, as engineers have them; longer ones of a long period.

    Of less than half an hour, or of intervals that make no quarter, the period's own.
    """
    shortest_s = period.interval_s
    if QUARTER_S % shortest_s == 0 and period.end_s - period.start_s >= 2 * QUARTER_S:
        shortest_s = QUARTER_S
    for step_s in (shortest_s, HOUR_S, 6 * HOUR_S):
        if step_s >= shortest_s and len(period.steps(step_s)) <= READABLE_ROWS:
            return step_s
    return DAY_S


def class_columns(users: Sequence[RoadUser]) -> tuple[Column, ...]:
    """Returns a column for each class, with its plural as heading."""
    return tuple(Column(user.label, many(user).replace("_", " ").capitalize(), Kind.COUNT) for user in users)


def flows(
    period: CountedPeriod, line: CountedLine, direction: str | None, user: RoadUser | None = None
) -> list[Observation]:
    """Returns the counts of a line, of one way or both, of one class or all."""
    rows = period.rows(Quantity.FLOW, line.name, direction)
    return [row for row in rows if user is None or row.road_user is user]


def _all(period: CountedPeriod, line: CountedLine, direction: str | None) -> float | None:
    rows = flows(period, line, direction)
    return None if any(row.value is None for row in rows) else total(rows)[0]


def _totals(period: CountedPeriod, users: tuple[RoadUser, ...]) -> ReportTable:
    rows: list[tuple[Value, ...]] = []
    with_intervals = bool(period.true_numbers)
    for line in period.watched_lines():
        for way in (*WAYS, None):
            counts = [total(flows(period, line, way, user))[0] for user in users]
            found = flows(period, line, way)
            together, coverage = total(found)
            cells: list[Value] = [line.name, line.way_name(way), *counts, together]
            if with_intervals:
                true = true_number(period, found)
                cells += [true.low, true.high, true.basis] if true else [None, None, None]
            rows.append((*cells, coverage))
    intervals = (
        Column("low", "Low", Kind.COUNT),
        Column("high", "High", Kind.COUNT),
        Column("basis", "Rests on"),
    )
    columns = (
        LINE, WAY, *class_columns(users), Column("all", "All", Kind.COUNT),
        *(intervals if with_intervals else ()), COVERAGE,
    )  # fmt: skip
    return ReportTable("totals", "Totals", columns, tuple(rows))


def _step_tables(period: CountedPeriod, users: tuple[RoadUser, ...], step_s: int) -> Iterator[ReportTable]:
    for line in period.watched_lines():
        counted = {row.road_user for row in flows(period, line, None)}
        for way in WAYS:
            yield _steps(period, line, way, tuple(user for user in users if user in counted), step_s)


def _steps(period: CountedPeriod, line: CountedLine, way: str, users: tuple[RoadUser, ...], step_s: int) -> ReportTable:
    found = flows(period, line, way)
    by_class = {user: counted_in_steps(flows(period, line, way, user), step_s) for user in users}
    together = counted_in_steps(found, step_s)
    in_step: dict[int, list[Observation]] = {}
    for row in found:
        start_s = row.start_ns // NS_PER_S
        in_step.setdefault(start_s - start_s % step_s, []).append(row)
    rows: list[tuple[Value, ...]] = []
    for number, start_s in enumerate(period.steps(step_s)):
        whole = together.get(start_s)
        cells: list[Value] = [number + 1, start_s]
        cells += [step.count if (step := by_class[user].get(start_s)) else None for user in users]
        cells.append(whole.count if whole else None)
        if period.true_numbers:
            true = true_number(period, in_step.get(start_s, ()))
            cells += [true.low, true.high] if true and whole and whole.count is not None else [None, None]
        rows.append((*cells, whole.coverage if whole else 0.0))
    intervals = (Column("low", "Low", Kind.COUNT), Column("high", "High", Kind.COUNT)) if period.true_numbers else ()
    columns = (
        Column("number", "No.", Kind.COUNT, names_row=True), Column("start", "From", Kind.TIME),
        *class_columns(users), Column("all", "All", Kind.COUNT), *intervals, COVERAGE,
    )  # fmt: skip
    title = f"{line.name}, {line.way_name(way)}, by {exact_duration(step_s)}"
    return ReportTable(f"counts/{line.name}/{way}/{step_s}", title, columns, tuple(rows))


def _chart(period: CountedPeriod, line: CountedLine, step_s: int) -> Chart:
    starts = period.steps(step_s)
    series = []
    for way in WAYS:
        steps = counted_in_steps(flows(period, line, way), step_s)
        values = tuple(step.count if (step := steps.get(start_s)) else None for start_s in starts)
        series.append((line.way_name(way), values))
    zone = period.zone if period.timed else None
    return Chart(
        f"{line.name}: crossings by {exact_duration(step_s)}", labels_of(starts, zone), tuple(series), "crossings"
    )
