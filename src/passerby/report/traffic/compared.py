"""Two periods side by side: each table with both periods' numbers, and by how much they differ."""

from collections.abc import Iterable

from passerby.report.traffic.document import Chart, Column, Kind, ReportTable, Section, Value

_COUNTED = frozenset({Kind.COUNT, Kind.ONE_DECIMAL, Kind.TWO_DECIMALS})

NO_CHANGE_OF = frozenset({"number", "low", "high", "doubtful_hours", "n", "factor", "width"})
"""Columns of which the difference says nothing."""

NARROW = ("all", "volume", "units", "v85", "p50", "not_followed", "density_fullest", "flow_busiest")
"""Where there are many columns, only these have a column for the difference."""

MANY_COLUMNS = 4


def side_by_side(one: Section, other: Section, names: tuple[str, str]) -> Section:
    """Returns a section of both periods.

    Args:
        one, other: the same section of each.
        names: what the periods are called.
    """
    common = tuple(sentence for sentence in one.sentences if sentence in other.sentences)
    sentences = (*common, *_named(one, names[0], common), *_named(other, names[1], common))
    return Section(
        one.title,
        sentences,
        tuple(_paired(one.tables, other.tables, names)),
        tuple(_charts(one.charts, other.charts, names)),
        tuple(_paired(one.long_tables, other.long_tables, names)),
    )


def _named(section: Section, name: str, common: tuple[str, ...]) -> Iterable[str]:
    return (f"{name}: {sentence}" for sentence in section.sentences if sentence not in common)


def _paired(one: Iterable[ReportTable], other: Iterable[ReportTable], names: tuple[str, str]) -> Iterable[ReportTable]:
    firsts, seconds = {table.key: table for table in one}, {table.key: table for table in other}
    for key in dict.fromkeys((*firsts, *seconds)):
        first, second = firsts.get(key), seconds.get(key)
        if first is None or second is None:
            alone, name = (first, names[0]) if first is not None else (second, names[1])
            if alone is not None:
                yield ReportTable(f"{key}/{name}", f"{alone.title}, {name}", alone.columns, alone.rows, alone.bold_last)
        elif first == second:
            yield first
        else:
            yield _joined(first, second, names)


def _joined(one: ReportTable, other: ReportTable, names: tuple[str, str]) -> ReportTable:
    columns = {column.key: column for column in (*one.columns, *other.columns)}
    naming = [column for column in columns.values() if column.names_row]
    rest = [column for column in columns.values() if not column.names_row]
    few = sum(column.kind in _COUNTED for column in rest) <= MANY_COLUMNS
    found = [_by_name(table, naming) for table in (one, other)]
    heads: list[Column] = [*naming]
    for column in rest:
        heads += [Column(f"{column.key}_{name.lower()}", f"{column.title} {name}", column.kind, unit=column.unit)
                  for name in names]  # fmt: skip
        if _differs(column, few):
            heads.append(Column(f"{column.key}_change", "Change", Kind.CHANGE))
    rows: list[tuple[Value, ...]] = []
    for key in dict.fromkeys((*found[0], *found[1])):
        cells: list[Value] = [*key]
        for column in rest:
            both = [each.get(key, {}).get(column.key) for each in found]
            cells += both
            if _differs(column, few):
                cells.append(_change(both[0], both[1]))
        rows.append(tuple(cells))
    return ReportTable(one.key, one.title, tuple(heads), tuple(rows), one.bold_last)


def _differs(column: Column, few: bool) -> bool:
    return column.kind in _COUNTED and column.key not in NO_CHANGE_OF and (few or column.key in NARROW)


def _by_name(table: ReportTable, naming: list[Column]) -> dict[tuple[Value, ...], dict[str, Value]]:
    rows = [dict(zip((column.key for column in table.columns), row, strict=True)) for row in table.rows]
    return {tuple(row.get(column.key) for column in naming): row for row in rows}


def _change(before: Value, after: Value) -> float | None:
    if not isinstance(before, int | float) or not isinstance(after, int | float) or before <= 0:
        return None
    return after / before - 1


def _charts(one: Iterable[Chart], other: Iterable[Chart], names: tuple[str, str]) -> Iterable[Chart]:
    """Yields plots of both: of counts both periods' sums side by side, of all else one after the other."""
    seconds = {chart.title: chart for chart in other}
    for first in one:
        second = seconds.pop(first.title, None)
        if second is None or first.touching or len(first.labels) != len(second.labels):
            yield _titled(first, names[0])
            if second is not None:
                yield _titled(second, names[1])
        else:
            series = tuple((name, _sums(chart)) for name, chart in zip(names, (first, second), strict=True))
            yield Chart(first.title, first.labels, series, first.unit, stacked=False)
    for chart in seconds.values():
        yield _titled(chart, names[1])


def _titled(chart: Chart, name: str) -> Chart:
    return Chart(f"{name}, {chart.title}", chart.labels, chart.series, chart.unit, chart.stacked, chart.touching)


def _sums(chart: Chart) -> tuple[float | None, ...]:
    places = zip(*(values for _, values in chart.series), strict=True)
    return tuple(None if None in place else sum(each or 0.0 for each in place) for place in places)
