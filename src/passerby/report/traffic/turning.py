"""The turning matrix, whole and by the quarter of an hour."""

from collections.abc import Iterable

from passerby.domain.counted_period import CountedPeriod, total, true_number
from passerby.domain.observations import Observation, Quantity
from passerby.domain.turning_matrix import LineWay, TurningMatrix, turning_matrix
from passerby.report.traffic.counts import COVERAGE, READABLE_ROWS
from passerby.report.traffic.document import Column, Kind, ReportTable, Section, Value
from passerby.text import exact_duration, percent
from passerby.units import NS_PER_S, QUARTER_S

NOT_FOLLOWED = "not followed"
ENTERED_BEFORE = "entered before"
FOLLOWED_LATER = "decided later"


def turning_section(period: CountedPeriod) -> Section:
    """Returns who came in where and went out where."""
    if period.movements is None:
        return Section(
            "Turning movements",
            ("This file does not say which lines its movements join: make the report from the JSON of the count, or "
             "name the site file with --site.",),
        )  # fmt: skip
    if not period.movements:
        return Section("Turning movements", ("No movements between lines are drawn for this camera.",))
    rows = [row for row in period.observations if row.quantity in (Quantity.FLOW, Quantity.MOVEMENT)]
    whole, coverage = _matrix(period, rows)
    step_s = max(QUARTER_S, period.interval_s)
    share = whole.followed_share
    sentences = [
        "A row is where road users came in, a column where they went out. Each row and each column sums to the line's "
        "own count.",
        "Not followed: of a row those who crossed the entry and were not seen to leave over an exit; of a column those "
        "who crossed the exit and had not been seen to come in. – is a pair that is not counted.",
    ]
    if any(whole.entered_before):
        sentences.append("Entered before: more left than came in, who are taken off the row's sum.")
    if share is not None:
        sentences.append(f"{percent(share)} of those who came in were followed to an exit.")
    counted = _movements(period)
    if any(row[4] is not None for row in counted.rows):
        sentences.append(
            "Low and high of a movement: where its true number lies in 95 of 100 cases, as believed of its two lines "
            "and of the track between them."
        )
    columns = _columns(period, whole)
    matrix = ReportTable("turning_matrix", "All road users", columns, tuple(_rows(period, whole, coverage)), True)
    by_step = _by_step(period, rows, step_s, whole)
    if len(by_step.rows) > READABLE_ROWS:
        sentences.append(f"By {exact_duration(step_s)} it stands in the spreadsheet.")
        return Section("Turning movements", tuple(sentences), (matrix, counted), long_tables=(by_step,))
    return Section("Turning movements", tuple(sentences), (matrix, counted, by_step))


def _movements(period: CountedPeriod) -> ReportTable:
    """Each movement's number with its interval."""
    rows: list[tuple[Value, ...]] = []
    for movement in period.movements or ():
        found = list(period.rows(Quantity.MOVEMENT, movement.name))
        count, coverage = total(found)
        true = true_number(period, found) if count is not None else None
        ends = (
            _name(period, LineWay(movement.entry_line, movement.entry_direction)),
            _name(period, LineWay(movement.exit_line, movement.exit_direction)),
        )
        rows.append((movement.name, *ends, count, true.low if true else None, true.high if true else None, coverage))
    columns = (
        Column("movement", "Movement", names_row=True), Column("entry", "From", names_row=True),
        Column("exit", "To", names_row=True), Column("all", "All", Kind.COUNT), Column("low", "Low", Kind.COUNT),
        Column("high", "High", Kind.COUNT), COVERAGE,
    )  # fmt: skip
    return ReportTable("movements", "Movements", columns, tuple(rows))


def _matrix(period: CountedPeriod, rows: Iterable[Observation]) -> tuple[TurningMatrix, float]:
    followed: dict[str, int] = {}
    crossed: dict[LineWay, int] = {}
    found = list(rows)
    for row in found:
        count = round(row.value or 0)
        if row.quantity is Quantity.MOVEMENT:
            followed[row.series] = followed.get(row.series, 0) + count
        elif row.direction is not None:
            key = LineWay(row.series, row.direction)
            crossed[key] = crossed.get(key, 0) + count
    return turning_matrix(period.movements or (), followed, crossed), total(found)[1]


