"""The tables that stand on the screen when a counting run has ended."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, tzinfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from passerby.domain.events import Direction
from passerby.domain.line_accuracies import PRIOR, LineAccuracies
from passerby.domain.observations import Quantity
from passerby.domain.report import CountReport, LineTotal, ZoneTotal
from passerby.domain.road_user import RoadUser
from passerby.domain.spreads import spread
from passerby.geometry.directions import ASSUMED_SIZE_PX, heading
from passerby.report.wording import (
    interval_sentence,
    none_of,
    time_span,
    true_inside,
    true_movement,
    true_range,
    watched_sentences,
)
from passerby.tables.observation_table import direction_name
from passerby.text import duration, exact_duration, known, moment, percent, printable, rounded
from passerby.units import HOUR_S, MINUTE_S, MPS_TO_KMH, NS_PER_S

_ARROWS = "→↘↓↙←↖↑↗"
_ASCII_ARROWS = ("->", "v>", "v", "<v", "<-", "<^", "^", "^>")

MAX_LINES_BY_WAY = 2
"""Where there are more, the table of intervals has both ways of a line in one column, to keep to a screen's width."""
WHOLE = 0.99
"""An interval that was watched less is not compared with others for the busiest."""

SMALLEST_ERROR_KMH = 0.1
"""An error that is smaller is none that a camera's boxes can have, and would be shown as 0."""

TRUE = "True, 95 %"
"""Heading of the intervals that the true numbers lie in."""

MAX_LISTED_PAIRS = 3
"""Where there are more, only those that met are listed."""

_HEADINGS = {
    RoadUser.PEDESTRIAN: "On foot",
    RoadUser.BICYCLE: "Bicycles",
    RoadUser.CAR: "Cars",
    RoadUser.MOTORCYCLE: "Motorcycles",
    RoadUser.BUS: "Buses",
    RoadUser.TRUCK: "Trucks",
    RoadUser.UNCLASSIFIED: "Unclassified",
    RoadUser.HEAVY_VEHICLE: "Heavy vehicles",
}


def print_report(
    report: CountReport, console: Console, time_zone: tzinfo = UTC, accuracies: LineAccuracies = PRIOR
) -> None:
    """Prints the run for a person to read: lines, movements, zones, and how much was watched.

    Args:
        report: what was counted.
        console: where to; its width and its character set are kept to.
        time_zone: the zone that times are shown in.
        accuracies: what is believed of the counts of its lines.
    """
    screen = _Screen(console)
    screen.say(f"{report.camera_id}: {report.source}, {time_span(report, time_zone)}", style="bold")
    if report.lines and report.coverage > 0:
        screen.show(_lines_table(report, screen, accuracies))
        screen.say(f"{TRUE}: {interval_sentence(report, accuracies)}")
    if report.movements and report.coverage > 0:
        screen.show(_movements_table(report, screen, accuracies))
    if report.zones and report.coverage > 0:
        screen.show(_zones_table(report, screen))
    if report.encounters and report.coverage > 0:
        screen.show(_encounters_table(report, screen))
    if report.coverage > 0 and any(total.speeds_mps for total in report.lines):
        screen.show(_speeds_table(report.lines, screen))
    if report.lines and report.coverage > 0:
        _show_intervals(report, screen, time_zone)
    for sentence in watched_sentences(report):
        screen.say(sentence)
    for note in report.notes:
        screen.say(f"Note: {note}.", style="yellow")


