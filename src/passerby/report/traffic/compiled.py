"""A whole report of one period, or of two side by side."""

from collections.abc import Sequence
from datetime import tzinfo

from passerby.domain.counted_period import WAYS, CountedPeriod, quarters, total
from passerby.domain.errors import PasserbyError
from passerby.domain.passenger_cars import CarEquivalent
from passerby.domain.peak_hours import peak_hour
from passerby.report.traffic.compared import side_by_side
from passerby.report.traffic.counts import counts_section, flows
from passerby.report.traffic.document import NOT_KNOWN, Section, TrafficReport, clock
from passerby.report.traffic.measured import coverage_section
from passerby.report.traffic.peaks import peaks_section, units_section
from passerby.report.traffic.service import service_section
from passerby.report.traffic.speeds import headways_section, speeds_section
from passerby.report.traffic.turning import turning_section
from passerby.text import duration, exact_duration, percent


def traffic_report(
    periods: Sequence[CountedPeriod], table: tuple[CarEquivalent, ...], title: str | None = None
) -> TrafficReport:
    """Returns the report of one period, or of two that match.

    Args:
        periods: one or two.
        table: what each class counts for in passenger cars.
        title: its title; None for the camera's name.

    Raises:
        PasserbyError: no line was counted at, or the periods do not match.
    """
    for period in periods:
        if not period.watched_lines():
            raise PasserbyError(
                f"{period.origin}: no line was counted at, so there is nothing to report. Draw lines, and count again."
            )
    first = periods[0]
    sections = tuple(_sections(period, table) for period in periods)
    if len(periods) == 2:
        check_match(*periods)
        names = ("A", "B")
        whole = tuple(side_by_side(one, other, names) for one, other in zip(*sections, strict=True))
        subtitle: tuple[str, ...] = (
            f"A: {_span(periods[0])} ({periods[0].origin}), watched {percent(periods[0].coverage)}",
            f"B: {_span(periods[1])} ({periods[1].origin}), watched {percent(periods[1].coverage)}",
        )
        numbers = [(f"{a} / {b}", f"{what}, A / B") for (a, what), (b, _) in zip(*map(_numbers, periods), strict=True)]
    else:
        whole = sections[0]
        subtitle = (f"{_span(first)}, watched {percent(first.coverage)}",)
        numbers = _numbers(first)
    return TrafficReport(title or f"Traffic report: {first.camera}", subtitle, tuple(numbers), whole, _zone(first))


def check_match(one: CountedPeriod, other: CountedPeriod) -> None:
    """Checks that two periods can stand side by side.

    Raises:
        PasserbyError: another camera, other lines, intervals or lengths.
    """
    for what, values, do in (
        ("camera", (one.camera, other.camera), "Compare periods of one camera."),
        ("lines", tuple(", ".join(line.name for line in each.lines) for each in (one, other)),
         "Count both with the same lines."),
        ("length of intervals", tuple(exact_duration(each.interval_s) for each in (one, other)),
         "Count both with the same --interval."),
        ("kind of times", tuple("a clock's" if each.timed else "times since the beginning" for each in (one, other)),
         "Count both with --start, so that it is known when they were."),
        ("number of intervals", tuple(len(each.steps(each.interval_s)) for each in (one, other)),
         "Compare periods that are equally long."),
    ):  # fmt: skip
        if values[0] != values[1]:
            raise PasserbyError(
                f"--compare: the same {what} is needed in both periods, got {values[0]} in {one.origin} and "
                f"{values[1]} in {other.origin}. {do}"
            )


def _sections(period: CountedPeriod, table: tuple[CarEquivalent, ...]) -> tuple[Section, ...]:
    return (
        counts_section(period),
        peaks_section(period),
        turning_section(period),
        units_section(period, table),
        speeds_section(period),
        headways_section(period),
        service_section(period),
        coverage_section(period),
    )


def _zone(period: CountedPeriod) -> tzinfo | None:
    return period.zone if period.timed else None


def _span(period: CountedPeriod) -> str:
    length = duration(period.end_s - period.start_s)
    if not period.timed:
        return f"{length}, at a time not given"
    form = "%Y-%m-%d %H:%M %Z"
    start, end = clock(period.start_s, period.zone, form), clock(period.end_s, period.zone, form)
    until = end[11:] if end[:10] == start[:10] else end
    # The zone's name is said once, but of a period in which the clock was set.
    return f"{start[:16]} to {until}" if start[17:] == end[17:] else f"{start} to {until}"


def _numbers(period: CountedPeriod) -> list[tuple[str, str]]:
    """The numbers for the top: crossings, the peak hour over all lines, and how much was watched."""
    every = [row for line in period.watched_lines() for way in WAYS for row in flows(period, line, way)]
    crossed = total(every)[0]
    peak = peak_hour((quarters(period, every) or {}).values())
    when = NOT_KNOWN if peak is None else clock(peak.start_s, _zone(period), "%H:%M")
    return [
        (NOT_KNOWN if crossed is None else f"{crossed:,.0f}", "crossings counted over all lines"),
        (NOT_KNOWN if peak is None else f"{peak.volume:,.0f}", "of them in the peak hour"),
        (when, "when the peak hour begins"),
        (percent(period.coverage), "of the time watched"),
    ]