def _name(period: CountedPeriod, way: LineWay) -> str:
    line = next((line for line in period.lines if line.name == way.line), None)
    return f"{way.line}, {line.way_name(way.direction) if line else way.direction}"


def _columns(period: CountedPeriod, matrix: TurningMatrix) -> tuple[Column, ...]:
    exits = (
        Column(f"{leaving.line}/{leaving.direction}", f"to {_name(period, leaving)}", Kind.COUNT)
        for leaving in matrix.exits
    )
    before = (Column("entered_before", "Entered before", Kind.COUNT),) if any(matrix.entered_before) else ()
    return (
        Column("entry", "From", names_row=True), *exits, Column("not_followed", "Not followed", Kind.COUNT), *before,
        Column("all", "All that came in", Kind.COUNT), COVERAGE,
    )  # fmt: skip


def _rows(period: CountedPeriod, matrix: TurningMatrix, coverage: float) -> Iterable[tuple[Value, ...]]:
    with_before = any(matrix.entered_before)
    for number, entry in enumerate(matrix.entries):
        before: tuple[Value, ...] = (-matrix.entered_before[number],) if with_before else ()
        yield (
            _name(period, entry), *matrix.cells[number], matrix.not_followed_on[number], *before,
            matrix.entered[number], coverage,
        )  # fmt: skip
    empty: tuple[Value, ...] = (None,) * (2 + with_before)
    yield (NOT_FOLLOWED, *matrix.not_followed_in, *empty, coverage)
    if any(matrix.counted_elsewhere):
        yield (FOLLOWED_LATER, *(-count for count in matrix.counted_elsewhere), *empty, coverage)
    followed_on, before_all = sum(matrix.not_followed_on), -sum(matrix.entered_before)
    sums: tuple[Value, ...] = (followed_on, *((before_all,) if with_before else ()), sum(matrix.entered))
    yield ("All that went out", *matrix.left, *sums, coverage)


def _by_step(period: CountedPeriod, rows: Iterable[Observation], step_s: int, whole: TurningMatrix) -> ReportTable:
    by_step: dict[int, list[Observation]] = {}
    for row in rows:
        start_s = row.start_ns // NS_PER_S
        by_step.setdefault(start_s - start_s % step_s, []).append(row)
    found: list[tuple[Value, ...]] = []
    places = {start_s: place for place, start_s in enumerate(period.steps(step_s), 1)}
    for start_s, own in sorted(by_step.items()):
        step = (places[start_s], start_s)
        matrix, coverage = _matrix(period, own)
        if coverage <= 0:
            nothing: tuple[Value, ...] = (None,) * (len(whole.exits) + 3)
            found += [(*step, _name(period, entry), *nothing, 0.0) for entry in whole.entries]
            continue
        for number, entry in enumerate(matrix.entries):
            found.append(
                (*step, _name(period, entry), *matrix.cells[number], matrix.not_followed_on[number],
                 -matrix.entered_before[number], matrix.entered[number], coverage)
            )  # fmt: skip
        later = (a - b for a, b in zip(matrix.not_followed_in, matrix.counted_elsewhere, strict=True))
        found.append((*step, NOT_FOLLOWED, *later, None, None, None, coverage))
    exits = (
        Column(f"{leaving.line}/{leaving.direction}", f"to {_name(period, leaving)}", Kind.COUNT)
        for leaving in whole.exits
    )
    columns = (
        Column("number", "No.", Kind.COUNT, names_row=True), Column("start", "Begins", Kind.TIME),
        Column("entry", "From", names_row=True), *exits,
        Column("not_followed", "Not followed", Kind.COUNT), Column("entered_before", "Entered before", Kind.COUNT),
        Column("all", "All that came in", Kind.COUNT), COVERAGE,
    )  # fmt: skip
    title = f"Turning matrix by {exact_duration(step_s)}"
    return ReportTable("turning_matrix_by_step", title, columns, tuple(found))
