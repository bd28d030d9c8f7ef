"""How it was measured: the source, the share of the time that was watched, and what was lost."""

from passerby.domain.counted_period import CountedPeriod, counted_in_steps
from passerby.domain.observations import Quantity
from passerby.report.traffic.counts import COVERAGE, readable_step_s
from passerby.report.traffic.document import Chart, Column, Kind, ReportTable, Section, labels_of
from passerby.text import exact_duration, percent


def coverage_section(period: CountedPeriod) -> Section:
    """Returns how much of the period was watched, step by step, and how it was measured."""
    step_s = readable_step_s(period)
    steps = counted_in_steps(period.rows(Quantity.FLOW), step_s)
    shares = {start_s: steps[start_s].coverage if start_s in steps else 0.0 for start_s in period.steps(step_s)}
    facts = ReportTable(
        "facts",
        "How it was measured",
        (Column("what", "What", names_row=True), Column("value", "Value")),
        (
            ("Camera", period.camera),
            ("Made from", period.origin),
            ("Intervals", exact_duration(period.interval_s)),
            *period.facts,
            ("Watched", percent(period.coverage)),
        ),
    )
    partial = tuple((start_s, share) for start_s, share in shares.items() if share < 1)
    missing = ReportTable(
        "coverage", "Not watched whole", (Column("start", "From", Kind.TIME, names_row=True), COVERAGE), partial
    )
    zone = period.zone if period.timed else None
    chart = Chart(
        f"Watched, % of each {exact_duration(step_s)}",
        labels_of(tuple(shares), zone),
        (("watched", tuple(100 * share for share in shares.values())),),
        "%",
        touching=True,
    )
    notes = [f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in period.notes if note]
    sentences = (
        "Coverage is the share of the time that was really watched; what an interval has before a recording begins and "
        "after it ends was not. Everything is counted by software from boxes and "
        "motion; no one is recognised, and no picture is kept.",
        *notes,
    )
    return Section("How it was measured", sentences, (facts, *((missing,) if partial else ())), (chart,))