class _Screen:
    """A console that is given plain texts only: no markup, no control characters, nothing it cannot encode."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.ascii_only = not console.encoding.startswith("utf")
        self.dash = "-" if self.ascii_only else "–"
        self.at_least = ">=" if self.ascii_only else "≥"

    def text(self, words: str, style: str = "") -> Text:
        shown = printable(words)
        if self.ascii_only:
            shown = shown.encode(self._console.encoding, "replace").decode(self._console.encoding)
        return Text(shown, style=style)

    def say(self, words: str, style: str = "") -> None:
        self._console.print(self.text(words, style))

    def show(self, table: Table) -> None:
        """Numbers are never broken over two rows; on too narrow a screen the terminal wraps, nothing is cut."""
        for column in table.columns:
            if column.justify == "right":
                column.min_width = max([4, *(len(str(cell)) for cell in column.cells)])
        self._console.print()
        self._console.print(table, crop=False)

    def table(self, title: str, names: Sequence[str], numbers: Iterable[str]) -> Table:
        look = box.ASCII2 if self.ascii_only else box.SIMPLE_HEAD
        table = Table(title=title, title_justify="left", title_style="bold", box=look, pad_edge=False)
        for name in names:
            table.add_column(self.text(name), overflow="fold", min_width=8)
        for number in numbers:
            table.add_column(self.text(number), justify="right", overflow="fold")
        return table


def _lines_table(report: CountReport, screen: _Screen, accuracies: LineAccuracies) -> Table:
    totals, size_px = report.lines, report.size_px or ASSUMED_SIZE_PX
    seen = _seen({user: sum(ways.values()) for user, ways in total.counts.items()} for total in totals)
    table = screen.table("Lines", ("Line", "Way"), (*(_HEADINGS[user] for user in seen), "All", TRUE))
    for total in totals:
        for direction in Direction:
            line = total.line
            counts = {user: int(ways.get(direction, 0)) for user, ways in total.counts.items()}
            arrow = (_ASCII_ARROWS if screen.ascii_only else _ARROWS)[heading(line, direction, size_px)]
            table.add_row(
                screen.text(line.name if direction is Direction.FORWARD else "", "bold"),
                screen.text(f"{arrow} {direction_name(line, direction)}"),
                *_cells(counts, seen, screen),
                screen.text(true_range(accuracies, report, total, (direction,), screen.dash)),
                end_section=direction is Direction.BACKWARD,
            )
    return table


def _movements_table(report: CountReport, screen: _Screen, accuracies: LineAccuracies) -> Table:
    seen = _seen(total.counts for total in report.movements)
    table = screen.table("Movements", ("Movement", "From, to"), (*(_HEADINGS[user] for user in seen), "All", TRUE))
    for total in report.movements:
        ends = f"{total.movement.entry_line}, {total.movement.exit_line}"
        true = screen.text(true_movement(accuracies, report, total, screen.dash))
        cells = _cells(total.counts, seen, screen)
        table.add_row(screen.text(total.movement.name, "bold"), screen.text(ends), *cells, true)
    return table


def _encounters_table(report: CountReport, screen: _Screen) -> Table:
    """Near misses with their rates: of all encounters, and of the hours that were watched."""
    watched_h = report.coverage * report.duration_s / HOUR_S
    headings = ("Encounters", "Near misses", "Near misses an hour watched")
    table = screen.table("Near misses", ("Between",), headings)
    for total in report.encounters:
        if total.encounters or len(report.encounters) <= MAX_LISTED_PAIRS:
            hourly = rounded(total.near_misses / watched_h) if total.near_misses else "0"
            table.add_row(screen.text(total.pair, "bold"), str(total.encounters), str(total.near_misses), hourly)
    if not table.row_count:
        table.add_row(screen.text("all pairs", "bold"), "0", "0", "0")
    return table


def _zones_table(report: CountReport, screen: _Screen) -> Table:
    square_metre = "m2" if screen.ascii_only else "m²"
    headings = ("Inside", TRUE, "Most", "In", "Out", "Stay", f"People /{square_metre}")
    table = screen.table("Zones", ("Zone", "Who"), headings)
    for total in report.zones:
        users = [user for user in sorted(total.occupancy_max) if total.occupancy_max[user]]
        for row, user in enumerate(users or [None]):
            inside, *cells = _zone_cells(total, user, screen.at_least)
            true = "" if user is None else true_inside(report, total, user, screen.dash)
            table.add_row(
                screen.text(total.zone.name if row == 0 else "", "bold"),
                screen.text(_HEADINGS[user] if user is not None else none_of(total.occupancy_max).capitalize()),
                *(screen.text(cell) for cell in (inside, true, *cells)),
                screen.text(_density(total, screen.at_least) if row == 0 else ""),
                end_section=row == max(len(users), 1) - 1,
            )
    return table


def _density(total: ZoneTotal, at_least: str) -> str:
    known_density = _or_unknown(total.density_mean_per_m2)
    return f"{at_least}{known_density}" if total.at_least(RoadUser.PEDESTRIAN) else known_density


def _zone_cells(total: ZoneTotal, user: RoadUser | None, at_least: str) -> tuple[str, ...]:
    if user is None:
        return ("0", "0", "0", "0", "-")
    dwell_s = known(total.dwell_p50_s.get(user))
    bound = at_least if total.at_least(user) else ""
    return (
        f"{bound}{_or_unknown(total.occupancy_mean.get(user))}",
        f"{bound}{total.occupancy_max[user]}",
        str(total.entries.get(user, 0)),
        str(total.exits.get(user, 0)),
        "-" if dwell_s is None else duration(dwell_s),
    )


def _speeds_table(totals: Iterable[LineTotal], screen: _Screen) -> Table:
    """Speeds in km/h, to the digits that their own error leaves; percentiles only where there are enough."""
    headings = ("Measured", "Mean km/h", "Median", "V85", "+/-" if screen.ascii_only else "±")
    table = screen.table("Speeds", ("Line", "Who"), headings)
    for total in totals:
        for row, user in enumerate(sorted(total.speeds_mps)):
            error_mps = known(total.speed_error_mps.get(user))
            found = spread(total.speeds_mps[user])
            table.add_row(
                screen.text(total.line.name if row == 0 else "", "bold"),
                screen.text(_HEADINGS[user]),
                str(found.n),
                *(_kmh(known(mps), error_mps) for mps in (total.speed_mean_mps.get(user), found.p50, found.p85)),
                _kmh(None if error_mps is None else max(error_mps, SMALLEST_ERROR_KMH / MPS_TO_KMH), error_mps),
            )
    return table


def _kmh(speed_mps: float | None, error_mps: float | None) -> str:
    if speed_mps is None:
        return "-"
    digits = 1 if error_mps is None or error_mps * MPS_TO_KMH < 1 else 0
    return f"{speed_mps * MPS_TO_KMH:.{digits}f}"


def _show_intervals(report: CountReport, screen: _Screen, time_zone: tzinfo) -> None:
    """Shows crossings by interval, where there are several, and the busiest whole one."""
    crossings: dict[int, dict[tuple[str, str], int]] = {}
    watched: dict[int, float] = {}
    length_s = 0
    for row in report.observations:
        if row.quantity is Quantity.FLOW:
            by_way = crossings.setdefault(row.start_ns, {})
            place = (row.series, row.direction or "")
            by_way[place] = by_way.get(place, 0) + row.count
            watched[row.start_ns], length_s = row.coverage, row.length_s
    if len(crossings) < 2:
        return
    by_ways = len(report.lines) <= MAX_LINES_BY_WAY
    columns = [(total.line, way) for total in report.lines for way in (tuple(Direction) if by_ways else (None,))]
    titles = [line.name if way is None else f"{line.name}, {direction_name(line, way)}" for line, way in columns]
    table = screen.table(f"Crossings by {exact_duration(length_s)}", ("From",), (*titles, "All", "Watched"))
    days = {moment(start_ns, time_zone).date() for start_ns in crossings}
    for start_ns in sorted(crossings):
        counts = crossings[start_ns]
        cells = (
            sum(counts.get((line.name, each), 0) for each in ((way,) if way else Direction)) for line, way in columns
        )
        when = _clock(report, start_ns, time_zone, with_day=len(days) > 1)
        table.add_row(
            when, *map(str, cells), screen.text(str(sum(counts.values())), "bold"), percent(watched[start_ns])
        )
    screen.show(table)
    whole = {start_ns: sum(counts.values()) for start_ns, counts in crossings.items() if watched[start_ns] >= WHOLE}
    if whole and max(whole.values()) > 0:
        busiest = max(whole, key=lambda start_ns: (whole[start_ns], -start_ns))
        when = _clock(report, busiest, time_zone, with_day=len(days) > 1)
        screen.say(f"Busiest {exact_duration(length_s)}: from {when}, {whole[busiest]} crossings over all lines.")


def _clock(report: CountReport, start_ns: int, time_zone: tzinfo, *, with_day: bool) -> str:
    """The time by the clock, or since the recording began where that is not known."""
    if not report.start_ns:
        minutes = start_ns // NS_PER_S // MINUTE_S
        return f"{minutes // 60}:{minutes % 60:02d} h"
    return moment(start_ns, time_zone).strftime("%Y-%m-%d %H:%M" if with_day else "%H:%M")


def _seen(counts: Iterable[Mapping[RoadUser, int]]) -> list[RoadUser]:
    """Returns the classes that were counted at least once, in their order; pedestrians where there was none."""
    seen = {user for mapping in counts for user, count in mapping.items() if count}
    return sorted(seen) or [RoadUser.PEDESTRIAN]


def _cells(counts: Mapping[RoadUser, int], seen: Sequence[RoadUser], screen: _Screen) -> list[Text]:
    cells = [screen.text(str(counts[user]) if user in counts else "-") for user in seen]
    return [*cells, screen.text(str(sum(counts.values())), "bold")]


def _or_unknown(number: float | None) -> str:
    shown = known(number)
    return "-" if shown is None else rounded(shown)
